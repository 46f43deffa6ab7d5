"""Privilege: the classes of what a principal may do, and their words; `privilege` tells which one it is."""

from __future__ import annotations

from enum import StrEnum


class Privilege(StrEnum):
    """The classes, most powerful first; UNKNOWN when not all policies were read."""

    ADMIN = "admin"
    ESCALATING = "escalating"
    WRITE = "write"
    READ_DATA = "read-data"
    READ_CONFIG = "read-config"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def may_write(self) -> bool:
        """Whether it can change something, or nobody can say that it cannot."""
        return self in (Privilege.ADMIN, Privilege.ESCALATING, Privilege.WRITE, Privilege.UNKNOWN)


PRIVILEGE_WORDS = {
    Privilege.ADMIN: "administrator: it may give itself everything",
    Privilege.ESCALATING: "may gain more than it was given",
    Privilege.WRITE: "may change things",
    Privilege.READ_DATA: "reads content",
    Privilege.READ_CONFIG: "reads configuration alone",
    Privilege.NONE: "may do nothing",
    Privilege.UNKNOWN: "unknown: not all of its policies were read",
}
