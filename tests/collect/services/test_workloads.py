"""Answers of the services around roles -> facts, whatever is missing in them."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from trustview.collect.certificates import bundle_fingerprints, keep_metadata
from trustview.collect.services.cognito import read_pool
from trustview.collect.services.eks import read_association
from trustview.collect.services.eventbridge import may_watch, read_rule
from trustview.collect.services.identity_center import IDENTITY_CENTER, read_assignment
from trustview.collect.services.roles_anywhere import ROLES_ANYWHERE, keep_anchor, read_anchor, read_profile
from trustview.collect.services.trails import TRAILS, read_trail
from trustview.snapshot import (
    EventSelector,
    IdentityPool,
    Organization,
    PodIdentityAssociation,
    RoleMapping,
    RoleMappingRule,
    RolesAnywhereProfile,
    Snapshot,
    TrustAnchor,
)

ACCOUNT, REGION = "111122223333", "eu-west-1"
CERTIFICATE = b64encode(b"a certificate").decode()
FINGERPRINT = sha256(b"a certificate").hexdigest()


# ── Roles Anywhere ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_is_kept_as_fingerprints() -> None:
    pem = f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----\n"
    source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": pem * 2}}
    kept = keep_anchor({"trustAnchorArn": "arn:anchor", "name": "lab", "enabled": True, "source": source})

    assert pem not in json.dumps(kept)
    assert read_anchor(kept, ACCOUNT, REGION) == TrustAnchor(
        "arn:anchor", ACCOUNT, REGION, "lab", True, "CERTIFICATE_BUNDLE", fingerprints=(FINGERPRINT,)
    )


@pytest.mark.parametrize("bundle", ["", "no certificate", "-----BEGIN CERTIFICATE-----\n€\n-----END CERTIFICATE-----"])
def test_a_bundle_that_is_none_has_no_fingerprints(bundle: str) -> None:
    assert bundle_fingerprints(bundle) == []


def test_a_profile_without_anything_optional_is_read() -> None:
    assert read_profile({"profileArn": "arn:profile"}, ACCOUNT, REGION) == RolesAnywhereProfile(
        "arn:profile", ACCOUNT, REGION, "", False
    )


@pytest.mark.parametrize(
    ("trusts", "expected"),
    [
        (['{"Principal":{"Service":"rolesanywhere.amazonaws.com"}}'], True),
        (['{"Principal":{"Service":["ec2.amazonaws.com","rolesanywhere.amazonaws.com"]}}'], True),
        (['{"Principal":{"AWS":"*"}}'], True),
        (['{"Principal":{"Service":"rolesanywhere\\u002eamazonaws.com"}}'], True),
        (['{"Principal":{"Service":"ec2.amazonaws.com"}}', '{"Principal":{"AWS":"*"}}'], True),
        (['{"Principal":{"Service":"ec2.amazonaws.com"}}'], False),
        ([], False),
        (None, True),
    ],
)
def test_a_service_is_asked_where_a_role_may_trust_it(trusts: list[str] | None, expected: bool) -> None:
    assert ROLES_ANYWHERE.is_of_use(trusts) is expected


# ── Cognito and EKS ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pool_is_read_with_its_rules_in_their_order() -> None:
    rules = [{"Claim": "c", "MatchType": "Equals", "Value": str(n), "RoleARN": f"arn:{n}"} for n in (2, 1)]
    raw = {
        "IdentityPoolId": "eu-west-1:a", "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": True,
        "SupportedLoginProviders": {"accounts.google.com": "app-id"}, "OpenIdConnectProviderARNs": ["arn:oidc"],
        "CognitoIdentityProviders": [{"ProviderName": "pool", "ClientId": "client"}, {"ProviderName": "half"}],
        "Roles": {"unauthenticated": "arn:guest"},
        "RoleMappings": {
            "graph.facebook.com": {"Type": "Token", "AmbiguousRoleResolution": "Deny"},
            "accounts.google.com": {"Type": "Rules", "RulesConfiguration": {"Rules": rules}},
        },
    }  # fmt: skip

    assert read_pool(raw, ACCOUNT, REGION) == IdentityPool(
        "eu-west-1:a", ACCOUNT, REGION, "app", True, login_providers=(("accounts.google.com", "app-id"),),
        oidc_providers=("arn:oidc",), user_pools=(("half", ""), ("pool", "client")), unauthenticated_role="arn:guest",
        role_mappings=(
            RoleMapping(
                "accounts.google.com", "Rules",
                rules=(RoleMappingRule("c", "Equals", "2", "arn:2"), RoleMappingRule("c", "Equals", "1", "arn:1")),
            ),
            RoleMapping("graph.facebook.com", "Token", "Deny"),
        ),
    )  # fmt: skip


def test_an_association_tells_its_second_role_and_whether_it_sends_tags() -> None:
    raw = {
        "associationArn": "arn:a", "clusterName": "c", "namespace": "n", "serviceAccount": "s", "roleArn": "arn:one",
        "targetRoleArn": "arn:two", "externalId": "x", "disableSessionTags": True,
    }  # fmt: skip

    assert read_association(raw, ACCOUNT, REGION) == PodIdentityAssociation(
        "arn:a", ACCOUNT, REGION, "c", "n", "s", "arn:one", "arn:two", "x", has_session_tags=False
    )


# ── Identity Center ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("999900001111", "999900001111"),  # the management account asks itself
        ("888800001111", "888800001111"),  # so does the delegated administrator
        ("777700001111", "999900001111"),  # anyone else enters the management account
    ],
)
def test_identity_center_is_asked_in_one_account(own: str, expected: str) -> None:
    organization = Organization("o-1", "999900001111", delegated=(("888800001111", "sso.amazonaws.com"),))
    accounts = ("999900001111", "888800001111", "777700001111")

    assert [one for one in accounts if IDENTITY_CENTER.is_at(organization, one, own)] == [expected]


def test_somebody_whom_the_directory_no_longer_has_keeps_the_id() -> None:
    raw = {"AccountId": ACCOUNT, "PermissionSetArn": "arn:set", "PrincipalType": "GROUP", "PrincipalId": "g-1"}

    assert read_assignment(raw, {("GROUP", "g-1"): "developers"}).principal_name == "developers"
    assert read_assignment(raw, {("USER", "g-1"): "anna"}).principal_name == ""


# ── trails and rules ─────────────────────────────────────────────────────────────────────────────────────────────

ORGANIZATION_TRAIL: dict[str, Any] = {
    "TrailARN": "arn:aws:cloudtrail:eu-west-1:999900001111:trail/all", "Name": "all", "HomeRegion": "eu-west-1",
    "IsOrganizationTrail": True, "IsMultiRegionTrail": True,
}  # fmt: skip


def test_a_trail_that_another_account_owns_says_nothing_of_its_selectors() -> None:
    seen = read_trail(ORGANIZATION_TRAIL)

    assert (seen.account, seen.is_logging, seen.event_selectors) == ("999900001111", None, None)


def test_the_account_that_owns_a_trail_tells_it() -> None:
    selectors = {
        "TrailARN": "x",
        "EventSelectors": [{"ReadWriteType": "WriteOnly"}, {"IncludeManagementEvents": False}],
    }
    told = read_trail({**ORGANIZATION_TRAIL, "status": {"IsLogging": False}, "selectors": selectors})
    seen = read_trail(ORGANIZATION_TRAIL)
    empty = Snapshot("", "aws")

    assert told.event_selectors == (EventSelector("WriteOnly", True), EventSelector("All", False))
    assert told.advanced_event_selectors == ()
    assert TRAILS.join(empty, [(seen,), (told,), (seen,)]).trails == (told,)
    assert TRAILS.join(empty, [(seen,)]).trails == (seen,)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{"source":["aws.sts"]}', True),
        ('{"source":["aws.signin"]}', True),
        ('{"source":[{"prefix":"aws."}]}', True),
        ('{"detail":{"eventSource":["sts.amazonaws.com"]}}', True),
        ('{"account":["111122223333"]}', True),
        ('{"source":[{"anything-but":["aws.sts"]}]}', True),  # signing in matches
        ("not JSON that anybody reads", True),
        ('{"source":["aws.ec2","aws.health"]}', False),
        ('{"source":[{"prefix":"acme."}]}', False),
        ("", False),
    ],
)
def test_rules_that_surely_watch_something_else_are_left_out(pattern: str, expected: bool) -> None:
    assert may_watch(pattern) is expected


def test_targets_that_could_not_be_read_are_not_none_at_all() -> None:
    raw = {"Arn": "arn:rule", "Name": "r", "EventPattern": "{}", "State": "ENABLED"}

    assert read_rule({**raw, "targets": None}, ACCOUNT, REGION).targets is None
    assert read_rule({**raw, "targets": []}, ACCOUNT, REGION).targets == ()


# ── SAML metadata ────────────────────────────────────────────────────────────────────────────────────────────────

METADATA = f"""<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/x">
  <md:IDPSSODescriptor>
    <md:KeyDescriptor use="encryption"><X xmlns="http://www.w3.org/2000/09/xmldsig#">
      <X509Certificate>bm8=</X509Certificate></X></md:KeyDescriptor>
    <md:KeyDescriptor><X xmlns="http://www.w3.org/2000/09/xmldsig#">
      <X509Certificate>
        {CERTIFICATE}
      </X509Certificate></X></md:KeyDescriptor>
    <md:SingleSignOnService Binding="b" Location="https://idp.example/post"/>
    <md:SingleSignOnService Binding="a" Location="https://idp.example/post"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"""
BOMB = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'


def test_the_essentials_of_metadata_are_kept() -> None:
    expected = {
        "entity_id": "https://idp.example/x", "sign_in_urls": ["https://idp.example/post"],
        "fingerprints": [FINGERPRINT],
    }  # fmt: skip

    assert keep_metadata(METADATA) == expected
    wrapped = METADATA.partition("\n")[2]
    many = f'<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{wrapped}</EntitiesDescriptor>'
    assert keep_metadata(many) == expected


@pytest.mark.parametrize("document", ["", "{}", "<a/>", "<a", BOMB, METADATA.replace("?>", "?><!DOCTYPE a>", 1)])
def test_metadata_that_is_none_is_left_alone(document: str) -> None:
    assert keep_metadata(document) is None
