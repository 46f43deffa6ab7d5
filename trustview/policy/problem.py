"""Problem and Consequence: what is wrong in a policy, where, and what AWS does with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Consequence(StrEnum):
    """What AWS does with a defect, in the words that end a Problem's message."""

    REFUSED = "AWS refuses the policy"
    NOBODY = "it matches nobody"
    NOTHING = "the statement has no effect"
    UNASKED = "it asks nothing"
    ALWAYS = "it always holds"
    NEVER = "it never holds"
    PLAIN_TEXT = "AWS reads it as plain text"
    UNDOCUMENTED = "AWS does not document how it is read"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a policy that AWS would refuse or read in another way than its author may think.

    `path` is a JSON path such as `$.Statement[0].Principal.AWS[1]`; `found` says what is there.
    """

    path: str
    found: str
    consequence: Consequence

    @property
    def message(self) -> str:
        """What is there and what AWS does with it."""
        return f"{self.found}; {self.consequence.value}"

    @property
    def is_refused(self) -> bool:
        """Whether AWS would not let such a policy be saved."""
        return self.consequence is Consequence.REFUSED


class Problems(list[Problem]):
    """The defects of one policy, as they are found."""

    def tell(self, path: str, found: str, consequence: Consequence = Consequence.REFUSED) -> None:
        """Add one."""
        self.append(Problem(path, found, consequence))
