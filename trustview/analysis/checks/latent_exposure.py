"""Ways in that one guardrail alone keeps shut."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.grant import Party


@check(Severity.MEDIUM, Modifier.LATENT)
def latent_exposure(access: Access) -> Iterator[Evidence]:
    """The role is open but for one guardrail.

    Why: the trust policy lets them in. Whoever changes that one policy, moves the account to another OU or takes an
    exemption opens the role, and nobody who does that thinks of it.

    Fix: mend the trust policy itself, and keep the guardrail as the second line.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    for grant in access.grants:
        kept_out = grant.party.is_outside or grant.party in (Party.ORGANIZATION, Party.MANAGEMENT)
        if kept_out and len(grant.reach.blocked_by) == 1 and not grant.reach.is_shut_by_itself:
            who = grant.party_name or grant.principal.value
            yield Evidence((grant,), (f"nothing but {grant.reach.blocked_by[0]} keeps {who} out",))
