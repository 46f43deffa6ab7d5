"""Reads `acme/*.json` and fills the templates in: files -> records.

Two quarters can be had: `current` as the files say, and `earlier`, 91 days before, with the differences of
`earlier.json`.
"""

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from trustview.demo.build import (
    QUARTER_DAYS,
    Setting,
    make_account,
    make_control_policy,
    make_customer_policy,
    make_group,
    make_provider,
    make_role,
    make_units,
    make_user,
)
from trustview.demo.files import read_file
from trustview.demo.habits import with_last_uses
from trustview.demo.records import Acme
from trustview.demo.templates import Selector, moment_before

Quarter = Literal["current", "earlier"]


def load_acme(quarter: Quarter, present: datetime) -> Acme:
    """The organization as it stands in this quarter.

    `present` is the moment from which the files count back, in UTC; the earlier quarter stands 91 days before it.
    """
    present = present.replace(microsecond=0)  # dates are to the second, as AWS gives them
    organization, principals = read_file("organization.json"), read_file("principals.json")
    specs = list(_role_specs(organization))
    if quarter == "earlier":
        organization, specs = _as_it_was(organization, specs)
    setting = Setting(
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
    acme = Acme(
        present=present,
        now=setting.moment,
        organization_id=setting.organization_id,
        root_id=facts["root"],
        management_id=setting.ids[facts["management"]],
        management_email=facts["email"],
        caller_role=organization["caller_role"],
        hop_role=organization["hop_role"],
        home_region=organization["regions"]["home"],
        regions=tuple(organization["regions"]["enabled"]),
        units=tuple(make_units(organization)),
        accounts=tuple(make_account(spec, organization, setting) for spec in organization["accounts"]),
        control_policies=tuple(make_control_policy(spec, organization, setting) for spec in organization["policies"]),
        delegated_administrators=tuple(
            (setting.ids[entry["account"]], entry["service"], moment_before(present, entry["since"]))
            for entry in organization["delegated_administrators"]
        ),
        roles=tuple(make_role(key, spec, setting) for key, spec in specs if key in here),
        users=tuple(make_user(key, spec, setting) for key, spec in each("users")),
        groups=tuple(make_group(key, spec, setting) for key, spec in each("groups")),
        policies=tuple(make_customer_policy(key, spec, setting) for key, spec in each("policies")),
        identity_providers=tuple(make_provider(key, spec, setting) for key, spec in each("identity_providers")),
    )
    return with_last_uses(acme)


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
