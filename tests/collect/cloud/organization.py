"""An invented organization by seed: the Snapshot that a perfect collection of it gives, and what lies behind it."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    EvidenceWindow,
    ExternalFinding,
    Group,
    GuardrailKind,
    GuardrailPolicy,
    IdentityProvider,
    InlinePolicy,
    ManagedPolicy,
    Organization,
    OrganizationalUnit,
    ProviderKind,
    Role,
    Snapshot,
    Use,
    User,
)

from .surroundings import fingerprint_of

MOMENT = "2026-11-24T09:00:00Z"
REGIONS = ("ap-southeast-2", "eu-central-1", "eu-west-1", "us-east-1")
DELEGATE = "access-analyzer.amazonaws.com"
EVIDENCE_DAYS = 7
SCP, RCP = GuardrailKind.SCP, GuardrailKind.RCP
ODD = ("plain", "Ops & <Co>", "naïve ✓ 名前", 'say "so"', "100%25 +plus", "tab\tand 'quote'", "[bold]", "=1+1", "")
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")


@dataclass(frozen=True)
class Invented:
    """What is served.

    `perfect` is the snapshot of all of it, with the time of every reading at MOMENT. `enabled` are the enabled Regions
    by account; `homes` the accounts whose analyzers are asked.
    """

    seed: int
    perfect: Snapshot
    enabled: dict[str, tuple[str, ...]]
    homes: tuple[str, ...]
    partition: str = "aws"

    @property
    def organization(self) -> Organization:
        """The organization, which is always there."""
        assert self.perfect.organization is not None
        return self.perfect.organization

    @property
    def management(self) -> str:
        """The management account, which is the caller's."""
        return self.organization.management_account


def invent(seed: int, accounts: int, roles: int = 6, *, evidence: bool = False) -> Invented:
    """The organization of this seed: so many accounts, each with up to so many roles."""
    rng = random.Random(seed)  # noqa: S311
    tree = _tree(rng, accounts)
    facts = tuple(_facts(rng, account.id, roles) for account in tree.accounts if account.status in _OPEN)
    enabled = {one.id: tuple(sorted({"us-east-1", *rng.sample(REGIONS, rng.randint(1, 3))})) for one in facts}
    homes = {tree.management_account, *(account for account, service in tree.delegated if service == DELEGATE)}
    uses = tuple(sorted(_uses(rng, facts, enabled), key=_use_key)) if evidence else ()
    windows = tuple(_windows(enabled)) if evidence else ()
    findings = _findings(rng, facts, sorted(homes), enabled)
    snapshot = Snapshot(MOMENT, "aws", tree, facts, findings, uses, windows)
    return Invented(seed, snapshot, enabled, tuple(sorted(homes)))


_OPEN = (AccountStatus.ACTIVE, AccountStatus.UNKNOWN)


def odd(rng: random.Random) -> str:
    """A text, now and then an odd one."""
    return rng.choice(ODD) if rng.random() < 0.3 else rng.choice(ODD[:1])


def _moment(rng: random.Random) -> str:
    return f"2026-{rng.randint(1, 10):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:07Z"


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _tree(rng: random.Random, size: int) -> Organization:
    units = tuple(_units(rng, size))
    ids = sorted(rng.sample(range(10**11, 10**12), size))
    accounts = tuple(_account(rng, str(number), rng.choice(units).id, is_first=number == ids[0]) for number in ids)
    members = [account.id for account in accounts[1:] if account.status in _OPEN]
    delegates = rng.sample(members, min(len(members), rng.randint(0, 2)))
    services = (DELEGATE, "config.amazonaws.com", "sso.amazonaws.com")
    delegated = {(account, rng.choice(services)) for account in delegates for _ in range(2)}
    return Organization(
        id="o-served0001",
        management_account=accounts[0].id,
        units=units,
        accounts=accounts,
        guardrails=tuple(_guardrails(rng, [u.id for u in units] + [a.id for a in accounts])),
        delegated=tuple(sorted(delegated)),
        trusted_services=tuple(sorted(rng.sample(services, rng.randint(0, 3)))),
        root_features=tuple(sorted(rng.sample(("RootCredentialsManagement", "RootSessions"), rng.randint(0, 2)))),
    )


def _units(rng: random.Random, size: int) -> Iterator[OrganizationalUnit]:
    """The root and its OUs, level by level, as a walk from the top meets them."""
    level = [OrganizationalUnit("r-srv1", "Root", "")]
    number = 0
    while level:
        yield from level
        below = []
        for parent in level:
            for _ in range(rng.randint(0, 3) if number < 3 + size // 6 else 0):
                number += 1
                name = odd(rng) or f"unit {number}"
                below.append(OrganizationalUnit(f"ou-srv1-{number:08}", name, parent.id, _tags(rng)))
        level = below


def _account(rng: random.Random, number: str, parent: str, *, is_first: bool) -> Account:
    status = rng.choice(list(AccountStatus)) if rng.random() < 0.15 and not is_first else AccountStatus.ACTIVE
    return Account(
        id=number,
        name=odd(rng) or f"account {number}",
        parent=parent,
        status=AccountStatus.ACTIVE if status is AccountStatus.UNKNOWN else status,
        email=f"{number}@example.com",
        joined=_moment(rng),
        tags=tuple((f"key{n}", odd(rng)) for n in range(rng.randint(0, 3))),
    )


def _guardrails(rng: random.Random, targets: Sequence[str]) -> Iterator[GuardrailPolicy]:
    for kind, whole in ((RCP, "p-RCPFullAWSAccess"), (SCP, "p-FullAWSAccess")):
        yield GuardrailPolicy(whole, whole[2:], kind, _document("*"), tuple(sorted(targets)), odd(rng), is_aws=True)
        for number in range(rng.randint(0, 4)):
            chosen = tuple(sorted(rng.sample(targets, rng.randint(0, min(5, len(targets))))))
            name = odd(rng) or "deny"
            yield GuardrailPolicy(f"p-{kind.name.lower()}{number:06}", name, kind, _document("s3:*"), chosen, odd(rng))


# ── an account ───────────────────────────────────────────────────────────────────────────────────────────────────


def _document(action: str, **more: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]})


def _facts(rng: random.Random, account: str, most: int) -> AccountFacts:
    policies = tuple(_policies(rng, account))
    arns = [policy.arn for policy in policies]
    groups = tuple(_group(rng, account, arns, number) for number in range(rng.randint(0, 2)))
    names = tuple(group.name for group in groups)
    return AccountFacts(
        id=account,
        alias=rng.choice(("", f"alias-{account}")),
        roles=tuple(_role(rng, account, arns, number) for number in range(rng.randint(0, most))),
        users=tuple(_user(rng, account, arns, number, names) for number in range(rng.randint(0, 2))),
        groups=groups,
        policies=policies,
        providers=tuple(_providers(rng, account)),
        read_at=MOMENT,
    )


def _policies(rng: random.Random, account: str) -> Iterator[ManagedPolicy]:
    yield ManagedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess", _document("*:Get*"), "v7")
    for number in range(rng.randint(0, 3)):
        text = _document("s3:*", Resource="*", Sid=odd(rng))
        yield ManagedPolicy(f"arn:aws:iam::{account}:policy/p{number}", f"p{number}", text, f"v{rng.randint(1, 5)}")


def _hanging(rng: random.Random, arns: Sequence[str]) -> tuple[tuple[InlinePolicy, ...], tuple[str, ...]]:
    inline = tuple(InlinePolicy(f"in{n}", _document("sqs:*", Resource=odd(rng))) for n in range(rng.randint(0, 2)))
    return inline, tuple(rng.sample(arns, rng.randint(0, len(arns))))


def _tags(rng: random.Random) -> tuple[tuple[str, str], ...]:
    return tuple((f"tag{n}", odd(rng)) for n in range(rng.randint(0, 2)))


def _role(rng: random.Random, account: str, arns: Sequence[str], number: int) -> Role:
    inline, attached = _hanging(rng, arns)
    path = rng.choice(("/", "/app/", "/aws-service-role/x.amazonaws.com/"))
    used = rng.random() < 0.5
    principal = rng.choice(({"AWS": "*"}, {"Service": rng.choice(SERVICES)}, {"AWS": f"arn:aws:iam::{account}:root"}))
    return Role(
        arn=f"arn:aws:iam::{account}:role{path}Role{number}",
        account=account,
        name=f"Role{number}",
        path=path,
        id=f"AROA{account}{number:05}",
        trust_policy=_document("sts:AssumeRole", Principal=principal, Sid=odd(rng)),
        description=odd(rng),
        created=_moment(rng),
        max_session_seconds=rng.choice((3600, 7200, 43200)),
        last_used=_moment(rng) if used else "",
        last_used_region=rng.choice(REGIONS) if used else "",
        boundary=rng.choice(("", arns[0])),
        inline=inline,
        attached=attached,
        tags=_tags(rng),
    )


def _user(rng: random.Random, account: str, arns: Sequence[str], number: int, groups: Sequence[str]) -> User:
    inline, attached = _hanging(rng, arns)
    return User(
        arn=f"arn:aws:iam::{account}:user/user{number}",
        account=account,
        name=f"user{number}",
        path="/",
        id=f"AIDA{account}{number:05}",
        created=_moment(rng),
        boundary=rng.choice(("", arns[0])),
        inline=inline,
        attached=attached,
        groups=tuple(rng.sample(groups, rng.randint(0, len(groups)))),
        tags=_tags(rng),
    )


def _group(rng: random.Random, account: str, arns: Sequence[str], number: int) -> Group:
    inline, attached = _hanging(rng, arns)
    arn = f"arn:aws:iam::{account}:group/g{number}"
    return Group(arn, account, f"g{number}", "/", f"AGPA{account}{number:05}", inline, attached)


def _providers(rng: random.Random, account: str) -> Iterator[IdentityProvider]:
    for number in range(rng.randint(0, 2)):
        arn = f"arn:aws:iam::{account}:saml-provider/saml{number}"
        yield IdentityProvider(
            arn, account, ProviderKind.SAML, created=_moment(rng), entity_id=f"https://{account}.example/{number}",
            sign_in_urls=(f"https://{account}.example/{number}/sso",), fingerprints=(fingerprint_of(arn),),
            valid_until="2036-01-01T00:00:00Z", tags=_tags(rng),
        )  # fmt: skip
    for number in range(rng.randint(0, 2)):
        host = f"issuer{number}.example.com"
        arn = f"arn:aws:iam::{account}:oidc-provider/{host}"
        audiences, prints = ("sts.amazonaws.com",), (f"{number:040}",)
        yield IdentityProvider(arn, account, ProviderKind.OIDC, host, audiences, _moment(rng), prints, tags=_tags(rng))


# ── what was observed ────────────────────────────────────────────────────────────────────────────────────────────


def _findings(
    rng: random.Random, facts: Sequence[AccountFacts], homes: Sequence[str], enabled: dict[str, tuple[str, ...]]
) -> tuple[ExternalFinding, ...]:
    """Findings on roles; each is reported in some enabled Regions of one home."""
    found = []
    roles = [role for account in facts for role in account.roles]
    for number, role in enumerate(rng.sample(roles, min(len(roles), rng.randint(0, 9)))):
        home = rng.choice(homes)
        regions = tuple(sorted(rng.sample(enabled[home], rng.randint(1, len(enabled[home])))))
        finding = ExternalFinding(
            id=f"{number:04}-{regions[0]}",
            kind="ExternalAccess",
            resource=role.arn,
            resource_type="AWS::IAM::Role",
            account=role.account,
            status=rng.choice(("ACTIVE", "ARCHIVED")),
            principal=(f"arn:aws:iam::{number:012}:root",),
            actions=("sts:AssumeRole",),
            condition=(("aws:PrincipalOrgID", home),),
            is_public=rng.random() < 0.2,
            updated=_moment(rng),
            regions=regions,
        )
        found.append(finding)
    return tuple(sorted(found, key=lambda finding: (finding.account, finding.resource, finding.id)))


def home_of(finding: ExternalFinding) -> str:
    """The account whose analyzers report the finding; it stands in the condition."""
    return finding.condition[0][1]


def _uses(rng: random.Random, facts: Sequence[AccountFacts], enabled: dict[str, tuple[str, ...]]) -> Iterator[Use]:
    """Assumptions of roles by roles of the same organization, each counted once."""
    roles = [role for account in facts for role in account.roles]
    for number in range(rng.randint(0, 6) if roles else 0):
        role, caller = rng.choice(roles), rng.choice(roles)
        region = rng.choice(enabled[role.account])
        is_seen_by_caller = region in enabled[caller.account]
        count = rng.randint(1, 4)
        refused, with_mfa = (rng.randint(0, 2), rng.randint(0, count)) if is_seen_by_caller else (0, 0)
        yield Use(
            role=role.arn,
            caller=caller.arn,
            caller_account=caller.account,
            action="sts:AssumeRole",
            hour=f"2026-11-{18 + number % 6}T{number:02}:00:00Z",
            count=count,
            refused=refused,
            with_mfa=with_mfa,
            external_id=rng.choice(("", "an-id")),
            region=region,
        )


def _use_key(use: Use) -> tuple[str, ...]:
    return (use.role, use.caller, use.caller_account, use.action, use.hour, use.external_id, use.region)


def _windows(enabled: dict[str, tuple[str, ...]]) -> Iterator[EvidenceWindow]:
    for account in sorted(enabled):
        for region in enabled[account]:
            yield EvidenceWindow(account, region, "cloudtrail", "2026-11-17T09:00:00Z", MOMENT)


def without_account(served: Invented, account: str) -> Snapshot:
    """The perfect snapshot without what is inside one account."""
    return replace(served.perfect, accounts=tuple(one for one in served.perfect.accounts if one.id != account))
