"""What is served -> the answers of AWS, operation by operation, with what a collector must leave aside.

`whole` gives an answer with its whole lists; pages are cut by the server.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from trustview.snapshot import (
    Account,
    AccountFacts,
    Analyzer,
    EventBus,
    EventRule,
    ExternalFinding,
    Group,
    GuardrailPolicy,
    IdentityProvider,
    ManagedPolicy,
    ProviderKind,
    Role,
    Trail,
    Use,
    User,
)

from .organization import DELEGATE, Invented, home_of
from .surroundings import LONG_AGO, analyzers_in, buses_in, certificate_of, rules_on, trails_of, unused_in
from .wire import Call, Refused, encode_document

Answer = dict[str, Any]


class Answers:
    """The answers of one invented organization."""

    def __init__(self, served: Invented) -> None:
        self._served = served
        self._facts = served.perfect.facts_by_account
        self._tree = served.organization
        self._accounts = self._tree.accounts_by_id
        self.table: dict[tuple[str, str], Callable[[Call], Answer | Refused]] = {
            ("organizations", "DescribeOrganization"): self._describe_organization,
            ("organizations", "ListRoots"): self._roots,
            ("organizations", "ListOrganizationalUnitsForParent"): self._units,
            ("organizations", "ListAccounts"): self._list_accounts,
            ("organizations", "ListAccountsForParent"): self._list_accounts,
            ("organizations", "ListParents"): self._parents,
            ("organizations", "ListDelegatedAdministrators"): self._delegates,
            ("organizations", "ListDelegatedServicesForAccount"): self._delegated_services,
            ("organizations", "ListPolicies"): self._list_policies,
            ("organizations", "DescribePolicy"): self._describe_policy,
            ("organizations", "ListTargetsForPolicy"): self._targets,
            ("organizations", "ListTagsForResource"): self._tags,
            ("organizations", "ListAWSServiceAccessForOrganization"): self._trusted,
            ("iam", "ListOrganizationsFeatures"): self._features,
            ("iam", "GetSAMLProvider"): self._saml_provider,
            ("iam", "GetAccountAuthorizationDetails"): lambda call: details(self._facts[call.account]),
            ("iam", "ListRoles"): lambda call: {"Roles": [_listed(role) for role in self._facts[call.account].roles]},
            ("iam", "ListSAMLProviders"): lambda call: {"SAMLProviderList": list(self._saml(call))},
            ("iam", "ListOpenIDConnectProviders"): lambda call: {"OpenIDConnectProviderList": list(self._oidc(call))},
            ("iam", "GetOpenIDConnectProvider"): self._oidc_provider,
            ("iam", "ListAccountAliases"): self._aliases,
            ("ec2", "DescribeRegions"): self._regions,
            ("access-analyzer", "ListAnalyzers"): self._analyzers,
            ("access-analyzer", "ListFindings"): lambda call: {"findings": list(self._findings(call, "external"))},
            ("access-analyzer", "ListFindingsV2"): lambda call: {"findings": list(_unused_findings(call))},
            ("access-analyzer", "GetFindingV2"): _unused_details,
            ("access-analyzer", "ListArchiveRules"): _archive_rules,
            ("cloudtrail", "LookupEvents"): self._events,
            ("cloudtrail", "DescribeTrails"): lambda call: {
                "trailList": [_trail(one) for one in trails_of(call.account)]
            },
            ("cloudtrail", "GetTrailStatus"): _trail_status,
            ("cloudtrail", "GetEventSelectors"): lambda call: {"TrailARN": call.parameters["TrailName"]},
            ("events", "ListEventBuses"): lambda call: {"EventBuses": [_bus(one) for one in _buses(call)]},
            ("events", "ListRules"): lambda call: {"Rules": [_rule(one) for one in _rules(call)]},
            ("events", "ListTargetsByRule"): _rule_targets,
        }

    def whole(self, call: Call) -> Answer | Refused | None:
        """The whole answer; None when nothing of this operation is served."""
        make = self.table.get((call.service, call.operation))
        return make(call) if make else None

    # ── organizations ────────────────────────────────────────────────────────────────────────────────────────

    def _describe_organization(self, _call: Call) -> Answer:
        owner = self._tree.management_account
        arn = f"arn:aws:organizations::{owner}:organization/{self._tree.id}"
        about = {"Id": self._tree.id, "Arn": arn, "FeatureSet": "ALL", "MasterAccountId": owner}
        return {"Organization": about}

    def _roots(self, _call: Call) -> Answer:
        root = self._tree.units[0]
        kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY")
        types = [{"Type": kind, "Status": "ENABLED"} for kind in kinds]
        arn = f"arn:aws:organizations::{self._tree.management_account}:root/{self._tree.id}/{root.id}"
        return {"Roots": [{"Id": root.id, "Arn": arn, "Name": root.name, "PolicyTypes": types}]}

    def _units(self, call: Call) -> Answer:
        below = [unit for unit in self._tree.units if unit.parent == call.parameters["ParentId"]]
        return {"OrganizationalUnits": [{"Id": unit.id, "Name": unit.name} for unit in below]}

    def _list_accounts(self, call: Call) -> Answer:
        parent = call.parameters.get("ParentId")
        return {"Accounts": [self._account(one) for one in self._tree.accounts if parent in (None, one.parent)]}

    def _account(self, account: Account) -> Answer:
        return {
            "Id": account.id,
            "Arn": f"arn:aws:organizations::{self._tree.management_account}:account/{self._tree.id}/{account.id}",
            "Name": account.name,
            "Email": account.email,
            "State": account.status.value,
            "Status": "SUSPENDED" if account.status.value != "ACTIVE" else "ACTIVE",
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": account.joined,
        }

    def _parents(self, call: Call) -> Answer:
        parent = self._accounts[call.parameters["ChildId"]].parent
        return {"Parents": [{"Id": parent, "Type": "ROOT" if parent.startswith("r-") else "ORGANIZATIONAL_UNIT"}]}

    def _delegates(self, _call: Call) -> Answer:
        ids = sorted({account for account, _ in self._tree.delegated})
        return {"DelegatedAdministrators": [{"Id": one, "DelegationEnabledDate": LONG_AGO} for one in ids]}

    def _delegated_services(self, call: Call) -> Answer:
        its = [service for account, service in self._tree.delegated if account == call.parameters["AccountId"]]
        return {"DelegatedServices": [{"ServicePrincipal": s, "DelegationEnabledDate": LONG_AGO} for s in its]}

    def _list_policies(self, call: Call) -> Answer:
        its = [policy for policy in self._tree.guardrails if policy.kind.value == call.parameters["Filter"]]
        return {"Policies": [_summary(policy) for policy in its]}

    def _describe_policy(self, call: Call) -> Answer:
        policy = next(p for p in self._tree.guardrails if p.id == call.parameters["PolicyId"])
        return {"Policy": {"PolicySummary": _summary(policy), "Content": policy.document}}

    def _targets(self, call: Call) -> Answer:
        policy = next(p for p in self._tree.guardrails if p.id == call.parameters["PolicyId"])
        return {"Targets": [{"TargetId": target, "Name": "any", "Type": "ACCOUNT"} for target in policy.targets]}

    def _tags(self, call: Call) -> Answer:
        resource = call.parameters["ResourceId"]
        place = self._accounts.get(resource) or self._tree.units_by_id[resource]
        return {"Tags": _tag_list(place.tags)}

    def _trusted(self, _call: Call) -> Answer:
        return {"EnabledServicePrincipals": [{"ServicePrincipal": name} for name in self._tree.trusted_services]}

    # ── inside an account ────────────────────────────────────────────────────────────────────────────────────

    def _providers(self, call: Call, kind: ProviderKind) -> Iterator[IdentityProvider]:
        return (provider for provider in self._facts[call.account].providers if provider.kind is kind)

    def _saml(self, call: Call) -> Iterator[Answer]:
        for provider in self._providers(call, ProviderKind.SAML):
            yield {"Arn": provider.arn, "ValidUntil": "2036-01-01T00:00:00Z", "CreateDate": provider.created}

    def _oidc(self, call: Call) -> Iterator[Answer]:
        return ({"Arn": provider.arn} for provider in self._providers(call, ProviderKind.OIDC))

    def _oidc_provider(self, call: Call) -> Answer | Refused:
        arn = call.parameters["OpenIDConnectProviderArn"]
        found = next((p for p in self._providers(call, ProviderKind.OIDC) if p.arn == arn), None)
        if found is None:
            return Refused("NoSuchEntity", "OpenIDConnect Provider not found", 404)
        about = {"Url": found.url, "ClientIDList": list(found.client_ids), "CreateDate": found.created}
        return {**about, "ThumbprintList": list(found.thumbprints), "Tags": _tag_list(found.tags)}

    def _saml_provider(self, call: Call) -> Answer | Refused:
        arn = call.parameters["SAMLProviderArn"]
        found = next((p for p in self._providers(call, ProviderKind.SAML) if p.arn == arn), None)
        if found is None:
            return Refused("NoSuchEntity", "Manifest not found", 404)
        about = {"CreateDate": found.created, "ValidUntil": found.valid_until, "Tags": _tag_list(found.tags)}
        return {"SAMLMetadataDocument": _metadata(found), **about}

    def _features(self, call: Call) -> Answer | Refused:
        if call.account != self._tree.management_account:
            return Refused("AccountNotManagementOrDelegatedAdministratorException", "not here", 403)
        return {"OrganizationId": self._tree.id, "EnabledFeatures": list(self._tree.root_features or ())}

    def _aliases(self, call: Call) -> Answer:
        alias = self._facts[call.account].alias
        return {"AccountAliases": [alias] if alias else []}

    def _regions(self, call: Call) -> Answer:
        names = self._served.enabled[call.account]
        return {"Regions": [{"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in names]}

    # ── what was observed ────────────────────────────────────────────────────────────────────────────────────

    def _analyzers(self, call: Call) -> Answer:
        return {"analyzers": [_analyzer_answer(one) for one in analyzers_in(call.account, call.region)]}

    def _findings(self, call: Call, name: str) -> Iterator[Answer]:
        assert call.parameters["analyzerArn"] == _analyzer(call, name)
        if name == "external":
            for finding in self._served.perfect.external_findings:
                if home_of(finding) == call.account and call.region in finding.regions:
                    yield _finding(finding, call.region)

    def _events(self, call: Call) -> Answer:
        wanted = call.parameters["LookupAttributes"][0]["AttributeValue"]
        events = [
            event
            for use in self._served.perfect.uses
            if use.action == f"sts:{wanted}" and use.region == call.region
            for event in _copies(use, call.account, self._served.perfect.roles_by_arn[use.caller])
        ]
        return {"Events": sorted(events, key=lambda event: str(event["EventTime"]), reverse=True)}


# ── IAM's shapes ─────────────────────────────────────────────────────────────────────────────────────────────────


def details(facts: AccountFacts) -> Answer:
    """The whole answer of GetAccountAuthorizationDetails; older versions of policies are not in force."""
    return {
        "UserDetailList": [_user(user) for user in facts.users],
        "GroupDetailList": [_group(group) for group in facts.groups],
        "RoleDetailList": [_role(role) for role in facts.roles],
        "Policies": [_policy(policy) for policy in facts.policies],
    }


@cache
def _encoded(text: str) -> str:
    return encode_document(text)


def _common(item: Role | User | Group) -> Answer:
    kind = type(item).__name__
    answer: Answer = {
        "Path": item.path,
        f"{kind}Name": item.name,
        f"{kind}Id": item.id,
        "Arn": item.arn,
        "CreateDate": getattr(item, "created", "") or LONG_AGO,
        f"{kind}PolicyList": [{"PolicyName": p.name, "PolicyDocument": _encoded(p.document)} for p in item.inline],
        "AttachedManagedPolicies": [{"PolicyName": a.rpartition("/")[2], "PolicyArn": a} for a in item.attached],
    }
    if not isinstance(item, Group):
        answer["Tags"] = [{"Key": key, "Value": value} for key, value in item.tags]
        if item.boundary:
            boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": item.boundary}
            answer["PermissionsBoundary"] = boundary
    return answer


def _role(role: Role) -> Answer:
    used = {"LastUsedDate": role.last_used, "Region": role.last_used_region} if role.last_used else {}
    trust = {"AssumeRolePolicyDocument": _encoded(role.trust_policy), "InstanceProfileList": [], "RoleLastUsed": used}
    return {**_common(role), **trust}


def _user(user: User) -> Answer:
    return {**_common(user), "GroupList": list(user.groups)}


def _group(group: Group) -> Answer:
    return _common(group)


def _policy(policy: ManagedPolicy) -> Answer:
    old = {"Document": _encoded('{"Statement":[]}'), "VersionId": "v0", "IsDefaultVersion": False}
    new = {"Document": _encoded(policy.document), "VersionId": policy.version, "IsDefaultVersion": True}
    head = {"PolicyName": policy.name, "Arn": policy.arn, "DefaultVersionId": policy.version}
    return {**head, "PolicyVersionList": [old, new]}


def _listed(role: Role) -> Answer:
    answer = {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": _encoded(role.trust_policy),
        "MaxSessionDuration": role.max_session_seconds,
    }
    return {**answer, "Description": role.description} if role.description else answer


def _summary(policy: GuardrailPolicy) -> Answer:
    head = {"Id": policy.id, "Name": policy.name, "Type": policy.kind.value, "AwsManaged": policy.is_aws}
    return {**head, "Description": policy.description}


# ── shapes of findings and events ────────────────────────────────────────────────────────────────────────────────


def _tag_list(tags: Iterable[tuple[str, str]]) -> list[Answer]:
    return [{"Key": key, "Value": value} for key, value in tags]


def _metadata(provider: IdentityProvider) -> str:
    """AWS takes no document of less than a thousand characters."""
    certificate = b64encode(certificate_of(provider.arn)).decode()
    return (
        f"<!-- {'.' * 1000} -->"
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{provider.entity_id}">'
        '<IDPSSODescriptor><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">'
        f"<X509Certificate>{certificate}</X509Certificate></KeyInfo></KeyDescriptor>"
        f'<SingleSignOnService Location="{provider.sign_in_urls[0]}"/></IDPSSODescriptor></EntityDescriptor>'
    )


def _analyzer_answer(analyzer: Analyzer) -> Answer:
    head = {"arn": analyzer.arn, "name": analyzer.name, "type": analyzer.type}
    age = analyzer.unused_access_age
    settings = {"configuration": {"unusedAccess": {"unusedAccessAge": age}}} if age else {}
    return {**head, **settings, "status": analyzer.status, "createdAt": analyzer.created}


def _unused_findings(call: Call) -> Iterator[Answer]:
    assert call.parameters["analyzerArn"] == _analyzer(call, "unused")
    return (_unused_head(finding) for finding in unused_in(call.account, call.region))


def _unused_head(finding: ExternalFinding) -> Answer:
    return {
        "id": finding.id,
        "findingType": finding.kind,
        "resource": finding.resource,
        "resourceType": finding.resource_type,
        "resourceOwnerAccount": finding.account,
        "status": finding.status,
        "createdAt": LONG_AGO,
        "analyzedAt": LONG_AGO,
        "updatedAt": finding.updated,
    }


def _unused_details(call: Call) -> Answer:
    (finding,) = [one for one in unused_in(call.account, call.region) if one.id == call.parameters["id"]]
    details: list[Answer] = [
        {
            "unusedPermissionDetails": {
                "serviceNamespace": one.service,
                "actions": [{"action": action} for action in one.actions],
                "lastAccessed": one.last_accessed,
            }
        }
        for one in finding.unused
    ]
    return {
        **_unused_head(finding),
        "findingDetails": details or [{"unusedIamRoleDetails": {"lastAccessed": finding.last_accessed}}],
    }


def _archive_rules(call: Call) -> Answer:
    wanted = call.parameters["analyzerName"]
    (analyzer,) = [one for one in analyzers_in(call.account, call.region) if one.name == wanted]
    return {
        "archiveRules": [
            {
                "ruleName": rule.name,
                "filter": {
                    one.key: {name: list(test) for name in ("eq", "contains") if (test := getattr(one, name))}
                    for one in rule.criteria
                },
                "createdAt": rule.created,
                "updatedAt": rule.updated,
            }
            for rule in analyzer.archive_rules or ()
        ]
    }


def _trails(call: Call) -> Answer:
    return {"trailList": [_trail(trail) for trail in trails_of(call.account)]}


def _trail(trail: Trail) -> Answer:
    named = {"TrailARN": trail.arn, "Name": trail.name, "HomeRegion": trail.home_region}
    return {**named, "S3BucketName": trail.bucket, "IsMultiRegionTrail": trail.is_multi_region}


def _trail_status(call: Call) -> Answer:
    (trail,) = [one for one in trails_of(call.account) if one.arn == call.parameters["Name"]]
    return {"IsLogging": trail.is_logging}


def _buses(call: Call) -> tuple[EventBus, ...]:
    return buses_in(call.account, call.region)


def _bus(bus: EventBus) -> Answer:
    return {"Name": bus.name, "Arn": bus.arn}


def _rules(call: Call) -> tuple[EventRule, ...]:
    (bus,) = [bus for bus in _buses(call) if bus.name == call.parameters["EventBusName"]]
    return rules_on(bus)


def _rule(rule: EventRule) -> Answer:
    return {
        "Name": rule.name,
        "Arn": rule.arn,
        "EventPattern": rule.pattern,
        "State": rule.state,
        "EventBusName": rule.bus,
    }


def _rule_targets(call: Call) -> Answer:
    (rule,) = [rule for rule in _rules(call) if rule.name == call.parameters["Rule"]]
    return {"Targets": [{"Id": target.id, "Arn": target.arn} for target in rule.targets or ()]}


def _analyzer(call: Call, name: str) -> str:
    return f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}"


def _finding(finding: ExternalFinding, region: str) -> Answer:
    is_first = region == finding.regions[0]
    return {
        "id": finding.id if is_first else f"{finding.id[:4]}-{region}",
        "principal": {"AWS": finding.principal[0]},
        "action": list(finding.actions),
        "resource": finding.resource,
        "isPublic": finding.is_public,
        "resourceType": finding.resource_type,
        "condition": dict(finding.condition),
        "createdAt": LONG_AGO,
        "analyzedAt": finding.updated,
        "updatedAt": finding.updated if is_first else LONG_AGO,
        "status": finding.status,
        "resourceOwnerAccount": finding.account,
    }


def _copies(use: Use, account: str, caller: Role) -> Iterator[Answer]:
    """What one account saw of the calls behind a use: the caller all of them, the role's owner those that succeeded."""
    is_caller, is_owner = account == use.caller_account, account == use.role.split(":")[4]
    for number in range(use.count + use.refused):
        is_refused = number >= use.count
        if is_caller or (is_owner and not is_refused):
            yield _event(use, caller, number, is_refused=is_refused, is_caller=is_caller)


def _event(use: Use, caller: Role, number: int, *, is_refused: bool, is_caller: bool) -> Answer:
    when = f"{use.hour[:13]}:{number:02}:00Z"
    mfa = str(number < use.with_mfa).lower()
    identity: Answer = {"type": "AWSAccount", "accountId": caller.account, "principalId": f"{caller.id}:session"}
    if is_caller:
        arn = f"arn:aws:sts::{caller.account}:assumed-role/{caller.name}/session"
        context = {"sessionIssuer": {"arn": caller.arn}, "attributes": {"mfaAuthenticated": mfa}}
        identity |= {"type": "AssumedRole", "arn": arn, "sessionContext": context}
    asked = {"roleArn": use.role, **({"externalId": use.external_id} if use.external_id else {})}
    record = {
        "eventID": f"{use.hour}-{number}-{is_caller}",
        "sharedEventID": f"{use.role}-{use.caller}-{use.hour}-{use.external_id}-{use.region}-{number}",
        "eventTime": when,
        "eventSource": "sts.amazonaws.com",
        "eventName": use.action.removeprefix("sts:"),
        "awsRegion": use.region,
        "userIdentity": identity,
        "requestParameters": asked,
        **({"errorCode": "AccessDenied"} if is_refused else {}),
    }
    head = {"EventId": record["eventID"], "EventName": record["eventName"], "EventTime": when}
    return {**head, "CloudTrailEvent": json.dumps(record)}


__all__ = ["DELEGATE", "Answers", "details"]
