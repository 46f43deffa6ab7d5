"""What does a file hold? Recognised by content, never by name, and brought into the shape that the SDK gives. Pure.

The AWS CLI's own JSON, the same answers in a recording's envelope (`{"status_code", "data"}`), and trustview's own
organization document.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from trustview.collect.moments import read_moment, write_moment

ORGANIZATION_DOCUMENT = "trustview organization"


class Kind(StrEnum):
    """The documents that are known, by the command that writes them."""

    ACCOUNT_DETAILS = "iam get-account-authorization-details"
    LIST_ROLES = "iam list-roles"
    GET_ROLE = "iam get-role"
    SAML_PROVIDERS = "iam list-saml-providers"
    OIDC_PROVIDERS = "iam list-open-id-connect-providers"
    OIDC_PROVIDER = "iam get-open-id-connect-provider"
    DESCRIBE_ORGANIZATION = "organizations describe-organization"
    LIST_ACCOUNTS = "organizations list-accounts"
    LIST_ROOTS = "organizations list-roots"
    DESCRIBE_POLICY = "organizations describe-policy"
    LIST_FINDINGS = "accessanalyzer list-findings"
    GET_FINDING = "accessanalyzer get-finding"
    GET_FINDING_V2 = "accessanalyzer get-finding-v2"
    ORGANIZATION = "trustview organization"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file, or a place in it, that could not be read; `place` is a line and column or a JSON path, or empty."""

    path: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was recognised; `value` has AWS's spelling of keys, encoded policies and ISO 8601 moments."""

    path: str
    kind: Kind
    value: dict[str, Any]


def recognise(path: str, content: bytes) -> Document | FileProblem:
    """Tell what a file holds, or why that cannot be told."""
    try:
        value = json.loads(_decode(content))
    except UnicodeDecodeError as error:
        return FileProblem(path, f"byte {error.start}", "not UTF-8 text; save it as UTF-8")
    except json.JSONDecodeError as error:
        return FileProblem(path, f"line {error.lineno} column {error.colno}", _describe(error))
    except (RecursionError, ValueError) as error:
        return FileProblem(path, "", f"not JSON that anybody means: {error}")
    if not isinstance(value, dict):
        return FileProblem(path, "$", "a JSON object is expected; give a file as the AWS CLI prints it")
    value = _without_envelope(value)
    for candidate in _spellings(value):
        kind = next((kind for kind, fits in _FITS.items() if fits(candidate)), None)
        if kind is not None:
            is_ours = kind is Kind.ORGANIZATION
            return Document(path, kind, candidate if is_ours else _normal(candidate))
    keys = ", ".join(f"`{key}`" for key in list(value)[:5]) or "none"
    return FileProblem(path, "$", f"no document that trustview knows; its keys are {keys}")


def _decode(content: bytes) -> str:
    """Text in UTF-8, or in UTF-16 as PowerShell writes what is redirected."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(content) % 2 == 0:
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


def _describe(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "the file is empty"
    if error.msg == "Extra data":
        return "more than one JSON document stands in it: save each in a file of its own"
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
        return f"not JSON, it seems to be cut off: {error.msg}"
    return f"not JSON: {error.msg}"


def _without_envelope(value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    return data if "status_code" in value and isinstance(data, dict) else value


def _spellings(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The value as it is written, and in AWS's spelling."""
    yield value
    yield _respelt(value)


# ── what fits ────────────────────────────────────────────────────────────────────────────────────────────────────


def _has_list(key: str, *members: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the key holds a list, empty or of objects with these members."""

    def fits(value: Mapping[str, Any]) -> bool:
        listed = value.get(key)
        if not isinstance(listed, list):
            return False
        return all(isinstance(item, dict) and item.keys() >= set(members) for item in listed)

    return fits


def _has_object(key: str, *members: str) -> Callable[[Mapping[str, Any]], bool]:
    def fits(value: Mapping[str, Any]) -> bool:
        found = value.get(key)
        return isinstance(found, dict) and found.keys() >= set(members)

    return fits


def _is_account_details(value: Mapping[str, Any]) -> bool:
    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList")
    return any(isinstance(value.get(name), list) for name in lists)


_FITS: dict[Kind, Callable[[Mapping[str, Any]], bool]] = {
    Kind.ORGANIZATION: lambda value: value.get("document") == ORGANIZATION_DOCUMENT,
    Kind.ACCOUNT_DETAILS: _is_account_details,
    Kind.LIST_ROLES: _has_list("Roles", "RoleName", "Arn"),
    Kind.GET_ROLE: _has_object("Role", "RoleName", "Arn"),
    Kind.SAML_PROVIDERS: _has_list("SAMLProviderList", "Arn"),
    Kind.OIDC_PROVIDERS: _has_list("OpenIDConnectProviderList", "Arn"),
    Kind.OIDC_PROVIDER: lambda value: isinstance(value.get("Url"), str) and isinstance(value.get("ClientIDList"), list),
    Kind.DESCRIBE_ORGANIZATION: _has_object("Organization", "Id"),
    Kind.LIST_ACCOUNTS: _has_list("Accounts", "Id"),
    Kind.LIST_ROOTS: _has_list("Roots", "Id"),
    Kind.DESCRIBE_POLICY: _has_object("Policy", "PolicySummary", "Content"),
    # The findings of an access preview, which has not happened, were never analysed.
    Kind.LIST_FINDINGS: _has_list("findings", "id", "resourceType", "analyzedAt"),
    Kind.GET_FINDING: _has_object("finding", "id", "resourceType"),
    Kind.GET_FINDING_V2: lambda value: isinstance(value.get("findingDetails"), list) and "resourceType" in value,
}


# ── AWS's own shape ──────────────────────────────────────────────────────────────────────────────────────────────

# Keys that some tools write in another case.
_KNOWN_KEYS = (
    "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "Roles", "Role", "Arn", "RoleName", "RoleId",
    "UserName", "UserId", "GroupName", "GroupId", "GroupList", "Path", "AssumeRolePolicyDocument", "RolePolicyList",
    "UserPolicyList", "GroupPolicyList", "PolicyName", "PolicyDocument", "PolicyArn", "AttachedManagedPolicies",
    "PermissionsBoundary", "PermissionsBoundaryArn", "PolicyVersionList", "Document", "VersionId", "DefaultVersionId",
    "IsDefaultVersion", "CreateDate", "Tags", "Key", "Value", "RoleLastUsed", "LastUsedDate", "Region", "Description",
    "MaxSessionDuration", "IsTruncated", "Marker", "Organization", "Accounts", "Roots", "Id", "Name", "MasterAccountId",
)  # fmt: skip
_SPELLING = {key.lower(): key for key in _KNOWN_KEYS}
_POLICIES = ("AssumeRolePolicyDocument", "PolicyDocument", "Document")
_MOMENTS = ("CreateDate", "LastUsedDate", "JoinedTimestamp", "createdAt", "updatedAt", "analyzedAt")
# AWS's own examples write a list of one as the object itself.
_LISTS = ("AttachedManagedPolicies", "RolePolicyList", "UserPolicyList", "GroupPolicyList", "PolicyVersionList", "Tags")


def _respelt(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """The value with keys in AWS's spelling; policies keep theirs."""
    if isinstance(value, list):
        return [_respelt(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {_SPELLING.get(str(key).lower(), str(key)): item for key, item in value.items()}
    return {key: item if key in _POLICIES else _respelt(item) for key, item in named.items()}


def _normal(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """The value with encoded policies, ISO 8601 moments, and lists where AWS sends lists."""
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _normal_member(key, item) for key, item in value.items()}


def _normal_member(key: str, item: Any) -> Any:  # noqa: ANN401 -- any JSON value
    if key in _POLICIES:
        return _encoded_policy(item)
    if key in _MOMENTS:
        return _moment(item)
    return _normal([item] if key in _LISTS and isinstance(item, dict) else item)


def _encoded_policy(value: object) -> str:
    """A policy as IAM sends it, percent-encoded, whether it was an object, JSON text or encoded already.

    Of plain text only the percent signs are: nothing else of it makes a difference to who decodes it.
    """
    if isinstance(value, str) and value.lstrip().startswith("%"):
        return value
    text = value if isinstance(value, str) else json.dumps(value) if value is not None else ""
    return text.replace("%", "%25") if text.isascii() else quote(text, errors="surrogatepass")


_PARTS = ("year", "month", "day", "hour", "minute", "second")


def _moment(value: object) -> str:
    if isinstance(value, dict):
        year, month, day, hour, minute, second = (value.get(name, 0) for name in _PARTS)
        try:
            return write_moment(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
        except (TypeError, ValueError):
            return ""
    return read_moment(value) if value else ""
