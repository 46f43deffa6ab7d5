"""Diagnosis: what the current credentials can and cannot read, before a run.

What is asked is what the collector asks: each service's own `fetch`, over a Probe.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trustview.collect.aws import Aws, open_aws
from trustview.collect.choice import choose_services, services_not_asked
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.operations import OPERATIONS, Asked, Operation
from trustview.collect.parts import Part
from trustview.collect.permissions import SESSION_POLICY_LIMIT, actions, role_arn, session_policy
from trustview.collect.probe import Probe
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.sdk import HOW_TO_LOG_IN, look_at_login
from trustview.collect.services import REGIONS, TREE, Extent, Service
from trustview.collect.targets import Targets, choose_targets
from trustview.errors import CredentialsError
from trustview.snapshot import Organization

SAMPLE = 3
ODD_ANSWER = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that can or cannot be read, and what to do when it cannot; `detail` is what AWS said."""

    what: str
    is_ok: bool
    detail: str
    to_do: str = ""
    ends_all: bool = False


async def examine(scope: Scope, *, all_accounts: bool = False) -> tuple[Diagnosis, ...]:
    """What can be read with the scope's profile and role: who we are, the organization, all accounts or a few.

    Raises UsageError when the scope names what is not there.
    """
    services = choose_services(scope)
    found: list[Diagnosis] = []
    try:
        async with open_aws(scope) as aws:
            async for diagnosis in Doctor(scope, services, aws).examine(all_accounts=all_accounts):
                found.append(diagnosis)  # noqa: PERF401  what was found before the credentials ended is kept
    except CredentialsError as error:
        found.append(Diagnosis("credentials", False, str(error), _how_to_log_in(scope), ends_all=True))
    return tuple(found)


def _how_to_log_in(scope: Scope) -> str:
    """What to do, with the profiles that there are to choose from."""
    profiles = look_at_login(scope).profiles
    return f"{HOW_TO_LOG_IN}; profiles here: {', '.join(profiles)}" if profiles else HOW_TO_LOG_IN


@dataclass(slots=True)
class Doctor:
    """Asks AWS one cheap question per thing that a collection reads."""

    scope: Scope
    services: tuple[Service, ...]
    aws: Aws
    tried: set[Operation] = field(default_factory=set)

    async def examine(self, *, all_accounts: bool) -> AsyncIterator[Diagnosis]:
        """Every diagnosis, in the order in which a collection would meet them."""
        caller = self.aws.caller
        source = look_at_login(self.scope).source
        yield Diagnosis("credentials", True, f"{caller.arn} in {caller.region}, found by `{source or 'the SDK'}`")
        organization, told = await self._read_organization()
        yield told
        targets = choose_targets(organization, caller.account, self.scope)
        if organization is not None:
            for diagnosis in await self._examine_organization(targets):
                yield diagnosis
        for accounts in _in_groups(self._chosen(organization, targets, all_accounts=all_accounts)):
            for found in await together(*(self._examine_account(organization, account) for account in accounts)):
                for diagnosis in found:
                    yield diagnosis
        for diagnosis in await self._examine_evidence(targets):
            yield diagnosis
        yield self._session_policy()
        for gap in services_not_asked(self.scope):
            yield Diagnosis(gap.service, True, f"not asked: {gap.reason}")
        untried = sorted({one.action for one in OPERATIONS if one.asked is Asked.ACCOUNT} - self._tried_actions())
        if untried:
            yield Diagnosis("not tried", True, f"left out, or nothing to ask about: {', '.join(untried)}")

    def _tried_actions(self) -> set[str]:
        return {operation.action for operation in self.tried}

    # ── the organization ─────────────────────────────────────────────────────────────────────────────────────

    async def _read_organization(self) -> tuple[Organization | None, Diagnosis]:
        own = self.aws.caller.account
        reader = Reader(self.aws, own, "", own, datetime.now(UTC))
        try:
            answer = await TREE.fetch(reader, self.scope)
        except CallError as error:
            to_do = (
                "use the management account or a delegated administrator, and allow what `trustview iam-policy` says"
            )
            detail = f"only account {own} can be read: {error.failure.reason}"
            return None, Diagnosis("organization", False, detail, to_do)
        organization: Organization = TREE.read(Part(TREE.name, own, "", "", answer))
        if reader.lacks:
            reasons = "; ".join(lack.reason for lack in reader.lacks)
            return organization, Diagnosis("organization", False, reasons, "allow the caller to ask for it")
        where = "the management account" if own == organization.management_account else f"account {own}"
        count = len(organization.accounts)
        return organization, Diagnosis("organization", True, f"{organization.id}: {count} accounts, read from {where}")

    async def _examine_organization(self, targets: Targets) -> list[Diagnosis]:
        own = self.aws.caller.account
        rest = [s for s in self.services if s.extent in (Extent.ORGANIZATION, Extent.ABOUT) and s is not TREE]
        probes = await together(*(self._probe(service, own, "") for service in rest))
        found = [self._tell("the organization", service, [probe]) for service, probe in zip(rest, probes, strict=True)]
        if targets.gaps:
            found.append(Diagnosis("accounts", True, f"{len(targets.gaps)} will not be read: suspended or left out"))
        return found

    # ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _chosen(self, organization: Organization | None, targets: Targets, *, all_accounts: bool) -> list[str]:
        """Our own account; those that answer for the organization; and all others, or a few from far apart."""
        ids = [account.id for account in targets.enter]
        if all_accounts or len(ids) <= SAMPLE:
            return ids
        few = [s for s in self.services if s.is_in_few_accounts]
        own = self.aws.caller.account
        homes = [one for one in ids if any(service.is_at(organization, one, own) for service in few)]
        others = [one for one in ids if one != own and one not in homes]
        spread = [others[len(others) * n // SAMPLE] for n in range(min(SAMPLE, len(others)))]
        return list(dict.fromkeys([*(one for one in ids if one == own), *homes, *spread]))

    async def _examine_account(self, organization: Organization | None, account: str) -> list[Diagnosis]:
        own = self.aws.caller.account
        where = f"own account {account}" if account == own else f"account {account}"
        role = role_arn(self.aws.caller.partition, account, self.scope.role_name)
        try:
            await self.aws.enter(account)
        except CallError as error:
            to_do = f"make `{role}` trust the caller, as `trustview iam-policy` says, or name another with --role-name"
            return [Diagnosis(where, False, error.failure.reason, _or_wait(error.failure, to_do))]
        found = [] if account == own else [Diagnosis(where, True, f"{role} can be entered")]
        return found + await self._examine_services(organization, account, where)

    async def _examine_services(self, organization: Organization | None, account: str, where: str) -> list[Diagnosis]:
        own = self.aws.caller.account
        here = [service for service in self.services if service.is_at(organization, account, own)]
        regions, told = await self._read_regions(account, where)
        asked = [(service, "") for service in here if service.extent is Extent.ACCOUNT and service is not REGIONS]
        asked += [(service, region) for service in here if service.extent is Extent.REGION for region in regions]
        probes = await together(*(self._probe(service, account, region) for service, region in asked))
        by_service: dict[str, list[Probe]] = {}
        for (service, _), probe in zip(asked, probes, strict=True):
            by_service.setdefault(service.name, []).append(probe)
        return [told, *(self._tell(where, s, by_service[s.name]) for s in here if s.name in by_service)]

    async def _read_regions(self, account: str, where: str) -> tuple[tuple[str, ...], Diagnosis]:
        """The Regions that a collection would ask in."""
        reader = Probe(self.aws, account, "", account, datetime.now(UTC))
        try:
            answer = await REGIONS.fetch(Reader(self.aws, account, "", account, reader.moment), self.scope)
        except CallError as error:
            fallback = self.scope.regions or self.aws.caller.main_regions
            to_do = _or_wait(error.failure, f"allow {_whom(where)} `ec2:DescribeRegions`")
            detail = f"{error.failure.reason}; only {', '.join(fallback)} will be asked"
            return fallback, Diagnosis(f"{where}: Regions", False, detail, to_do)
        enabled: tuple[str, ...] = REGIONS.read(Part(REGIONS.name, account, "", "", answer))
        self.tried |= {one for one in OPERATIONS if one.service == "ec2"}
        asked = tuple(region for region in enabled if self.scope.regions is None or region in self.scope.regions)
        return asked, Diagnosis(f"{where}: Regions", True, f"{len(asked)} of {len(enabled)} enabled ones will be asked")

    # ── one service ──────────────────────────────────────────────────────────────────────────────────────────

    async def _probe(self, service: Service, account: str, region: str) -> Probe:
        probe = Probe(self.aws, account, region, account, datetime.now(UTC))
        try:
            await service.fetch(probe, self.scope)
        except CallError:
            pass  # it stands in `refused`
        except ODD_ANSWER as error:
            operation = next((one for one in OPERATIONS if one.service == service.client), OPERATIONS[0])
            probe.refused[operation] = Failure(FailureKind.FAILED, "", f"the answer cannot be read ({error!r})")
        self.tried |= probe.answered | set(probe.refused)
        return probe

    def _tell(self, where: str, service: Service, probes: list[Probe]) -> Diagnosis:
        """One service of one account, over all Regions that were asked."""
        what = f"{where}: {service.name}"
        bad = [probe for probe in probes if probe.refused]
        regions = [probe.region for probe in probes if probe.region and (probe.refused or probe.answered)]
        if not bad:
            return Diagnosis(
                what, True, f"can be read in {_count(regions, 'Region')}" if probes[0].region else "can be read"
            )
        reasons: dict[str, list[str]] = {}
        for probe in bad:
            for failure in probe.refused.values():
                reasons.setdefault(failure.reason, []).append(probe.region)
        detail = "; ".join(f"{_in(places)}{reason}" for reason, places in reasons.items())
        good = f"can be read in {len(regions) - len(bad)} of {_count(regions, 'Region')}; " if regions else ""
        return Diagnosis(what, False, good + detail, _advice(where, service, bad))

    async def _examine_evidence(self, targets: Targets) -> list[Diagnosis]:
        """A source of evidence that lies in one place, where the scope names one."""
        scope, account = self.scope, self.scope.evidence_account or self.aws.caller.account
        accounts = tuple(one.id for one in targets.enter)
        reader = Reader(self.aws, account, scope.evidence_region, account, datetime.now(UTC), accounts=accounts)
        found = []
        for try_out in (service.try_out for service in self.services if service.try_out is not None):
            what = f"evidence: {scope.evidence.text}"
            try:
                await self.aws.enter(account)
                found.append(Diagnosis(what, True, await try_out(reader, scope)))
            except CallError as error:
                found.append(Diagnosis(what, False, error.failure.reason, _or_wait(error.failure, self._how_to_ask())))
            except ODD_ANSWER as error:
                found.append(Diagnosis(what, False, f"the answer cannot be read ({error!r})", self._how_to_ask()))
        return found

    def _how_to_ask(self) -> str:
        source = self.scope.evidence.text
        return (
            f"see that `{source}` is what is meant, in the account and Region of `--evidence-account` and "
            f"`--evidence-region`, and allow what `trustview iam-policy --evidence {source}` says"
        )

    def _session_policy(self) -> Diagnosis:
        if not self.scope.has_session_policy:
            detail = "none is passed (--no-session-policy): a session may do whatever its role may"
            return Diagnosis("session policy", True, detail)
        size = f"{len(session_policy())} of {SESSION_POLICY_LIMIT} characters"
        packed = f", {self.aws.sessions.packed_percent} % of what AWS packs" if self.aws.sessions.packed_percent else ""
        detail = f"every session in another account is cut down to {len(actions(Asked.ACCOUNT))} read actions"
        return Diagnosis("session policy", True, f"{detail} ({size}{packed})")


def _advice(where: str, service: Service, bad: Iterable[Probe]) -> str:
    refused = {operation: failure for probe in bad for operation, failure in probe.refused.items()}
    kinds = {failure.kind for failure in refused.values()}
    if FailureKind.DENIED not in kinds:
        passing = kinds <= {FailureKind.THROTTLED, FailureKind.TRANSIENT}
        return "try again in a while" if passing or not service.may_be_left_out else _leave_out(service)
    denied = {one: failure for one, failure in refused.items() if failure.kind is FailureKind.DENIED}
    if all("service control policy" in failure.reason for failure in denied.values()):
        return f"a service control policy closes it: it stays a gap, unless it is left out ({_leave_out(service)})"
    named = ", ".join(f"`{action}`" for action in sorted({one.action for one in denied}))
    return f"allow {_whom(where)} {named}"


def _leave_out(service: Service) -> str:
    return f"--without {service.name}" if service.may_be_left_out else "--region names the Regions to ask"


def _whom(where: str) -> str:
    return "the role" if where.startswith("account") else "the caller"


def _or_wait(failure: Failure, to_do: str) -> str:
    return "try again in a while" if failure.is_worth_retrying else to_do


def _in(regions: list[str]) -> str:
    named = [region for region in dict.fromkeys(regions) if region]
    return f"in {', '.join(named)}: " if named else ""


def _count(items: list[str], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _in_groups(accounts: list[str]) -> Iterator[list[str]]:
    """A few at a time: an account is many questions."""
    return (accounts[start : start + 8] for start in range(0, len(accounts), 8))
