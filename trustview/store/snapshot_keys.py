"""What the tables of a snapshot file hold in place of values: how texts are kept, names hashed, policies put apart."""

from __future__ import annotations

from zlib import crc32

DOCUMENTS = frozenset({"trust_policy", "document"})
"""Fields that hold a policy's text; in a packed value the number of the text stands there."""


def key_value(value: object) -> object:
    """A value as SQLite can hold it: text that is no valid Unicode becomes bytes."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def hash_of(name: str) -> int:
    """What a name is looked up by."""
    return crc32(name.encode("utf-8", "surrogatepass"))


def text_value(value: str | bytes) -> str:
    """The text that `key_value` made a value of SQLite."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def account_of(arn: str) -> str:
    """The account in an ARN; empty where there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""
