"""Roles for pods of EKS. Service accounts that come with a token (IRSA) are `oidc-without-subject` and
`oidc-subject-too-wide`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.deputies import source_conditions
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change

SERVICE = "pods.eks.amazonaws.com"
_MOST_NAMED = 10
_KEYS = ("aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account")
_TAGS = ("aws:requesttag/kubernetes-namespace", "aws:requesttag/kubernetes-service-account")


@check(Severity.MEDIUM)
def pod_identity_too_wide(access: Access) -> Iterator[Evidence]:
    """Pods of any namespace and service account can get the role.

    Why: EKS Pod Identity gives a role to whichever pods an association names. Without a test of namespace and service
    account in the trust policy, whoever may create associations in any cluster of the account hands it to any pod.

    Fix: test `aws:RequestTag/kubernetes-namespace` and `aws:RequestTag/kubernetes-service-account`, and
    `aws:SourceArn` for the cluster.

    See: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    for grant in access.kinds.living(lambda kind: kind.principal.value.lower() == SERVICE):
        missing = [tag for tag in _TAGS if not _is_tested(grant, tag)]
        if missing and not source_conditions(grant):
            keys = " and ".join(f"`{tag.replace('requesttag', 'RequestTag')}`" for tag in missing)
            because = f"{keys} not tested, nor for which cluster EKS acts"
            yield Evidence((grant,), (because,), changes=_name_pods(access, grant))


def _name_pods(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Ask for the pods that associations give the role to today, where nothing is tested; none where none is known."""
    given = [one for one in access.snapshot.pod_identity_associations if one.role == grant.role]
    if not given or len({(one.namespace, one.service_account) for one in given}) > _MOST_NAMED:
        return ()
    names = (tuple(sorted({getattr(one, field) for one in given})) for field in ("namespace", "service_account"))
    tested = {condition.key.lower() for condition in grant.conditions}
    return tuple(
        add_condition(grant, "StringEquals", key, values, ", as associated today")
        for key, values in zip(_KEYS, names, strict=True)
        if key.lower() not in tested
    )


def _is_tested(grant: Grant, key: str) -> bool:
    return any(
        condition.key.lower() == key and not is_negated(condition) and not passes_when_absent(condition)
        and condition.values and all(set(value) - set("*?") for value in condition.values)
        for condition in grant.conditions
    )  # fmt: skip
