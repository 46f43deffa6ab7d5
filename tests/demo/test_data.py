"""The data files hold together: counted and cross-referenced with plain JSON, apart from the code that serves them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trustview.demo import Acme, load_acme
from trustview.demo.build import QUARTER_DAYS
from trustview.demo.files import FOLDER
from trustview.demo.records import Role, User

from .conftest import NOW

REGISTER = Path(__file__).parents[3] / "shared" / "corpus" / "known_accounts" / "accounts.yaml"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
ACCOUNTS: dict[str, dict[str, Any]] = {account["key"]: account for account in FILES["organization"]["accounts"]}
UNITS = {unit["key"]: unit["parent"] for unit in FILES["organization"]["units"]}
SEVERITIES = ("info", "low", "medium", "high", "critical")


def is_in(key: str, names: list[str]) -> bool:
    units = [ACCOUNTS[key]["unit"]]
    while units[-1] in UNITS:
        units.append(UNITS[units[-1]])
    marks = {"all", key, *(f"unit:{unit}" for unit in units)} | ({"members"} if key != "management" else set())
    return bool(marks & set(names))


def keys_of(template: dict[str, Any]) -> list[str]:
    return [key for key in ACCOUNTS if is_in(key, template["in"]) and not is_in(key, template.get("except", []))]


def counted_roles() -> list[tuple[str, str]]:
    fleets = [(key, fleet["role"]["name"]) for fleet in FILES["fleets"]["fleets"] for key in keys_of(fleet)]
    return fleets + [(role["account"], role["name"]) for role in FILES["roles"]["roles"]]


def test_the_organization_is_of_the_promised_size() -> None:
    assert len(ACCOUNTS) == 42
    assert len({account["id"] for account in ACCOUNTS.values()}) == 42
    assert len({account["joined"] for account in ACCOUNTS.values()}) == 42
    assert 650 <= len(counted_roles()) <= 800


def test_plain_counting_finds_the_roles_that_are_served(acme: Acme) -> None:
    ids = {account["id"]: key for key, account in ACCOUNTS.items()}
    assert Counter(counted_roles()) == Counter((ids[role.account_id], role.name) for role in acme.roles)


def test_no_account_has_two_roles_of_one_name() -> None:
    folded = Counter((key, name.lower()) for key, name in counted_roles())
    assert [role for role, times in folded.items() if times > 1] == []


def test_every_selector_means_somebody() -> None:
    templates = [
        *FILES["fleets"]["fleets"],
        *(outlier for fleet in FILES["fleets"]["fleets"] for outlier in fleet.get("outliers", [])),
        *(template for kind in FILES["principals"].values() for template in kind),
        *FILES["services"]["things"],
        *(
            one
            for permissions in FILES["services"]["identity_center"]["permission_sets"]
            for one in permissions["assignments"]
        ),
        *FILES["usage"]["patterns"],
    ]
    known = {"all", "members", *ACCOUNTS, *(f"unit:{unit}" for unit in UNITS)}
    for template in templates:
        assert keys_of(template), template
        assert set(template["in"]) | set(template.get("except", [])) <= known


def test_every_outlier_is_a_member_of_its_fleet_and_says_why() -> None:
    for fleet in FILES["fleets"]["fleets"]:
        for outlier in fleet.get("outliers", []):
            assert set(keys_of(outlier)) <= set(keys_of(fleet)), fleet["key"]
            assert outlier["why"]


def test_names_obey_the_patterns_of_aws(acme: Acme) -> None:
    for role in acme.roles:
        assert re.fullmatch(r"[\w+=,.@-]{1,64}", role.name), role.name
        assert re.fullmatch(r"/|/[\x21-\x7f]+/", role.path), role.path
        assert re.fullmatch(r"[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}", role.description), role.description
        for text in (*role.tags, *role.tags.values()):
            assert re.fullmatch(r"[\w\s.:/=+\-@]{0,256}", text), text
        assert 3600 <= role.session_seconds <= 43200
    for unit in acme.units:
        assert re.fullmatch(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}", unit.id)
    assert re.fullmatch(r"o-[a-z0-9]{10,32}", acme.organization_id)
    for policy in acme.control_policies:
        assert re.fullmatch(r"p-[0-9a-zA-Z_]{8,128}", policy.id)


def test_hostile_names_are_there() -> None:
    text = "".join((FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in FILES)
    for hostile in ("[red]", "\\u001b[", "\\u202e", "=cmd", "@SUM", "+1-1"):
        assert hostile in text, hostile


def test_principals_of_the_organization_exist_unless_they_are_meant_not_to(acme: Acme) -> None:
    present = {role.arn for role in acme.roles} | {user.arn for user in acme.users}
    present |= {provider.arn for provider in acme.identity_providers}
    ours = {account.id for account in acme.accounts}
    named = re.compile(r"arn:aws:iam::(\d{12}):(?:role|user|saml-provider|oidc-provider)/[^\"*]+")
    missing = set()
    for role in acme.roles:
        for statement in json.loads(role.trust)["Statement"]:
            for match in named.finditer(json.dumps(statement["Principal"])):
                if match.group(1) in ours and match.group() not in present:
                    missing.add((match.group(), role.name))
    assert {name for _, name in missing} == {"irsa-order-worker-old", "okta-legacy-readers"}


def test_attached_policies_and_groups_exist(acme: Acme) -> None:
    policies = {policy.arn for policy in acme.policies}
    groups = {(group.account_id, group.name) for group in acme.groups}
    owners: list[Role | User] = [*acme.roles, *acme.users]
    for owner in owners:
        wanted = [*owner.permissions.attached, *([owner.boundary] if owner.boundary else [])]
        assert [arn for arn in wanted if ":iam::aws:" not in arn and arn not in policies] == [], owner.arn
    for user in acme.users:
        assert {(user.account_id, name) for name in user.groups} <= groups


def test_every_policy_hangs_on_something_that_exists(acme: Acme) -> None:
    targets = {unit.id for unit in acme.units} | {account.id for account in acme.accounts}
    for policy in acme.control_policies:
        assert policy.target_ids
        assert set(policy.target_ids) <= targets
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        full = [policy for policy in acme.control_policies if policy.type == kind and policy.is_aws_managed]
        assert [set(policy.target_ids) for policy in full] == [targets]


def test_no_placeholder_is_left(acme: Acme) -> None:
    texts = [role.trust for role in acme.roles] + [policy.document for policy in acme.control_policies]
    assert [text for text in texts if "${account" in text or "${organization" in text] == []


def test_nothing_is_used_before_it_was_made_nor_made_before_its_account(acme: Acme) -> None:
    joined = {account.id: account.joined for account in acme.accounts}
    for role in acme.roles:
        assert joined[role.account_id] <= role.created <= acme.now, role.arn
        assert role.last_used is None or role.created <= role.last_used <= acme.now, role.arn


# ── what must be found ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_planted_finding_is_of_a_role_that_can_be_read() -> None:
    readable = {
        (ACCOUNTS[key]["id"], name)
        for key, name in counted_roles()
        if ACCOUNTS[key].get("status") != "SUSPENDED" and ACCOUNTS[key].get("hop") != "refused"
    }
    for finding in FILES["planted"]["findings"]:
        assert finding["subject"] if not finding["role"] else (finding["account"], finding["role"]) in readable, finding
        assert finding["severity"] in SEVERITIES
        assert finding["why"]


def test_each_check_is_planted_and_none_twice_on_one_role() -> None:
    findings = FILES["planted"]["findings"]
    assert {finding["check"] for finding in findings} == set(FILES["planted"]["checks"])
    once = Counter((f["check"], f["account"], f["role"] or f["subject"], f["why"]) for f in findings)
    assert max(once.values()) == 1
    assert 230 <= len(findings) <= 350


def test_every_wildcard_and_every_outsider_is_planted_or_bound_to_the_organization(acme: Acme) -> None:
    """A plain search of the trust policies for what only planted roles may contain."""
    ours = {account.id for account in acme.accounts}
    readable = {account.id for account in acme.readable_accounts}
    planted = {(finding["account"], finding["role"]) for finding in FILES["planted"]["findings"]}
    bound = {"artifact-reader"}
    for role in acme.roles:
        if role.account_id not in readable or (role.account_id, role.name) in planted or role.name in bound:
            continue
        for statement in json.loads(role.trust)["Statement"]:
            principals = json.dumps(statement["Principal"])
            assert '"*"' not in principals, role.arn
            assert set(re.findall(r"\d{12}", principals)) <= ours, role.arn


def test_every_vendor_is_in_the_public_register() -> None:
    if not REGISTER.exists():
        pytest.skip("the corpus is not here")
    register = REGISTER.read_text(encoding="utf-8")
    roles = {(key, role["name"]): role for key, role in _specs()}
    for finding in FILES["planted"]["findings"]:
        if finding["check"] in ("trusts-unapproved-vendor", "trusts-unknown-account"):
            key = next(key for key, account in ACCOUNTS.items() if account["id"] == finding["account"])
            (outsider,) = re.findall(r"\d{12}", json.dumps(roles[key, finding["role"]]["trust"][0]["Principal"]))
            assert (f"'{outsider}'" in register) == (finding["check"] == "trusts-unapproved-vendor"), finding


def test_no_account_of_ours_and_no_stranger_is_in_the_public_register() -> None:
    if not REGISTER.exists():
        pytest.skip("the corpus is not here")
    register = REGISTER.read_text(encoding="utf-8")
    assert [account["id"] for account in ACCOUNTS.values() if account["id"] in register] == []


def _specs() -> list[tuple[str, dict[str, Any]]]:
    fleets = [(key, fleet["role"]) for fleet in FILES["fleets"]["fleets"] for key in keys_of(fleet)]
    return fleets + [(role["account"], role) for role in FILES["roles"]["roles"]]


def test_gaps_name_the_accounts_that_cannot_be_entered_and_the_region_that_is_closed() -> None:
    closed = {a["id"] for a in ACCOUNTS.values() if a.get("status") == "SUSPENDED" or a.get("hop") == "refused"}
    gaps = FILES["planted"]["gaps"]
    assert {gap["account"] for gap in gaps if gap["what"] in ("hop", "suspended")} == closed
    assert [gap["region"] for gap in gaps if "region" in gap] == [FILES["external_findings"]["refused_region"]]


# ── the earlier quarter ──────────────────────────────────────────────────────────────────────────────────────────


def test_whatever_is_younger_than_a_quarter_is_told_as_a_change(acme: Acme) -> None:
    """Roles of an account that was opened in the quarter go with their account."""
    told = {(change["account"], change["role"]) for change in FILES["earlier"]["changes"] if "role" in change}
    opened = {
        change["account"] for change in FILES["earlier"]["changes"] if set(change) == {"account", "was", "sentence"}
    }
    keys = {account.id: account.key for account in acme.accounts}
    for role in acme.roles:
        if (acme.now - role.created).days < QUARTER_DAYS and keys[role.account_id] not in opened:
            assert (keys[role.account_id], role.name) in told, role.arn


def test_the_earlier_quarter_differs_in_exactly_the_roles_that_the_changes_name(acme: Acme) -> None:
    before = load_acme("earlier", NOW)
    assert before.now < acme.now
    then = {role.arn: (role.trust, role.permissions, role.session_seconds) for role in before.roles}
    today = {role.arn: (role.trust, role.permissions, role.session_seconds) for role in acme.roles}
    ids = {key: account["id"] for key, account in ACCOUNTS.items()}
    opened = {
        ids[c["account"]] for c in FILES["earlier"]["changes"] if "role" not in c and "account" in c and not c["was"]
    }
    differing = {arn for arn in then.keys() | today.keys() if then.get(arn) != today.get(arn)}
    told = {(ids[c["account"]], c["role"]) for c in FILES["earlier"]["changes"] if "role" in c}
    found = {(arn.split(":")[4], arn.rpartition("/")[2]) for arn in differing if arn.split(":")[4] not in opened}
    assert found == {role for role in told if role[0] not in opened}


def test_every_change_of_the_organization_shows(acme: Acme) -> None:
    before = load_acme("earlier", NOW)
    policies = {policy.name for policy in before.control_policies}
    assert "Retail: only our organization becomes a role" in policies
    assert "Payments: only our organization becomes a role" not in policies
    assert "hackathon" not in {account.key for account in before.accounts}
    assert before.account("crm-test").unit_id != acme.account("crm-test").unit_id
    assert (before.account("acquired-mobile").status, acme.account("acquired-mobile").status) == ("ACTIVE", "SUSPENDED")
    assert all(role.created <= before.now for role in before.roles)
    assert all(change["sentence"] for change in FILES["earlier"]["changes"])
