"""Whatever stands in a policy, nothing raises: in reading it, in evaluating it, in describing the answer.

Real policies (where the corpus is there) and random ones are changed at random places, or replaced by arbitrary JSON.
`TRUSTVIEW_CASES` says how many.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.policy.amount import amount
from tests.policy.random_cases import OPERATORS, random_case
from tests.policy.simulation import OWN, ROLE
from trustview.policy import (
    Layer,
    Outcome,
    PolicyDocument,
    PolicyStack,
    Request,
    closed_context,
    describe_evaluation,
    evaluate,
    find_misplaced,
    open_context,
    parse_policy,
    read_caller,
)

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
WORDS = (
    "Version", "Statement", "Effect", "Allow", "Deny", "Principal", "NotPrincipal", "AWS", "Federated", "Service", "*",
    "Action", "NotAction", "Resource", "NotResource", "Condition", "Sid", "Id", "2012-10-17", "sts:AssumeRole", "",
    "ForAllValues:", "IfExists", "aws:PrincipalTag/k", "${aws:username}", "${*}", "${", "${a, 'b'}", "\ud800", "\x00",
    "arn:aws:iam::111122223333:role/x", "arn:aws:iam::*:role/*", "arn:", ":::::", "?" * 40, "*a" * 30, "º", "İ",
    "0" * 5000, *OPERATORS,
)  # fmt: skip
SCALARS: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 1e300, float("inf"), float("nan"), 10**4000, [], {}, [[]])
LAYERS = (Layer.TRUST, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.SCP, Layer.RCP)
FIELDS = {Layer.TRUST: "trust_policy", Layer.BOUNDARY: "permissions_boundary", Layer.SESSION: "session_policy"}


def real_policies() -> list[Any]:
    paths = [path for name in ("trust_policies", "scps_rcps") for path in sorted((CORPUS / name).glob("*.json"))]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def arbitrary(random: Random, depth: int = 3) -> Any:  # noqa: ANN401
    """Any JSON value, and what `json.loads` lets through beside."""
    kind = random.random()
    if depth and kind < 0.25:
        return [arbitrary(random, depth - 1) for _ in range(random.randint(0, 3))]
    if depth and kind < 0.6:
        return {random.choice(WORDS): arbitrary(random, depth - 1) for _ in range(random.randint(0, 4))}
    return random.choice(WORDS) if kind < 0.9 else random.choice(SCALARS)


def changed(value: Any, random: Random) -> Any:  # noqa: ANN401
    """The value with one thing in it changed, somewhere on a random way down."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        key = random.choice(list(value))
        return _CHANGES_OF_OBJECTS[random.randrange(len(_CHANGES_OF_OBJECTS))](value, key, random)
    if isinstance(value, list) and value and random.random() < 0.85:
        index = random.randrange(len(value))
        return [*value[:index], changed(value[index], random), *value[index + random.choice((0, 1, 1, 1)) :]]
    if isinstance(value, str) and random.random() < 0.5:
        at = random.randint(0, len(value))
        return value[:at] + random.choice(WORDS) + value[at + random.choice((0, 0, 1)) :]
    return random.choice((arbitrary(random), [value], {"AWS": value}, [value, value]))


Change = Callable[[dict[str, Any], str, Random], dict[str, Any]]
_DEEPER: Change = lambda value, key, random: value | {key: changed(value[key], random)}  # noqa: E731
_CHANGES_OF_OBJECTS: tuple[Change, ...] = (
    _DEEPER,
    _DEEPER,
    _DEEPER,
    _DEEPER,
    lambda value, key, random: {k: v for k, v in value.items() if k != key},
    lambda value, key, random: value | {random.choice(WORDS): value[key]},
    lambda value, key, random: value | {key.swapcase(): value[key]},
    lambda value, key, random: {**{k: v for k, v in value.items() if k != key}, random.choice(WORDS): value[key]},
    lambda value, key, random: value | {key: arbitrary(random)},
)


def written(value: Any, random: Random) -> str | bytes:  # noqa: ANN401
    """The value as text, sometimes with a piece of it twice, cut off or replaced."""
    text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.3:
        start, end = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
        text = random.choice(
            (text[:start], text[:end] + text[start:], text[:start] + random.choice(WORDS) + text[end:])
        )
    return text.encode("utf-8", "surrogatepass") if random.random() < 0.3 else text


def read_all(value: Any, random: Random) -> PolicyDocument:  # noqa: ANN401
    """The document, read as a value and as a text, with its problems told for every layer."""
    documents = [parse_policy(written(value, random)), parse_policy(value)]
    for document in documents:
        problems = [*document.problems, *(p for layer in LAYERS for p in find_misplaced(document, layer))]
        assert all(problem.path.startswith("$") and problem.message for problem in problems)
    return documents[random.randrange(2)]


def ask(case: dict[str, Any], document: PolicyDocument, layer: Layer, *, is_open: bool) -> Outcome:
    """The answer to a random request with the document in one of its layers."""
    context = (open_context if is_open else closed_context)(case["context"])
    request = Request(read_caller(case["principal"]), case["action"], ROLE, OWN, context)
    given = {name: parse_policy(case[name]) for name in FIELDS.values() if case[name] is not None}
    given |= {FIELDS[layer]: document} if layer in FIELDS else {}
    stack = PolicyStack(
        trust=given["trust_policy"],
        identity=(document,) if layer is Layer.IDENTITY else None,
        boundary=given.get("permissions_boundary"),
        session=given.get("session_policy"),
        scps=((document,),) if layer is Layer.SCP else (),
        rcps=((document,),) if layer is Layer.RCP else (),
    )
    answer = evaluate(request, stack)
    assert describe_evaluation(answer)
    assert bool(answer.depends_on) == (answer.outcome is Outcome.CONDITIONAL)
    return answer.outcome


def test_no_document_makes_anything_raise() -> None:
    real = real_policies()
    outcomes: Counter[Outcome] = Counter()
    for seed in range(amount(3000)):
        random = Random(seed)  # noqa: S311
        case = random_case(random)
        bases = [case["trust_policy"], case["trust_policy"], *([random.choice(real)] if real else [])]
        value = random.choice(bases) if random.random() < 0.9 else arbitrary(random)
        for _ in range(random.choice((1, 2, 5))):
            value = changed(value, random)
        document = read_all(value, random)
        for layer in (Layer.TRUST, random.choice(LAYERS)):
            outcomes[ask(case, document, layer, is_open=random.random() < 0.5)] += 1

    assert min(outcomes[outcome] for outcome in Outcome) > outcomes.total() / 50, outcomes
