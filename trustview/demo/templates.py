"""The small language of the data files: who a template is for, what `${...}` means, how far back a date lies.

The one place where these rules live; `acme/README.md` describes them for the reader of the files.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]

_PLACEHOLDER = re.compile(r"\$\{(organization|account|account:([a-z-]+))\}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Selector:
    """Turns `"in"` and `"except"` lists into account keys, in the order of the accounts."""

    def __init__(self, accounts: Sequence[Json], units: Sequence[Json], management: str) -> None:
        self._parents = {str(unit["key"]): str(unit["parent"]) for unit in units}
        self._units = {str(account["key"]): str(account["unit"]) for account in accounts}
        self._management = management

    def select(self, template: Json) -> list[str]:
        """The keys of the accounts that the template is for."""
        wanted: list[str] = template["in"]
        unwanted: list[str] = template.get("except", [])
        return [
            key
            for key in self._units
            if any(self._is_named(key, name) for name in wanted)
            and not any(self._is_named(key, name) for name in unwanted)
        ]

    def _is_named(self, key: str, name: str) -> bool:
        if name.startswith("unit:"):
            return name.removeprefix("unit:") in self._ancestry(key)
        return name in ("all", key) or (name == "members" and key != self._management)

    def _ancestry(self, key: str) -> list[str]:
        found = [self._units[key]]
        while found[-1] in self._parents:
            found.append(self._parents[found[-1]])
        return found


def fill(value: object, account_id: str, ids: Mapping[str, str], organization_id: str) -> str:
    """The value as JSON text with `${organization}`, `${account}`, `${account:KEY}` filled in; policy variables stay.

    Raises KeyError for a key that no account has.
    """

    def replace(match: re.Match[str]) -> str:
        if match.group(1) == "organization":
            return organization_id
        return ids[match.group(2)] if match.group(2) else account_id

    return _PLACEHOLDER.sub(replace, json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def policy_text(statements: object, account_id: str, ids: Mapping[str, str], organization_id: str) -> str:
    """A policy document with these statements; `"service:NAME"` stands for a role that one AWS service assumes."""
    if isinstance(statements, str):
        service = statements.removeprefix("service:")
        statements = [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]
    return fill({"Version": "2012-10-17", "Statement": statements}, account_id, ids, organization_id)


def fraction(*name: object) -> float:
    """A number from 0 up to 1 that only the name decides."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def days_back(value: float | list[float], *name: object) -> float:
    """Days ago: a number as it is; a pair spreads the things with different names between its two ends."""
    if isinstance(value, list):
        low, high = value
        return low + (high - low) * fraction(*name)
    return float(value)


def moment_before(now: datetime, days: float) -> datetime:
    """`days` before `now`, to the second, as AWS gives dates."""
    return (now - timedelta(days=days)).replace(microsecond=0)


def unique_id(prefix: str, *name: object) -> str:
    """A unique id in the form of IAM's, such as `AROA` and 17 characters, that only the name decides."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return prefix + "".join(_ALPHABET[byte % 32] for byte in digest[:17])


def uuid_of(*name: object) -> str:
    """An id in the form of a UUID that only the name decides."""
    digits = hashlib.sha256("/".join(map(str, name)).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
