"""PrincipalElement: one value of a `Principal`, and the form it has.

The one place that says which form a principal text has.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from trustview.policy.arn import PARTITIONS, Arn, is_account_id, parse_arn
from trustview.policy.memory import remember

BUILTIN_PROVIDERS = ("cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com")

# The prefixes of unique ids that a saved trust policy shows once its principal was deleted.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
_UNIQUE_ID = re.compile(r"(AROA|AIDA|AGPA|AIPA|ANPA|APKA|ASCA|ASIA|AKIA|ABIA|ACCA)[A-Z0-9]{8,124}")
_SERVICE_NAME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9.-]*\.(amazonaws\.com|amazonaws\.com\.cn|amazon\.com|aws\.internal|api\.aws)"
)


class PrincipalForm(StrEnum):
    """The forms that AWS documents, and MALFORMED for whatever is none of them."""

    EVERYONE = "everyone"
    ACCOUNT = "account"
    USER = "user"
    ROLE = "role"
    SESSION = "session"
    FEDERATED_USER = "federated user"
    UNIQUE_ID = "unique id"
    SERVICE = "service"
    SAML_PROVIDER = "SAML provider"
    OIDC_PROVIDER = "OIDC provider"
    CANONICAL_USER = "canonical user"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """One value of a `Principal`, as written, with what it says.

    `kind` is the key it stood under (`AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for the bare star).
    `account` and `partition` are empty where the form has none; `name` is a user, role or provider with its path.
    """

    kind: str
    value: str
    form: PrincipalForm
    account: str = ""
    partition: str = ""
    name: str = ""


@remember
def read_principal(kind: str, value: str) -> PrincipalElement:
    """Tell the form of one principal value; whatever is not documented comes out as MALFORMED, never as an error."""
    match kind:
        case "*":
            form = PrincipalForm.EVERYONE if value == "*" else PrincipalForm.MALFORMED
            return PrincipalElement(kind, value, form)
        case "AWS":
            return _read_aws(value)
        case "Service":
            form = PrincipalForm.SERVICE if _SERVICE_NAME.fullmatch(value) else PrincipalForm.MALFORMED
            return PrincipalElement(kind, value, form, name=value)
        case "Federated":
            return _read_federated(value)
        case "CanonicalUser":
            return PrincipalElement(kind, value, PrincipalForm.CANONICAL_USER)
        case _:
            return PrincipalElement(kind, value, PrincipalForm.MALFORMED)


def _read_aws(value: str) -> PrincipalElement:
    if value == "*":
        return PrincipalElement("AWS", value, PrincipalForm.EVERYONE)
    if is_account_id(value):
        return PrincipalElement("AWS", value, PrincipalForm.ACCOUNT, account=value)
    if _UNIQUE_ID.fullmatch(value):
        return PrincipalElement("AWS", value, PrincipalForm.UNIQUE_ID, name=value)
    arn = parse_arn(value)
    form = _form_of_arn(arn) if arn else PrincipalForm.MALFORMED
    if arn is None or form is PrincipalForm.MALFORMED:
        return PrincipalElement("AWS", value, PrincipalForm.MALFORMED)
    return PrincipalElement("AWS", value, form, arn.account, arn.partition, arn.path_and_name)


def _form_of_arn(arn: Arn) -> PrincipalForm:
    """The form of an ARN under `AWS`; that of a session names its role without path, and the session."""
    if not _is_plain(arn):
        return PrincipalForm.MALFORMED
    if arn.resource_type == "assumed-role" and arn.resource.count("/") != 2:
        return PrincipalForm.MALFORMED
    if arn.service == "iam" and arn.resource == "root":
        return PrincipalForm.ACCOUNT
    forms = {
        ("iam", "user"): PrincipalForm.USER,
        ("iam", "role"): PrincipalForm.ROLE,
        ("sts", "assumed-role"): PrincipalForm.SESSION,
        ("sts", "federated-user"): PrincipalForm.FEDERATED_USER,
    }
    return forms.get((arn.service, arn.resource_type), PrincipalForm.MALFORMED) if arn.name else PrincipalForm.MALFORMED


def _is_plain(arn: Arn) -> bool:
    """Whether it names one thing of one account, in no Region: wildcards may not match part of a name or ARN."""
    has_wildcards = bool(set(arn.resource) & set("*?"))
    return arn.partition in PARTITIONS and is_account_id(arn.account) and not arn.region and not has_wildcards


def _read_federated(value: str) -> PrincipalElement:
    if value == "*":
        return PrincipalElement("Federated", value, PrincipalForm.EVERYONE)
    if value in BUILTIN_PROVIDERS:
        return PrincipalElement("Federated", value, PrincipalForm.OIDC_PROVIDER, name=value)
    arn = parse_arn(value)
    form = _form_of_provider(arn) if arn else PrincipalForm.MALFORMED
    if arn is None or form is PrincipalForm.MALFORMED:
        return PrincipalElement("Federated", value, PrincipalForm.MALFORMED)
    return PrincipalElement("Federated", value, form, arn.account, arn.partition, name=arn.path_and_name)


def _form_of_provider(arn: Arn) -> PrincipalForm:
    """The form of an ARN under `Federated`; the issuer of an OIDC provider may end with a slash."""
    forms = {"saml-provider": PrincipalForm.SAML_PROVIDER, "oidc-provider": PrincipalForm.OIDC_PROVIDER}
    is_whole = _is_plain(arn) and arn.service == "iam" and bool(arn.path_and_name)
    return forms.get(arn.resource_type, PrincipalForm.MALFORMED) if is_whole else PrincipalForm.MALFORMED
