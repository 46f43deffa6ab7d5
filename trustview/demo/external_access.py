"""Access Analyzer's answers: one organization analyzer per Region, the findings of `external_findings.json` in each.

The file holds one line per finding of a role; Access Analyzer reports a role in every Region where it runs, so each
line is served once per Region, with an id of its own. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from trustview.demo.call import Call
from trustview.demo.files import read_file
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

    def answer(self, call: Call) -> Reply:
        """The reply to one call; the Region that a service control policy closes refuses every member account."""
        account_id = call.session.account_id
        if call.region == self._content["refused_region"] and account_id != self._acme.management_id:
            return _refused(call, "with an explicit deny in a service control policy")
        parts = call.path.strip("/").split("/")
        if parts[0] == "analyzer" and call.method == "GET":
            return self._about_analyzers(call, parts[1:])
        if parts[0] in ("finding", "findingv2"):
            is_v2 = parts[0] == "findingv2"
            if (call.method, len(parts)) == ("POST", 1):
                return self._list(call, v2=is_v2)
            if (call.method, len(parts)) == ("GET", 2):
                return self._get(call, parts[1], v2=is_v2)
        return _refused(call, "because the demo only reads")

    def _about_analyzers(self, call: Call, names: list[str]) -> Reply:
        """`/analyzer`, `/analyzer/NAME` and `/analyzer/NAME/archive-rule`."""
        found = self._analyzers(call)
        if not names:
            kind = call.query.get("type")
            return rest_reply({"analyzers": [analyzer for analyzer in found if kind in (None, analyzer["type"])]})
        named = [analyzer for analyzer in found if analyzer["name"] == names[0]]
        if not named:
            return _missing(names[0])
        return rest_reply({"archiveRules": self._archive_rules()} if names[1:] else {"analyzer": named[0]})

    def _analyzer_arn(self, region: str) -> str:
        return f"arn:aws:access-analyzer:{region}:{self._owner}:analyzer/{self._content['analyzer']}"

    def _analyzers(self, call: Call) -> list[dict[str, Any]]:
        if call.session.account_id != self._owner or call.region not in self._content["regions"]:
            return []
        analyzer = {
            "arn": self._analyzer_arn(call.region),
            "name": self._content["analyzer"],
            "type": "ORGANIZATION",
            "createdAt": _iso(moment_before(self._acme.present, 700)),
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
                "createdAt": _iso(moment_before(self._acme.present, rule["days"])),
                "updatedAt": _iso(moment_before(self._acme.present, rule["days"])),
            }
            for rule in self._content["archive_rules"]
        ]

    def _list(self, call: Call, *, v2: bool) -> Reply:
        if call.content.get("analyzerArn") not in [analyzer["arn"] for analyzer in self._analyzers(call)]:
            return _missing(str(call.content.get("analyzerArn")))
        criteria = call.content.get("filter") or {}
        found = [finding for finding in self._in_region(call.region) if _matches(finding, criteria)]
        start, size = int(call.content.get("nextToken") or 0), int(call.content.get("maxResults") or PAGE)
        content: dict[str, Any] = {"findings": [_summary(f, v2=v2) for f in found[start : start + size]]}
        if len(found) > start + size:
            content["nextToken"] = str(start + size)
        return rest_reply(content)

    def _get(self, call: Call, finding_id: str, *, v2: bool) -> Reply:
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
        for template in self._content["findings"]:
            if template.get("region", region) != region or template["account"] not in self._ids:
                continue
            owner = self._ids[template["account"]]
            line = json.loads(fill(template, owner, self._ids, self._acme.organization_id))
            created = moment_before(self._acme.present, line["days"])
            if created > self._acme.now:
                continue
            yield {
                "id": uuid_of("finding", region, line["resource"], sorted(line["principal"].items())),
                "principal": line["principal"],
                "action": line["action"],
                "resource": line["resource"],
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


def _refused(call: Call, why: str) -> Reply:
    """The second version of an operation needs the same action as the first."""
    operation = {"findingv2": "ListFindings", "finding": "ListFindings"}.get(call.path.strip("/").split("/")[0])
    message = (
        f"User: {call.session.arn} is not authorized to perform: access-analyzer:{operation or 'ListAnalyzers'} on "
        f"resource: arn:aws:access-analyzer:{call.region}:{call.session.account_id}:* {why}"
    )
    return refusal("access-analyzer", "AccessDeniedException", message)


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
