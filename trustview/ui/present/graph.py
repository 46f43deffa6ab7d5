"""A role's neighbours in the trust graph -> an ego graph: large crowds become groups that open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis import Edge, Finding, Grant, Privilege, ReachKind, Severity
from trustview.policy import parse_arn
from trustview.ui.detail import Surroundings
from trustview.ui.places import Places
from trustview.ui.present.signs import (
    CONDITION_LEGEND,
    EDGES,
    NO_SEVERITY,
    PARTIES,
    PRIVILEGES,
    condition_sign,
    day_of,
    severity_sign,
)
from trustview.ui.state import GROUP
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.tone import Tone

_GROUPED_FROM = 4
"""From how many members of one account on they are drawn as one."""

_WIDTHS = (ReachKind.OPEN, ReachKind.CONDITIONAL, ReachKind.UNKNOWN, ReachKind.BLOCKED, ReachKind.DEAD)

_KINDS = (
    (EdgeKind.OPEN, "─", "open"),
    (EdgeKind.CONDITIONAL, "┄", "conditional"),
    (EdgeKind.BLOCKED, "╌x", "blocked or dead"),
    (EdgeKind.UNKNOWN, "·?", "unknown"),
)


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """One end of an edge: who, over which grant, and how bad the worst finding on it is."""

    edge: Edge
    id: str
    grant: Grant | None
    severity: Severity | None = None

    @property
    def is_member(self) -> bool:
        """Whether it is one of a crowd that the grant means, not the crowd or principal that the grant names."""
        return self.grant is not None and self.id.startswith("arn:") and self.grant.principal.value != self.id

    @property
    def rank(self) -> tuple[int, int, bool, str]:
        """The worst first, then the widest; `everyone` before each of ours whom it means too."""
        severity = -self.severity if self.severity is not None else 1
        return severity, _WIDTHS.index(self.edge.reach.kind), self.is_member, self.id


def ego_graph(around: Surroundings, trail: Iterable[str], opened: frozenset[str], places: Places) -> EgoGraphData:
    """The graph with a role in its centre; `trail` are the roles walked through before, `opened` the open groups."""
    role = around.role
    grant = around.grants[0] if around.grants else None
    privilege = PRIVILEGES[grant.privilege] if grant else PRIVILEGES[Privilege.UNKNOWN]
    worst = severity_sign(max((finding.severity for finding in around.findings), default=None))
    incoming = list(_incoming(around, opened, places))
    outgoing = list(_outgoing(around, opened, places))
    return EgoGraphData(
        centre=GraphNode(role.arn, role.name, worst.glyph, worst.tone),
        card=(
            places.name(role.account),
            f"in {_total(incoming)} · out {_total(outgoing)}",
            f"privilege: {privilege.short}",
            role.account,
            f"last used {day_of(role.last_used) or 'never, or not read'}",
        ),
        incoming=incoming,
        outgoing=outgoing,
        incoming_title=_title("who comes in", incoming),
        outgoing_title=_title("what it can become", outgoing),
        incoming_empty="no statement lets anybody in",
        outgoing_empty="it can become no other role",
        trail=[_role_name(arn) for arn in trail],
        legend=_legend((*incoming, *outgoing)),
    )


def _legend(edges: Iterable[GraphEdge]) -> tuple[tuple[str, str], ...]:
    """The signs that this graph shows, and what each means."""
    listed = list(edges)
    kinds, marks = {edge.kind for edge in listed}, {edge.mark for edge in listed if edge.kind is not EdgeKind.BLOCKED}
    shapes = [(sign, word) for kind, sign, word in _KINDS if kind in kinds]
    return (*shapes, *(pair for pair in CONDITION_LEGEND if pair[0] in marks))


def _title(text: str, edges: list[GraphEdge]) -> str:
    return f"{text} ({_total(edges)})" if edges else text


def _total(edges: Iterable[GraphEdge]) -> int:
    return sum(edge.node.count for edge in edges)


def _role_name(arn: str) -> str:
    parsed = parse_arn(arn)
    return parsed.name if parsed else arn


# ── who comes in ─────────────────────────────────────────────────────────────────────────────────────────────────


def _incoming(around: Surroundings, opened: frozenset[str], places: Places) -> Iterator[GraphEdge]:
    grants = {grant.id: grant for grant in around.grants}
    severities = _severities(around.findings)
    found = [_Neighbour(e, e.source, grants.get(e.grant), severities.get(e.grant)) for e in around.incoming]
    unique = _widest(found)
    named = [n for n in unique if not n.is_member]
    members = [n for n in unique if n.is_member]
    edges = [(n.rank, _edge(n, *_source(n, places))) for n in named]
    for account, group in _by_account(members).items():
        id_ = f"{GROUP}{account}"
        if len(group) < _GROUPED_FROM or id_ in opened:
            edges += [(n.rank, _edge(n, *_principal(n.id, places))) for n in group]
        else:
            first = min(group, key=lambda n: n.rank)
            edges.append((first.rank, _edge(first, f"users and roles of {places.name(account)}", account, id_, group)))
    yield from (edge for _, edge in sorted(edges, key=lambda pair: (*pair[0], pair[1].node.label)))


def _severities(findings: Iterable[Finding]) -> dict[str, Severity]:
    worst: dict[str, Severity] = {}
    for finding in findings:
        for grant in finding.grants:
            worst[grant] = max(worst.get(grant, finding.severity), finding.severity)
    return worst


def _widest(neighbours: Iterable[_Neighbour]) -> list[_Neighbour]:
    """Each neighbour once, over the edge that lets most in."""
    best: dict[str, _Neighbour] = {}
    for neighbour in neighbours:
        if neighbour.id not in best or neighbour.rank < best[neighbour.id].rank:
            best[neighbour.id] = neighbour
    return list(best.values())


def _by_account(members: Iterable[_Neighbour]) -> dict[str, list[_Neighbour]]:
    groups: dict[str, list[_Neighbour]] = {}
    for member in members:
        arn = parse_arn(member.id)
        groups.setdefault(arn.account if arn else "", []).append(member)
    return groups


def _source(neighbour: _Neighbour, places: Places) -> tuple[str, str]:
    """Label and detail of whoever a grant names: a principal, an account, a service, a provider, everyone."""
    grant = neighbour.grant
    if grant is None or (
        neighbour.id.startswith("arn:") and ":saml-" not in neighbour.id and ":oidc-" not in neighbour.id
    ):
        return _principal(neighbour.id, places)
    party = PARTIES[grant.party]
    if neighbour.id.startswith("account:"):
        return f"any principal of {grant.party_name}", f"{neighbour.id.removeprefix('account:')} · {party.short}"
    if neighbour.id == "everyone":
        return "everyone", party.word
    if neighbour.id == "organization":
        return "any principal of the organization", ""
    return grant.party_name or neighbour.id, party.short


def _principal(arn: str, places: Places) -> tuple[str, str]:
    parsed = parse_arn(arn)
    if parsed is None or not parsed.account:
        return arn, ""
    kind = "user " if parsed.resource_type == "user" else ""
    return f"{kind}{parsed.name}", f"@{places.name(parsed.account)}"


def _edge(
    neighbour: _Neighbour, label: str, detail: str, id_: str = "", group: list[_Neighbour] | None = None
) -> GraphEdge:
    sign = severity_sign(neighbour.severity) if neighbour.severity is not None else NO_SEVERITY
    mark, _ = condition_sign(neighbour.grant.conditions) if neighbour.grant else ("", "")
    node = GraphNode(id_ or neighbour.id, label, sign.glyph, sign.tone, detail, len(group) if group else 1)
    kind = EDGES[neighbour.edge.reach.kind]
    return GraphEdge(node, kind, mark, sign.tone if neighbour.severity is not None else Tone.MUTED)


# ── what it can become ───────────────────────────────────────────────────────────────────────────────────────────


def _outgoing(around: Surroundings, opened: frozenset[str], places: Places) -> Iterator[GraphEdge]:
    found = _widest(_Neighbour(edge, edge.target, around.way_out.get(edge.grant)) for edge in around.outgoing)
    by_name: dict[str, list[_Neighbour]] = {}
    for neighbour in found:
        by_name.setdefault(_role_name(neighbour.id), []).append(neighbour)
    edges = []
    for name, group in by_name.items():
        id_ = f"{GROUP}{name}"
        if len(group) < _GROUPED_FROM or id_ in opened:
            edges += [(n.rank, _target(n, *_principal(n.id, places))) for n in group]
        else:
            first = min(group, key=lambda n: n.rank)
            edges.append((first.rank, _target(first, name, f"in {len(group)} accounts", id_, len(group))))
    yield from (edge for _, edge in sorted(edges, key=lambda pair: (*pair[0], pair[1].node.label)))


def _target(neighbour: _Neighbour, label: str, detail: str, id_: str = "", count: int = 1) -> GraphEdge:
    privilege = neighbour.grant.privilege if neighbour.grant else Privilege.UNKNOWN
    sign = PRIVILEGES[privilege]
    is_powerful = privilege in (Privilege.ADMIN, Privilege.ESCALATING)
    note = f"{detail} · {sign.short}" if is_powerful else detail
    mark, _ = condition_sign(neighbour.grant.conditions) if neighbour.grant else ("", "")
    tone = sign.tone if is_powerful else Tone.PLAIN
    node = GraphNode(id_ or neighbour.id, label, sign.glyph, tone, note, count)
    return GraphEdge(node, EDGES[neighbour.edge.reach.kind], mark)
