"""The commands that follow chains: who can become a role, and what somebody can become."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from trustview.analysis import (
    Chain,
    Edge,
    KnownUse,
    UseState,
    chains_from,
    chains_into,
    use_of_principal,
    use_of_role,
)
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_table, say
from trustview.cli.selecting import account_names, open_selected, select_role
from trustview.errors import UsageError
from trustview.policy import is_account_id, parse_arn
from trustview.store import SnapshotFile, account_of, excerpt_on_use, find_workspace

HEADS = ("steps", "reach", "depends on", "chain")


def who_can(arguments: Namespace) -> int:
    """Print everybody who can become a role, directly or through other roles, shortest first, and who of them did."""
    with open_selected(find_workspace(), arguments) as snapshot:
        names = account_names(snapshot)
        role = select_role(snapshot, arguments.role)
        chains = list(chains_into(snapshot.graph.into(role.arn), role.arn))
        whole = use_of_role(excerpt_on_use(snapshot, role), role, snapshot.settings().thresholds.unused_days)
    uses = [_use_of(whole, chain.steps[-1].source) for chain in chains]
    _print(chains, names, arguments, "who can become it", uses)
    if not arguments.json:
        for sentence in whole.sentences:
            say(sentence)
    return ExitCode.DONE


def _use_of(whole: KnownUse, source: str) -> KnownUse:
    """What is known of the last step's use: by a principal, or by anybody of the accounts that stand for a crowd."""
    if source.startswith("account:"):
        accounts = source.removeprefix("account:").split(",")
        return whole.part(lambda use: use.caller_account in accounts)
    return whole if source in ("organization", "everyone") else use_of_principal(whole, source)


def reach(arguments: Namespace) -> int:
    """Print every role that somebody can become, directly or through other roles, shortest first."""
    with open_selected(find_workspace(), arguments) as snapshot:
        starts = find_starts(snapshot, arguments.principal)
        graph = snapshot.graph.out_of(starts)
        own, are_members = set(starts), "organization" in starts
        chains = [chain for chain in chains_from(graph, starts, are_members=are_members) if chain.target not in own]
        _print(chains, account_names(snapshot), arguments, "roles that can be reached")
    return ExitCode.DONE


# ── what is meant ────────────────────────────────────────────────────────────────────────────────────────────────


def find_starts(snapshot: SnapshotFile, text: str) -> list[str]:
    """The nodes of a principal, account, service or provider: all that whoever is meant can begin with."""
    if is_account_id(text):
        return _of_account(snapshot, text)
    if snapshot.graph.knows(text):
        arn = parse_arn(text)
        account = arn.account if arn and arn.resource_type in ("user", "role") else ""
        is_outside = account and snapshot.role(text) is None and snapshot.user(text) is None
        return [text, *(_of_account(snapshot, account) if is_outside else ())]
    named = [
        node for node in snapshot.graph.nodes_with(f"/{text}") if node.endswith(f"/{text}") and "-provider/" in node
    ]
    if named:
        return named
    arn = parse_arn(text)
    if arn and is_account_id(arn.account):
        if snapshot.role(text) or snapshot.user(text):
            return [text]
        return [text, *_of_account(snapshot, arn.account)]
    if text.endswith((".amazonaws.com", ".aws")) or text in ("everyone", "organization"):
        return [text]
    raise UsageError(f"`{text}` is nobody: give an ARN, an account id, a service, a provider, or `everyone`")


def _of_account(snapshot: SnapshotFile, account: str) -> list[str]:
    """Every principal of an account that was read; of any other what grants to its account, or to everybody, give."""
    place = next((place for place in snapshot.tree() if place.is_account and place.id == account), None)
    nodes = snapshot.graph.nodes_with(account)
    known = [node for node in nodes if node.startswith("arn:") and account_of(node) == account]
    principals = [node for node in known if ":role/" in node or ":user/" in node]
    if place is not None and not place.is_unread:
        return principals
    crowds = [n for n in nodes if n.startswith("account:") and account in n.partition(":")[2].split(",")]
    return [*principals, *crowds, "everyone", *(["organization"] if place is not None else [])]


# ── what is printed ──────────────────────────────────────────────────────────────────────────────────────────────


def _print(
    chains: list[Chain], names: dict[str, str], arguments: Namespace, what: str, uses: Sequence[KnownUse] = ()
) -> None:
    """The chains as a table or as JSON; `uses` tell of each who has been seen coming by it."""
    shown = list(islice(chains, arguments.limit) if arguments.limit else chains)
    if arguments.json:
        told: list[dict[str, Any]] = [{"use": _told(known)} for known in uses] or [{}] * len(shown)
        print_json([_value(chain) | more for chain, more in zip(shown, told, strict=False)])
        return
    rows = _rows(shown, names)
    if uses:
        steps, reach, depends, chain = HEADS
        heads = (steps, reach, "used", depends, chain)
        print_table(heads, [(*row[:2], _short(known), *row[2:]) for row, known in zip(rows, uses, strict=False)])
    else:
        print_table(HEADS, rows)
    cut = f", the first {arguments.limit} shown" if arguments.limit and arguments.limit < len(chains) else ""
    say(f"{len(chains):,} {what}{cut}")


def _rows(chains: Iterable[Chain], names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for chain in chains:
        places = [chain.source, *(step.target for step in chain.steps)]
        text = " -> ".join(_name(place, names) for place in places)
        yield str(len(chain.steps)), chain.kind.value, ", ".join(chain.depends_on), text


def _short(known: KnownUse) -> str:
    return f"{known.count} times, last {known.last[:10]}" if known.state is UseState.USED else known.state.value


def _told(known: KnownUse) -> dict[str, Any]:
    return {"state": known.state.value, "calls": known.count, "last": known.last or None}


def _name(node: str, names: dict[str, str]) -> str:
    """A principal as `account/name`, a crowd in words."""
    arn = parse_arn(node)
    if arn and arn.account:
        user = "user " if arn.resource_type == "user" else ""
        return f"{user}{names.get(arn.account, arn.account)}/{arn.path_and_name or arn.resource}"
    if node.startswith("account:"):
        accounts = node.removeprefix("account:").split(",")
        return f"any principal of {', '.join(names.get(account, account) for account in accounts)}"
    return "any principal of the organization" if node == "organization" else node


def _value(chain: Chain) -> dict[str, Any]:
    return {
        "principal": chain.source,
        "role": chain.target,
        "length": len(chain.steps),
        "reach": chain.kind.value,
        "depends_on": list(chain.depends_on),
        "at_most_an_hour": chain.is_chained,
        "steps": [_step(step) for step in chain.steps],
    }


def _step(step: Edge) -> dict[str, Any]:
    return {
        "from": step.source,
        "to": step.target,
        "way": step.kind,
        "grant": step.grant,
        "reach": step.reach.kind.value,
        "depends_on": list(step.reach.depends_on),
        "reasons": list(step.reach.reasons),
    }
