"""Proof: the answer of `narrower` as frozen values, with what it rests on and the request that shows otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustview.policy.context_key import CallerKind
from trustview.policy.document import PolicyDocument
from trustview.policy.parse import parse_policy
from trustview.policy.request import Caller, Request
from trustview.policy.stack import Layer, PolicyStack


class Verdict(StrEnum):
    """PROVED: no request gains; WIDER: this one does, or may; UNKNOWN: neither could be shown."""

    PROVED = "proved"
    WIDER = "wider"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a proof may take for granted; everything may be left out, and then nothing is.

    `organization` is its id, `accounts` are its member accounts. `role_account` is the account of the role that the
    trust policy belongs to: its own principals need policies of their own or not, by the form that names them.
    """

    organization: str = ""
    accounts: frozenset[str] = frozenset()
    role_account: str = ""


NO_FACTS = Facts()

# How the reason begins of every policy that is wider; what stands behind it says under which reservations.
WIDER = "the new policy allows a request that the old one does not"

ALLOW_ALL = parse_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)  # fmt: skip
_TRUST_ALL = parse_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Principal": {"AWS": "*"}}}
)


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that the new policy allows and the old one does not, in the stack that both stand in.

    `identity`, `boundary` and `session` are the caller's own policies, as in PolicyStack.
    """

    request: Request
    layer: Layer = Layer.TRUST
    identity: tuple[PolicyDocument, ...] | None = None
    boundary: PolicyDocument | None = None
    session: PolicyDocument | None = None

    def stack(self, policy: PolicyDocument) -> PolicyStack:
        """The stack of the request with this policy in its layer."""
        match self.layer:
            case Layer.TRUST:
                return PolicyStack(policy, self.identity, self.boundary, self.session)
            case Layer.SCP:
                return PolicyStack(_TRUST_ALL, (ALLOW_ALL,), scps=((policy,),))
            case Layer.RCP:
                return PolicyStack(_trusting(self.request.caller), (ALLOW_ALL,), rcps=((policy,),))
            case _:
                return PolicyStack(_TRUST_ALL, (policy,))


def _trusting(caller: Caller) -> PolicyDocument:
    """A trust policy that surely lets a caller in."""
    if caller.kind.is_iam:
        return _TRUST_ALL
    kind = "Service" if caller.kind is CallerKind.SERVICE else "Federated"
    return parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "Principal": {kind: caller.provider}}})


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on one pair of policies.

    `reason` says in one sentence what was shown or what stopped it; `path` is the JSON path of the construct that did,
    in the policy that `document` names (`old` or `new`). `witness` is there when the verdict is WIDER: the old policy
    surely refuses it, and the new one allows it, surely or in a reading of `depends_on`, which AWS leaves open.
    """

    verdict: Verdict
    reason: str
    witness: Witness | None = None
    document: str = ""
    path: str = ""
    depends_on: tuple[str, ...] = ()

    @property
    def is_proved(self) -> bool:
        """Whether the new policy is no wider."""
        return self.verdict is Verdict.PROVED
