"""A policy that is read for all accounts and gets one account's id put in is what reading that account's text gives."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.random_organization import ACCOUNTS, RandomOrganization
from trustview.analysis.own_account import OWN_ACCOUNT
from trustview.analysis.template import likeness, names_own, read_for, text_of
from trustview.policy import parse_policy
from trustview.snapshot import Snapshot

OWN = "111122223333"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "trust_policies"


def policy_of(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": OWN, "Statement": statement})


def said(text: str, account: str = OWN) -> None:
    like = likeness(text, account)
    read, wanted = read_for(like, account), parse_policy(text)
    assert text_of(like, account) == text
    assert (read, read.problems) == (wanted, wanted.problems)


HARD: tuple[dict[str, Any], ...] = (
    {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{OWN}:root", f"{OWN}{OWN}"]}, "Action": "sts:AssumeRole"},
    {"Effect": "Deny", "NotPrincipal": {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/x"}, "Sid": f"S{OWN}"},
    {"Condition": {"StringEquals": {"aws:SourceAccount": int(OWN)}}},
    {"Condition": {"StringEquals": {"aws:SourceAccount": int(f"{OWN}0"), f"x{OWN}:sub": "a"}}},
    {"Condition": {"StringLike": {f"{'k' * 300}{OWN}:sub": [f"{OWN}*", "271828182845"]}}},
    {"Condition": {"StringLike": {f"{'k' * 250}:{OWN}:sub": f"{OWN}*"}}},
    {"Condition": {f"Strange{OWN}": {"aws:SourceAccount": OWN}}, f"Odd{OWN}": 1, "Action": f"a{OWN}"},
    {"Resource": [f"arn:aws:s3:::b-{OWN}/*", "arn:aws:iam::${aws:PrincipalAccount}:role/x"], "NotAction": "iam:*"},
    {"Resource": "271828182845", "Principal": {"AWS": OWN}},
    {"Effect": "Allow", "Principal": {"AWS": OWN}, "Sid": "\u00e9"},
    {},
)


@pytest.mark.parametrize("statement", HARD, ids=range(len(HARD)))
def test_odd_policies_are_read_as_they_are(statement: dict[str, Any]) -> None:
    said(policy_of(statement))


@pytest.mark.parametrize("text", ["", "no JSON", OWN, f'"{OWN}"', f'{{"Statement": {OWN}}}', f"{OWN}\x01", "\\"])
def test_texts_that_are_no_policies_are_read_as_they_are(text: str) -> None:
    said(text)


def test_an_account_that_overlaps_with_its_place_is_given_back_exactly() -> None:
    for text in ("1" * 13, "1" * 25, f"{'1' * 12}2718{'1' * 12}"):
        said(policy_of({"Resource": text}), "1" * 12)
        said(policy_of({"Resource": f"27182818284{text}"}), "1" * 12)


@given(st.lists(st.sampled_from((OWN, "1", "2", "2718", "271828182845", ":", "*", "\x01", "a", "\\", '"'))))
def test_any_text_is_given_back_exactly(parts: list[str]) -> None:
    said("".join(parts))
    said(policy_of({"Resource": "".join(parts), "Principal": {"AWS": "".join(parts)}}))


def texts_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    inline = [(p.document, role.account) for role in snapshot.roles for p in role.inline]
    return [(role.trust_policy, role.account) for role in snapshot.roles] + inline


@pytest.mark.parametrize("seed", range(4))
def test_random_organizations_are_read_as_they_are(seed: int) -> None:
    for text, account in texts_of(RandomOrganization(seed).snapshot):
        said(text, account)


def test_two_accounts_say_alike_what_differs_in_their_ids_alone() -> None:
    one, other = (policy_of({"Principal": {"AWS": account}}).replace(OWN, account) for account in ACCOUNTS[:2])

    assert likeness(one, ACCOUNTS[0]) == likeness(other, ACCOUNTS[1]) != likeness(one, ACCOUNTS[1])
    assert names_own(likeness(one, ACCOUNTS[0]))
    assert OWN_ACCOUNT not in likeness(one, ACCOUNTS[1])


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_real_trust_policies_are_read_as_they_are() -> None:
    for path in sorted(CORPUS.rglob("*.json"))[:400]:
        text = path.read_text(encoding="utf-8")
        for account in {part for part in text.replace('"', ":").split(":") if part.isdigit() and len(part) == 12}:
            said(text, account)
