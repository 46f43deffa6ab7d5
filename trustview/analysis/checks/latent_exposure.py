"""Ways in that one guardrail alone keeps shut."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.grant import Party
from trustview.analysis.kinds import Kind


@check(Severity.MEDIUM, Modifier.LATENT)
def latent_exposure(access: Access) -> Iterator[Evidence]:
    """The role is open but for one guardrail.

    Why: the trust policy lets them in. Whoever changes that one policy, moves the account to another OU or takes an
    exemption opens the role, and nobody who does that thinks of it.

    Fix: mend the trust policy itself, and keep the guardrail as the second line.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    for grant in access.kinds.living(_is_kept_out_by_one):
        who = grant.party_name or grant.principal.value
        yield Evidence((grant,), (f"nothing but {grant.reach.blocked_by[0]} keeps {who} out",))


def _is_kept_out_by_one(kind: Kind) -> bool:
    is_of_others = kind.party.is_outside or kind.party in (Party.ORGANIZATION, Party.MANAGEMENT)
    return is_of_others and len(kind.reach.blocked_by) == 1
