"""`trustview watch ROLE`: is anybody told when the role is assumed, and which rule would do it."""

from __future__ import annotations

from argparse import Namespace

from trustview.analysis import Watch, Watched, WatchRule, pattern_questions, propose_rule, watch_of
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_line, print_table, print_text, say
from trustview.cli.second_opinion import ask_about_patterns
from trustview.cli.selecting import open_selected, select_role
from trustview.errors import UsageError
from trustview.export.remediation import WATCH_FORMATS
from trustview.store import excerpt_on_monitoring, find_workspace

_STATES = {
    Watched.COVERED: "somebody is told, in every Region",
    Watched.UNCERTAIN: "it is not sure that anybody is told",
    Watched.PARTLY: "nobody is told in some Regions",
    Watched.NONE: "nobody is told",
}


def show_watch(arguments: Namespace) -> int:
    """Print Region by Region who is told, or the rule that is missing."""
    with open_selected(find_workspace(), arguments) as snapshot:
        role = select_role(snapshot, arguments.role)
        ways = [grant for grant in snapshot.grants_of(role.arn) if grant.reach.lets_in]
        actions = dict.fromkeys(action for grant in ways for action in grant.actions)
        facts = excerpt_on_monitoring(snapshot)
    watch = watch_of(facts, role, actions) if actions else None
    if not actions:
        say(f"nobody can assume `{role.arn}`: there is nothing to watch")
        return ExitCode.DONE
    if watch is None:
        raise UsageError("this snapshot holds no EventBridge rules: `trustview collect` reads them without being asked")
    rule = propose_rule(watch)
    said = (
        ask_about_patterns(pattern_questions(facts, role, watch, rule), arguments) if arguments.second_opinion else []
    )
    if arguments.format:
        if rule is None:
            say("no rule is missing: somebody is told in every Region")
        else:
            print_text(WATCH_FORMATS[arguments.format](rule))
    elif arguments.json:
        print_json(_value(watch, rule) | ({"second_opinion": said} if arguments.second_opinion else {}))
    else:
        _print_watch(watch, rule)
        _print_opinion(said)
    return ExitCode.DONE


def _print_watch(watch: Watch, rule: WatchRule | None) -> None:
    print_line(watch.role)
    print_line(f"{watch.state.value}: {_STATES[watch.state]}")
    print_line("")
    print_table(("region", "state", "why"), [(one.region, one.state.value, one.reason) for one in watch.regions])
    if rule is not None:
        say(f"`trustview watch {watch.role} --format cli` prints the rule to add; so do {_others()}")


def _print_opinion(said: list[dict[str, object]]) -> None:
    """What EventBridge answered; a difference is for a person to look at."""
    words = {True: "matches", False: "does not match", None: "no answer"}
    rows = [(one["rule"], one["action"], words[one["matches"]], _remark(one)) for one in said]  # type: ignore[index]
    if rows:
        print_line("")
        print_table(("rule", "action", "AWS says", "remark"), [tuple(map(str, row)) for row in rows])


def _remark(one: dict[str, object]) -> object:
    return "our matcher says otherwise: look at the pattern" if one["differs"] else one["lack"]


def _others() -> str:
    return ", ".join(f"`{name}`" for name in WATCH_FORMATS if name != "cli")


def _value(watch: Watch, rule: WatchRule | None) -> dict[str, object]:
    return {
        "role": watch.role,
        "actions": list(watch.actions),
        "state": watch.state.value,
        "regions": [
            {"region": one.region, "state": one.state.value, "rule": one.rule or None, "reason": one.reason}
            for one in watch.regions
        ],
        "rule_to_add": {"name": rule.name, "pattern": rule.pattern, "regions": list(rule.regions)} if rule else None,
    }
