"""The vendor register: names of accounts that are publicly known.

Known is not approved: attackers' lab accounts are in it too.
The data are fwdcloudsec/known_aws_accounts (Apache-2.0, see NOTICE) at the commit that `COMMIT` names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

COMMIT = "c2922af (2025-09-17)"


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who runs an account; `is_aws` for accounts of AWS itself."""

    name: str
    is_aws: bool = False


@lru_cache(maxsize=1)
def vendor_register() -> dict[str, Vendor]:
    """The bundled register, by account id."""
    text = files("trustview.analysis").joinpath("vendors.json").read_text(encoding="utf-8")
    return {account: Vendor(**entry) for account, entry in json.loads(text).items()}


def vendor_names() -> frozenset[str]:
    """The names that the bundled register knows."""
    return frozenset(vendor.name for vendor in vendor_register().values())
