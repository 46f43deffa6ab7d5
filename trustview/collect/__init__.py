"""AWS -> snapshot, read-only. The sole importer of aiobotocore and botocore, and only when something is asked.

    snapshot = asyncio.run(collect(Scope(), parts, now=lambda: datetime.now(UTC), report=print))

What may live here: `collect`, which walks (`walk`) and builds (`build`), what it is told (`scope`, `choice`) and tells
(`progress`), the one way to AWS (`aws`, with `budget`, `failure`, `operations`), what it has to be allowed
(`permissions`), one file per AWS API (`services`), the questions before a run (`doctor`), and what reads the same
answers from files.
"""

from trustview.collect.batches import FileMark
from trustview.collect.collect import Keep, collect
from trustview.collect.doctor import Diagnosis, examine
from trustview.collect.documents import FileProblem
from trustview.collect.evidence_source import read_source
from trustview.collect.imported import Imported, read_files
from trustview.collect.meter import Report
from trustview.collect.parts import Parts
from trustview.collect.permissions import (
    Roll,
    caller_policy,
    evidence_policy,
    reader_policy,
    reader_trust,
    session_policy,
)
from trustview.collect.progress import (
    AccountBegun,
    AccountRead,
    AccountState,
    Event,
    Notice,
    Progress,
    duration,
    json_line,
    plain_line,
    progress_line,
)
from trustview.collect.reducing import Reducer, Tally, Work, find_trail_run
from trustview.collect.run import Clock
from trustview.collect.scope import ROLE_NAME, Limits, Scope
from trustview.collect.second_opinion import Opinion, PatternOpinion, ask_opinion, ask_patterns
from trustview.collect.trail_files import is_trail_file

__all__ = [
    "ROLE_NAME",
    "AccountBegun",
    "AccountRead",
    "AccountState",
    "Clock",
    "Diagnosis",
    "Event",
    "FileMark",
    "FileProblem",
    "Imported",
    "Keep",
    "Limits",
    "Notice",
    "Opinion",
    "Parts",
    "PatternOpinion",
    "Progress",
    "Reducer",
    "Report",
    "Roll",
    "Scope",
    "Tally",
    "Work",
    "ask_opinion",
    "ask_patterns",
    "caller_policy",
    "collect",
    "duration",
    "evidence_policy",
    "examine",
    "find_trail_run",
    "is_trail_file",
    "json_line",
    "plain_line",
    "progress_line",
    "read_files",
    "read_source",
    "reader_policy",
    "reader_trust",
    "session_policy",
]
