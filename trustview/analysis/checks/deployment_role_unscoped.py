"""Deployment roles that may change everything in many services."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.contents import services_written_anywhere
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.purpose import is_meant_for

_NEAR = (Party.SAME_ACCOUNT, Party.SERVICE)


@check(Severity.MEDIUM)
def deployment_role_unscoped(access: Access) -> Iterator[Evidence]:
    """A deployment role that others use may write on `*` in many services.

    Why: whoever can change the pipeline, or what it builds, can do all that this role can. Few pipelines touch more
    than a handful of services, and their own resources in them.

    Fix: split it by application, name resources by prefix or tag, and set a permissions boundary.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    limit = access.settings.thresholds.deployment_services
    for across in by_role(access.kinds.grants(_writes_from_elsewhere)):
        role = access.role(across[0].role)
        if not is_meant_for(role, access.settings.roles.deployment):
            continue
        services = services_written_anywhere(access, role)
        if len(services) >= limit:
            yield Evidence(across, (f"it may write on every resource of {len(services)} services, {listed(services)}",))


def _writes_from_elsewhere(kind: Kind) -> bool:
    return kind.reach.lets_in and kind.party not in _NEAR and kind.privilege.may_write
