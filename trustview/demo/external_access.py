"""Access Analyzer's answers: one organization analyzer per Region, the findings of `external_findings.json` in each.

The file holds one line per finding of a role; Access Analyzer reports a role in every Region where it runs, so each line
is served once per Region, with an id of its own. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustview.demo.load import read_file
from trustview.demo.records import Acme
from trustview.demo.replies import Reply, refusal, rest_reply
from trustview.demo.templates import fill, moment_before, uuid_of

Finding = dict[str, Any]
PAGE = 100


class ExternalAccess:
    """Answers access-analyzer calls of one account and Region."""

    def __init__(self, acme: Acme) -> None:
        self._acme = acme
        self._content = read_file("external_findings.json")
        self._ids = {account.key: account.id for account in acme.accounts}
        self._owner = self._ids[self._content["account"]]
        self._findings: dict[str, list[Finding]] = {}

    def answer(self, call: "Call") -> Reply:
        """The reply to one call; a Region that a service control policy closes refuses every member account."""
        if call.region == self._content["refused_region"] and call.account_id != self._acme.management_id:
            return self._refused(call)
        parts = call.path.strip("/").split("/")
        match (call.method, parts[0], len(parts)):
            case ("GET", "analyzer", 1):
                kind = call.query.get("type")
                return rest_reply({"analyzers": [a for a in self._analyzers(call) if kind in (None, a["type"])]})
            case ("GET", "analyzer", 2):
                found = [a for a in self._analyzers(call) if a["name"] == parts[1]]
                return rest_reply({"analyzer": found[0]}) if found else _missing(parts[1])
            case ("GET", "analyzer", 3):
                return rest_reply({"archiveRules": self._archive_rules()})
            case ("POST", "findingv2" | "finding", 1):
                return self._list(call, v2=parts[0] == "findingv2")
            case ("GET", "findingv2" | "finding", 2):
                return self._get(call, parts[1], v2=parts[0] == "findingv2")
        return refusal("access-analyzer", "AccessDeniedException", f"the demo only reads: {call.method} {call.path}")

    def _refused(self, call: "Call") -> Reply:
        return refusal(
            "access-analyzer",
            "AccessDeniedException",
            f"User: {call.caller_arn} is not authorized to perform: access-analyzer:{_operation(call)} on resource: "
            f"arn:aws:access-analyzer:{call.region}:{call.account_id}:* with an explicit deny in a service control policy",
        )

    def _analyzer_arn(self, region: str) -> str:
        return f"arn:aws:access-analyzer:{region}:{self._owner}:analyzer/{self._content['analyzer']}"

    def _analyzers(self, call: "Call") -> list[dict[str, Any]]:
        if call.account_id != self._owner or call.region not in self._content["regions"]:
            return []
        analyzer = {
            "arn": self._analyzer_arn(call.region),
            "name": self._content["analyzer"],
            "type": "ORGANIZATION",
            "createdAt": _iso(moment_before(self._acme.now, 700)),
            "lastResourceAnalyzed": f"arn:aws:iam::{self._owner}:role/audit-runner",
            "lastResourceAnalyzedAt": _iso(moment_before(self._acme.now, 0.02)),
            "tags": {"owner": "security-engineering"},
            "status": "ACTIVE",
        }
        return [analyzer]

    def _archive_rules(self) -> list[dict[str, Any]]:
        return [
            {
                "ruleName": rule["name"],
                "filter": rule["filter"],
                "createdAt": _iso(moment_before(self._acme.now, rule["days"])),
                "updatedAt": _iso(moment_before(self._acme.now, rule["days"])),
            }
            for rule in self._content["archive_rules"]
        ]

    def _list(self, call: "Call", *, v2: bool) -> Reply:
        if call.content.get("analyzerArn") not in [analyzer["arn"] for analyzer in self._analyzers(call)]:
            return _missing(str(call.content.get("analyzerArn")))
        criteria = call.content.get("filter") or {}
        found = [finding for finding in self._in_region(call.region) if _matches(finding, criteria)]
        start, size = int(call.content.get("nextToken") or 0), int(call.content.get("maxResults") or PAGE)
        content: dict[str, Any] = {"findings": [_summary(f, v2=v2) for f in found[start : start + size]]}
        if len(found) > start + size:
            content["nextToken"] = str(start + size)
        return rest_reply(content)

    def _get(self, call: "Call", finding_id: str, *, v2: bool) -> Reply:
        found = [finding for finding in self._in_region(call.region) if finding["id"] == finding_id]
        if not found or not self._analyzers(call):
            return _missing(finding_id)
        if not v2:
            return rest_reply({"finding": _summary(found[0], v2=False)})
        details = {
            key: found[0][key] for key in ("action", "condition", "isPublic", "resourceControlPolicyRestriction")
        }
        details["principal"] = found[0]["principal"]
        return rest_reply({**_summary(found[0], v2=True), "findingDetails": [{"externalAccessDetails": details}]})

    def _in_region(self, region: str) -> list[Finding]:
        if region not in self._findings:
            self._findings[region] = list(self._make(region))
        return self._findings[region]

    def _make(self, region: str) -> Iterator[Finding]:
        for line in self._content["findings"]:
            if line.get("region", region) != region or line["account"] not in self._ids:
                continue
            owner = self._ids[line["account"]]
            resource = fill(line["resource"], owner, self._ids, self._acme.organization_id).strip('"')
            created = moment_before(self._acme.now, line["days"])
            yield {
                "id": uuid_of("finding", region, resource, sorted(line["principal"].items())),
                "principal": line["principal"],
                "action": line["action"],
                "resource": resource,
                "isPublic": line.get("public", False),
                "resourceType": line["type"],
                "condition": line.get("condition", {}),
                "createdAt": _iso(created),
                "analyzedAt": _iso(moment_before(self._acme.now, 0.4)),
                "updatedAt": _iso(created),
                "status": line.get("status", "ACTIVE"),
                "resourceOwnerAccount": owner,
                "resourceControlPolicyRestriction": line.get("rcp", "NOT_APPLICABLE"),
            }


@dataclass(frozen=True, slots=True)
class Call:
    """One access-analyzer request, taken apart."""

    method: str
    path: str
    query: Mapping[str, str]
    content: Mapping[str, Any]
    account_id: str
    caller_arn: str
    region: str


def _operation(call: Call) -> str:
    """The IAM action behind the path: the second version of an operation shares the action of the first."""
    names = {"analyzer": "ListAnalyzers", "findingv2": "ListFindings", "finding": "ListFindings"}
    return names.get(call.path.strip("/").split("/")[0], "ListAnalyzers")


def _summary(finding: Finding, *, v2: bool) -> Finding:
    if not v2:
        return finding
    shared = (
        "id",
        "resource",
        "resourceType",
        "resourceOwnerAccount",
        "status",
        "createdAt",
        "analyzedAt",
        "updatedAt",
    )
    return {**{key: finding[key] for key in shared}, "findingType": "ExternalAccess"}


def _matches(finding: Finding, criteria: Mapping[str, Mapping[str, list[str]]]) -> bool:
    for key, tests in criteria.items():
        value = str(finding.get(key, "ExternalAccess" if key == "findingType" else ""))
        if "eq" in tests and value not in tests["eq"]:
            return False
        if "neq" in tests and value in tests["neq"]:
            return False
        if "contains" in tests and not any(part in value for part in tests["contains"]):
            return False
    return True


def _missing(what: str) -> Reply:
    return refusal("access-analyzer", "ResourceNotFoundException", f"{what} not found", status=404)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
