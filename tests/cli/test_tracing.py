"""`who-can` and `reach`: what they print, and how a role or somebody may be given."""

import pytest

from tests.analysis.small_organization import (
    MANAGEMENT,
    PROD,
    SANDBOX,
    STRANGER,
    UNREAD,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from tests.cli.asking import printed
from trustview.analysis import analyse
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.store import Workspace, save_snapshot

GOAL = f"arn:aws:iam::{PROD}:role/goal"
MIDDLE = f"arn:aws:iam::{SANDBOX}:role/middle"
ANN = f"arn:aws:iam::{PROD}:user/ann"
PROVIDER = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture(autouse=True)
def chained(workspace: Workspace) -> None:
    """Ann becomes middle, middle becomes goal; others come in at each."""
    token = {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main"}}
    of_token = trust({"Federated": PROVIDER}, token, "sts:AssumeRoleWithWebIdentity")
    facts = snapshot(
        role("goal", policy(trust({"AWS": SANDBOX}))),
        role("middle", policy(trust({"AWS": [ANN, STRANGER]})), SANDBOX, inline=may_assume()),
        role("deploy", policy(of_token)),
        role("job", policy(trust({"Service": "ec2.amazonaws.com"}))),
        role("job", policy(trust({"AWS": UNREAD})), SANDBOX),
        user("ann", inline=may_assume()),
    )
    save_snapshot(workspace, facts, analyse(facts))


def test_who_can_lists_everybody_the_shortest_chain_first(capsys: pytest.CaptureFixture[str]) -> None:
    chains = printed(capsys, "who-can", GOAL, "--json")

    assert [(chain["principal"], chain["length"], chain["at_most_an_hour"]) for chain in chains] == [
        (f"account:{SANDBOX}", 1, False),
        (MIDDLE, 1, True),
        (ANN, 2, True),
        (f"account:{STRANGER}", 2, True),
    ]
    (first, last) = chains[2]["steps"]
    assert (first["from"], first["to"], last["from"], last["to"]) == (ANN, MIDDLE, MIDDLE, GOAL)
    assert last["reasons"][0] == "statement 0 of the trust policy allows it"
    assert first["grant"]


@pytest.mark.parametrize("given", [GOAL, "goal", "prod/goal", f"{PROD}/goal"])
def test_a_role_may_be_given_by_its_arn_its_name_or_with_its_account(
    capsys: pytest.CaptureFixture[str], given: str
) -> None:
    assert {chain["role"] for chain in printed(capsys, "who-can", given, "--json")} == {GOAL}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("job", "`prod/job`, `sandbox/job`"),
        ("management/goal", "`prod/goal`"),
        ("nothing", "is no role of this snapshot"),
        (f"arn:aws:iam::{PROD}:role/nothing", "is no role of this snapshot"),
    ],
)
def test_what_is_not_one_role_is_told(capsys: pytest.CaptureFixture[str], given: str, told: str) -> None:
    assert main(["who-can", given]) == ExitCode.USAGE
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        (ANN, [MIDDLE, GOAL]),
        (MIDDLE, [GOAL]),
        (PROD, [MIDDLE]),
        (STRANGER, [MIDDLE, GOAL]),
        (f"arn:aws:iam::{STRANGER}:role/any", [MIDDLE, GOAL]),
        (UNREAD, [f"arn:aws:iam::{SANDBOX}:role/job"]),
        ("ec2.amazonaws.com", [f"arn:aws:iam::{PROD}:role/job"]),
        ("lambda.amazonaws.com", []),
        ("token.actions.githubusercontent.com", [f"arn:aws:iam::{PROD}:role/deploy"]),
        (PROVIDER, [f"arn:aws:iam::{PROD}:role/deploy"]),
        ("everyone", []),
        (MANAGEMENT, []),
        ("100000000000", []),
    ],
)
def test_reach_lists_what_somebody_can_become(capsys: pytest.CaptureFixture[str], given: str, roles: list[str]) -> None:
    assert [chain["role"] for chain in printed(capsys, "reach", given, "--json")] == roles


def test_nobody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reach", "who?"]) == ExitCode.USAGE
    assert "`who?` is nobody" in capsys.readouterr().err


def test_the_table_names_accounts_and_the_limit_says_how_much_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["who-can", "goal", "--limit", "3"]) == ExitCode.DONE
    shown = capsys.readouterr()

    assert "user prod/ann -> sandbox/middle -> prod/goal" in shown.out
    assert len(shown.out.splitlines()) == 4
    assert "4 who can become it, the first 3 shown" in shown.err
