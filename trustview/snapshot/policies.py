"""ManagedPolicy and InlinePolicy: policies that hang on users, groups and roles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A policy embedded in one user, group or role; `document` is its JSON text."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A managed policy in the version that is in force; `document` is its JSON text, empty when it was not read."""

    arn: str
    name: str
    document: str
    version: str = ""

    @property
    def is_aws(self) -> bool:
        """Whether AWS wrote it."""
        return ":iam::aws:policy/" in self.arn
