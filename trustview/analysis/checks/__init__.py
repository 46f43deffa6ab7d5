"""The checks, one file each; `CHECKS` lists them all, in the order of the catalogue.

A check is a pure generator of `Evidence` over an `Access`; see `analysis/check.py` for its docstring, and
`tests/cases/checks/<id>.json` for its cases.
"""

from trustview.analysis.check import Check
from trustview.analysis.checks.absent_key_passes import absent_key_passes
from trustview.analysis.checks.malformed_or_foreign_principal import malformed_or_foreign_principal
from trustview.analysis.checks.reused_external_id import reused_external_id
from trustview.analysis.checks.role_open_to_everyone import role_open_to_everyone
from trustview.analysis.checks.trusts_departed_account import trusts_departed_account
from trustview.analysis.checks.trusts_unapproved_vendor import trusts_unapproved_vendor
from trustview.analysis.checks.trusts_unknown_account import trusts_unknown_account
from trustview.analysis.checks.trusts_whole_external_account import trusts_whole_external_account
from trustview.analysis.checks.vendor_without_external_id import vendor_without_external_id
from trustview.analysis.checks.weak_external_id import weak_external_id
from trustview.analysis.checks.wildcard_with_weak_condition import wildcard_with_weak_condition

CHECKS: tuple[Check, ...] = (
    # Outsiders
    role_open_to_everyone,
    wildcard_with_weak_condition,
    absent_key_passes,
    trusts_unknown_account,
    trusts_unapproved_vendor,
    trusts_whole_external_account,
    vendor_without_external_id,
    weak_external_id,
    reused_external_id,
    trusts_departed_account,
    malformed_or_foreign_principal,
)

CHECKS_BY_ID = {check.id: check for check in CHECKS}

__all__ = ["CHECKS", "CHECKS_BY_ID"]
