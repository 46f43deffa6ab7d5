"""The checks, one file each; `CHECKS` lists them all, in the order of the catalogue.

A check is a pure generator of `Evidence` over an `Access`; see `analysis/check.py` for its docstring, and
`tests/cases/checks/<id>.json` for its cases.
"""

from trustview.analysis.check import Check
from trustview.analysis.checks.absent_key_passes import absent_key_passes
from trustview.analysis.checks.builtin_identity_provider_without_app import builtin_identity_provider_without_app
from trustview.analysis.checks.human_admin_without_mfa import human_admin_without_mfa
from trustview.analysis.checks.malformed_or_foreign_principal import malformed_or_foreign_principal
from trustview.analysis.checks.mfa_never_satisfied import mfa_never_satisfied
from trustview.analysis.checks.mfa_not_enforced import mfa_not_enforced
from trustview.analysis.checks.missing_identity_provider import missing_identity_provider
from trustview.analysis.checks.oidc_subject_never_matches import oidc_subject_never_matches
from trustview.analysis.checks.oidc_subject_too_wide import oidc_subject_too_wide
from trustview.analysis.checks.oidc_without_audience import oidc_without_audience
from trustview.analysis.checks.oidc_without_subject import oidc_without_subject
from trustview.analysis.checks.reused_external_id import reused_external_id
from trustview.analysis.checks.role_open_to_everyone import role_open_to_everyone
from trustview.analysis.checks.saml_without_audience import saml_without_audience
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
    # Federation
    oidc_without_subject,
    oidc_subject_too_wide,
    oidc_subject_never_matches,
    oidc_without_audience,
    builtin_identity_provider_without_app,
    saml_without_audience,
    missing_identity_provider,
    # Strength
    human_admin_without_mfa,
    mfa_not_enforced,
    mfa_never_satisfied,
)

CHECKS_BY_ID = {check.id: check for check in CHECKS}

__all__ = ["CHECKS", "CHECKS_BY_ID"]
