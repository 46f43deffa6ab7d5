"""What IAM Access Analyzer reports, held against the grants. THE ONE PLACE that matches the two.

It reports roles that outsiders can assume, and nothing else of them: not trust inside the organization, which is its
zone of trust, not AWS services, and no RCP counts for it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from __future__ import annotations

from collections.abc import Iterable

from trustview.analysis.grant import Grant, Party, ReachKind
from trustview.policy import is_account_id, read_principal
from trustview.snapshot import ExternalFinding

ROLE = "AWS::IAM::Role"
_EXTERNAL = "ExternalAccess"
_OPEN = ("ACTIVE", "ARCHIVED")


def tells_of_access(finding: ExternalFinding) -> bool:
    """Whether a finding says that somebody outside gets in, today, seen or put aside by an archive rule."""
    return finding.kind == _EXTERNAL and finding.status in _OPEN


def is_about(finding: ExternalFinding, grant: Grant) -> bool:
    """Whether a finding reports a grant."""
    return finding.resource == grant.role and any(_means(text, grant) for text in finding.principal)


def _means(text: str, grant: Grant) -> bool:
    """Whether a principal that it names is whom the grant lets come."""
    if text == "*":
        return grant.party is Party.PUBLIC
    if text == grant.principal.value:
        return True
    account = text if is_account_id(text) else ""
    element = read_principal("AWS", text)
    if not account and element.name == "" and is_account_id(element.account):
        account = element.account
    return bool(account) and account in grant.party_accounts


def describe_agreement(grant: Grant, reported: Iterable[ExternalFinding], *, is_read: bool) -> str:
    """Whether Access Analyzer reports a grant too, and if not, why; empty where there is nothing to tell.

    `reported` are its findings on the role; `is_read` says that some analyzer was read at all.
    """
    found = [finding for finding in reported if tells_of_access(finding) and is_about(finding, grant)]
    if found:
        regions = ", ".join(sorted({region for finding in found for region in finding.regions}))
        where = f" in {regions}" if regions else ""
        put_aside = ", put aside by an archive rule" if all(f.status == "ARCHIVED" for f in found) else ""
        return f"reports it too{where}{put_aside}"
    if not is_read:
        return "no analyzer could be read"
    if grant.party in (Party.SAME_ACCOUNT, Party.ORGANIZATION, Party.MANAGEMENT):
        return "does not report it: inside the organization is its zone of trust"
    if grant.party is Party.SERVICE:
        return "does not report it: it leaves out AWS services"
    if grant.reach.kind is ReachKind.DEAD:
        return "does not report it, as nobody can get in this way"
    return "does not report it: it looks at certain condition keys alone, or it has not seen the policy yet"
