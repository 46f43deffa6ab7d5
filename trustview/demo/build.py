"""Makes records of the specifications in the data files, their templates filled in: one specification -> one record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustview.demo.records import (
    Account,
    ControlPolicy,
    CustomerPolicy,
    Group,
    IdentityProvider,
    Permissions,
    Role,
    Unit,
    User,
)
from trustview.demo.templates import days_back, moment_before, policy_text, unique_id

QUARTER_DAYS = 91
Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What filling in a template needs to know; `quarter_days` is how far `moment` lies before `present`."""

    present: datetime
    quarter_days: int
    organization_id: str
    ids: Mapping[str, str]
    joined: Mapping[str, float]

    @property
    def moment(self) -> datetime:
        """The moment at which the organization is shown."""
        return moment_before(self.present, self.quarter_days)

    def document(self, statements: object, account_id: str) -> str:
        """A policy document for an account."""
        return policy_text(statements, account_id, self.ids, self.organization_id)

    def created(self, spec: Spec, account: str) -> datetime:
        """When a thing was made; nothing is older than its account."""
        return moment_before(self.present, self._age(spec, account))

    def last_used(self, spec: Spec, account: str) -> datetime | None:
        """When a role was last used; within the last quarter that is a habit, as recent a quarter earlier as today."""
        if spec.get("last_used") is None:
            return None
        days = days_back(spec["last_used"], account, spec["name"], "last_used")
        days = days if days >= QUARTER_DAYS else days + self.quarter_days
        return moment_before(self.present, min(days, self._age(spec, account)))

    def _age(self, spec: Spec, account: str) -> float:
        if spec["created"] == "joined":
            return self.joined[account]
        return min(days_back(spec["created"], account, spec["name"], "created"), self.joined[account] - 0.01)


def make_units(organization: Spec) -> Iterator[Unit]:
    """The root and every unit."""
    root = organization["organization"]["root"]
    ids = {"root": root} | {unit["key"]: unit["id"] for unit in organization["units"]}
    yield Unit("root", root, "Root", None)
    for unit in organization["units"]:
        yield Unit(unit["key"], unit["id"], unit["name"], ids[unit["parent"]])


def _unit_id(key: str, organization: Spec) -> str:
    return next(unit.id for unit in make_units(organization) if unit.key == key)


def make_account(spec: Spec, organization: Spec, setting: Setting) -> Account:
    """One account."""
    return Account(
        key=spec["key"],
        id=spec["id"],
        name=spec["name"],
        email=f"aws+{spec['key']}@acme.example",
        unit_id=_unit_id(spec["unit"], organization),
        status=spec.get("status", "ACTIVE"),
        joined=moment_before(setting.present, spec["joined"]),
        tags=spec["tags"],
        refuses_hop=spec.get("hop") == "refused",
    )


def make_control_policy(spec: Spec, organization: Spec, setting: Setting) -> ControlPolicy:
    """One guardrail with the ids of its targets; `everywhere` is the root, every unit and every account."""
    units = {unit.key: unit.id for unit in make_units(organization)}
    known = units | dict(setting.ids)
    everywhere = [*units.values(), *(account["id"] for account in organization["accounts"])]
    targets = everywhere if spec["targets"] == ["everywhere"] else [known[key] for key in spec["targets"]]
    return ControlPolicy(
        id=spec["id"],
        name=spec["name"],
        type=spec["type"],
        description=spec["description"],
        is_aws_managed=spec.get("aws_managed", False),
        document=setting.document(spec["statements"], ""),
        target_ids=tuple(targets),
    )


def _policy_arn(name: str, account_id: str) -> str:
    if name.startswith("customer/"):
        return f"arn:aws:iam::{account_id}:policy/{name.removeprefix('customer/')}"
    return f"arn:aws:iam::aws:policy/{name}"


def _permissions(spec: Spec, account_id: str, setting: Setting) -> Permissions:
    inline = {name: setting.document(statements, account_id) for name, statements in spec.get("inline", {}).items()}
    return Permissions(inline, tuple(_policy_arn(name, account_id) for name in spec.get("attached", [])))


def _boundary(spec: Spec, account_id: str) -> str | None:
    return _policy_arn(spec["boundary"], account_id) if spec.get("boundary") else None


def make_role(account: str, spec: Spec, setting: Setting) -> Role:
    """One role of the account with this key."""
    account_id = setting.ids[account]
    return Role(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AROA", account_id, spec["name"]),
        description=spec.get("description", ""),
        trust=setting.document(spec["trust"], account_id),
        permissions=_permissions(spec, account_id, setting),
        boundary=_boundary(spec, account_id),
        session_seconds=round(3600 * spec.get("session_hours", 1)),
        tags=spec.get("tags", {}),
        created=setting.created(spec, account),
        last_used=setting.last_used(spec, account),
        last_used_region=spec.get("last_used_region", "eu-west-1"),
        has_instance_profile=spec.get("instance_profile", False),
    )


def make_user(account: str, spec: Spec, setting: Setting) -> User:
    """One user of the account with this key."""
    account_id = setting.ids[account]
    return User(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AIDA", account_id, spec["name"]),
        permissions=_permissions(spec, account_id, setting),
        boundary=_boundary(spec, account_id),
        groups=tuple(spec.get("groups", [])),
        tags=spec.get("tags", {}),
        created=setting.created(spec, account),
    )


def make_group(account: str, spec: Spec, setting: Setting) -> Group:
    """One group of the account with this key."""
    account_id = setting.ids[account]
    return Group(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AGPA", account_id, spec["name"]),
        permissions=_permissions(spec, account_id, setting),
        created=setting.created(spec, account),
    )


def make_customer_policy(account: str, spec: Spec, setting: Setting) -> CustomerPolicy:
    """One customer managed policy of the account with this key."""
    account_id = setting.ids[account]
    return CustomerPolicy(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("ANPA", account_id, spec["name"]),
        description=spec.get("description", ""),
        document=setting.document(spec["statements"], account_id),
        created=setting.created({"created": 1000, **spec}, account),
    )


def make_provider(account: str, spec: Spec, setting: Setting) -> IdentityProvider:
    """One identity provider of the account with this key."""
    return IdentityProvider(
        account_id=setting.ids[account],
        kind=spec["kind"],
        name=spec["name"],
        audiences=tuple(spec.get("audiences", [])),
        created=setting.created({"created": 900, **spec}, account),
    )
