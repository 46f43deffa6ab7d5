"""The graph of one account, beside principalmapper's of the same file: the ratio, and whether we miss an edge of it.

`python -m benchmarks.principalmapper PMAPPER [--roles N]` takes the path of its program, which is installed apart
(`python -m venv x && x/bin/pip install principalmapper`; Python 3.9, or its import of `collections` mended for newer
ones). It is run as it is, against an endpoint on loopback that answers IAM from the file and refuses everything else.
Nothing of it is imported: it is under the AGPL.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape

from benchmarks.organizations import account_details, generate_snapshot
from trustview.analysis import TrustGraph, analyse
from trustview.collect import read_files
from trustview.snapshot import AccountFacts, Role, Snapshot

_DOCUMENTS = ("AssumeRolePolicyDocument", "PolicyDocument", "Document")
_REFUSED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
_REFUSED_AS_JSON = '{"__type": "AccessDeniedException", "message": "no"}'
_NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)

# Source and target of an edge, by ARN.
Pairs = set[tuple[str, str]]


def one_account(roles: int, seed: int = 7) -> AccountFacts:
    """One account with so many roles of different names, taken from as many generated accounts as it takes."""
    accounts = generate_snapshot(8 * roles, seed).accounts[5:]
    own, found = accounts[0], dict[str, Role]()
    for facts in accounts:
        for role in facts.roles:
            if len(found) < roles:
                found.setdefault(role.name, _moved(role, facts.id, own.id))
    return replace(own, roles=tuple(found.values()))


def _moved(role: Role, old: str, new: str) -> Role:
    inline = tuple(replace(policy, document=policy.document.replace(old, new)) for policy in role.inline)
    trust, boundary = role.trust_policy.replace(old, new), role.boundary.replace(old, new)
    arn = role.arn.replace(old, new)
    return replace(role, arn=arn, account=new, trust_policy=trust, boundary=boundary, inline=inline)


# ── principalmapper ──────────────────────────────────────────────────────────────────────────────────────────────


def run_principalmapper(program: Path, details: dict[str, object], account: str) -> tuple[float, Pairs]:
    """Seconds of CPU that it takes, and its edges."""
    with tempfile.TemporaryDirectory() as home, _serving(details, account) as endpoint:
        before = _children()
        credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
        command = [str(program), "graph", "create", "--ignore-orgs", "--localstack-endpoint", endpoint]
        command += ["--include-regions", "us-east-1", "--include-services", "iam", "sts"]
        environment = {**os.environ, **credentials, "AWS_MAX_ATTEMPTS": "1", "HOME": home}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        seconds = _children() - before
        (path,) = (path for path in Path(home).glob(".local/share/principalmapper/*/graph/edges.json"))
        edges = json.loads(path.read_text(encoding="utf-8"))
    return seconds, {(edge["source"], edge["destination"]) for edge in edges}


def _children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextmanager
def _serving(details: dict[str, object], account: str) -> Iterator[str]:
    """The address of an endpoint that knows who calls and what IAM holds."""
    caller = {"Arn": f"arn:aws:iam::{account}:user/reader", "UserId": "AIDAREADER", "Account": account}
    answers = {
        "GetAccountAuthorizationDetails": _xml("", {**details, "IsTruncated": False}),
        "GetCallerIdentity": _xml("", caller),
        "ListMFADevices": "<MFADevices></MFADevices><IsTruncated>false</IsTruncated>",
        "ListVirtualMFADevices": "<VirtualMFADevices></VirtualMFADevices><IsTruncated>false</IsTruncated>",
        "ListAccessKeys": "<AccessKeyMetadata></AccessKeyMetadata><IsTruncated>false</IsTruncated>",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            action = parse_qs(body).get("Action", [""])[0]
            found = answers.get(action)
            result = f"<{action}Result>{found}</{action}Result>"
            if found:
                self._send(200, f"<{action}Response>{result}</{action}Response>")
            elif action == "GetLoginProfile":
                self._send(404, _REFUSED.replace("AccessDenied", "NoSuchEntity"))
            else:
                self.do_GET()

        def do_GET(self) -> None:
            kind = self.headers.get("Content-Type", "")
            self._send(403, *((_REFUSED_AS_JSON, kind) if "json" in kind else (_REFUSED, "text/xml")))

        def _send(self, status: int, text: str, kind: str = "text/xml") -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _xml(key: str, value: object) -> str:
    """A value as IAM's protocol writes it; policies are percent-encoded JSON."""
    if key in _DOCUMENTS:
        return escape(quote(json.dumps(value)))
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(name, inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml('', inner)}</member>" for inner in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


# ── ours ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_ours(details: dict[str, object], account: str) -> tuple[float, Pairs]:
    """Seconds of CPU to read the file and make the graph, and its steps between principals."""
    text = json.dumps(details).encode()
    gc.disable()
    started = time.process_time()
    snapshot = read_files([(f"{account}.json", text)], _NOW).snapshot
    graph = analyse(snapshot, checks=()).graph
    assert graph.walk([0]).order
    seconds = time.process_time() - started
    gc.enable()
    return seconds, set(_steps(snapshot, graph))


def _steps(snapshot: Snapshot, graph: TrustGraph) -> Iterator[tuple[str, str]]:
    for facts in snapshot.accounts:
        for principal in (*(role.arn for role in facts.roles), *(user.arn for user in facts.users)):
            yield from ((step.source, principal) for step in graph.into(principal) if step.reach.lets_in)


def main() -> int:
    """Print both times, their ratio and what is missed; the exit code says whether an edge is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program", type=Path, metavar="PMAPPER")
    parser.add_argument("--roles", type=int, default=1000)
    arguments = parser.parse_args()
    facts = one_account(arguments.roles)
    details = account_details(facts)
    ours, steps = run_ours(details, facts.id)
    theirs, edges = run_principalmapper(arguments.program.absolute(), details, facts.id)
    missed = sorted(edges - steps)
    print(f"{len(facts.roles):,} roles: principalmapper {theirs:.2f} s, ours {ours:.3f} s, {theirs / ours:.0f} times")
    print(f"its edges {len(edges):,}, of them missed here {len(missed)}")
    for source, target in missed:
        print(f"  {source} -> {target}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
