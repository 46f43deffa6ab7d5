"""Roles that assume themselves without being trusted by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.seen import on_calls, roles_called, window_of
from trustview.analysis.use import may_come_by
from trustview.snapshot import Use


@check(Severity.INFO, of_all=True)
def self_trust_expected_but_absent(access: Access) -> Iterator[Evidence]:
    """The role assumes itself, and its trust policy does not let it.

    Why: until September 2022 a role could assume itself whatever its trust policy said; since then it is a caller like
    any other. Code that still does so fails, or works only as long as AWS exempts the role.

    Fix: take the call out, since the role has its own permissions already. Where it is there to get another session
    (a shorter one, one with a session policy), name the role in its own trust policy.

    See: https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/ and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    """
    for role, known in roles_called(access):
        uses = [use for use in known.uses if use.caller == role.arn]
        grants = access.grants_by_role.get(role.arn, ())
        if uses and not any(may_come_by(access, grant, use) for grant in grants for use in uses):
            yield on_calls(access, role, uses, Evidence((), (_describe(uses), *window_of(known))))


def _describe(uses: list[Use]) -> str:
    done, refused = sum(use.count for use in uses), sum(use.refused for use in uses)
    last = max(use.hour for use in uses)[:10]
    return f"it called for itself {done + refused} times, {refused} of them refused, last on {last}; no grant means it"
