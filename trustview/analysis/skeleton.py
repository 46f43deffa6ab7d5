"""Skeleton: the text of a policy without the ARNs that it names: what was written once for many things is read once.

THE ONE PLACE that takes them out. Rule: a text of which this is not plain (escapes, ARNs elsewhere than in `Resource`
and `NotResource`, other resources that name something) has no skeleton.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustview.analysis.own_account import OWN_ACCOUNT
from trustview.analysis.template import ANY_ACCOUNT
from trustview.policy import PolicyDocument

_ARN = re.compile(r'"(arn:[^"]*)"')
# JSON escapes this byte too: no policy holds it.
_TAKEN_OUT = "\x02"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is left of a policy's likeness, and the ARNs in their order."""

    text: str
    arns: tuple[str, ...]


def skeleton_of(like: str) -> Skeleton | None:
    """The skeleton of a likeness; None where an escape may hide an ARN."""
    if "\\" in like or _TAKEN_OUT in like:
        return None
    # What stands between the ARNs, and these, in turn.
    parts = _ARN.split(like)
    return Skeleton(f'"{_TAKEN_OUT}"'.join(parts[::2]), tuple(parts[1::2]))


def is_plain(skeleton: Skeleton, document: PolicyDocument) -> bool:
    """Whether the ARNs are all that a policy names: then it is so of every policy of this text."""
    resources = [text for statement in document.statements for text in statement.resources if text.strip("*")]
    return resources == [arn.replace(OWN_ACCOUNT, ANY_ACCOUNT) for arn in skeleton.arns]
