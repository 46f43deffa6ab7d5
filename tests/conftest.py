"""What tests of several packages need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import serve_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL; `new_database` makes an empty database in it."""
    with serve_postgres() as url:
        yield url
