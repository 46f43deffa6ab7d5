"""Issuers of OpenID Connect tokens: who shares them, which claim names the tenant, how a subject is built.

Shared issuers and the claim that IAM demands for new policies:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
Subjects of GitHub: https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from trustview.policy import matches


class Bound(IntEnum):
    """How far a test of a claim closes: nobody, one tenant, one project of it, or one place in that project."""

    NOBODY = 0
    TENANT = 1
    PROJECT = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Issuer:
    """One row; `pattern` is the issuer without its scheme, `*` standing for any text.

    `is_shared`: people who are not ours get tokens from it too. `claims` are those that name the tenant, with what an
    exact value of theirs closes. A subject begins with `prefix`; one of `tenant_ends` closes the tenant in it, and one
    of `project_ends` the project. `audience` is the one that people use with AWS.
    """

    pattern: str
    name: str
    is_shared: bool = True
    claims: Mapping[str, Bound] = field(default_factory=lambda: {"sub": Bound.EXACT})
    prefix: str = ""
    tenant_ends: str = ""
    project_ends: str = ""
    audience: str = ""


_SUBJECT = {"sub": Bound.EXACT}
_AUDIENCE = {"aud": Bound.EXACT}
_STS = "sts.amazonaws.com"
_GITHUB_CLAIMS = {
    "sub": Bound.EXACT,
    "repository": Bound.PROJECT,
    "repository_id": Bound.PROJECT,
    "repository_owner": Bound.TENANT,
    "repository_owner_id": Bound.TENANT,
    "enterprise_id": Bound.TENANT,
}
_GITLAB_CLAIMS = {"sub": Bound.EXACT, "namespace_id": Bound.TENANT, "project_id": Bound.PROJECT}
_BUILDKITE_CLAIMS = {
    "sub": Bound.EXACT,
    "organization_id": Bound.TENANT,
    "organization_slug": Bound.TENANT,
    "pipeline_id": Bound.PROJECT,
}

ISSUERS = (
    Issuer("token.actions.githubusercontent.com", "GitHub Actions", True, _GITHUB_CLAIMS, "repo:", "/@", ":", _STS),
    Issuer("token.actions.githubusercontent.com/*", "GitHub (enterprise)", False, _GITHUB_CLAIMS, "repo:", "/@", ":"),
    Issuer("token.actions.*.ghe.com", "GitHub (enterprise)", False, _GITHUB_CLAIMS, "repo:", "/@", ":"),
    Issuer("vstoken.actions.githubusercontent.com", "GitHub Actions"),
    Issuer("oidc-configuration.audit-log.githubusercontent.com", "GitHub audit log"),
    Issuer("gitlab.com", "GitLab", True, _GITLAB_CLAIMS, "project_path:", "/", ":", "https://gitlab.com"),
    Issuer("app.terraform.io", "HCP Terraform", True, _SUBJECT, "organization:", ":", "", "aws.workload.identity"),
    Issuer("agent.buildkite.com", "Buildkite", True, _BUILDKITE_CLAIMS, "organization:", ":", "", _STS),
    Issuer("oidc.codefresh.io", "Codefresh", True, _SUBJECT, "account:", ":"),
    Issuer("scalr.io", "Scalr", True, _SUBJECT, "account:", ":"),
    Issuer("proidc.upbound.io", "Upbound", True, _SUBJECT, "mcp:", ":"),
    Issuer("tokens.cloud.shisho.dev", "Shisho Cloud", True, _SUBJECT, "job:", ":"),
    Issuer("studio.datachain.ai/api", "DataChain Studio"),
    Issuer("api.pulumi.com/oidc", "Pulumi", True, _AUDIENCE),
    Issuer("oidc.vercel.com", "Vercel", True, {**_AUDIENCE, **_SUBJECT}, "owner:", ":"),
    Issuer("sandboxes.cloud", "Sandboxes", True, _AUDIENCE),
    Issuer(
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", "Microsoft Sentinel", True,
        {"sts:rolesessionname": Bound.EXACT},
    ),
    Issuer("cognito-identity.amazonaws.com", "Cognito identity pools", True, _AUDIENCE),
    Issuer("oidc.eks.*/id/*", "EKS", False, _SUBJECT, "system:serviceaccount:", "", "", _STS),
)  # fmt: skip

# The built-in providers of sign-in for everybody, and the claim that names the application.
APPLICATION_CLAIMS = {
    "accounts.google.com": ("aud", "oaud"),
    "graph.facebook.com": ("app_id",),
    "www.amazon.com": ("app_id",),
}


@lru_cache(maxsize=4096)
def find_issuer(name: str) -> Issuer:
    """The row of an issuer; one that is in no row is taken to be its owner's alone."""
    lowered = name.lower().rstrip("/")
    return next((row for row in ISSUERS if matches(row.pattern, lowered)), Issuer(lowered, name, is_shared=False))
