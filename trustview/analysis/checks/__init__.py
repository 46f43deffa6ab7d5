"""The checks, one file each; `CHECKS` lists them all, in the order of the catalogue.

A check is a pure generator of `Evidence` over an `Access`; see `analysis/check.py` for its docstring, and
`tests/cases/checks/<id>.json` for its cases.
"""

from trustview.analysis.check import Check
from trustview.analysis.checks.absent_key_passes import absent_key_passes
from trustview.analysis.checks.access_analyzer_finding import access_analyzer_finding
from trustview.analysis.checks.automation_assumes_admin import automation_assumes_admin
from trustview.analysis.checks.break_glass_unwatched import break_glass_unwatched
from trustview.analysis.checks.builtin_identity_provider_without_app import builtin_identity_provider_without_app
from trustview.analysis.checks.cognito_guest_role import cognito_guest_role
from trustview.analysis.checks.confused_deputy import confused_deputy
from trustview.analysis.checks.cross_account_role_without_boundary import cross_account_role_without_boundary
from trustview.analysis.checks.crosses_tier_upward import crosses_tier_upward
from trustview.analysis.checks.deleted_principal import deleted_principal
from trustview.analysis.checks.deployment_role_unscoped import deployment_role_unscoped
from trustview.analysis.checks.escalation_chain import escalation_chain
from trustview.analysis.checks.external_role_can_write import external_role_can_write
from trustview.analysis.checks.external_role_is_admin import external_role_is_admin
from trustview.analysis.checks.foreign_source import foreign_source
from trustview.analysis.checks.guardrail_breaks_services import guardrail_breaks_services
from trustview.analysis.checks.guardrail_exemption_can_be_taken import guardrail_exemption_can_be_taken
from trustview.analysis.checks.guardrail_without_effect import guardrail_without_effect
from trustview.analysis.checks.human_admin_without_mfa import human_admin_without_mfa
from trustview.analysis.checks.latent_exposure import latent_exposure
from trustview.analysis.checks.long_session import long_session
from trustview.analysis.checks.malformed_or_foreign_principal import malformed_or_foreign_principal
from trustview.analysis.checks.management_account_role_trusts_out import management_account_role_trusts_out
from trustview.analysis.checks.mfa_never_satisfied import mfa_never_satisfied
from trustview.analysis.checks.mfa_not_enforced import mfa_not_enforced
from trustview.analysis.checks.missing_identity_provider import missing_identity_provider
from trustview.analysis.checks.missing_organization_condition import missing_organization_condition
from trustview.analysis.checks.mixed_trust import mixed_trust
from trustview.analysis.checks.monitoring_role_reads_data import monitoring_role_reads_data
from trustview.analysis.checks.no_organization_backstop import no_organization_backstop
from trustview.analysis.checks.oidc_subject_never_matches import oidc_subject_never_matches
from trustview.analysis.checks.oidc_subject_too_wide import oidc_subject_too_wide
from trustview.analysis.checks.oidc_without_audience import oidc_without_audience
from trustview.analysis.checks.oidc_without_subject import oidc_without_subject
from trustview.analysis.checks.outside_business_hours import outside_business_hours
from trustview.analysis.checks.pod_identity_too_wide import pod_identity_too_wide
from trustview.analysis.checks.recreatable_principal import recreatable_principal
from trustview.analysis.checks.refused_attempts import refused_attempts
from trustview.analysis.checks.reused_external_id import reused_external_id
from trustview.analysis.checks.role_open_to_everyone import role_open_to_everyone
from trustview.analysis.checks.roles_anywhere_too_wide import roles_anywhere_too_wide
from trustview.analysis.checks.saml_without_audience import saml_without_audience
from trustview.analysis.checks.self_trust_by_root import self_trust_by_root
from trustview.analysis.checks.self_trust_expected_but_absent import self_trust_expected_but_absent
from trustview.analysis.checks.session_tags_unbounded import session_tags_unbounded
from trustview.analysis.checks.trusts_account_root import trusts_account_root
from trustview.analysis.checks.trusts_departed_account import trusts_departed_account
from trustview.analysis.checks.trusts_unapproved_vendor import trusts_unapproved_vendor
from trustview.analysis.checks.trusts_unknown_account import trusts_unknown_account
from trustview.analysis.checks.trusts_whole_external_account import trusts_whole_external_account
from trustview.analysis.checks.trusts_whole_organization import trusts_whole_organization
from trustview.analysis.checks.unexpected_source import unexpected_source
from trustview.analysis.checks.unused_grant import unused_grant
from trustview.analysis.checks.unused_role import unused_role
from trustview.analysis.checks.vendor_without_external_id import vendor_without_external_id
from trustview.analysis.checks.volume_anomaly import volume_anomaly
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
    # Inside the organization
    trusts_account_root,
    crosses_tier_upward,
    trusts_whole_organization,
    missing_organization_condition,
    self_trust_by_root,
    deleted_principal,
    recreatable_principal,
    management_account_role_trusts_out,
    # Federation
    oidc_without_subject,
    oidc_subject_too_wide,
    oidc_subject_never_matches,
    oidc_without_audience,
    cognito_guest_role,
    builtin_identity_provider_without_app,
    saml_without_audience,
    missing_identity_provider,
    roles_anywhere_too_wide,
    pod_identity_too_wide,
    # Services
    confused_deputy,
    foreign_source,
    mixed_trust,
    # Strength
    human_admin_without_mfa,
    mfa_not_enforced,
    mfa_never_satisfied,
    session_tags_unbounded,
    long_session,
    # Permission scope
    external_role_can_write,
    external_role_is_admin,
    monitoring_role_reads_data,
    cross_account_role_without_boundary,
    deployment_role_unscoped,
    # Paths and guardrails
    escalation_chain,
    guardrail_without_effect,
    guardrail_breaks_services,
    guardrail_exemption_can_be_taken,
    no_organization_backstop,
    latent_exposure,
    # Use and time
    unused_role,
    unused_grant,
    unexpected_source,
    outside_business_hours,
    volume_anomaly,
    automation_assumes_admin,
    refused_attempts,
    self_trust_expected_but_absent,
    break_glass_unwatched,
    # Access Analyzer
    access_analyzer_finding,
)

CHECKS_BY_ID = {check.id: check for check in CHECKS}

__all__ = ["CHECKS", "CHECKS_BY_ID"]
