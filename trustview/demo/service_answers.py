"""Answers of the services that surround roles, from `services.json`: who signs in, which workloads, who is told.

IAM Identity Center and its directory, IAM Roles Anywhere, Cognito identity pools, EKS pod identities, CloudTrail trails
and EventBridge. The file holds AWS's own shapes; here they are put into place and paged.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustview.demo.call import Call
from trustview.demo.load import read_file
from trustview.demo.records import Acme
from trustview.demo.replies import Reply, json_reply, refusal, rest_reply
from trustview.demo.templates import Selector, fill, moment_before

Raw = dict[str, Any]
PAGE = 100
SERVICES = ("sso", "identitystore", "rolesanywhere", "cognito-identity", "eks", "events", "cloudtrail")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of one account and Region; `more` is what other operations tell of it."""

    kind: str
    account: str
    region: str
    value: Raw
    more: Raw


class ServiceAnswers:
    """Answers for every account and Region."""

    def __init__(self, acme: Acme) -> None:
        self._acme = acme
        self._content = read_file("services.json")
        self._ids = {account.key: account.id for account in acme.accounts}
        organization = read_file("organization.json")
        self._selector = Selector(
            organization["accounts"], organization["units"], organization["organization"]["management"]
        )
        self._things: dict[tuple[str, str, str], list[Thing]] = {}
        for thing in self._make():
            self._things.setdefault((thing.kind, thing.account, thing.region), []).append(thing)
        self._everywhere = [thing for things in self._things.values() for thing in things if "sees" in thing.more]
        self._answers: dict[tuple[str, str], Callable[[Call], Reply]] = {
            **self._directory_answers(), **self._workload_answers(), **self._monitoring_answers(),
        }  # fmt: skip

    def answer(self, call: Call) -> Reply | None:
        """The reply to one call; None when it is no operation of these."""
        answer = self._answers.get((call.service, call.operation or _rest_operation(call.path)))
        return answer(call) if answer else None

    def features(self) -> list[str]:
        """What IAM manages of the root users."""
        return list(self._content["root_features"])

    def trusted_services(self) -> Reply:
        """The services that may act in every account."""
        since = moment_before(self._acme.present, 800).timestamp()
        listed = [{"ServicePrincipal": name, "DateEnabled": since} for name in self._content["trusted_services"]]
        return json_reply({"EnabledServicePrincipals": listed})

    # ── things ───────────────────────────────────────────────────────────────────────────────────────────────

    def _make(self) -> Iterable[Thing]:
        for spec in self._content["things"]:
            for key in self._select(spec):
                for region in spec.get("regions", [self._acme.home_region]):
                    more = {name: spec[name] for name in ("status", "selectors", "targets", "sees") if name in spec}
                    is_rest = spec["kind"] in ("trust-anchor", "profile")
                    filled = self._fill({"value": spec["value"], "more": more}, self._ids[key], region, is_rest)
                    yield Thing(spec["kind"], self._ids[key], region, filled["value"], filled["more"])

    def _select(self, spec: Raw) -> list[str]:
        return [key for key in self._selector.select(spec) if key in self._ids]

    def _fill(self, value: Raw, account: str, region: str, is_rest: bool) -> Raw:
        text = fill(value, account, self._ids, self._acme.organization_id).replace("${region}", region)
        filled: Raw = json.loads(text, object_hook=lambda found: self._date(found, is_rest))
        return filled

    def _date(self, found: Raw, is_rest: bool) -> Any:  # noqa: ANN401 -- the object itself when it is no date
        """`{"days": 3}` is a moment three days before the present, as the protocol writes moments."""
        if set(found) != {"days"}:
            return found
        moment: datetime = moment_before(self._acme.present, found["days"])
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if is_rest else moment.timestamp()

    def _here(self, kind: str, call: Call) -> list[Thing]:
        return self._things.get((kind, call.session.account_id, call.region), [])

    def _named(self, kind: str, call: Call, name: str, wanted: object) -> Thing | None:
        return next((thing for thing in self._here(kind, call) if thing.value[name] == wanted), None)

    # ── workloads ────────────────────────────────────────────────────────────────────────────────────────────

    def _workload_answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        return {
            ("rolesanywhere", "trustanchors"): self._lister("trust-anchor", "trustAnchors"),
            ("rolesanywhere", "profiles"): self._lister("profile", "profiles"),
            ("cognito-identity", "ListIdentityPools"): self._pools,
            ("cognito-identity", "DescribeIdentityPool"): self._pool_teller(_POOL),
            ("cognito-identity", "GetIdentityPoolRoles"): self._pool_teller(("Roles", "RoleMappings")),
            ("eks", "clusters"): self._clusters,
            ("eks", "pod-identity-associations"): self._associations,
        }

    def _lister(self, kind: str, name: str) -> Callable[[Call], Reply]:
        return lambda call: rest_reply({name: [thing.value for thing in self._here(kind, call)]})

    def _pools(self, call: Call) -> Reply:
        names = ("IdentityPoolId", "IdentityPoolName")
        pools = [{name: pool.value[name] for name in names} for pool in self._here("identity-pool", call)]
        return json_reply({"IdentityPools": pools})

    def _pool_teller(self, names: tuple[str, ...]) -> Callable[[Call], Reply]:
        def tell(call: Call) -> Reply:
            wanted = call.content.get("IdentityPoolId")
            pool = self._named("identity-pool", call, "IdentityPoolId", wanted)
            if pool is None:
                return _missing(call, f"IdentityPool '{wanted}' not found.")
            told = {name: pool.value[name] for name in names if name in pool.value}
            return json_reply({"IdentityPoolId": wanted, **told})

        return tell

    def _clusters(self, call: Call) -> Reply:
        return rest_reply({"clusters": [cluster.value["name"] for cluster in self._here("cluster", call)]})

    def _associations(self, call: Call) -> Reply:
        _, _, name, _, *rest = call.path.split("/")
        cluster = self._named("cluster", call, "name", name)
        if cluster is None:
            return _missing(call, f"No cluster found for name: {name}.")
        told = cluster.value["associations"]
        if not rest:
            hidden = ("roleArn", "tags", "createdAt", "disableSessionTags")
            summaries = [{key: item for key, item in one.items() if key not in hidden} for one in told]
            return rest_reply({"associations": summaries})
        found = next((one for one in told if one["associationId"] == rest[0]), None)
        return rest_reply({"association": found}) if found else _missing(call, f"{rest[0]} not found")

    # ── who is told ──────────────────────────────────────────────────────────────────────────────────────────

    def _monitoring_answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        return {
            ("cloudtrail", "DescribeTrails"): self._describe_trails,
            ("cloudtrail", "ListTrails"): self._list_trails,
            ("cloudtrail", "GetTrailStatus"): lambda call: self._about_trail(call, "Name", "status"),
            ("cloudtrail", "GetEventSelectors"): lambda call: self._about_trail(call, "TrailName", "selectors"),
            ("events", "ListEventBuses"): self._buses,
            ("events", "ListRules"): self._rules,
            ("events", "ListTargetsByRule"): self._targets,
        }

    def _trails(self, call: Call) -> list[Thing]:
        """The account's own, of every Region, and the trail of the organization."""
        own = [t for (kind, account, _), things in self._things.items() for t in things
               if (kind, account) == ("trail", call.session.account_id)]  # fmt: skip
        return [*own, *(trail for trail in self._everywhere if trail not in own)]

    def _describe_trails(self, call: Call) -> Reply:
        """A trail of one Region alone is seen nowhere else."""
        wanted = call.content.get("trailNameList")
        seen = [
            trail for trail in self._trails(call) if trail.region == call.region or trail.value["IsMultiRegionTrail"]
        ]
        found = [trail.value for trail in seen if not wanted or trail.value["TrailARN"] in wanted]
        return json_reply({"trailList": found})

    def _list_trails(self, call: Call) -> Reply:
        names = ("TrailARN", "Name", "HomeRegion")
        return json_reply({"Trails": [{name: t.value[name] for name in names} for t in self._trails(call)]})

    def _about_trail(self, call: Call, name: str, what: str) -> Reply:
        wanted = call.content.get(name)
        trail = next((one for one in self._trails(call) if one.value["TrailARN"] == wanted), None)
        if trail is None or not (trail.region == call.region or trail.value["IsMultiRegionTrail"]):
            return refusal(call.service, "TrailNotFoundException", f"Unknown trail: {wanted}", status=400)
        told = {"TrailARN": wanted} if what == "selectors" else {}
        return json_reply({**told, **trail.more[what]})

    def _buses(self, call: Call) -> Reply:
        arn = f"arn:aws:events:{call.region}:{call.session.account_id}:event-bus/default"
        own = [bus.value for bus in self._here("bus", call)]
        return json_reply({"EventBuses": [{"Name": "default", "Arn": arn}, *own]})

    def _rules(self, call: Call) -> Reply:
        bus = call.content.get("EventBusName", "default")
        found = [rule.value for rule in self._here("rule", call) if rule.value["EventBusName"] == bus]
        return _paged(call, "Rules", found, call.content.get("Limit"))

    def _targets(self, call: Call) -> Reply:
        bus, name = call.content.get("EventBusName", "default"), call.content.get("Rule")
        on_bus = (rule for rule in self._here("rule", call) if rule.value["EventBusName"] == bus)
        rule = next((rule for rule in on_bus if rule.value["Name"] == name), None)
        if rule is None:
            return _missing(call, f"Rule {name} does not exist on EventBus {bus}.")
        return json_reply({"Targets": rule.more["targets"]})

    # ── who signs in ─────────────────────────────────────────────────────────────────────────────────────────

    def _directory_answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        return {
            ("sso", "ListInstances"): self._instances,
            ("sso", "ListPermissionSets"): self._permission_sets,
            ("sso", "DescribePermissionSet"): self._permission_set,
            ("sso", "ListAccountsForProvisionedPermissionSet"): self._accounts_of_set,
            ("sso", "ListAccountAssignments"): self._assignments,
            ("identitystore", "DescribeGroup"): lambda call: self._person(call, "groups", "GroupId", "DisplayName"),
            ("identitystore", "DescribeUser"): lambda call: self._person(call, "users", "UserId", "UserName"),
        }

    @property
    def _center(self) -> Raw:
        center: Raw = self._content["identity_center"]
        return center

    def _has_center(self, call: Call) -> bool:
        home = (self._ids[self._center["account"]], self._center["region"])
        return (call.session.account_id, call.region) == home

    def _instances(self, call: Call) -> Reply:
        center = self._center
        instance = {
            "InstanceArn": f"arn:aws:sso:::instance/{center['instance']}",
            "IdentityStoreId": center["store"],
            "OwnerAccountId": self._ids[center["account"]],
            "CreatedDate": moment_before(self._acme.present, center["created"]).timestamp(),
            "Status": "ACTIVE",
        }
        return json_reply({"Instances": [instance] if self._has_center(call) else []})

    def _set_arn(self, spec: Raw) -> str:
        return f"arn:aws:sso:::permissionSet/{self._center['instance']}/{spec['id']}"

    def _permission_sets(self, call: Call) -> Reply:
        arns = [self._set_arn(spec) for spec in self._center["permission_sets"]] if self._has_center(call) else []
        return _paged(call, "PermissionSets", arns, call.content.get("MaxResults"))

    def _set(self, call: Call) -> Raw | None:
        wanted = call.content.get("PermissionSetArn")
        sets: list[Raw] = self._center["permission_sets"] if self._has_center(call) else []
        return next((spec for spec in sets if self._set_arn(spec) == wanted), None)

    def _permission_set(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return _missing(call, "PermissionSet not found")
        described = {
            "Name": spec["name"],
            "PermissionSetArn": self._set_arn(spec),
            "Description": spec["description"],
            "SessionDuration": spec["duration"],
            "CreatedDate": moment_before(self._acme.present, spec["created"]).timestamp(),
        }
        return json_reply({"PermissionSet": described})

    def _accounts_of_set(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return _missing(call, "PermissionSet not found")
        keys = {key for assignment in spec["assignments"] for key in self._select(assignment)}
        return _paged(call, "AccountIds", sorted(self._ids[key] for key in keys), call.content.get("MaxResults"))

    def _assignments(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return _missing(call, "PermissionSet not found")
        account = call.content.get("AccountId")
        found = [
            {
                "AccountId": account,
                "PermissionSetArn": self._set_arn(spec),
                "PrincipalType": "USER" if "user" in assignment else "GROUP",
                "PrincipalId": self._principal(assignment),
            }
            for assignment in spec["assignments"]
            if account in [self._ids[key] for key in self._select(assignment)]
        ]
        return _paged(call, "AccountAssignments", found, call.content.get("MaxResults"))

    def _principal(self, assignment: Raw) -> str:
        """The id of a named user or group; one that the directory does not have is given by its id."""
        kind = "users" if "user" in assignment else "groups"
        name = str(assignment.get("user") or assignment["group"])
        return next((str(one["id"]) for one in self._center[kind] if one["name"] == name), name)

    def _person(self, call: Call, kind: str, key: str, member: str) -> Reply:
        wanted, store = call.content.get(key), call.content.get("IdentityStoreId")
        known = self._center[kind] if self._has_center(call) and store == self._center["store"] else []
        found = next((one for one in known if one["id"] == wanted), None)
        if found is None:
            return _missing(call, f"{kind[:-1].upper()} not found.")
        arn = f"arn:aws:identitystore:::{kind[:-1]}/{wanted}"
        about = {"IdentityStoreId": store, key: wanted, key.replace("Id", "Arn"): arn, "Revision": "1"}
        return json_reply({**about, member: found["name"]})


_POOL = (
    "IdentityPoolName", "AllowUnauthenticatedIdentities", "AllowClassicFlow", "SupportedLoginProviders",
    "CognitoIdentityProviders", "IdentityPoolTags",
)  # fmt: skip


def _rest_operation(path: str) -> str:
    """What a path of the REST services asks: its last word that is no id."""
    words = path.strip("/").split("/")
    return "pod-identity-associations" if "pod-identity-associations" in words else words[-1]


def _paged(call: Call, name: str, items: list[Any], size: object) -> Reply:
    start, length = int(call.content.get("NextToken") or 0), int(str(size or PAGE))
    answer: Raw = {name: items[start : start + length]}
    if len(items) > start + length:
        answer["NextToken"] = str(start + length)
    return json_reply(answer)


def _missing(call: Call, message: str) -> Reply:
    return refusal(call.service, "ResourceNotFoundException", message, status=400)
