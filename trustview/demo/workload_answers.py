"""Answers about workloads: IAM Roles Anywhere, Cognito identity pools, EKS pod identities."""

from collections.abc import Callable

from trustview.demo.call import Call
from trustview.demo.replies import Reply, json_reply, rest_reply
from trustview.demo.things import Things, missing


class WorkloadAnswers:
    """Answers for every account and Region."""

    def __init__(self, things: Things) -> None:
        self._things = things

    def answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        """By the name that a request is signed for, and the operation or the last word of its path."""
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
        return lambda call: rest_reply({name: [thing.value for thing in self._things.here(kind, call)]})

    def _pools(self, call: Call) -> Reply:
        names = ("IdentityPoolId", "IdentityPoolName")
        pools = [{name: pool.value[name] for name in names} for pool in self._things.here("identity-pool", call)]
        return json_reply({"IdentityPools": pools})

    def _pool_teller(self, names: tuple[str, ...]) -> Callable[[Call], Reply]:
        def tell(call: Call) -> Reply:
            wanted = call.content.get("IdentityPoolId")
            pool = self._things.named("identity-pool", call, "IdentityPoolId", wanted)
            if pool is None:
                return missing(call, f"IdentityPool '{wanted}' not found.")
            told = {name: pool.value[name] for name in names if name in pool.value}
            return json_reply({"IdentityPoolId": wanted, **told})

        return tell

    def _clusters(self, call: Call) -> Reply:
        return rest_reply({"clusters": [cluster.value["name"] for cluster in self._things.here("cluster", call)]})

    def _associations(self, call: Call) -> Reply:
        _, _, name, _, *rest = call.path.split("/")
        cluster = self._things.named("cluster", call, "name", name)
        if cluster is None:
            return missing(call, f"No cluster found for name: {name}.")
        told = cluster.value["associations"]
        if not rest:
            hidden = ("roleArn", "tags", "createdAt", "disableSessionTags")
            summaries = [{key: item for key, item in one.items() if key not in hidden} for one in told]
            return rest_reply({"associations": summaries})
        found = next((one for one in told if one["associationId"] == rest[0]), None)
        return rest_reply({"association": found}) if found else missing(call, f"{rest[0]} not found")


_POOL = (
    "IdentityPoolName", "AllowUnauthenticatedIdentities", "AllowClassicFlow", "SupportedLoginProviders",
    "CognitoIdentityProviders", "IdentityPoolTags",
)  # fmt: skip
