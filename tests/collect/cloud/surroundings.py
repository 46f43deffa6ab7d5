"""What surrounds the roles of an invented organization: the same for the same account and Region, whoever asks.

Each thing is made as a fact; `answers` writes it in AWS's shape.
"""

import random
from hashlib import sha256

from trustview.snapshot import (
    Analyzer,
    ArchiveRule,
    Criterion,
    EventBus,
    EventRule,
    EventTarget,
    ExternalFinding,
    Trail,
    UnusedPermission,
)

LONG_AGO = "2020-02-02T02:02:02Z"
STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
TYPES = {"external": "ACCOUNT", "unused": "ACCOUNT_UNUSED_ACCESS"}


def _rng(*name: str) -> random.Random:
    return random.Random("/".join(name))  # noqa: S311


def analyzers_in(account: str, region: str) -> tuple[Analyzer, ...]:
    """Two analyzers, with some archive rules."""
    return tuple(_analyzer(account, region, name) for name in sorted(TYPES))


def _analyzer(account: str, region: str, name: str) -> Analyzer:
    rng = _rng("analyzer", account, region, name)
    rules = tuple(
        ArchiveRule(
            f"rule{number}", (Criterion("isPublic", eq=("false",)), Criterion("resource", contains=(f"r{number}",))),
            LONG_AGO, LONG_AGO,
        )
        for number in range(rng.randint(0, 3))
    )  # fmt: skip
    arn = f"arn:aws:access-analyzer:{region}:{account}:analyzer/{name}"
    age = 90 if name == "unused" else None
    return Analyzer(arn, account, region, name, TYPES[name], "ACTIVE", age, rules, LONG_AGO)


def unused_in(account: str, region: str) -> tuple[ExternalFinding, ...]:
    """Findings of unused access, with their details; each Region reports others."""
    rng = _rng("unused", account, region)
    return tuple(_unused(rng, account, region, number) for number in range(rng.randint(0, 3)))


def _unused(rng: random.Random, account: str, region: str, number: int) -> ExternalFinding:
    is_role = rng.random() < 0.5
    services = tuple(UnusedPermission(name, ("Get", "Put")[: rng.randint(0, 2)], LONG_AGO) for name in ("s3", "sqs"))
    return ExternalFinding(
        id=f"unused-{region}-{number}",
        kind="UnusedIAMRole" if is_role else "UnusedPermission",
        resource=f"arn:aws:iam::{account}:role/unused-{region}-{number}",
        resource_type="AWS::IAM::Role",
        account=account,
        status="ACTIVE",
        last_accessed=LONG_AGO,
        unused=() if is_role else services,
        updated=LONG_AGO,
        regions=(region,),
    )


def buses_in(account: str, region: str) -> tuple[EventBus, ...]:
    """The default bus, and now and then another."""
    names = ["default", *(["central"] if _rng("bus", account, region).random() < 0.3 else [])]
    return tuple(EventBus(f"arn:aws:events:{region}:{account}:event-bus/{n}", account, region, n) for n in names)


def rules_on(bus: EventBus) -> tuple[EventRule, ...]:
    """Rules that may watch role assumptions."""
    rng = _rng("rule", bus.arn)
    return tuple(_rule(rng, bus, number) for number in range(rng.randint(0, 4)))


def _rule(rng: random.Random, bus: EventBus, number: int) -> EventRule:
    place = "" if bus.name == "default" else f"{bus.name}/"
    arn = f"arn:aws:events:{bus.region}:{bus.account}:rule/{place}watch{number}"
    targets = tuple(EventTarget(f"t{n}", f"arn:aws:sns:::topic{n}") for n in range(rng.randint(1, 3)))
    pattern = rng.choice(('{"source":["aws.sts"]}', '{"detail":{"eventName":["AssumeRole"]}}'))
    return EventRule(
        arn, bus.account, bus.region, f"watch{number}", bus.name, rng.choice(STATES), pattern, targets=targets
    )


def trails_of(account: str) -> tuple[Trail, ...]:
    """Trails of one account, at home in its caller's Region."""
    rng = _rng("trail", account)
    return tuple(
        Trail(
            f"arn:aws:cloudtrail:eu-west-1:{account}:trail/t{number}", account, f"t{number}", "eu-west-1",
            is_multi_region=True, bucket="logs", is_logging=rng.random() < 0.5, event_selectors=(),
            advanced_event_selectors=(),
        )
        for number in range(rng.randint(0, 2))
    )  # fmt: skip


def certificate_of(arn: str) -> bytes:
    """What stands for the signing certificate of a SAML provider."""
    return f"certificate of {arn}".encode()


def fingerprint_of(arn: str) -> str:
    """Its SHA-256."""
    return sha256(certificate_of(arn)).hexdigest()
