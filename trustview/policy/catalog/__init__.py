"""What AWS's actions do: their access levels, the content they read, and how they combine to escalate privileges.

Data beside this file, read once, when first asked for: `actions.txt` (every action with its level), `curated.json`
(what the levels do not say, each entry with its reason) and `escalation_paths.json`. Where they come from is in NOTICE.
"""

from trustview.policy.catalog.actions import (
    AccessLevel,
    Catalog,
    actions_meant,
    catalog,
    expand,
    is_unknown,
    level_of,
    reads_content,
)
from trustview.policy.catalog.escalation import EscalationPath, PathCategory, escalation_paths

__all__ = [
    "AccessLevel",
    "Catalog",
    "EscalationPath",
    "PathCategory",
    "actions_meant",
    "catalog",
    "escalation_paths",
    "expand",
    "is_unknown",
    "level_of",
    "reads_content",
]
