"""Sessions that last half a day."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.mend import limit_session
from trustview.policy import Privilege


@check(Severity.LOW)
def long_session(access: Access) -> Iterator[Evidence]:
    """Sessions of an administrator's or outsider's role may last half a day.

    Why: a session that was stolen works until it ends; nobody has to come back for another. Sessions that were got with
    another role end after one hour anyway: whoever needs longer is a person or a vendor.

    Fix: set the role's maximum session duration to what the work needs, one hour where nobody asks for more.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html#id_roles_use_view-role-max-session
    """
    least = access.settings.thresholds.session_hours * 3600
    for who in by_role(access.kinds.grants(_concerns)):
        role = access.role(who[0].role)
        if role.max_session_seconds is not None and role.max_session_seconds >= least:
            hours = role.max_session_seconds // 3600
            whose = "an administrator" if who[0].privilege is Privilege.ADMIN else who[0].party_name
            yield Evidence(who, (f"a session of {whose} may last {hours} hours",), changes=(limit_session(3600),))


def _concerns(kind: Kind) -> bool:
    is_admin = kind.privilege is Privilege.ADMIN and kind.party is not Party.SERVICE
    return kind.reach.lets_in and (kind.party.is_outside or is_admin)
