"""A role's neighbours in the trust graph -> an ego graph: large crowds become groups that open."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from trustview.analysis import Finding, Party, Privilege, Severity
from trustview.policy import parse_arn
from trustview.ui.detail import Surroundings
from trustview.ui.places import Places
from trustview.ui.present.neighbours import Crowd, Neighbour, Row, parts_in, parts_out, party_of, widest
from trustview.ui.present.signs import (
    CONDITION_LEGEND,
    EDGES,
    NO_SEVERITY,
    PARTIES,
    PRIVILEGES,
    condition_sign,
    counted,
    day_of,
    severity_sign,
)
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.tone import Tone

_ON_WAY = "›"  # before whoever one came from, as between the steps of the way
_WAY_LEGEND = ((_ON_WAY, "one came from there"),)

_KINDS = (
    (EdgeKind.OPEN, "─", "open"),
    (EdgeKind.CONDITIONAL, "┄", "conditional"),
    (EdgeKind.BLOCKED, "╌x", "blocked or dead"),
    (EdgeKind.UNKNOWN, "·?", "unknown"),
)


def ego_graph(around: Surroundings, trail: Iterable[str], opened: Collection[str], places: Places) -> EgoGraphData:
    """The graph with a role in its centre; `trail` are the roles walked through before, `opened` the open groups."""
    role = around.role
    grant = around.grants[0] if around.grants else None
    privilege = PRIVILEGES[grant.privilege] if grant else PRIVILEGES[Privilege.UNKNOWN]
    worst = severity_sign(max((finding.severity for finding in around.findings), default=None))
    walked = tuple(trail)
    is_walked = any(edge.source == walked[-1] for edge in around.incoming) if walked else False
    incoming, incoming_titles = _incoming(around, walked[-1] if walked else "", opened, places)
    outgoing, outgoing_titles = _outgoing(around, opened, places)
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
        trail=[_role_name(arn) for arn in walked],
        legend=(*(_WAY_LEGEND if is_walked else ()), *_legend((*incoming, *outgoing))),
        incoming_titles=incoming_titles,
        outgoing_titles=outgoing_titles,
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


Titles = tuple[tuple[int, str], ...]


def _incoming(
    around: Surroundings, before: str, opened: Collection[str], places: Places
) -> tuple[list[GraphEdge], Titles]:
    """Party by party, the worst first; `before` is the role that one came from."""
    grants = {grant.id: grant for grant in around.grants}
    severities = _severities(around.findings)
    found = widest(
        Neighbour(e, e.source, grants.get(e.grant), severities.get(e.grant), e.source == before)
        for e in around.incoming
    )
    parts = parts_in(found, lambda one: party_of(one, around.role.account, places), opened)
    drawn = [(PARTIES[party].word, [_comes(row, party, places) for row in _ranked(rows)]) for party, rows in parts]
    return _joined(drawn)


def _ranked(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.first if isinstance(row, Crowd) else row).rank)


def _joined(parts: Iterable[tuple[str, list[GraphEdge]]]) -> tuple[list[GraphEdge], Titles]:
    """The edges of all parts, and over each part its title with how many there are in it."""
    edges: list[GraphEdge] = []
    titles: list[tuple[int, str]] = []
    for title, drawn in parts:
        titles.append((len(edges), f"{title} ({_total(drawn):,})"))
        edges += drawn
    return edges, tuple(titles)


def _comes(row: Row, party: Party, places: Places) -> GraphEdge:
    if isinstance(row, Neighbour):
        return _edge(row, *_source(row, places))
    if not row.account:
        return _edge(
            row.first, f"users and roles, {PARTIES[party].short}", f"in {counted(row.accounts, 'account')}", row
        )
    whose = places.name(row.account)
    who = "users and roles" if all(member.is_member for member in row.members) else "principals"
    return _edge(row.first, f"{who} of {whose}", row.account if whose != row.account else "", row)


def _severities(findings: Iterable[Finding]) -> dict[str, Severity]:
    worst: dict[str, Severity] = {}
    for finding in findings:
        for grant in finding.grants:
            worst[grant] = max(worst.get(grant, finding.severity), finding.severity)
    return worst


def _source(neighbour: Neighbour, places: Places) -> tuple[str, str]:
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


def _edge(neighbour: Neighbour, label: str, detail: str, crowd: Crowd | None = None) -> GraphEdge:
    sign = severity_sign(neighbour.severity) if neighbour.severity is not None else NO_SEVERITY
    mark, _ = condition_sign(neighbour.grant.conditions) if neighbour.grant else ("", "")
    id_, count = (crowd.id, len(crowd.members)) if crowd else (neighbour.id, 1)
    kind = EDGES[neighbour.edge.reach.kind]
    if neighbour.is_on_way:
        return GraphEdge(GraphNode(id_, f"{_ON_WAY} {label}", sign.glyph, sign.tone, detail), kind, mark, Tone.ACCENT)
    node = GraphNode(id_, label, sign.glyph, sign.tone, detail, count)
    return GraphEdge(node, kind, mark, sign.tone if neighbour.severity is not None else Tone.MUTED)


# ── what it can become ───────────────────────────────────────────────────────────────────────────────────────────


def _outgoing(around: Surroundings, opened: Collection[str], places: Places) -> tuple[list[GraphEdge], Titles]:
    """Privilege by privilege, the most powerful first."""
    found = widest(Neighbour(edge, edge.target, around.way_out.get(edge.grant)) for edge in around.outgoing)
    order = list(Privilege)
    parts = parts_out(sorted(found, key=lambda one: order.index(_power(one))), _power, opened)
    drawn = [(PRIVILEGES[power].word, [_becomes(row, places) for row in _ranked(rows)]) for power, rows in parts]
    return _joined(drawn)


def _power(neighbour: Neighbour) -> Privilege:
    return neighbour.grant.privilege if neighbour.grant else Privilege.UNKNOWN


def _becomes(row: Row, places: Places) -> GraphEdge:
    if isinstance(row, Neighbour):
        return _target(row, *_principal(row.id, places))
    if row.name:
        return _target(row.first, row.name, f"in {counted(row.accounts, 'account')}", row)
    return _target(row.first, f"roles of {places.name(row.account)}", row.account, row)


def _target(neighbour: Neighbour, label: str, detail: str, crowd: Crowd | None = None) -> GraphEdge:
    privilege = _power(neighbour)
    sign = PRIVILEGES[privilege]
    is_powerful = privilege in (Privilege.ADMIN, Privilege.ESCALATING)
    note = f"{detail} · {sign.short}" if is_powerful else detail
    mark, _ = condition_sign(neighbour.grant.conditions) if neighbour.grant else ("", "")
    tone = sign.tone if is_powerful else Tone.PLAIN
    id_, count = (crowd.id, len(crowd.members)) if crowd else (neighbour.id, 1)
    return GraphEdge(GraphNode(id_, label, sign.glyph, tone, note, count), EDGES[neighbour.edge.reach.kind], mark)
