"""Edge: one principal, or all of a crowd, can become a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trustview.analysis.access import Access
from trustview.analysis.grant import Reach


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` becomes `target` (a role's ARN) in the way `kind`, by the grant that `grant` names.

    `source` is the ARN of a role or user, or the id of a crowd: `account:111122223333` (any principal of it),
    `organization`, `everyone`, or a service or provider as the trust policy writes it.
    """

    source: str
    target: str
    kind: str
    grant: str
    reach: Reach


FindEdges = Callable[[Access], Iterator[Edge]]
