"""GetAccountAuthorizationDetails and ListRoles from the records, paged, with exactly the fields that AWS gives.

GetAccountAuthorizationDetails has no `MaxSessionDuration` and no `Description`; ListRoles has no last use, no tags and
no boundary. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import quote
from xml.sax.saxutils import escape

from trustview.demo.records import Acme, CustomerPolicy, Group, Permissions, Role, User
from trustview.demo.templates import unique_id

Item = TypeVar("Item")

_LISTS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """One policy that AWS manages, as the library knows it."""

    name: str
    path: str
    version: str
    document: str
    created: datetime
    updated: datetime

    @property
    def arn(self) -> str:
        """The policy's ARN."""
        return f"arn:aws:iam::aws:policy{self.path}{self.name}"


class IamAnswers:
    """Answers the two big IAM reads for every account."""

    def __init__(self, acme: Acme, library: Mapping[str, ManagedPolicy]) -> None:
        self._acme = acme
        self._library = library
        self._details: dict[str, list[tuple[str, str]]] = {}

    def authorization_details(self, account_id: str, parameters: Mapping[str, str]) -> str:
        """The inside of GetAccountAuthorizationDetailsResult."""
        wanted = {value for key, value in parameters.items() if key.startswith("Filter.")}
        items = self._details.get(account_id)
        if items is None:
            items = self._details[account_id] = list(self._detail(account_id))
        page, marker = _page([item for item in items if not wanted or item[0] in wanted], parameters)
        lists = dict.fromkeys(_LISTS.values(), "")
        for kind, text in page:
            lists[_LISTS[kind]] += text
        return "".join(f"<{name}>{text}</{name}>" for name, text in lists.items()) + marker

    def roles(self, account_id: str, parameters: Mapping[str, str]) -> str:
        """The inside of ListRolesResult."""
        prefix = parameters.get("PathPrefix", "/")
        here = [role for role in self._acme.roles if role.account_id == account_id and role.path.startswith(prefix)]
        page, marker = _page(here, parameters)
        return f"<Roles>{''.join(_listed(role) for role in page)}</Roles>{marker}"

    def _detail(self, account_id: str) -> Iterator[tuple[str, str]]:
        acme = self._acme
        users = [user for user in acme.users if user.account_id == account_id]
        groups = [group for group in acme.groups if group.account_id == account_id]
        roles = [role for role in acme.roles if role.account_id == account_id]
        yield from (("User", _user(user)) for user in users)
        yield from (("Group", _group(group)) for group in groups)
        yield from (("Role", _role(role)) for role in roles)
        owners: list[User | Group | Role] = [*users, *groups, *roles]
        attached = [arn for owner in owners for arn in owner.permissions.attached]
        bounded: list[User | Role] = [*users, *roles]
        boundaries = [owner.boundary for owner in bounded if owner.boundary]
        for policy in acme.policies:
            if policy.account_id == account_id:
                counts = (attached.count(policy.arn), boundaries.count(policy.arn))
                yield "LocalManagedPolicy", _customer_policy(policy, *counts)
        for arn in sorted({*attached, *boundaries} & self._library.keys()):
            counts = (attached.count(arn), boundaries.count(arn))
            yield "AWSManagedPolicy", _managed_policy(self._library[arn], *counts)


def _page(items: list[Item], parameters: Mapping[str, str]) -> tuple[list[Item], str]:
    start, size = int(parameters.get("Marker", "0")), int(parameters.get("MaxItems", "100"))
    rest = len(items) > start + size
    marker = f"<IsTruncated>{str(rest).lower()}</IsTruncated>" + (f"<Marker>{start + size}</Marker>" if rest else "")
    return items[start : start + size], marker


@lru_cache(maxsize=4096)
def _document(text: str) -> str:
    return quote(text, safe="")


def _date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _head(kind: str, item: Role | User | Group) -> str:
    return (
        f"<Path>{escape(item.path)}</Path><{kind}Name>{escape(item.name)}</{kind}Name><{kind}Id>{item.id}</{kind}Id>"
        f"<Arn>{escape(item.arn)}</Arn><CreateDate>{_date(item.created)}</CreateDate>"
    )


def _permissions(kind: str, permissions: Permissions) -> str:
    inline = "".join(
        f"<member><PolicyName>{escape(name)}</PolicyName><PolicyDocument>{_document(text)}</PolicyDocument></member>"
        for name, text in permissions.inline.items()
    )
    attached = "".join(
        f"<member><PolicyName>{escape(arn.rpartition('/')[2])}</PolicyName><PolicyArn>{escape(arn)}</PolicyArn></member>"
        for arn in permissions.attached
    )
    return f"<{kind}PolicyList>{inline}</{kind}PolicyList><AttachedManagedPolicies>{attached}</AttachedManagedPolicies>"


def _tags(tags: Mapping[str, str]) -> str:
    members = "".join(
        f"<member><Key>{escape(key)}</Key><Value>{escape(value)}</Value></member>" for key, value in tags.items()
    )
    return f"<Tags>{members}</Tags>"


def _boundary(arn: str | None) -> str:
    if arn is None:
        return ""
    return (
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>"
        f"<PermissionsBoundaryArn>{escape(arn)}</PermissionsBoundaryArn></PermissionsBoundary>"
    )


def _role(role: Role) -> str:
    used = ""
    if role.last_used is not None:
        used = f"<LastUsedDate>{_date(role.last_used)}</LastUsedDate><Region>{role.last_used_region}</Region>"
    return (
        f"<member>{_head('Role', role)}<AssumeRolePolicyDocument>{_document(role.trust)}</AssumeRolePolicyDocument>"
        f"<InstanceProfileList>{_instance_profile(role)}</InstanceProfileList>"
        f"{_permissions('Role', role.permissions)}{_boundary(role.boundary)}{_tags(role.tags)}"
        f"<RoleLastUsed>{used}</RoleLastUsed></member>"
    )


def _instance_profile(role: Role) -> str:
    if not role.has_instance_profile:
        return ""
    arn = f"arn:aws:iam::{role.account_id}:instance-profile{role.path}{role.name}"
    return (
        f"<member><Path>{escape(role.path)}</Path><InstanceProfileName>{escape(role.name)}</InstanceProfileName>"
        f"<InstanceProfileId>{unique_id('AIPA', role.account_id, role.name)}</InstanceProfileId>"
        f"<Arn>{escape(arn)}</Arn><CreateDate>{_date(role.created)}</CreateDate><Roles>{_listed(role)}</Roles></member>"
    )


def _listed(role: Role) -> str:
    description = f"<Description>{escape(role.description)}</Description>" if role.description else ""
    return (
        f"<member>{_head('Role', role)}<AssumeRolePolicyDocument>{_document(role.trust)}</AssumeRolePolicyDocument>"
        f"{description}<MaxSessionDuration>{role.session_seconds}</MaxSessionDuration></member>"
    )


def _user(user: User) -> str:
    groups = "".join(f"<member>{escape(name)}</member>" for name in user.groups)
    return (
        f"<member>{_head('User', user)}<GroupList>{groups}</GroupList>{_permissions('User', user.permissions)}"
        f"{_boundary(user.boundary)}{_tags(user.tags)}</member>"
    )


def _group(group: Group) -> str:
    return f"<member>{_head('Group', group)}{_permissions('Group', group.permissions)}</member>"


def _policy(policy: CustomerPolicy | ManagedPolicy, identity: str, version: str, updated: datetime, use: str) -> str:
    return (
        f"<member><PolicyName>{escape(policy.name)}</PolicyName><PolicyId>{identity}</PolicyId>"
        f"<Arn>{escape(policy.arn)}</Arn><Path>{escape(policy.path)}</Path>"
        f"<DefaultVersionId>{version}</DefaultVersionId>{use}<IsAttachable>true</IsAttachable>"
        f"<CreateDate>{_date(policy.created)}</CreateDate>"
        f"<UpdateDate>{_date(updated)}</UpdateDate><PolicyVersionList><member>"
        f"<Document>{_document(policy.document)}</Document><VersionId>{version}</VersionId>"
        f"<IsDefaultVersion>true</IsDefaultVersion><CreateDate>{_date(updated)}</CreateDate></member></PolicyVersionList>"
    )


def _use(attached: int, as_boundary: int) -> str:
    return (
        f"<AttachmentCount>{attached}</AttachmentCount>"
        f"<PermissionsBoundaryUsageCount>{as_boundary}</PermissionsBoundaryUsageCount>"
    )


def _customer_policy(policy: CustomerPolicy, attached: int, as_boundary: int) -> str:
    text = _policy(policy, policy.id, "v1", policy.created, _use(attached, as_boundary))
    return f"{text}<Description>{escape(policy.description)}</Description></member>"


def _managed_policy(policy: ManagedPolicy, attached: int, as_boundary: int) -> str:
    identity = unique_id("ANPA", policy.arn)
    return _policy(policy, identity, policy.version, policy.updated, _use(attached, as_boundary)) + "</member>"
