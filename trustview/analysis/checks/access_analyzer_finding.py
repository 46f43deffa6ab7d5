"""What IAM Access Analyzer reports and no grant of ours explains: other resources, and roles where we disagree."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.access_analyzer import ROLE, is_about, tells_of_access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.finding import Confidence, Severity, Subject, SubjectKind, role_subject
from trustview.analysis.grant import ReachKind
from trustview.policy import parse_arn, read_principal
from trustview.snapshot import ExternalFinding


@check(Severity.MEDIUM, of_all=True)
def access_analyzer_finding(access: Access) -> Iterator[Evidence]:
    """Access Analyzer reports outsiders on something that no other check explains.

    Why: buckets, keys, queues and the like can be opened to outsiders by policies of their own: no role is needed for
    it. On a role it is a disagreement: one of the two readings is wrong, or it saw another policy than we did.

    Fix: close the resource's policy, or archive the finding with a rule that names the outsider, once somebody answers
    for it.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
    """
    by_resource: dict[str, list[ExternalFinding]] = {}
    for finding in access.snapshot.external_findings:
        is_open = tells_of_access(finding) and finding.status == "ACTIVE"
        if is_open and not _is_explained(access, finding) and not _is_approved(access, finding):
            by_resource.setdefault(finding.resource, []).append(finding)
    for resource, found in by_resource.items():
        is_read = found[0].resource_type != ROLE or resource in access.snapshot.roles_by_arn
        because = tuple(dict.fromkeys(sentence for finding in found for sentence in _describe(access, finding)))
        severity = Severity.HIGH if any(finding.is_public for finding in found) else None
        confidence = Confidence.PROVEN if is_read else Confidence.UNKNOWN
        yield Evidence((), because, severity, confidence, subject=_subject(access, found[0]))


def _is_explained(access: Access, finding: ExternalFinding) -> bool:
    """Whether a grant of ours says the same; grants of roles have checks of their own."""
    grants = access.grants_by_role.get(finding.resource, ())
    return any(is_about(finding, grant) and grant.reach.kind is not ReachKind.DEAD for grant in grants)


def _is_approved(access: Access, finding: ExternalFinding) -> bool:
    """Whether the settings approve everybody whom it names."""
    accounts = [_account(text) for text in finding.principal]
    return bool(accounts) and all(account and access.is_approved(account) for account in accounts)


def _account(principal: str) -> str:
    return read_principal("AWS", principal).account


def _describe(access: Access, finding: ExternalFinding) -> Iterator[str]:
    who = ", ".join(_who(access, text) for text in finding.principal) or "somebody outside"
    yield f"Access Analyzer: {who} may do {listed(finding.actions) or 'something'} on it"
    if finding.resource_type != ROLE:
        return
    if finding.resource not in access.snapshot.roles_by_arn:
        yield "the role was not read, so that nothing else is known of it"
        return
    dead = [grant for grant in access.grants_by_role.get(finding.resource, ()) if is_about(finding, grant)]
    if dead:
        yield f"here nobody gets in this way: {'; '.join(dead[0].reach.reasons)}"
    else:
        yield "the trust policy that was read does not name them: it was changed, or the finding is out of date"


def _name(access: Access, principal: str) -> str:
    vendor = access.vendors.get(_account(principal))
    return "everybody" if principal == "*" else vendor.name if vendor else _account(principal) or principal


def _who(access: Access, principal: str) -> str:
    if principal == "*":
        return "everybody"
    account = _account(principal)
    vendor = access.vendors.get(account)
    return f"{vendor.name} (`{principal}`)" if vendor else f"`{principal}`"


def _subject(access: Access, finding: ExternalFinding) -> Subject:
    if finding.resource in access.snapshot.roles_by_arn:
        return role_subject(finding.resource)
    arn = parse_arn(finding.resource)
    name = arn.resource if arn else finding.resource
    kind = finding.resource_type.removeprefix("AWS::").replace("::", " ") or "resource"
    note = f"{', '.join(_name(access, text) for text in finding.principal)} ({kind})"
    return Subject(SubjectKind.RESOURCE, finding.resource, name, finding.account, (finding.account,), note)
