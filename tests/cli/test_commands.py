"""The command line as scripts use it: what is printed, where, and with which exit code."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.small_organization import (
    DATADOG,
    MANAGEMENT,
    PROD,
    SANDBOX,
    STRANGER,
    policy,
    role,
    snapshot,
    trust,
)
from tests.cli.asking import HOSTILE, printed
from trustview.analysis import CHECKS, analyse
from trustview.cli import arguments, main
from trustview.cli.collecting import read_age
from trustview.cli.exit_code import ExitCode
from trustview.cli.selecting import select_rows
from trustview.errors import UsageError
from trustview.export import FORMATS
from trustview.export.remediation import REMEDIATION_FORMATS
from trustview.review import REVIEW_CHECKS, Decision, EntryKind, Verdict, make_entry, review_id
from trustview.store import Workspace, make_folder, newest_snapshot, open_reviews, open_snapshot, save_snapshot


def test_the_choices_of_formats_are_those_that_there_are() -> None:
    assert tuple(form.name for form in FORMATS) == arguments.FORMATS
    assert tuple(form.name for form in REMEDIATION_FORMATS) == arguments.REMEDIATION_FORMATS


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("filled")
def test_roles_print_all_that_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    roles = printed(capsys, "roles", "--json")

    assert [value["name"] for value in roles] == ["partner", "vendor", "app"]
    assert {"arn", "account", "trust_policy"} <= roles[0].keys()
    assert roles[0]["trust_policy"]["Statement"][0]["Principal"] == {"AWS": STRANGER}
    assert roles[1]["description"] == HOSTILE


@pytest.mark.usefixtures("filled")
def test_grants_print_party_and_reach(capsys: pytest.CaptureFixture[str]) -> None:
    grants = printed(capsys, "grants", "--json")

    assert [(grant["party"], grant["reach"]) for grant in grants] == [
        ("unknown_account", "open"),
        ("vendor", "open"),
        ("service", "open"),
    ]
    assert {grant["access_analyzer"] for grant in grants} == {"no analyzer could be read"}
    assert grants[0].keys() >= {
        "role", "account", "principal", "party", "actions", "conditions", "reach", "depends_on", "blocked_by",
        "reasons", "fleet", "privilege",
    }  # fmt: skip


@pytest.mark.parametrize("words", [(), ("--severity", "high"), ("--check", "break-glass-unwatched")])
def test_findings_that_are_read_while_they_are_written_are_those_that_are_all_there(
    filled: Workspace, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    given = arguments.build_parser().parse_args(["findings", *words])
    with open_snapshot(newest_snapshot(filled)) as opened:
        rows = list(select_rows(filled, opened, given))
    for form in FORMATS:
        main(["findings", "--format", form.name, *words])
        assert capsys.readouterr().out == form.write(rows)


@pytest.mark.usefixtures("filled")
def test_findings_print_worst_first_and_pass_filters(capsys: pytest.CaptureFixture[str]) -> None:
    everything = printed(capsys, "findings", "--json")
    checked = printed(capsys, "findings", "--json", "--check", "trusts-unapproved-vendor")

    ranks = ["critical", "high", "medium", "low", "info"]
    assert [finding["severity"] for finding in everything] == sorted(
        (finding["severity"] for finding in everything), key=ranks.index
    )
    assert {finding["check"] for finding in checked} == {"trusts-unapproved-vendor"}
    on_roles = [finding for finding in everything if finding["role"]]
    assert printed(capsys, "findings", "--json", "--account", "prod") == on_roles
    assert {finding["subject_kind"] for finding in everything if not finding["role"]} == {"organization"}
    assert printed(capsys, "findings", "--json", "--account", "sandbox") == []


@pytest.mark.usefixtures("filled")
def test_fail_on_is_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    worst = printed(capsys, "findings", "--json")[0]["severity"]

    assert main(["findings", "--fail-on", worst]) == ExitCode.FAIL_ON
    assert main(["findings", "--fail-on", "critical"]) == (4 if worst == "critical" else 0)


def test_findings_tell_what_was_decided(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with open_snapshot(newest_snapshot(filled)) as opened:
        item = next(row for row in opened.items() if row.role_name == "vendor")
        summary = opened.summary()
    decision = Decision(item.id, Verdict.ACCEPT_RISK, "ann", "2026-11-21T08:00:00Z", "until March", "2027-03-01")
    with open_reviews(filled) as reviews:
        entry = make_entry((), EntryKind.DECIDE, "ann", decision.at, [decision])
        reviews.append(review_id(summary.organization, summary.taken_at), entry)
    decided = {finding["role"].rpartition("/")[2]: finding for finding in printed(capsys, "findings", "--json")}

    assert (decided["vendor"]["decision"], decided["vendor"]["note"]) == ("accept risk", "until March")
    assert decided["partner"]["decision"] == ""


@pytest.mark.usefixtures("filled")
def test_tables_are_plain_whatever_a_name_holds(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["roles"], ["grants"], ["findings"], ["checks"], ["snapshots"]):
        assert main(words) == ExitCode.DONE
        output = capsys.readouterr()
        assert all(line.isprintable() for line in (output.out + output.err).splitlines())


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", [f"arn:aws:iam::{PROD}:role/partner", f"{PROD}/partner", "prod/partner", "partner"])
def test_a_remediation_is_found_by_any_name_of_its_role(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = printed(capsys, "remediate", name, "--json")

    assert value["role"] == f"arn:aws:iam::{PROD}:role/partner"
    assert value["current"]["Statement"][0]["Principal"] == {"AWS": STRANGER}
    assert STRANGER not in json.dumps(value["proposed"])
    assert value["changes"]
    assert value["closes"]


@pytest.mark.usefixtures("filled")
def test_a_remediation_is_shown_as_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remediate", "partner"]) == ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()

    assert [line for line in lines if line.startswith("-") and STRANGER in line]
    assert [line for line in lines if line.startswith("+") and "NobodyMayAssumeThis" in line]


@pytest.mark.usefixtures("filled")
def test_the_changes_of_a_role_are_ranked_and_one_is_picked_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    best = printed(capsys, "remediate", "vendor", "--json")
    first, *others = best["choices"]
    other = printed(capsys, "remediate", "vendor", "--json", "--change", others[-1]["id"][:6])

    assert others
    assert best["id"] == first["id"] != other["id"] == others[-1]["id"]
    assert best["proposed"] != other["proposed"]
    assert all(one["reasons"] for one in best["choices"])
    assert [one["removes"] for one in best["choices"]][-1]
    assert any("no evidence of CloudTrail was read" in sentence for _, sentence in best["notes"])


@pytest.mark.usefixtures("filled")
def test_a_change_is_tried_on_the_whole_snapshot(capsys: pytest.CaptureFixture[str]) -> None:
    notes = printed(capsys, "remediate", "partner", "--what-if", "--json")["notes"]

    assert ["brings", "nothing that is not found today"] in notes
    assert ["ends", f"trusts-unknown-account (medium) on `arn:aws:iam::{PROD}:role/partner`"] in notes
    assert any(label == "loses" and STRANGER in sentence for label, sentence in notes)


@pytest.mark.usefixtures("filled")
def test_a_change_that_a_role_has_not_is_refused_with_those_that_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remediate", "vendor", "--change", "zz"]) == ExitCode.USAGE
    assert "choose one of `" in capsys.readouterr().err


@pytest.mark.usefixtures("filled")
def test_the_guardrail_against_outsiders_is_handed_over_with_its_stages(capsys: pytest.CaptureFixture[str]) -> None:
    value = printed(capsys, "remediate", "organization", "--json")
    assert main(["remediate", "organization"]) == ExitCode.DONE
    shown = capsys.readouterr().out

    assert value["type"] == "RESOURCE_CONTROL_POLICY"
    assert value["stages"]
    assert value["told"] == [{"label": "proof", "text": "proved: it lets nothing through that is stopped today"}]
    assert "proof      proved: it lets nothing through" in shown
    assert all(stage["target"] in shown for stage in value["stages"])
    assert '"aws:PrincipalIsAWSService": "false"' in shown


@pytest.mark.usefixtures("filled")
def test_a_role_without_a_remediation_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remediate", "app", "--format", "terraform"]) == ExitCode.DONE
    captured = capsys.readouterr()

    assert captured.out == ""
    assert "no change is proposed" in captured.err


def test_the_difference_of_two_snapshots(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    for number, principal in enumerate((STRANGER, [STRANGER, f"arn:aws:iam::{DATADOG}:root"]), start=1):
        facts = replace(
            snapshot(role("partner", policy(trust({"AWS": principal})), description=HOSTILE * number)),
            taken_at=f"2026-11-2{number}T06:00:00Z",
        )
        save_snapshot(workspace, facts, analyse(facts))
    told = printed(capsys, "diff", "--json")

    assert (told["old"], told["new"]) == ("20261121T060000Z", "20261122T060000Z")
    assert [(one["kind"], one["field"]) for one in told["facts"]] == [
        ("changed", "trust_policy"),
        ("changed", "description"),
    ]
    assert [(one["kind"], one["principal"]) for one in told["effects"]] == [("new", f"arn:aws:iam::{DATADOG}:root")]
    assert printed(capsys, "diff", "--json", "--account", "sandbox")["effects"] == []
    assert printed(capsys, "diff", "20261122", "20261121", "--json")["effects"][0]["kind"] == "gone"
    assert main(["diff"]) == ExitCode.DONE
    assert all(line.isprintable() for line in capsys.readouterr().out.splitlines())


@pytest.mark.usefixtures("filled")
def test_a_single_snapshot_differs_from_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff"]) == ExitCode.USAGE
    assert "no earlier snapshot" in capsys.readouterr().err


def test_a_name_that_several_roles_have_is_not_guessed(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    open_to_strangers = policy(trust({"AWS": STRANGER}))
    facts = snapshot(role("same", open_to_strangers), role("same", open_to_strangers, account=SANDBOX))
    save_snapshot(workspace, facts, analyse(facts))

    assert main(["remediate", "same"]) == ExitCode.USAGE
    assert "the name of 2 roles" in capsys.readouterr().err


def test_a_check_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", CHECKS[0].id]) == ExitCode.DONE
    text = capsys.readouterr().out

    assert CHECKS[0].id in text
    assert "Why:" in text
    assert "See: https://" in text


@pytest.mark.usefixtures("filled")
def test_a_finding_is_explained_as_every_list_of_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    for row in printed(capsys, "findings", "--json"):
        told = printed(capsys, "explain", row["id"], "--json")

        assert {name: told[name] for name in ("id", "check", "severity", "because", "explained")} == {
            name: row[name] for name in ("id", "check", "severity", "because", "explained")
        }
        assert told["explained"].startswith(f"{row['severity']}: {', '.join(row['graded'])}; {row['confidence']}: ")
        assert all(place["place"] >= 1 and place["why"] for place in told["ranked"])
        assert main(["explain", row["id"]]) == ExitCode.DONE
        text = " ".join(capsys.readouterr().out.split())
        assert f"Severity: {told['explained']}" in text
        assert all(f"Seen: {' '.join(sentence.split())}" in text for sentence in row["because"])


def test_what_is_neither_a_check_nor_a_finding_is_said_to_be_none(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "0123456789abcdef"]) == ExitCode.USAGE
    assert "no check and no finding" in capsys.readouterr().err
    save_snapshot(workspace, snapshot(), analyse(snapshot()))
    assert main(["explain", "0123456789abcdef"]) == ExitCode.USAGE
    assert "no check and no finding" in capsys.readouterr().err


def test_the_catalogue_lists_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    ids = [*(check.id for check in CHECKS), *(check.id for check in REVIEW_CHECKS)]

    assert [entry["id"] for entry in printed(capsys, "checks", "--json")] == ids


# ── export ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_export_never_overwrites_unasked(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled.root.parent / "out.csv"

    assert main(["export", "--output", str(path)]) == ExitCode.DONE
    before = path.read_bytes()
    assert main(["export", "--output", str(path)]) == ExitCode.USAGE
    assert "--overwrite" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert main(["export", "--output", str(path), "--overwrite"]) == ExitCode.DONE
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_exported_organization_is_imported_again(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled.root.parent / "organization.json"

    assert main(["export", "--format", "organization", "--output", str(path)]) == ExitCode.DONE
    assert main(["import", str(path), "--json"]) == ExitCode.GAPS
    assert json.loads(capsys.readouterr().out)["organization"] == "o-smallorg01"


def test_importing_names_what_cannot_be_read_and_reads_the_rest(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace.root.parent / "files"
    folder.mkdir()
    raw = {"Arn": f"arn:aws:iam::{PROD}:role/r", "RoleName": "r", "AssumeRolePolicyDocument": {}}
    (folder / "good.json").write_text(json.dumps({"RoleDetailList": [raw]}), encoding="utf-8")
    (folder / "bad.json").write_text('{"RoleDetailList": [', encoding="utf-8")

    assert main(["import", str(folder)]) == ExitCode.GAPS
    output = capsys.readouterr()
    assert "bad.json" in output.err
    assert "line 1 column" in output.err
    assert "roles         1" in output.out


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("words", [["findings"], ["roles"], ["export"], ["grants"], []], ids=" ".join)
def test_without_a_snapshot_a_command_says_how_to_get_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == ExitCode.FAILED
    assert "trustview collect" in capsys.readouterr().err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "words",
    [
        ["findings", "--check", "nonsense"],
        ["findings", "--account", "nobody"],
        ["explain", "nonsense"],
        ["import", "not-there"],
        ["collect", "--max-age", "soon"],
        ["collect", "--evidence", "400"],
        [],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_named_and_nothing_is_lost(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith("trustview: ")
    assert "Traceback" not in error


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("words", [["findings", "--severity", "terrible"], ["nonsense"], ["export", "--format", "x"]])
def test_what_the_parser_refuses_is_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)

    assert stopped.value.code == ExitCode.USAGE


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("45", 45), ("30m", 1800), ("12h", 43200), ("7d", 604800)])
def test_ages(text: str, seconds: int) -> None:
    assert read_age(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5m", "1.5h", "soon"])
def test_no_ages(text: str) -> None:
    with pytest.raises(UsageError):
        read_age(text)


# ── what is loaded ───────────────────────────────────────────────────────────────────────────────────────────────

HEAVY = ("botocore", "aiobotocore", "boto3", "moto", "aiohttp", "textual", "rich", "sqlite3", "argparse")


def loaded_by(code: str) -> set[str]:
    probe = f"import sys; {code}; print([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(json.loads(result.stderr.splitlines()[-1].replace("'", '"')))


def test_the_version_loads_nothing_at_all() -> None:
    assert loaded_by("from trustview.cli import main; main(['--version'])") == set()


def test_listing_loads_neither_aws_nor_the_screen(filled: Workspace) -> None:
    home = f"import os; os.environ['TRUSTVIEW_HOME'] = {str(filled.root)!r}"
    loaded = loaded_by(f"{home}; from trustview.cli import main; main(['findings'])")

    assert loaded & {"botocore", "aiobotocore", "boto3", "moto", "aiohttp", "textual"} == set()


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_settings_come_from_the_workspace_and_say_so(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    make_folder(workspace.root)
    file = workspace.root / "trustview.toml"
    file.write_text("[thresholds]\r\nsession_hours = 8\r\n", encoding="utf-8")
    rows = {row["setting"]: row for row in printed(capsys, "config", "--json")}

    assert rows["thresholds.session_hours"] == {
        "setting": "thresholds.session_hours",
        "value": 8,
        "from": f"{file} line 2",
    }
    assert rows["tiers.units"] == {"setting": "tiers.units", "value": {}, "from": "default"}


def test_settings_in_the_working_folder_do_not_count(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trustview.toml").write_text("[thresholds]\nsession_hours = 8\n", encoding="utf-8")

    assert workspace.root != tmp_path
    assert {row["from"] for row in printed(capsys, "config", "--json")} == {"default"}


@pytest.mark.usefixtures("workspace")
def test_settings_that_are_not_there_are_an_error_of_the_user(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("config", "--settings", "nowhere.toml")) == ExitCode.USAGE
    assert "`nowhere.toml`" in capsys.readouterr().err


def test_other_settings_are_told_and_applied_by_analysing_again(
    filled: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'[accounts]\napproved = ["{STRANGER}"]\n', encoding="utf-8")
    before = printed(capsys, "findings", "--json")
    assert main(("findings", "--json", "--settings", str(file))) == ExitCode.DONE
    assert "accounts.approved" in capsys.readouterr().err

    printed(capsys, "analyse", "--settings", str(file), "--json")
    assert main(("findings", "--json", "--settings", str(file))) == ExitCode.DONE
    after = capsys.readouterr()

    assert "trusts-unknown-account" in {row["check"] for row in before}
    assert "trusts-unknown-account" not in {row["check"] for row in json.loads(after.out)}
    assert "differ" not in after.err
    with open_snapshot(newest_snapshot(filled)) as saved:
        assert saved.settings().accounts.approved == (STRANGER,)


@pytest.fixture
def fleet(workspace: Workspace) -> Workspace:
    """A workspace with one role in three accounts: two say the same, the third trusts another."""
    roles = [role("partner", policy(trust({"AWS": STRANGER})), account) for account in (PROD, SANDBOX)]
    roles.append(role("partner", policy(trust({"Service": "ec2.amazonaws.com"})), MANAGEMENT))
    facts = snapshot(*roles)
    save_snapshot(workspace, facts, analyse(facts))
    return workspace


@pytest.mark.usefixtures("fleet")
def test_a_change_is_made_for_the_whole_fleet_and_outliers_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    value = printed(capsys, "remediate", f"{PROD}/partner", "--fleet", "--json")
    assert main(["remediate", f"{PROD}/partner", "--fleet"]) == ExitCode.DONE
    shown = capsys.readouterr().out.splitlines()

    assert [member["account"] for member in value["members"]] == [PROD, SANDBOX]
    assert {member["id"] for member in value["members"]} == {value["id"]}
    assert [outlier["role"] for outlier in value["outliers"]] == [f"arn:aws:iam::{MANAGEMENT}:role/partner"]
    assert [line.split()[0] for line in shown if not line.startswith("change")] == ["proved", "proved", "apart"]
    assert shown[0].startswith("change")


@pytest.mark.usefixtures("fleet")
def test_a_change_of_a_fleet_is_handed_over_for_every_member(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remediate", f"{PROD}/partner", "--fleet", "--format", "cli"]) == ExitCode.DONE

    assert capsys.readouterr().out.count("\naws iam update-assume-role-policy") == 2


@pytest.mark.usefixtures("filled")
def test_two_policies_are_compared_in_effect_and_as_written(capsys: pytest.CaptureFixture[str]) -> None:
    text = policy(trust({"AWS": STRANGER}))
    same = printed(capsys, "compare", "partner", text, "--json")
    assert main(["compare", "partner", "vendor"]) == ExitCode.DONE
    shown = capsys.readouterr().out

    assert same["same"]
    assert f"`{STRANGER}`: all of its ways in" in shown
    assert f"gained     `arn:aws:iam::{DATADOG}:root`" in shown
    assert f'-        "AWS": "{STRANGER}"' in shown


@pytest.mark.usefixtures("fleet")
def test_a_role_is_held_against_most_of_its_fleet(capsys: pytest.CaptureFixture[str]) -> None:
    outlier = printed(capsys, "compare", f"{MANAGEMENT}/partner", "--majority", "--json")
    member = printed(capsys, "compare", f"{PROD}/partner", "--majority", "--json")

    assert member["same"]
    assert not outlier["same"]
    assert [way["principal"] for way in outlier["lost"]] == [STRANGER]
    assert [way["principal"] for way in outlier["gained"]] == ["ec2.amazonaws.com"]


@pytest.mark.usefixtures("filled")
def test_what_is_no_policy_cannot_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "partner", "nothing-at-all"]) == ExitCode.USAGE
    assert "is no policy" in capsys.readouterr().err
    assert main(["compare", "partner"]) == ExitCode.USAGE
