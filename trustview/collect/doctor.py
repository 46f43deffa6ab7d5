"""Diagnosis: what the current credentials can and cannot read, before a run, one question after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from trustview.collect.failure import Failure, FailureKind, read_error
from trustview.collect.operations import guard_session
from trustview.collect.scope import Scope
from trustview.collect.sdk import DEFAULT_REGION, HOW_TO_LOG_IN
from trustview.errors import TrustviewError

SAMPLE = 3
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that can or cannot be read, and what to do when it cannot; `detail` is what AWS said."""

    what: str
    is_ok: bool
    detail: str
    to_do: str = ""


def examine(scope: Scope) -> tuple[Diagnosis, ...]:
    """What can be read with the scope's profile and role: who we are, the organization, a sample of accounts."""
    return tuple(Doctor(scope).examine())


class Doctor:
    """Asks AWS one cheap question per thing that a collection reads."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._session: Any = None
        self._region = DEFAULT_REGION

    def examine(self) -> Iterator[Diagnosis]:
        """Every diagnosis, in the order in which a collection would meet them."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        self._session = Session(profile=self._scope.profile or None)
        guard_session(self._session)
        try:
            self._region = self._session.get_config_variable("region") or DEFAULT_REGION
            has_credentials = self._session.get_credentials() is not None
        except BotoCoreError as error:
            yield Diagnosis("credentials", False, str(error), HOW_TO_LOG_IN)
            return
        if not has_credentials:
            yield Diagnosis("credentials", False, "the SDK finds none", HOW_TO_LOG_IN)
            return
        caller = self._ask(None, "sts", "GetCallerIdentity")
        yield _told("credentials", caller, lambda answer: f"{answer['Arn']} in {self._region}", HOW_TO_LOG_IN)
        if isinstance(caller, Failure):
            return
        yield from self._examine_organization(caller["Account"])
        yield from self._examine_account(f"own account {caller['Account']}", None, is_own=True)
        for account in self._sample(caller["Account"]):
            yield from self._examine_member(account, caller["Arn"].split(":")[1])

    def _examine_organization(self, own: str) -> Iterator[Diagnosis]:
        described = self._ask(None, "organizations", "DescribeOrganization")
        alone = f"without an organization only account {own} is read"
        yield _told("organization", described, lambda answer: str(answer["Organization"]["Id"]), alone)
        if isinstance(described, Failure):
            return
        to_do = (
            "use the management account or a delegated administrator, and allow "
            "organizations:List*, organizations:Describe*"
        )
        yield _told("organization tree", self._ask(None, "organizations", "ListRoots"), _nothing, to_do)
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            name = kind.replace("_POLICY", " policies").replace("_", " ").lower()
            yield _told(name, self._ask(None, "organizations", "ListPolicies", Filter=kind), _nothing, to_do)

    def _sample(self, own: str) -> list[str]:
        """A few active accounts: those directly below the roots and their OUs."""
        roots = self._ask(None, "organizations", "ListRoots")
        parents = [] if isinstance(roots, Failure) else [root["Id"] for root in roots["Roots"]]
        found: list[str] = []
        while parents and len(found) < SAMPLE:
            parent = parents.pop(0)
            accounts = self._ask(None, "organizations", "ListAccountsForParent", ParentId=parent)
            units = self._ask(None, "organizations", "ListOrganizationalUnitsForParent", ParentId=parent)
            if not isinstance(accounts, Failure):
                active = (a for a in accounts["Accounts"] if (a.get("State") or a.get("Status")) == "ACTIVE")
                found += [account["Id"] for account in active if account["Id"] != own]
            if not isinstance(units, Failure):
                parents += [unit["Id"] for unit in units["OrganizationalUnits"]]
        return found[:SAMPLE]

    def _examine_member(self, account: str, partition: str) -> Iterator[Diagnosis]:
        role = f"arn:{partition}:iam::{account}:role/{self._scope.role_name.strip('/')}"
        parameters = {"RoleArn": role, "RoleSessionName": self._scope.session_name}
        if self._scope.external_id:
            parameters["ExternalId"] = self._scope.external_id
        answer = self._ask(None, "sts", "AssumeRole", **parameters)
        to_do = f"make `{role}` trust the caller, or name another role with --role-name"
        yield _told(f"account {account}", answer, lambda _: f"{role} can be entered", to_do)
        if not isinstance(answer, Failure):
            yield from self._examine_account(f"account {account}", answer["Credentials"], is_own=False)

    def _examine_account(self, where: str, credentials: Answer | None, *, is_own: bool) -> Iterator[Diagnosis]:
        whom = "the caller" if is_own else "the role"
        start = datetime.now(UTC) - timedelta(hours=1)
        questions: tuple[tuple[str, str, str, dict[str, object]], ...] = (
            ("policies, users, groups", "iam", "GetAccountAuthorizationDetails", {"MaxItems": 1}),
            ("roles", "iam", "ListRoles", {"MaxItems": 1}),
            ("identity providers", "iam", "ListOpenIDConnectProviders", {}),
            ("Regions", "ec2", "DescribeRegions", {}),
            ("Access Analyzer", "accessanalyzer", "ListAnalyzers", {"maxResults": 1}),
            ("CloudTrail evidence", "cloudtrail", "LookupEvents", {"MaxResults": 1, "StartTime": start}),
        )
        for what, service, operation, parameters in questions:
            answer = self._ask(credentials, service, operation, **parameters)
            yield _told(f"{where}: {what}", answer, _nothing, f"allow {whom} `{_action(service, operation)}`")

    def _ask(self, credentials: Answer | None, service: str, operation: str, **parameters: object) -> Answer | Failure:
        """AWS's answer to one operation as the caller, or as a session in a member account."""
        from botocore import xform_name  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        keys = (
            {}
            if credentials is None
            else {
                "aws_access_key_id": credentials["AccessKeyId"],
                "aws_secret_access_key": credentials["SecretAccessKey"],
                "aws_session_token": credentials["SessionToken"],
            }
        )
        config = Config(retries={"total_max_attempts": 3, "mode": "standard"}, connect_timeout=10, read_timeout=30)
        try:
            client = self._session.create_client(service, region_name=self._region, config=config, **keys)
            answer: Answer = getattr(client, xform_name(operation))(**parameters)
        except TrustviewError:
            raise
        except Exception as error:
            failure = read_error(_action(service, operation), error)
            if failure is None:
                raise
            return failure
        return answer


def _action(service: str, operation: str) -> str:
    """The action that a policy must allow: the second version of an operation needs that of the first."""
    prefix = "access-analyzer" if service == "accessanalyzer" else service
    return f"{prefix}:{operation.removesuffix('V2')}"


def _nothing(_answer: Answer) -> str:
    return "can be read"


def _told(what: str, answer: Answer | Failure, detail: Callable[[Answer], str], to_do: str) -> Diagnosis:
    if isinstance(answer, Failure):
        is_temporary = answer.kind in (FailureKind.THROTTLED, FailureKind.TRANSIENT)
        return Diagnosis(what, False, answer.reason, "try again in a while" if is_temporary else to_do)
    return Diagnosis(what, True, detail(answer))
