"""Escalation paths: permissions that together let whoever holds them gain more than they were given.

Reduced from pathfinding.cloud (Apache-2.0, see NOTICE), with some that AWS's documentation makes plain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files


class PathCategory(StrEnum):
    """How a path gains: by its own policies, another principal, a role handed to a service, or what held it back.

    TRUST is role assumption itself: whether it gains anything is the trust graph's to say.
    """

    SELF_ESCALATION = "self-escalation"
    PRINCIPAL_ACCESS = "principal-access"
    NEW_PASSROLE = "new-passrole"
    EXISTING_PASSROLE = "existing-passrole"
    BOUNDARY_REMOVAL = "boundary-removal"
    GUARDRAIL_REMOVAL = "guardrail-removal"
    TRUST = "trust"


@dataclass(frozen=True)
class EscalationPath:
    """One path. `needs` are its actions, each with the ARN pattern of the resources that it is about.

    The patterns hold `{partition}`, `{region}` and `{account}`; an empty one stands for an action about no resource.
    `passes_to` are the services that a role is passed to, any one of which is enough. `on_itself`: the principal, its
    groups or its policies are targets too. `given` says what must exist; empty when nothing beyond another principal
    or role.
    """

    id: str
    category: PathCategory
    needs: tuple[tuple[str, str], ...]
    passes_to: tuple[str, ...]
    on_itself: bool
    given: str
    see: str

    @cached_property
    def name(self) -> str:
        """The actions joined, as the source names its paths: `iam:PassRole + ec2:RunInstances`."""
        return " + ".join(action for action, _ in self.needs)


@lru_cache(maxsize=1)
def escalation_paths() -> tuple[EscalationPath, ...]:
    """The bundled paths, in the order of the file."""
    text = files("trustview.policy.catalog").joinpath("escalation_paths.json").read_text(encoding="utf-8")
    data = json.loads(text)
    kinds = {**data["kinds"], "": ""}
    return tuple(
        EscalationPath(
            id=path["id"],
            category=PathCategory(path["category"]),
            needs=tuple((action, kinds[kind]) for action, kind in path["needs"].items()),
            passes_to=tuple(path.get("passes_to", ())),
            on_itself=path.get("on_itself", False),
            given=path.get("given", ""),
            see=path["see"],
        )
        for path in data["paths"]
    )
