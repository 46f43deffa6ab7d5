"""SERVICES: every question the collector asks, in the order in which the answers are joined.

What may live here: one file per AWS API, with `fetch` (asks, returns what to keep) beside `read` (pure: one part ->
values) and `join` (pure: the values of all parts -> the snapshot). The operations must also stand in `operations`.
"""

from trustview.collect.services.access_analyzer import ACCESS_ANALYZER
from trustview.collect.services.cloudtrail import CLOUDTRAIL
from trustview.collect.services.ec2 import REGIONS
from trustview.collect.services.iam import IAM
from trustview.collect.services.organizations import GUARDRAILS, TAGS, TREE
from trustview.collect.services.service import Extent, Service

SERVICES: tuple[Service, ...] = (TREE, GUARDRAILS, TAGS, REGIONS, IAM, ACCESS_ANALYZER, CLOUDTRAIL)

__all__ = ["REGIONS", "SERVICES", "TREE", "Extent", "Service"]
