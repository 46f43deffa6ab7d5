"""Which condition keys a role assumption can carry, for whom, and who chooses their value: one table.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (sts and OIDC keys) and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html.
Where they are silent the row says MAYBE: an unknown key leaves an answer open, it never closes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class CallerKind(StrEnum):
    """Who asks.

    PRINCIPAL is a user or role whose name is not known: anyone of an account, or anyone at all, save service-linked
    roles, which only their service uses. UNKNOWN may be anyone, services and federated callers included.
    """

    PRINCIPAL = "principal"
    USER = "user"
    ROLE = "role"
    FEDERATED_USER = "federated user"
    ROOT = "root"
    SERVICE = "service"
    SAML = "SAML"
    OIDC = "OIDC"
    UNKNOWN = "unknown"

    @property
    def is_iam(self) -> bool:
        """Whether it signs with credentials of an AWS account."""
        return self in _IAM_CALLERS


# A tuple: members are then compared by identity, which is faster than the hash of an Enum.
_IAM_CALLERS = (CallerKind.ROLE, CallerKind.USER, CallerKind.PRINCIPAL, CallerKind.FEDERATED_USER, CallerKind.ROOT)


class Presence(StrEnum):
    """Whether a request of a kind of caller carries a key."""

    ALWAYS = "always"
    MAYBE = "maybe"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ContextKey:
    """One row: presence for users, sessions of roles, services, SAML and OIDC callers.

    `is_chosen` says that whoever calls may put any value there; `is_listed` that it holds several values;
    `is_boundary` that a wildcard in its value has no valid use because the value names an account or organization;
    `is_identifying` that nobody can bring about a value that is not theirs, so that a test of it keeps strangers out.
    `provider` is the OIDC provider whose tokens carry the claim; empty for keys of AWS.
    """

    pattern: str
    user: Presence
    role: Presence
    service: Presence
    saml: Presence
    oidc: Presence
    is_chosen: bool = False
    is_listed: bool = False
    is_boundary: bool = False
    is_identifying: bool = False
    provider: str = ""

    def presence(self, kind: CallerKind, provider: str = "") -> Presence:
        """Whether requests of this kind of caller carry the key; `provider` issued an OIDC caller's token."""
        is_foreign = provider and self.provider and self.provider.rstrip("/") != provider.lower().rstrip("/")
        if kind is CallerKind.OIDC and is_foreign:
            return Presence.NEVER
        of_kind = {
            CallerKind.USER: self.user,
            CallerKind.ROLE: self.role,
            CallerKind.SERVICE: self.service,
            CallerKind.SAML: self.saml,
            CallerKind.OIDC: self.oidc,
        }
        # Other principals of an account are users or roles: what both agree on holds for them.
        of_either = self.user if self.user is self.role and kind is not CallerKind.UNKNOWN else Presence.MAYBE
        return of_kind.get(kind, of_either)

    def candidates(self, kind: CallerKind) -> Candidates:
        """All that the key may hold in requests of this kind, None standing for its absence; empty for anything."""
        return _CANDIDATES.get((self.pattern, kind), ())


Candidates = tuple[tuple[str, ...] | None, ...]

_A, _M, _N = Presence.ALWAYS, Presence.MAYBE, Presence.NEVER

# pattern (lower case; a final * stands for the rest), then user, role session, service, SAML, OIDC
CONTEXT_KEYS = (
    ContextKey("aws:principalaccount", _A, _A, _A, _M, _M, is_boundary=True, is_identifying=True),
    ContextKey("aws:principalarn", _A, _A, _M, _M, _M, is_identifying=True),
    ContextKey("aws:principalorgid", _M, _M, _N, _N, _N, is_boundary=True, is_identifying=True),
    ContextKey("aws:principalorgpaths", _M, _M, _N, _N, _N, is_listed=True, is_identifying=True),
    ContextKey("aws:principaltag/*", _M, _M, _M, _M, _M),
    ContextKey("aws:principaltype", _A, _A, _A, _A, _A),
    ContextKey("aws:principalisawsservice", _A, _A, _A, _M, _M, is_identifying=True),
    ContextKey("aws:principalservicename", _N, _N, _A, _N, _N, is_identifying=True),
    ContextKey("aws:principalservicenameslist", _N, _N, _A, _N, _N, is_listed=True, is_identifying=True),
    ContextKey("aws:sourcearn", _N, _N, _M, _N, _N, is_identifying=True),
    ContextKey("aws:sourceaccount", _N, _N, _M, _N, _N, is_boundary=True, is_identifying=True),
    ContextKey("aws:sourceorgid", _N, _N, _M, _N, _N, is_boundary=True, is_identifying=True),
    ContextKey("aws:sourceorgpaths", _N, _N, _M, _N, _N, is_listed=True, is_identifying=True),
    ContextKey("aws:sourceip", _M, _M, _M, _M, _M, is_identifying=True),
    ContextKey("aws:sourcevpc", _M, _M, _N, _M, _M, is_boundary=True, is_identifying=True),
    ContextKey("aws:sourcevpce", _M, _M, _N, _M, _M, is_boundary=True, is_identifying=True),
    ContextKey("aws:vpcsourceip", _M, _M, _N, _M, _M),
    ContextKey("aws:vpceaccount", _M, _M, _N, _M, _M, is_boundary=True, is_identifying=True),
    ContextKey("aws:vpceorgid", _M, _M, _N, _M, _M, is_boundary=True, is_identifying=True),
    ContextKey("aws:vpceorgpaths", _M, _M, _N, _M, _M, is_listed=True, is_identifying=True),
    ContextKey("aws:multifactorauthpresent", _M, _M, _N, _N, _N),
    ContextKey("aws:multifactorauthage", _M, _N, _N, _N, _N),
    ContextKey("aws:tokenissuetime", _M, _A, _M, _N, _N),
    ContextKey("aws:federatedprovider", _N, _M, _N, _M, _A),
    ContextKey("aws:requestedregion", _A, _A, _A, _A, _A, is_chosen=True),
    ContextKey("aws:currenttime", _A, _A, _A, _A, _A),
    ContextKey("aws:epochtime", _A, _A, _A, _A, _A),
    ContextKey("aws:securetransport", _A, _A, _A, _A, _A),
    ContextKey("aws:useragent", _A, _A, _A, _A, _A, is_chosen=True),
    ContextKey("aws:referer", _M, _M, _M, _M, _M, is_chosen=True),
    ContextKey("aws:viaawsservice", _A, _A, _A, _A, _A),
    ContextKey("aws:calledvia", _M, _M, _N, _N, _N, is_listed=True),
    ContextKey("aws:calledviafirst", _M, _M, _N, _N, _N),
    ContextKey("aws:calledvialast", _M, _M, _N, _N, _N),
    ContextKey("aws:userid", _A, _A, _A, _A, _A, is_identifying=True),
    ContextKey("aws:username", _A, _N, _N, _N, _N),
    ContextKey("aws:requesttag/*", _M, _M, _M, _M, _M, is_chosen=True),
    ContextKey("aws:tagkeys", _M, _M, _M, _M, _M, is_chosen=True, is_listed=True),
    ContextKey("aws:resourcetag/*", _M, _M, _M, _M, _M),
    ContextKey("aws:resourceaccount", _A, _A, _A, _A, _A, is_boundary=True),
    ContextKey("aws:resourceorgid", _M, _M, _M, _M, _M, is_boundary=True),
    ContextKey("aws:resourceorgpaths", _M, _M, _M, _M, _M, is_listed=True),
    ContextKey("aws:sourceidentity", _M, _M, _N, _N, _N, is_chosen=True),
    ContextKey("aws:assumedroot", _M, _M, _N, _N, _N),
    ContextKey("iam:resourcetag/*", _M, _M, _M, _M, _M),
    ContextKey("sts:externalid", _M, _M, _N, _N, _N, is_chosen=True),
    ContextKey("sts:rolesessionname", _A, _A, _A, _A, _A, is_chosen=True),
    ContextKey("sts:sourceidentity", _M, _M, _M, _M, _M, is_chosen=True),
    ContextKey("sts:transitivetagkeys", _M, _M, _N, _M, _M, is_chosen=True, is_listed=True),
    ContextKey("sts:requestcontext/*", _M, _M, _M, _N, _N),
    ContextKey("sts:requestcontextproviders", _M, _M, _M, _N, _N, is_listed=True),
    ContextKey("sts:roleauthorizedbyidp", _N, _N, _N, _N, _M),
    ContextKey("sts:awsservicename", _N, _N, _N, _N, _N),
    ContextKey("sts:durationseconds", _N, _N, _N, _N, _N),
    ContextKey("saml:edupersonaffiliation", _N, _N, _N, _M, _N, is_listed=True),
    ContextKey("saml:aud", _N, _N, _N, _A, _N),
    ContextKey("saml:iss", _N, _N, _N, _A, _N),
    ContextKey("saml:doc", _N, _N, _N, _A, _N),
    ContextKey("saml:sub", _N, _M, _N, _A, _N),
    ContextKey("saml:sub_type", _N, _M, _N, _A, _N),
    ContextKey("saml:namequalifier", _N, _M, _N, _A, _N),
    ContextKey("saml:*", _N, _N, _N, _M, _N),
)

_EXACT = {row.pattern: row for row in CONTEXT_KEYS if not row.pattern.endswith("*")}
_PREFIX = tuple((row.pattern[:-1], row) for row in CONTEXT_KEYS if row.pattern.endswith("*"))
# A key in no row, without the dot of an issuer: AWS may send it, today or tomorrow.
_UNLISTED = ContextKey("*", _M, _M, _M, _M, _M)

_IS_NO_SERVICE: Candidates = (("false",),)
_CANDIDATES: dict[tuple[str, CallerKind], Candidates] = {
    ("aws:principalisawsservice", CallerKind.PRINCIPAL): _IS_NO_SERVICE,
    ("aws:principalisawsservice", CallerKind.USER): _IS_NO_SERVICE,
    ("aws:principalisawsservice", CallerKind.ROLE): _IS_NO_SERVICE,
    ("aws:principalisawsservice", CallerKind.SERVICE): (("true",),),
    # Sessions of a role carry no proof of multi-factor authentication; AWS does not say whether the key is false or
    # absent. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    ("aws:multifactorauthpresent", CallerKind.ROLE): (None, ("false",)),
}

# Claims that survive into a role session and can be seen when that session assumes the next role.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_oidc
_SESSION_CLAIMS = ("amr", "aud", "sub", "id", "app_id", "user_id")
# Claims that AWS fills for the token of any provider.
_ANY_PROVIDER_CLAIMS = ("amr", "aud", "oaud", "email", "sub")
_PROVIDER_CLAIMS = {
    "token.actions.githubusercontent.com": (
        "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
        "repository_id", "repository_owner_id", "workflow",
    ),
    "gitlab.com": (
        "namespace_id", "project_id", "pipeline_source", "ref_protected", "runner_environment",
        "user_access_level", "user_email", "user_id", "user_login",
    ),
    "agent.buildkite.com": (
        "organization_id", "organization_slug", "pipeline_id", "pipeline_slug", "cluster_id", "cluster_name",
        "build_branch",
    ),
    "accounts.google.com": ("google/organization_number",),
    "graph.facebook.com": ("app_id", "id"),
    "www.amazon.com": ("app_id", "user_id"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def find_context_key(key: str) -> ContextKey:
    """The row of a key; keys ignore case. A key in no row that no token can carry may be there or not."""
    name = key.lower()
    if name in _EXACT:
        return _EXACT[name]
    for prefix, row in _PREFIX:
        if name.startswith(prefix):
            return row
    provider, _, claim = name.rpartition(":")
    if "." not in provider:
        return _UNLISTED
    in_session = _M if claim in _SESSION_CLAIMS else _N
    return ContextKey(
        name, _N, in_session, _N, _N, _claim_presence(provider, claim), is_listed=claim == "amr", provider=provider
    )


def _claim_presence(provider: str, claim: str) -> Presence:
    """`sub` and `aud` are in every token; other claims only where AWS maps them for this provider."""
    if claim in ("sub", "aud"):
        return Presence.ALWAYS
    mapped = claim in _ANY_PROVIDER_CLAIMS or claim in _PROVIDER_CLAIMS.get(provider, ())
    is_shared = provider in _PROVIDER_CLAIMS
    return Presence.MAYBE if mapped or not is_shared else Presence.NEVER
