"""ExternalIds that do not do their work. A star with an ExternalId alone is `wildcard-with-weak-condition`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import is_demanded, is_wild, passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import AGREED, external_id_of, replace_condition
from trustview.analysis.outsiders import external_ids_of, outsiders_of, ways_of_outsiders
from trustview.analysis.remediation import Change
from trustview.policy import OPERATORS_BY_NAME, Condition, is_account_id, parse_arn


@check(Severity.MEDIUM)
def weak_external_id(access: Access) -> Iterator[Evidence]:
    """The ExternalId can be guessed, chosen or left out.

    Why: it must tell us from all other customers of the vendor. A wildcard, a short text, an account id or a name can
    be brought about by somebody else; under `IfExists` who sends none passes.

    Fix: have the vendor generate a long random value for us alone, and test it with `StringEquals`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    for grant in ways_of_outsiders(access):
        accounts = outsiders_of(access, grant)
        for condition in external_ids_of(grant):
            optional = _is_optional(condition, grant)
            weak = tuple(_weaknesses(access, grant, condition, accounts))
            if optional or weak:
                passes = (f"`{condition.key}` is tested with `{condition.spelling}`: who sends none passes",)
                because = (passes if optional else ()) + weak
                yield Evidence((grant,), because, changes=_mend(grant, condition, is_weak=bool(weak)))


def _is_optional(condition: Condition, grant: Grant) -> bool:
    return passes_when_absent(condition) and not is_demanded(condition.key, grant.conditions)


def _weaknesses(access: Access, grant: Grant, condition: Condition, accounts: tuple[str, ...]) -> Iterator[str]:
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    if operator is None or operator.family == "null":
        return
    if is_negated(condition):
        yield f"`{condition.key}` is tested with `{condition.spelling}`: every other value passes"
        return
    arn = parse_arn(grant.role)
    thresholds = access.settings.thresholds
    names = {access.vendors[account].name.lower() for account in accounts if account in access.vendors}
    for value in condition.values:
        if operator.has_wildcards and is_wild(value):
            yield f"`{value}` has a wildcard: it lets more than one value pass"
        elif len(value) < thresholds.external_id_characters:
            yield f"`{value}` has fewer than {thresholds.external_id_characters} characters"
        elif is_account_id(value):
            yield f"`{value}` is an account id, which others know"
        elif value.lower() in names or (arn and value.lower() == arn.name.lower()):
            yield f"`{value}` is the name of the {'vendor' if value.lower() in names else 'role'}"
    if len(condition.values) > thresholds.external_id_alternatives:
        yield f"{len(condition.values)} values pass"


def _mend(grant: Grant, condition: Condition, *, is_weak: bool) -> tuple[Change, ...]:
    """Drop what makes it optional; a weak value gives way to a new one."""
    if len(external_ids_of(grant)) > 1 or not condition.values:
        return ()
    if not is_weak:
        return (replace_condition(grant.statement, condition, condition.operator),)
    return (replace_condition(grant.statement, condition, "StringEquals", (external_id_of(grant),), AGREED),)
