"""Answers about who signs in: IAM Identity Center and its directory."""

from collections.abc import Callable

from trustview.demo.call import Call
from trustview.demo.replies import Reply, json_reply
from trustview.demo.templates import moment_before
from trustview.demo.things import Raw, Things, missing, paged


class DirectoryAnswers:
    """Answers for every account and Region; there is one instance, in one of them."""

    def __init__(self, things: Things) -> None:
        self._things = things

    def answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        """By the name that a request is signed for, and the operation or the last word of its path."""
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
        center: Raw = self._things.content["identity_center"]
        return center

    def _has_center(self, call: Call) -> bool:
        home = (self._things.ids[self._center["account"]], self._center["region"])
        return (call.session.account_id, call.region) == home

    def _instances(self, call: Call) -> Reply:
        center = self._center
        instance = {
            "InstanceArn": f"arn:aws:sso:::instance/{center['instance']}",
            "IdentityStoreId": center["store"],
            "OwnerAccountId": self._things.ids[center["account"]],
            "CreatedDate": moment_before(self._things.acme.present, center["created"]).timestamp(),
            "Status": "ACTIVE",
        }
        return json_reply({"Instances": [instance] if self._has_center(call) else []})

    def _set_arn(self, spec: Raw) -> str:
        return f"arn:aws:sso:::permissionSet/{self._center['instance']}/{spec['id']}"

    def _permission_sets(self, call: Call) -> Reply:
        arns = [self._set_arn(spec) for spec in self._center["permission_sets"]] if self._has_center(call) else []
        return paged(call, "PermissionSets", arns, call.content.get("MaxResults"))

    def _set(self, call: Call) -> Raw | None:
        wanted = call.content.get("PermissionSetArn")
        sets: list[Raw] = self._center["permission_sets"] if self._has_center(call) else []
        return next((spec for spec in sets if self._set_arn(spec) == wanted), None)

    def _permission_set(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return missing(call, "PermissionSet not found")
        described = {
            "Name": spec["name"],
            "PermissionSetArn": self._set_arn(spec),
            "Description": spec["description"],
            "SessionDuration": spec["duration"],
            "CreatedDate": moment_before(self._things.acme.present, spec["created"]).timestamp(),
        }
        return json_reply({"PermissionSet": described})

    def _accounts_of_set(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return missing(call, "PermissionSet not found")
        accounts = {account for assignment in spec["assignments"] for account in self._things.select(assignment)}
        return paged(call, "AccountIds", sorted(accounts), call.content.get("MaxResults"))

    def _assignments(self, call: Call) -> Reply:
        spec = self._set(call)
        if spec is None:
            return missing(call, "PermissionSet not found")
        account = call.content.get("AccountId")
        found = [
            {
                "AccountId": account,
                "PermissionSetArn": self._set_arn(spec),
                "PrincipalType": "USER" if "user" in assignment else "GROUP",
                "PrincipalId": self._principal(assignment),
            }
            for assignment in spec["assignments"]
            if account in self._things.select(assignment)
        ]
        return paged(call, "AccountAssignments", found, call.content.get("MaxResults"))

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
            return missing(call, f"{kind[:-1].upper()} not found.")
        arn = f"arn:aws:identitystore:::{kind[:-1]}/{wanted}"
        about = {"IdentityStoreId": store, key: wanted, key.replace("Id", "Arn"): arn, "Revision": "1"}
        return json_reply({**about, member: found["name"]})
