"""Every policy of the corpus, wherever it stands: it is read, what the corpus marks malformed is told, nothing else is.

Policies stand as files, within answers of AWS, as JSON texts and as URL-encoded ones.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from trustview.policy import Layer, PolicyDocument, Problem, find_misplaced, parse_policy

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")

# Labels of trust policies, and words of their notes, that say what IAM does not take.
MALFORMED = {
    "malformed-principal", "invalid-principal", "malformed-account-id", "not-principal", "invalid-condition-operator",
}  # fmt: skip
REJECTED = ("IAM rejects", "not valid in AWS")
BARE_STAR = "the bare star, which Access Analyzer calls an error in trust policies"
PLACEHOLDER = "a placeholder of the documentation"
RESOURCE = "a resource in a trust policy; its siblings are marked for that"
# What AWS refuses though the corpus does not mark it, and why.
UNMARKED = {
    "trust_policies/amazon-eks-pod-identity-webh--readme.json": "a comment among the operators",
    "trust_policies/aws-cloudformation-user-guid--aws-resource-elasticbeanstalk-environmen.json": PLACEHOLDER,
    "trust_policies/cartography--roles.json": "an account id of four digits, in a provider",
    "trust_policies/cfripper--rootrole-3.json": BARE_STAR,
    "trust_policies/panther-analysis--aws-iam-backdoor-role.json": BARE_STAR,
    "trust_policies/kics--positive2.json": RESOURCE,
    "trust_policies/kics--positive3.json": RESOURCE,
}
KEY_WITHOUT_SERVICE = "a condition key without a service"
UNMARKED_GUARDRAILS = {
    "data-perimeter-policy": PLACEHOLDER,
    "resource-control-polic--Limit-access-to-trusted-OIDC": KEY_WITHOUT_SERVICE,
    "terraform_aws_scp--s3_region_lockdown": KEY_WITHOUT_SERVICE,
}


def policies_in(value: Any) -> Iterator[Any]:  # noqa: ANN401
    """Every policy within a JSON value: an object with statements, or a text that holds one."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from policies_in(item)
    elif isinstance(value, str) and "Statement" in value:
        yield from (text for text in {value, unquote(value)} if text.lstrip().startswith("{"))


@cache
def documents_of(folder: str) -> dict[str, list[Any]]:
    """The policies of each file of a folder of the corpus."""
    found: dict[str, list[Any]] = {}
    for path in sorted((CORPUS / folder).iterdir()):
        if path.suffix == ".json":
            found[path.name] = list(policies_in(json.loads(path.read_text("utf-8"))))
        if path.suffix == ".jsonl" and path.stem != "index":
            lines = path.read_text("utf-8").splitlines()
            found[path.name] = [policy for line in lines for policy in policies_in(json.loads(line))]
    return found


def refusals(document: PolicyDocument, layer: Layer | None) -> list[Problem]:
    misplaced = find_misplaced(document, layer) if layer else ()
    return [problem for problem in (*document.problems, *misplaced) if problem.is_refused]


def refused_files(folder: str, layer: Layer | None) -> set[str]:
    return {
        f"{folder}/{name}"
        for name, policies in documents_of(folder).items()
        if any(refusals(parse_policy(policy), layer) for policy in policies)
    }


@pytest.mark.parametrize(
    ("folder", "least"),
    [("trust_policies", 303), ("scps_rcps", 181), ("managed_policies", 94), ("auth_details", 200), ("cloudtrail", 20)],
)
def test_every_policy_is_read(folder: str, least: int) -> None:
    documents = [parse_policy(policy) for policies in documents_of(folder).values() for policy in policies]

    assert len(documents) >= least
    assert all(document.statements for document in documents)


def test_what_the_corpus_marks_malformed_is_told_and_nothing_else_is() -> None:
    rows = [json.loads(line) for line in (CORPUS / "trust_policies" / "index.jsonl").read_text("utf-8").splitlines()]
    marked = {
        f"trust_policies/{row['file']}"
        for row in rows
        if MALFORMED & set(row["label"]) or any(words in row["note"] for words in REJECTED)
    }
    refused = refused_files("trust_policies", Layer.TRUST)

    assert len(marked) >= 18
    assert sorted(marked - refused) == []
    assert sorted(refused - marked) == sorted(UNMARKED)


def test_policies_that_aws_itself_wrote_have_no_problem() -> None:
    documents = [parse_policy(policy) for policies in documents_of("managed_policies").values() for policy in policies]

    assert [d.problems for d in documents if d.problems] == []
    assert [found for d in documents if (found := find_misplaced(d, Layer.IDENTITY))] == []


def test_guardrails_have_no_other_problem_than_placeholders_and_keys_without_a_service() -> None:
    rows = [json.loads(line) for line in (CORPUS / "scps_rcps" / "index.jsonl").read_text("utf-8").splitlines()]
    layers = {"scp": Layer.SCP, "rcp": Layer.RCP}
    refused = {
        row["file"]
        for row in rows
        for policy in documents_of("scps_rcps")[row["file"]]
        if refusals(parse_policy(policy), layers.get(row["kind"]))
    }

    assert sorted(name for name in refused if not name.startswith(tuple(UNMARKED_GUARDRAILS))) == []
    assert all(any(name.startswith(start) for name in refused) for start in UNMARKED_GUARDRAILS)


def test_policies_within_answers_of_aws_are_not_refused() -> None:
    refused = {folder: refused_files(folder, None) for folder in ("auth_details", "cloudtrail")}

    assert refused == {"auth_details": set(), "cloudtrail": set()}
