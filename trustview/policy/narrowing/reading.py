"""Reading: statements -> boxes, for two policies on the same coordinates.

The one place that says which requests a statement stands for. What AWS does not document, and what is not interpreted,
becomes a coordinate of its own, named by its text: it may be yes or no, but it is the same in both policies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from trustview.policy.conditions import OPERATORS_BY_NAME
from trustview.policy.document import Condition, PolicyDocument, Statement
from trustview.policy.narrowing.boxes import Box, Parts, meet
from trustview.policy.narrowing.budget import BudgetSpentError
from trustview.policy.narrowing.callers import OPEN, Callers
from trustview.policy.narrowing.key_reading import read_key_condition
from trustview.policy.narrowing.parts import EITHER, NO, YES, Choice
from trustview.policy.narrowing.pattern import read_action, read_resource
from trustview.policy.narrowing.proof import Facts
from trustview.policy.narrowing.shape import Shape
from trustview.policy.narrowing.texts import ALL_TEXTS, Solver, none_of, only
from trustview.policy.principal import PrincipalForm
from trustview.policy.problem import Consequence, Problem
from trustview.policy.service_rules import CLAIM_TO_TEST, SAME_ACCOUNT_NEEDS
from trustview.policy.stack import Layer

CALLER, ACTION, RESOURCE, KEY, OWN = "caller", "action", "resource", "key:", "own:"
# A caller's own permissions boundary may be none at all, allow, or not allow.
BOUNDARY_OF_NONE, BOUNDARY_ALLOWS, BOUNDARY_REFUSES = Choice(0b001), Choice(0b010), Choice(0b100)
_LET_BY_BOUNDARY = Choice(0b011)
_OWN_ALLOW: dict[Layer, Choice] = {Layer.IDENTITY: YES, Layer.BOUNDARY: _LET_BY_BOUNDARY, Layer.SESSION: YES}
# What stands behind it in the name of an open point tells it from others and is not shown.
UNSAID = "\x1f"
_MOST_BOXES = 600
# What it costs to put a box together.
_STEPS_PER_BOX = 20


class Reading:
    """Two policies as boxes: `read` one statement, `whole` is all that each coordinate may be."""

    def __init__(self, documents: tuple[PolicyDocument, ...], layer: Layer, facts: Facts, solver: Solver) -> None:
        self.layer, self.facts, self.solver = layer, facts, solver
        statements = [statement for document in documents for statement in document.statements]
        conditions: dict[str, list[Condition]] = defaultdict(list)
        for condition in (c for statement in statements for c in statement.conditions):
            if condition.key and condition.operator.lower() in OPERATORS_BY_NAME:
                conditions[condition.key.lower()].append(condition)
        self.shapes = {key: Shape(key, tuple(found), solver.budget) for key, found in conditions.items()}
        elements = [e for statement in statements for e in statement.principals] if layer is Layer.TRUST else []
        accounts = [*_accounts_in(self.shapes.values()), *([facts.role_account] if facts.role_account else [])]
        self.callers = Callers(elements, accounts, facts.accounts, solver.budget)
        self.whole = _Whole(self)
        self._doubts = {id(d): _Doubts(d, side) for side, d in enumerate(documents)}

    def read(self, statement: Statement, document: PolicyDocument) -> list[Box]:
        """The requests that a statement stands for, as boxes."""
        boxes: list[Box] = []
        for combination in product(*(ways for _, ways in self.elements(statement, document))):
            self.solver.budget.spend(_STEPS_PER_BOX)
            if len(boxes) >= _MOST_BOXES:
                raise BudgetSpentError
            box: Box | None = Box({}, statement.path)
            for parts in combination:
                box = box and meet(box, parts, self.solver)
            if box is not None:
                boxes.append(box)
        return boxes

    def elements(self, statement: Statement, document: PolicyDocument) -> list[tuple[str, list[Parts]]]:
        """Each element of a statement: its JSON path, and the alternatives of which one must hold."""
        doubts, path = self._doubts[id(document)], statement.path
        if path in doubts.refused:
            return [(path, [{f"{OPEN}{doubts.refused[path]}": YES}])]
        not_ = [f"{path}.{'Not' if is_not else ''}" for is_not in (statement.not_actions, statement.not_resources)]
        found: list[tuple[str, list[Parts]]] = [
            (path, [{f"{OPEN}{text}": YES for text in doubts.of(statement)}]),
            (f"{not_[0]}Action", self._read_actions(statement)),
            (f"{not_[1]}Resource", self._read_resources(statement, document)),
            *((condition.path, self._read_condition(condition, document)) for condition in statement.conditions),
        ]
        if self.layer is Layer.TRUST:
            named = f"{path}.{'Not' if statement.not_principals else ''}Principal"
            found.append((named if statement.has_principal else path, self._read_principals(statement)))
        elif self.layer is Layer.RCP and not _is_for_everyone(statement):
            some = ", ".join(sorted(element.value for element in statement.principals))
            what = f"an RCP for {'all but ' if statement.not_principals else ''}{some}"
            found.append((path, [{f"{OPEN}{what}": YES}]))
        return found

    def _read_actions(self, statement: Statement) -> list[Parts]:
        patterns = [read_action(text) for text in statement.actions]
        if statement.not_actions:
            return [{ACTION: none_of(patterns)}] if patterns else [{f"{OPEN}an empty NotAction": YES}]
        return [{ACTION: only(patterns)}] if patterns else []

    def _read_resources(self, statement: Statement, document: PolicyDocument) -> list[Parts]:
        if not statement.has_resource:
            return [{}]
        if not statement.resources:
            return [{f"{OPEN}an empty NotResource": YES}] if statement.not_resources else []
        patterns = [read_resource(t, substitutes=document.substitutes_variables) for t in statement.resources]
        meant, other = only(patterns), none_of(patterns)
        if statement.not_resources:
            meant, other = other, meant
        if self.layer is not Layer.TRUST:
            return [{RESOURCE: meant}]
        # AWS refuses a resource in a trust policy: where it is not the role, nobody knows what it says.
        name = f"{OPEN}Resource in a trust policy: {', '.join(sorted(statement.resources))} {statement.not_resources}"
        return [{RESOURCE: meant}, {RESOURCE: other, name: YES}]

    def _read_condition(self, condition: Condition, document: PolicyDocument) -> list[Parts]:
        shape = self.shapes.get(condition.key.lower())
        if shape is None or condition.operator.lower() not in OPERATORS_BY_NAME:
            return [{f"{OPEN}{condition.spelling} {condition.key} {sorted(condition.values)}": YES}]
        substitutes = document.substitutes_variables
        return [
            ({} if part is None else {f"{KEY}{shape.key}": part}) | {f"{OPEN}{name}": answer for name, answer in asked}
            for part, asked in read_key_condition(condition, shape, substitutes=substitutes)
        ]

    def _read_principals(self, statement: Statement) -> list[Parts]:
        if not statement.has_principal:
            return [{f"{OPEN}a statement without Principal": YES}]
        if statement.not_principals and (statement.is_allow or not statement.principals):
            named = ", ".join(sorted(element.value for element in statement.principals))
            return [{f"{OPEN}NotPrincipal {named} in an {statement.effect.value}": YES}]
        if statement.not_principals:
            return list(self._read_not_principals(statement))
        return list(self._read_named(statement))

    def _read_named(self, statement: Statement) -> Iterator[Parts]:
        """The callers that are named, in one box as far as they are alike."""
        masks: dict[tuple[tuple[str, Choice], ...], int] = defaultdict(int)
        for element in statement.principals:
            for meaning in self.callers.meanings(element):
                asked = ((meaning.if_open, YES),) if meaning.if_open else ()
                for mask, needs in self._own_needs(meaning.mask, element.form, statement):
                    masks[(*asked, *needs)] |= mask
        for needed, mask in masks.items():
            for some, untested in self._untested(mask, statement):
                if some:
                    yield {CALLER: Choice(some), **dict(needed), **untested}

    def _own_needs(
        self, mask: int, form: PrincipalForm, statement: Statement
    ) -> Iterator[tuple[int, tuple[tuple[str, Choice], ...]]]:
        """What callers of the role's own account need beside an Allow; across accounts it is the same in both."""
        own = self.callers.of_account(self.facts.role_account) if self.facts.role_account else 0
        needs = SAME_ACCOUNT_NEEDS.get(form, ()) if statement.is_allow else ()
        if not mask & own or not needs:
            yield mask, ()
            return
        yield mask & ~own, ()
        yield mask & own, tuple((f"{OWN}{layer.value}", _OWN_ALLOW[layer]) for layer in needs)

    def _untested(self, mask: int, statement: Statement) -> Iterator[tuple[int, Parts]]:
        """Callers whose tokens STS denies where the statement does not test a claim; how it does, AWS alone knows."""
        rest = mask
        if statement.is_allow:
            tested = {condition.key.lower() for condition in statement.conditions}
            for index, cell in enumerate(self.callers.cells):
                claim = CLAIM_TO_TEST.get(cell.example.provider_name)
                if claim and claim not in tested and mask >> index & 1:
                    rest &= ~(1 << index)
                    yield 1 << index, {f"{OPEN}tokens that `{claim}` is not asked of": YES}
        yield rest, {}

    def _read_not_principals(self, statement: Statement) -> Iterator[Parts]:
        """Everyone but those named; and, of principals of accounts with a boundary, those named too."""
        surely, open_masks = 0, dict[str, int]()
        for element in statement.principals:
            for meaning in self.callers.meanings(element):
                if meaning.if_open:
                    open_masks[meaning.if_open] = open_masks.get(meaning.if_open, 0) | meaning.mask
                else:
                    surely |= meaning.mask
        groups: dict[frozenset[str], int] = defaultdict(int)
        for index in range(len(self.callers.cells)):
            if not surely >> index & 1:
                groups[frozenset(name for name, mask in open_masks.items() if mask >> index & 1)] |= 1 << index
        for names, mask in groups.items():
            yield {CALLER: Choice(mask), **dict.fromkeys(sorted(names), NO)}
        has_boundary = BOUNDARY_ALLOWS.mask | BOUNDARY_REFUSES.mask
        yield {CALLER: Choice(self.callers.iam), f"{OWN}{Layer.BOUNDARY.value}": Choice(has_boundary)}


def _is_for_everyone(statement: Statement) -> bool:
    """Whether a statement of an RCP has the one principal that AWS takes there."""
    if statement.not_principals:
        return False
    return not statement.has_principal or any(e.form is PrincipalForm.EVERYONE for e in statement.principals)


class _Whole(dict[str, Any]):
    """All that each coordinate may be; those of the open points are made when they are asked for."""

    def __init__(self, reading: Reading) -> None:
        super().__init__({CALLER: Choice(reading.callers.whole), ACTION: ALL_TEXTS, RESOURCE: ALL_TEXTS})
        self.update({f"{KEY}{key}": shape.whole for key, shape in reading.shapes.items()})
        self[f"{OWN}{Layer.BOUNDARY.value}"] = Choice(0b111)

    def __missing__(self, coordinate: str) -> Choice:
        return EITHER


def _accounts_in(shapes: Iterable[Shape]) -> Iterator[str]:
    """The accounts that conditions on the caller's account and ARN name."""
    for shape in shapes:
        for condition in shape.conditions:
            if shape.key == "aws:principalaccount":
                yield from (value for value in condition.values if value.isdigit() and len(value) == 12)
            elif shape.key == "aws:principalarn":
                parts = (value.split(":") for value in condition.values)
                yield from (p[4] for p in parts if len(p) > 5 and p[4].isdigit() and len(p[4]) == 12)


# ── defects ──────────────────────────────────────────────────────────────────────────────────────────────────────


class _Doubts:
    """The defects of a document that leave it open what AWS would read; `side` is its place among the documents.

    `refused`: path of a statement -> its defects and its text, of which then nothing is interpreted.
    """

    def __init__(self, document: PolicyDocument, side: int) -> None:
        self.refused: dict[str, str] = {}
        self._asked: dict[str, list[str]] = defaultdict(list)
        self._of_all = [p.found for p in document.problems if p.is_refused and p.path == "$.Version"]
        for statement in document.statements if document.problems else ():
            for problem in document.problems:
                if _is_within(problem.path, statement.path):
                    self._weigh(problem, statement, side)

    def of(self, statement: Statement) -> list[str]:
        """What must be read as it is here, for the statement to stand for what it seems to."""
        return [*self._of_all, *self._asked[statement.path]]

    def _weigh(self, problem: Problem, statement: Statement, side: int) -> None:
        inside = problem.path[len(statement.path) :]
        if problem.consequence is Consequence.UNDOCUMENTED:
            self._asked[statement.path].append(problem.found)
        if not problem.is_refused or any(
            _is_within(c.path, problem.path) for c in statement.conditions if not _is_known(c)
        ):
            return
        if inside.startswith((".Principal", ".NotPrincipal")) and "twice" not in problem.found:
            # Whom a malformed principal means is an open point of its own.
            malformed = [e.value for e in statement.principals if e.form is PrincipalForm.MALFORMED]
            if not any(f"`{value}`" in problem.found for value in malformed):
                self._asked[statement.path].append(problem.found)
            return
        # What stood there before a key that stands twice is lost: such statements never equal each other.
        lost = f"{side} " if "twice" in problem.found else ""
        said = (statement.principals, statement.actions, statement.resources, _said(statement.conditions))
        self.refused[statement.path] = f"{self.refused.get(statement.path, '')}{problem.found}{UNSAID}{lost}{said}"


def _is_within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def _is_known(condition: Condition) -> bool:
    return bool(condition.key) and condition.operator.lower() in OPERATORS_BY_NAME


def _said(conditions: Iterable[Condition]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(condition.spelling, condition.key, condition.values) for condition in conditions]
