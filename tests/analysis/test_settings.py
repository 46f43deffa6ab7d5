"""`trustview.toml`: what it means, what is wrong in it and where, and that every setting is documented."""

import tomllib
from dataclasses import Field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.small_organization import DATADOG, PROD, SANDBOX, STRANGER, policy, role, snapshot, trust
from trustview.analysis import Setting, Settings, Tier, analyse, entries, read_settings, sections, tier_of
from trustview.cli.config import document_lines, example_lines, plain_value, toml_of
from trustview.errors import UsageError
from trustview.snapshot.codec import decode, encode

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

WRONG = [
    ("a section that does not exist", "[role]\n", "line 1, column 2", "did you mean `roles`?"),
    ("a setting that does not exist", "[roles]\n\nmonitorin = []\n", "line 3, column 1", "did you mean `monitoring`?"),
    ("a setting outside of any section", "tiers = 3\n", "line 1, column 1", "write `[tiers]`"),
    (
        "a tier that does not exist",
        '# tiers\n[tiers]\nunits = { "Prod" = "prodd" }',
        "line 3, column 11",
        "did you mean `prod`?",
    ),
    (
        "a tier that does not exist, in a table of its own",
        '[tiers.units]\n"A" = "prod"\n"B" = "x"',
        "line 3, column 1",
        "`sandbox`, `dev`",
    ),
    ("an account id with eleven digits", '[accounts]\napproved = ["12345678901"]', "line 2, column 1", "12 digits"),
    ("an account id without quotes", "[accounts]\napproved = [123456789012]", "line 2, column 1", "list of texts"),
    ("an account id as a key", '[vendors.register]\n"12" = "Twelve"', "line 2, column 1", "12 digits"),
    ("a vendor that no register knows", '[vendors]\napproved = ["Datadgo"]', "line 2", "did you mean `Datadog`?"),
    ("a number that is too large", "[thresholds]\nsession_hours = 13", "line 2, column 1", "from 2 to 12"),
    ("a truth value for a number", "[thresholds]\nsession_hours = true", "line 2, column 1", "from 2 to 12"),
    ("a day that does not exist", '[business_hours]\ndays = ["mo"]', "line 2, column 1", "did you mean `mon`?"),
    (
        "a time zone that does not exist",
        '[business_hours]\ntimezone = "Mars/Base"',
        "line 2, column 1",
        "`Europe/Paris`",
    ),
    ("a time zone that is a path", '[business_hours]\ntimezone = "../UTC"', "line 2, column 1", "`Europe/Paris`"),
    ("a holiday that no year has", '[business_hours]\nholidays = ["02-30"]', "line 2, column 1", "`12-25`"),
    ("a time that does not exist", '[business_hours]\nbegin = "24:30"', "line 2, column 1", "`08:30`"),
    (
        "a value behind a list over several lines",
        '[roles]\nmonitoring = [\n"a",\n]\nbreak_glas = []',
        "line 5",
        "glass",
    ),
    ("no TOML at all", "[roles\n", "line 1, column 7", "this is no TOML"),
    ("TOML that ends too early", '[roles]\nmonitoring = """a', "line 2", "this is no TOML"),
]


@pytest.mark.parametrize(("text", "place", "hint"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_named_with_its_place_and_what_belongs_there(text: str, place: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_settings(text, "trustview.toml")

    assert str(raised.value).startswith(f"`trustview.toml` {place}")
    assert hint in str(raised.value)


def test_an_empty_file_is_the_defaults() -> None:
    found = read_settings("", "x")

    assert found.settings == Settings()
    assert found.lines == ()


def test_each_setting_says_where_it_stands() -> None:
    found = read_settings("[thresholds]\n# hours\nsession_hours = 8\n\n[roles]\nmonitoring = [\n]\n", "x")

    assert dict(found.lines) == {"thresholds.session_hours": 3, "roles.monitoring": 6}


@given(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["", "# [roles]", 'x = """', "[[["]))
def test_a_place_is_found_behind_whatever_stands_before_it(above: int, between: int, noise: str) -> None:
    comment = f"# {noise}\n"
    text = comment * above + "[thresholds]\n" + comment * between + "  session_hours = 99 # session_hours\n"

    with pytest.raises(UsageError, match=f"line {above + between + 2}, column 3"):
        read_settings(text, "x")


# ── every setting ────────────────────────────────────────────────────────────────────────────────────────────────

ALL = [(section, entry, setting) for section in sections() for entry, setting in entries(section.default)]
IDS = [f"{section.name}.{entry.name}" for section, entry, _ in ALL]


@pytest.mark.parametrize(("section", "entry", "setting"), ALL, ids=IDS)
def test_the_example_of_a_setting_can_be_read_and_is_not_its_default(
    section: Field[Any], entry: Field[Any], setting: Setting
) -> None:
    text = f"[{section.name}]\n{entry.name} = {setting.example}\n"
    if entry.name != "register" and "Example Payroll" in setting.example:
        text += '\n[vendors.register]\n"444455556666" = "Example Payroll"\n'
    found = read_settings(text, "x").settings

    assert getattr(getattr(found, section.name), entry.name) != entry.default
    assert setting.meaning.endswith(".")


@pytest.mark.parametrize(("section", "entry"), [case[:2] for case in ALL], ids=IDS)
def test_the_default_of_a_setting_is_read_back_as_it_is_shown(section: Field[Any], entry: Field[Any]) -> None:
    text = f"[{section.name}]\n{entry.name} = {toml_of(plain_value(entry, entry.default))}\n"

    assert read_settings(text, "x").settings == Settings()


def test_the_example_file_is_toml_with_every_setting_in_it() -> None:
    lines = list(example_lines())
    uncommented = "\n".join(
        line.removeprefix("# ") if any(line.startswith(f"# {entry.name} = ") for _, entry, _ in ALL) else line
        for line in lines
    )

    assert read_settings("\n".join(lines), "x").settings == Settings()
    assert {(s, k) for s, values in tomllib.loads(uncommented).items() for k in values} == {
        (section.name, entry.name) for section, entry, _ in ALL
    }
    assert read_settings(uncommented, "x").settings != Settings()


def test_the_documentation_is_what_the_command_prints() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == "\n".join(document_lines()) + "\n"


def test_settings_can_be_kept() -> None:
    text = '[tiers]\naccounts = { "222222222222" = "prod" }\n[vendors]\nregister = { "444455556666" = "P" }\n'
    settings = read_settings(text, "x").settings

    assert decode(Settings, encode(settings)) == settings


# ── what they do ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("", (Tier.PROD, Tier.SANDBOX)),
        ('units = { "workloads" = "log" }', (Tier.LOG, Tier.SANDBOX)),
        ('units = { "workloads/" = "log" }\naccounts = { "222222222222" = "dev" }', (Tier.DEV, Tier.SANDBOX)),
        ('units = { "elsewhere" = "log" }', (Tier.PROD, Tier.SANDBOX)),
    ],
)
def test_settings_tell_tiers_before_names_do(text: str, tiers: tuple[Tier, Tier]) -> None:
    rules = read_settings(f"[tiers]\n{text}", "x").settings.tiers

    assert tuple(tier_of(snapshot(), account, rules) for account in (PROD, SANDBOX)) == tiers


def test_a_tag_named_in_the_settings_tells_the_tier() -> None:
    facts = snapshot()
    assert facts.organization
    tagged = replace(facts.organization.accounts[2], tags=(("Stufe", "prod"),))
    facts = replace(facts, organization=replace(facts.organization, accounts=(tagged,)))

    assert tier_of(facts, SANDBOX) is Tier.SANDBOX
    assert tier_of(facts, SANDBOX, read_settings('[tiers]\ntags = ["stufe"]', "x").settings.tiers) is Tier.PROD


APPROVALS = [
    ("nothing", "", {"trusts-unknown-account", "trusts-unapproved-vendor"}),
    ("the account", f'[accounts]\napproved = ["{STRANGER}"]', {"trusts-unapproved-vendor"}),
    ("the account of the vendor", f'[accounts]\napproved = ["{DATADOG}"]', {"trusts-unknown-account"}),
    ("the vendor", '[vendors]\napproved = ["Datadog"]', {"trusts-unknown-account"}),
    ("an entry of our own", f'[vendors]\nregister = {{ "{STRANGER}" = "Payroll" }}', {"trusts-unapproved-vendor"}),
    (
        "an entry of our own, approved",
        f'[vendors]\nregister = {{ "{STRANGER}" = "Payroll" }}\napproved = ["Payroll", "Datadog"]',
        set(),
    ),
]


@pytest.mark.parametrize(("text", "left"), [case[1:] for case in APPROVALS], ids=[case[0] for case in APPROVALS])
def test_who_is_approved_is_no_longer_reported_as_unknown_or_unapproved(text: str, left: set[str]) -> None:
    facts = snapshot(
        role("stranger", policy(trust({"AWS": STRANGER}))), role("vendor", policy(trust({"AWS": DATADOG})))
    )
    found = {finding.check for finding in analyse(facts, settings=read_settings(text, "x").settings).findings}

    assert found & {"trusts-unknown-account", "trusts-unapproved-vendor"} == left
    assert "trusts-whole-external-account" in found
