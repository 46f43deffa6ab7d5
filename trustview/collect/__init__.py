"""AWS -> snapshot, read-only. The sole importer of aiobotocore and botocore, and only when something is asked.

    snapshot = asyncio.run(collect(Scope(), parts, now=lambda: datetime.now(UTC), report=print))

What may live here: the walk (`collect`), what it is told (`scope`) and tells (`progress`), the one way to AWS (`aws`,
with `budget`, `failure`, `operations`), one file per AWS API (`services`), and what reads the same answers from files.
"""

from trustview.collect.collect import Clock, collect
from trustview.collect.meter import Report
from trustview.collect.parts import Parts
from trustview.collect.progress import AccountRead, AccountState, Event, Notice, Progress, plain_line, progress_line
from trustview.collect.scope import Limits, Scope

__all__ = [
    "AccountRead",
    "AccountState",
    "Clock",
    "Event",
    "Limits",
    "Notice",
    "Parts",
    "Progress",
    "Report",
    "Scope",
    "collect",
    "plain_line",
    "progress_line",
]
