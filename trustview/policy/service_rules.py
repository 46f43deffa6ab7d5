"""What role assumption does differently from other requests: one table per rule, each row with its source.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from trustview.policy.context_key import CallerKind
from trustview.policy.principal import PrincipalForm
from trustview.policy.stack import Layer

ASSUME_ROLE = "sts:AssumeRole"
ASSUME_ROLE_WITH_SAML = "sts:AssumeRoleWithSAML"
ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
TAG_SESSION = "sts:TagSession"
SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
ASSUME_ACTIONS = (ASSUME_ROLE, ASSUME_ROLE_WITH_SAML, ASSUME_ROLE_WITH_WEB_IDENTITY)

_ASSUME_ACTIONS = frozenset(action.lower() for action in ASSUME_ACTIONS)

# Which of the three actions a kind of caller uses.
ACTION_OF_CALLER = {
    CallerKind.PRINCIPAL: ASSUME_ROLE,
    CallerKind.USER: ASSUME_ROLE,
    CallerKind.ROLE: ASSUME_ROLE,
    CallerKind.SERVICE: ASSUME_ROLE,
    CallerKind.SAML: ASSUME_ROLE_WITH_SAML,
    CallerKind.OIDC: ASSUME_ROLE_WITH_WEB_IDENTITY,
}

# The claim of a provider's tokens that an Allow must test: STS itself denies when the trust policy does not.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
CLAIM_TO_TEST = {"app.terraform.io": "app.terraform.io:sub"}

# Callers whom STS refuses whatever the policies say.
REFUSED_CALLERS = {
    CallerKind.ROOT: "the root user cannot assume roles",
    CallerKind.FEDERATED_USER: "credentials of a federated user cannot call AssumeRole",
}


# How many seconds a session may last; one that a session of a role asks for (role chaining) no more than an hour.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html (role chaining)
SHORTEST_SESSION, LONGEST_SESSION, LONGEST_CHAINED_SESSION = 900, 43_200, 3_600


def why_refused(kind: CallerKind, action: str, duration: int | None = None) -> str:
    """Why STS refuses such a request whatever the policies say; empty when it does not.

    Each of the three AssumeRole actions has callers of its own; the actions beside them go with any.
    """
    if kind in REFUSED_CALLERS:
        return REFUSED_CALLERS[kind]
    own, asked = ACTION_OF_CALLER.get(kind, action), action.lower()
    if asked != own.lower() and asked in _ASSUME_ACTIONS:
        return f"{kind.value} callers assume roles by {own} alone"
    longest = LONGEST_CHAINED_SESSION if kind is CallerKind.ROLE else LONGEST_SESSION
    if duration is not None and not SHORTEST_SESSION <= duration <= longest:
        return f"a session lasts {SHORTEST_SESSION} to {longest} seconds here, not {duration}"
    return ""


# What of a caller of the role's own account must allow too, by the form in which the trust policy names it.
SAME_ACCOUNT_NEEDS = {
    # The account delegates: its own policies must allow too.
    PrincipalForm.ACCOUNT: (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION),
    # An implicit deny in the boundary or session policy of a named role does limit it.
    PrincipalForm.ROLE: (Layer.BOUNDARY, Layer.SESSION),
    PrincipalForm.USER: (),
    PrincipalForm.SESSION: (),
    PrincipalForm.EVERYONE: (),
    PrincipalForm.FEDERATED_USER: (),
    PrincipalForm.UNIQUE_ID: (),
}

# Across accounts both sides must allow, whatever the form.
CROSS_ACCOUNT_NEEDS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
