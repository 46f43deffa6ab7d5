"""Snapshot -> what it means: grants and their reach, fleets, the trust graph, findings, remediations. Pure.

`analyse` does all of it; `Access` answers single questions about one principal and one role.
"""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.analysis.access import Access
    from trustview.analysis.access_analyzer import describe_agreement
    from trustview.analysis.analyse import Analysis, analyse
    from trustview.analysis.attachments import identity_texts, managed_text
    from trustview.analysis.callers import WEEKDAYS, CallerUse, Habit, callers_of_uses, days_of, habit_of, quarter_of
    from trustview.analysis.chain import Chain, chains_from, chains_into, is_passable, lets_strangers_in
    from trustview.analysis.check import Check, Evidence, check
    from trustview.analysis.checks import CHECKS, CHECKS_BY_ID
    from trustview.analysis.choosing import Choice, RoleFacts, choose_narrowing, rank_choices
    from trustview.analysis.comparison import (
        EffectKind,
        GrantDifference,
        compare_grants,
        describe_outlier,
        describe_words,
    )
    from trustview.analysis.coverage import Coverage, coverage_of, describe_coverage, read_moment
    from trustview.analysis.edge import ASSUME, Edge, is_shared
    from trustview.analysis.edges import EDGES
    from trustview.analysis.event_pattern import ANYTHING, match_event
    from trustview.analysis.finding import (
        Confidence,
        Finding,
        Severity,
        Subject,
        SubjectKind,
        fingerprint,
        role_subject,
    )
    from trustview.analysis.fleet import Fleet
    from trustview.analysis.fleet_change import FleetChange, Member, Outlier, change_fleet
    from trustview.analysis.grade import explain_confidence, explain_severity
    from trustview.analysis.grant import Grant, Party, Reach, ReachKind
    from trustview.analysis.graph import TrustGraph
    from trustview.analysis.holding import HeldKind, HeldPolicy, Holding, read_holding
    from trustview.analysis.own_account import OWN_ACCOUNT, make_template
    from trustview.analysis.own_policy import own_policy
    from trustview.analysis.policy_difference import (
        PolicyDifference,
        Way,
        compare_policies,
        describe_difference,
        text_difference,
    )
    from trustview.analysis.proving import (
        Effect,
        describe_effect,
        describe_guardrail_effect,
        facts_about,
        prove_change,
        prove_effect,
        prove_guardrail,
    )
    from trustview.analysis.read_settings import OF_THE_COCKPIT, ReadSettings, entries, read_settings, sections
    from trustview.analysis.remediation import Change, ChangeKind, Remediation, apply_changes, pretty_policy
    from trustview.analysis.repeats import name_places, places_of
    from trustview.analysis.replay import Replay, describe_replay
    from trustview.analysis.setting import Setting
    from trustview.analysis.settings import BusinessHours, Settings
    from trustview.analysis.steps import steps_into, steps_out_of
    from trustview.analysis.template import likeness
    from trustview.analysis.tier import Tier, TierRules, tier_of
    from trustview.analysis.use import (
        KnownUse,
        UseState,
        may_come_by,
        use_of_grant,
        use_of_principal,
        use_of_role,
        use_of_ways,
    )
    from trustview.analysis.watch import RegionWatch, Watch, Watched, describe_watch, watch_of
    from trustview.analysis.watch_rule import WatchRule, propose_rule
    from trustview.analysis.watch_sample import PatternQuestion, pattern_questions
    from trustview.analysis.what_if import WhatIf, find_gone, what_if
    from trustview.policy import Privilege

__all__ = [
    "ANYTHING",
    "ASSUME",
    "CHECKS",
    "CHECKS_BY_ID",
    "EDGES",
    "OF_THE_COCKPIT",
    "OWN_ACCOUNT",
    "WEEKDAYS",
    "Access",
    "Analysis",
    "BusinessHours",
    "CallerUse",
    "Chain",
    "Change",
    "ChangeKind",
    "Check",
    "Choice",
    "Confidence",
    "Coverage",
    "Edge",
    "Effect",
    "EffectKind",
    "Evidence",
    "Finding",
    "Fleet",
    "FleetChange",
    "Grant",
    "GrantDifference",
    "Habit",
    "HeldKind",
    "HeldPolicy",
    "Holding",
    "KnownUse",
    "Member",
    "Outlier",
    "Party",
    "PatternQuestion",
    "PolicyDifference",
    "Privilege",
    "Reach",
    "ReachKind",
    "ReadSettings",
    "RegionWatch",
    "Remediation",
    "Replay",
    "RoleFacts",
    "Setting",
    "Settings",
    "Severity",
    "Subject",
    "SubjectKind",
    "Tier",
    "TierRules",
    "TrustGraph",
    "UseState",
    "Watch",
    "WatchRule",
    "Watched",
    "Way",
    "WhatIf",
    "analyse",
    "apply_changes",
    "callers_of_uses",
    "chains_from",
    "chains_into",
    "change_fleet",
    "check",
    "choose_narrowing",
    "compare_grants",
    "compare_policies",
    "coverage_of",
    "days_of",
    "describe_agreement",
    "describe_coverage",
    "describe_difference",
    "describe_effect",
    "describe_guardrail_effect",
    "describe_outlier",
    "describe_replay",
    "describe_watch",
    "describe_words",
    "entries",
    "explain_confidence",
    "explain_severity",
    "facts_about",
    "find_gone",
    "fingerprint",
    "habit_of",
    "identity_texts",
    "is_passable",
    "is_shared",
    "lets_strangers_in",
    "likeness",
    "make_template",
    "managed_text",
    "match_event",
    "may_come_by",
    "name_places",
    "own_policy",
    "pattern_questions",
    "places_of",
    "pretty_policy",
    "propose_rule",
    "prove_change",
    "prove_effect",
    "prove_guardrail",
    "quarter_of",
    "rank_choices",
    "read_holding",
    "read_moment",
    "read_settings",
    "role_subject",
    "sections",
    "steps_into",
    "steps_out_of",
    "text_difference",
    "tier_of",
    "use_of_grant",
    "use_of_principal",
    "use_of_role",
    "use_of_ways",
    "watch_of",
    "what_if",
]

lazy_names(__name__)
