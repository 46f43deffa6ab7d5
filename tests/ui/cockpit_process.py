"""Runs the cockpit as a program of its own: `python -m tests.ui.cockpit_process SNAPSHOT FOLDER`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from trustview.store import ReviewStore, open_snapshot
from trustview.ui import run_cockpit


def main() -> None:
    snapshot, folder = map(Path, sys.argv[1:3])
    with open_snapshot(snapshot) as file, ReviewStore(folder / "reviews.db") as reviews:
        run_cockpit(file, reviews, "anna", lambda: datetime(2026, 11, 20, 9, 15, tzinfo=UTC))
    heavy = {"botocore", "aiobotocore", "boto3", "moto", "aiohttp", "diskcache"}
    print("loaded:", sorted(heavy & set(sys.modules)))


if __name__ == "__main__":
    main()
