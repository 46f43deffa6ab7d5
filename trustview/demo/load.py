"""Reads `acme/*.json` and fills the templates in: files -> records.

Two quarters can be had: `current` as the files say, and `earlier`, 91 days before, with the differences of
`earlier.json`.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from trustview.demo.records import (
    Account,
    Acme,
    ControlPolicy,
    CustomerPolicy,
    Group,
    IdentityProvider,
    Permissions,
    Role,
    Unit,
    User,
)
from trustview.demo.templates import Selector, days_back, moment_before, policy_text, unique_id

FOLDER = Path(__file__).parent / "acme"
QUARTER_DAYS = 91
Quarter = Literal["current", "earlier"]


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def read_file(name: str) -> dict[str, Any]:
    """One data file as plain JSON."""
    content: dict[str, Any] = json.loads(_text(name))
    return content


@dataclass(frozen=True, slots=True)
class _Context:
    """What filling in a template needs to know; `quarter_days` is how far `moment` lies before `present`."""

    present: datetime
    quarter_days: int
    organization_id: str
    ids: Mapping[str, str]
    joined: Mapping[str, float]

    @property
    def moment(self) -> datetime:
        return moment_before(self.present, self.quarter_days)

    def document(self, statements: object, account_id: str) -> str:
        return policy_text(statements, account_id, self.ids, self.organization_id)

    def created(self, spec: Mapping[str, Any], account: str) -> datetime:
        """Nothing is older than its account."""
        return moment_before(self.present, self._age(spec, account))

    def last_used(self, spec: Mapping[str, Any], account: str) -> datetime | None:
        """Use within the last quarter is taken as a habit: a quarter earlier it was as recent as it is today."""
        if spec.get("last_used") is None:
            return None
        days = days_back(spec["last_used"], account, spec["name"], "last_used")
        days = days if days >= QUARTER_DAYS else days + self.quarter_days
        return moment_before(self.present, min(days, self._age(spec, account)))

    def _age(self, spec: Mapping[str, Any], account: str) -> float:
        if spec["created"] == "joined":
            return self.joined[account]
        return min(days_back(spec["created"], account, spec["name"], "created"), self.joined[account] - 0.01)


def load_acme(quarter: Quarter, present: datetime) -> Acme:
    """The organization as it stands in this quarter.

    `present` is the moment from which the files count back, in UTC; the earlier quarter stands 91 days before it.
    """
    organization, principals = read_file("organization.json"), read_file("principals.json")
    specs = list(_role_specs(organization))
    if quarter == "earlier":
        organization, specs = _as_it_was(organization, specs)
    context = _Context(
        present=present,
        quarter_days=QUARTER_DAYS if quarter == "earlier" else 0,
        organization_id=organization["organization"]["id"],
        ids={account["key"]: account["id"] for account in read_file("organization.json")["accounts"]},
        joined={account["key"]: account["joined"] for account in organization["accounts"]},
    )
    here = [account["key"] for account in organization["accounts"]]
    selector = _selector(read_file("organization.json"))

    def each(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((key, spec) for spec in principals[kind] for key in selector.select(spec) if key in here)

    facts = organization["organization"]
    return Acme(
        present=present,
        now=context.moment,
        organization_id=context.organization_id,
        root_id=facts["root"],
        management_id=context.ids[facts["management"]],
        management_email=facts["email"],
        caller_role=organization["caller_role"],
        hop_role=organization["hop_role"],
        home_region=organization["regions"]["home"],
        regions=tuple(organization["regions"]["enabled"]),
        units=tuple(_units(organization)),
        accounts=tuple(_account(spec, organization, context) for spec in organization["accounts"]),
        control_policies=tuple(_control_policy(spec, organization, context) for spec in organization["policies"]),
        delegated_administrators=tuple(
            (context.ids[entry["account"]], entry["service"], moment_before(present, entry["since"]))
            for entry in organization["delegated_administrators"]
        ),
        roles=tuple(_role(key, spec, context) for key, spec in specs if key in here),
        users=tuple(_user(key, spec, context) for key, spec in each("users")),
        groups=tuple(_group(key, spec, context) for key, spec in each("groups")),
        policies=tuple(_customer_policy(key, spec, context) for key, spec in each("policies")),
        identity_providers=tuple(_provider(key, spec, context) for key, spec in each("identity_providers")),
    )


def _selector(organization: Mapping[str, Any]) -> Selector:
    return Selector(organization["accounts"], organization["units"], organization["organization"]["management"])


def _role_specs(organization: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(account key, role) for every fleet member, outliers included, and for every single role."""
    fleets, selector = read_file("fleets.json"), _selector(organization)
    for fleet in fleets["fleets"]:
        for key in selector.select(fleet):
            spec = dict(fleet["role"])
            for outlier in fleet.get("outliers", []):
                if key in selector.select(outlier):
                    spec.update(outlier["role"])
            yield key, _with_trust(spec, fleets["trusts"])
    for role in read_file("roles.json")["roles"]:
        yield role["account"], _with_trust(role, fleets["trusts"])


def _with_trust(spec: Mapping[str, Any], trusts: Mapping[str, Any]) -> dict[str, Any]:
    trust = spec["trust"]
    named = isinstance(trust, str) and trust in trusts
    return {**spec, "trust": trusts[trust] if named else trust}


def _as_it_was(
    organization: dict[str, Any], specs: list[tuple[str, dict[str, Any]]]
) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """The same, with the differences of `earlier.json` undone."""
    organization = copy.deepcopy(organization)
    roles = {(key, spec["name"]): spec for key, spec in specs}
    for change in read_file("earlier.json")["changes"]:
        was = change["was"]
        if "role" in change:
            _restore(roles, (change["account"], change["role"]), was and {"name": change["role"], **was})
        elif "policy" in change:
            organization["policies"] = _restored(organization["policies"], change["policy"], was)
        else:
            organization["accounts"] = _restored(organization["accounts"], change["account"], was)
    return organization, [(key, spec) for (key, _), spec in roles.items()]


def _restore(roles: dict[tuple[str, str], dict[str, Any]], key: tuple[str, str], was: dict[str, Any] | None) -> None:
    if was is None:
        del roles[key]
    else:
        roles[key] = {**roles.get(key, {}), **was}


def _restored(items: list[dict[str, Any]], key: str, was: dict[str, Any] | None) -> list[dict[str, Any]]:
    if was is None:
        return [item for item in items if item["key"] != key]
    if any(item["key"] == key for item in items):
        return [{**item, **was} if item["key"] == key else item for item in items]
    return [*items, {"key": key, **was}]


def _units(organization: Mapping[str, Any]) -> Iterator[Unit]:
    root = organization["organization"]["root"]
    ids = {"root": root} | {unit["key"]: unit["id"] for unit in organization["units"]}
    yield Unit("root", root, "Root", None)
    for unit in organization["units"]:
        yield Unit(unit["key"], unit["id"], unit["name"], ids[unit["parent"]])


def _unit_id(key: str, organization: Mapping[str, Any]) -> str:
    return next(unit.id for unit in _units(organization) if unit.key == key)


def _account(spec: Mapping[str, Any], organization: Mapping[str, Any], context: _Context) -> Account:
    return Account(
        key=spec["key"],
        id=spec["id"],
        name=spec["name"],
        email=f"aws+{spec['key']}@acme.example",
        unit_id=_unit_id(spec["unit"], organization),
        status=spec.get("status", "ACTIVE"),
        joined=moment_before(context.present, spec["joined"]),
        tags=spec["tags"],
        refuses_hop=spec.get("hop") == "refused",
    )


def _control_policy(spec: Mapping[str, Any], organization: Mapping[str, Any], context: _Context) -> ControlPolicy:
    units = {unit.key: unit.id for unit in _units(organization)}
    known = units | dict(context.ids)
    everywhere = [*units.values(), *(account["id"] for account in organization["accounts"])]
    targets = everywhere if spec["targets"] == ["everywhere"] else [known[key] for key in spec["targets"]]
    return ControlPolicy(
        id=spec["id"],
        name=spec["name"],
        type=spec["type"],
        description=spec["description"],
        is_aws_managed=spec.get("aws_managed", False),
        document=context.document(spec["statements"], ""),
        target_ids=tuple(targets),
    )


def _policy_arn(name: str, account_id: str) -> str:
    if name.startswith("customer/"):
        return f"arn:aws:iam::{account_id}:policy/{name.removeprefix('customer/')}"
    return f"arn:aws:iam::aws:policy/{name}"


def _permissions(spec: Mapping[str, Any], account_id: str, context: _Context) -> Permissions:
    inline = {name: context.document(statements, account_id) for name, statements in spec.get("inline", {}).items()}
    return Permissions(inline, tuple(_policy_arn(name, account_id) for name in spec.get("attached", [])))


def _boundary(spec: Mapping[str, Any], account_id: str) -> str | None:
    return _policy_arn(spec["boundary"], account_id) if spec.get("boundary") else None


def _role(account: str, spec: Mapping[str, Any], context: _Context) -> Role:
    account_id = context.ids[account]
    return Role(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AROA", account_id, spec["name"]),
        description=spec.get("description", ""),
        trust=context.document(spec["trust"], account_id),
        permissions=_permissions(spec, account_id, context),
        boundary=_boundary(spec, account_id),
        session_seconds=round(3600 * spec.get("session_hours", 1)),
        tags=spec.get("tags", {}),
        created=context.created(spec, account),
        last_used=context.last_used(spec, account),
        last_used_region=spec.get("last_used_region", "eu-west-1"),
        has_instance_profile=spec.get("instance_profile", False),
    )


def _user(account: str, spec: Mapping[str, Any], context: _Context) -> User:
    account_id = context.ids[account]
    return User(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AIDA", account_id, spec["name"]),
        permissions=_permissions(spec, account_id, context),
        boundary=_boundary(spec, account_id),
        groups=tuple(spec.get("groups", [])),
        tags=spec.get("tags", {}),
        created=context.created(spec, account),
    )


def _group(account: str, spec: Mapping[str, Any], context: _Context) -> Group:
    account_id = context.ids[account]
    return Group(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("AGPA", account_id, spec["name"]),
        permissions=_permissions(spec, account_id, context),
        created=context.created(spec, account),
    )


def _customer_policy(account: str, spec: Mapping[str, Any], context: _Context) -> CustomerPolicy:
    account_id = context.ids[account]
    return CustomerPolicy(
        account_id=account_id,
        name=spec["name"],
        path=spec.get("path", "/"),
        id=unique_id("ANPA", account_id, spec["name"]),
        description=spec.get("description", ""),
        document=context.document(spec["statements"], account_id),
        created=context.created({"created": 1000, **spec}, account),
    )


def _provider(account: str, spec: Mapping[str, Any], context: _Context) -> IdentityProvider:
    return IdentityProvider(
        account_id=context.ids[account],
        kind=spec["kind"],
        name=spec["name"],
        audiences=tuple(spec.get("audiences", [])),
        created=context.created({"created": 900, **spec}, account),
    )
