"""SERVICES: every question the collector asks, in the order in which the answers are joined.

What may live here: one file per AWS API, with `fetch` (asks, returns what to keep) beside `read` (pure: one part ->
values) and `join` (pure: the values of all parts -> the snapshot). The operations must also stand in `operations`.
"""

from trustview.collect.services.access_analyzer import ACCESS_ANALYZER, DETAILS
from trustview.collect.services.athena import ATHENA
from trustview.collect.services.cloudtrail import CLOUDTRAIL
from trustview.collect.services.cognito import COGNITO
from trustview.collect.services.ec2 import REGIONS
from trustview.collect.services.eks import EKS
from trustview.collect.services.eventbridge import EVENTBRIDGE
from trustview.collect.services.iam import IAM, trust_policies
from trustview.collect.services.iam_features import FEATURES
from trustview.collect.services.identity_center import IDENTITY_CENTER
from trustview.collect.services.lake import LAKE
from trustview.collect.services.organizations import GUARDRAILS, TAGS, TREE
from trustview.collect.services.roles_anywhere import ROLES_ANYWHERE
from trustview.collect.services.service import Extent, Service
from trustview.collect.services.trail_bucket import TRAIL_BUCKET
from trustview.collect.services.trails import TRAILS

SERVICES: tuple[Service, ...] = (
    TREE, GUARDRAILS, TAGS, REGIONS, IAM, FEATURES, ACCESS_ANALYZER, IDENTITY_CENTER, ROLES_ANYWHERE, COGNITO, EKS,
    TRAILS, EVENTBRIDGE, CLOUDTRAIL, TRAIL_BUCKET, ATHENA, LAKE,
)  # fmt: skip

# The sources of evidence, of which at most one is asked; the first tells of it when none is.
EVIDENCE: tuple[Service, ...] = (CLOUDTRAIL, TRAIL_BUCKET, ATHENA, LAKE)

# What a service asks only when a scope includes it by this name.
EXTRAS: tuple[str, ...] = (DETAILS,)

__all__ = ["EVIDENCE", "EXTRAS", "IAM", "REGIONS", "SERVICES", "TREE", "Extent", "Service", "trust_policies"]
