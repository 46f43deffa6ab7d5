"""What files say of the organization: its accounts, its tree, its guardrails. Pure.

Rule 1: which accounts belong to it counts only when all of them are known, with its id: an account that is taken for an
outsider by mistake looks as if conditions on the organization kept it out. Rule 2: guardrails of a kind count only when
each has its document and its targets: one that is missing may be the one that allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trustview.collect.documents import Document, FileProblem, Kind
from trustview.collect.imported_accounts import ODD_SHAPE, check, describe_odd
from trustview.collect.services.organizations import GUARDRAILS, TREE, read_account, read_guardrail, read_unit
from trustview.policy import is_account_id, parse_arn
from trustview.snapshot import (
    Account,
    Gap,
    GapKind,
    GuardrailKind,
    GuardrailPolicy,
    Organization,
    OrganizationalUnit,
)
from trustview.snapshot.codec import decode

Raw = Mapping[str, Any]

VERSION = 1


@dataclass(slots=True)
class OrganizationFiles:
    """What files said of one organization so far; `whole` is what an organization document said."""

    whole: Organization | None = None
    id: str = ""
    management_account: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    has_all_accounts: bool = False
    roots: dict[str, OrganizationalUnit] = field(default_factory=dict)
    guardrails: dict[str, GuardrailPolicy] = field(default_factory=dict)
    has_some_file: bool = False
    problems: list[FileProblem] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Take in one document about the organization."""
        value, path = document.value, document.path
        self.has_some_file = True
        match document.kind:
            case Kind.ORGANIZATION:
                self._add_document(value, path)
            case Kind.DESCRIBE_ORGANIZATION:
                self._add_description(value["Organization"], path)
            case Kind.LIST_ACCOUNTS:
                self._add_accounts(value, path)
            case Kind.LIST_ROOTS:
                for raw in value["Roots"]:
                    root = check(read_unit(raw, ""))
                    self.roots[root.id] = root
            case _:
                self._add_guardrail(value["Policy"], path)

    def _add_document(self, value: Raw, path: str) -> None:
        version = value.get("version")
        if version != VERSION:
            reason = f"version `{version}` of the document is not {VERSION}: a newer trustview may read it"
            self.problems.append(FileProblem(path, "$.version", reason))
            return
        try:
            raw = dict(value["organization"])
            # A document may leave the texts of policies to files of `describe-policy`.
            raw["guardrails"] = [{"document": "", **guardrail} for guardrail in raw.get("guardrails") or ()]
            organization = decode(Organization, raw)
        except ODD_SHAPE as error:
            self.problems.append(FileProblem(path, "$.organization", describe_odd(error)))
            return
        if self._is_ours(organization.id, organization.management_account, path):
            self.whole = self.whole or organization

    def _add_description(self, raw: Raw, path: str) -> None:
        management = raw.get("MasterAccountId") or raw.get("ManagementAccountId") or ""
        self._is_ours(str(raw["Id"]), str(management), path)

    def _add_accounts(self, value: Raw, path: str) -> None:
        problems_before = len(self.problems)
        for index, raw in enumerate(value["Accounts"]):
            place = f"$.Accounts[{index}]"
            try:
                account = check(read_account(raw, ""))
                if not is_account_id(account.id):
                    raise ValueError(f"`{account.id}` is no account id")
            except ODD_SHAPE as error:
                self.problems.append(FileProblem(path, place, describe_odd(error)))
                continue
            # The ARN names the organization: `arn:aws:organizations::<management>:account/<organization>/<account>`.
            arn = parse_arn(str(raw.get("Arn") or ""))
            names = arn.resource.split("/") if arn else []
            if arn is None or len(names) != 3 or self._is_ours(names[1], arn.account, path):
                self.accounts.setdefault(account.id, account)
        is_whole = not value.get("NextToken") and len(self.problems) == problems_before
        self.has_all_accounts = self.has_all_accounts or is_whole

    def _add_guardrail(self, raw: Raw, path: str) -> None:
        summary = raw["PolicySummary"]
        try:
            kind = GuardrailKind(summary["Type"])
        except ValueError:
            reason = f"policies of type `{summary['Type']}` say nothing about who may assume roles"
            self.problems.append(FileProblem(path, "$.Policy.PolicySummary.Type", reason))
            return
        policy = check(read_guardrail(summary, kind, raw["Content"], ()))
        self.guardrails.setdefault(policy.id, policy)

    def _is_ours(self, organization: str, management: str, path: str) -> bool:
        """Whether a file is about the same organization as those before it."""
        if self.id and organization != self.id:
            reason = f"it is about organization `{organization}`, earlier files about `{self.id}`: import them apart"
            if not any(problem.path == path for problem in self.problems):
                self.problems.append(FileProblem(path, "$", reason))
            return False
        self.id = organization
        self.management_account = self.management_account or management
        return True

    # ── together ─────────────────────────────────────────────────────────────────────────────────────────────

    def build(self) -> Organization | None:
        """The organization; None when its id or its accounts are not all known."""
        if self.whole:
            return replace(self.whole, guardrails=self._known_guardrails(self.whole))
        if not (self.id and self.has_all_accounts):
            return None
        return Organization(
            id=self.id,
            management_account=self.management_account,
            units=tuple(self.roots.values()),
            accounts=tuple(self.accounts[id_] for id_ in sorted(self.accounts)),
            guardrails=tuple(self.guardrails[id_] for id_ in sorted(self.guardrails)),
        )

    def _known_guardrails(self, whole: Organization) -> tuple[GuardrailPolicy, ...]:
        """The guardrails with their texts; none of a kind of which one text is missing."""
        filled = tuple(
            replace(policy, document=policy.document or self._text(policy.id)) for policy in whole.guardrails
        )
        missing = {policy.kind for policy in filled if not policy.document}
        return tuple(policy for policy in filled if policy.kind not in missing)

    def _text(self, policy: str) -> str:
        return self.guardrails[policy].document if policy in self.guardrails else ""

    def gaps(self, built: Organization | None) -> Iterator[Gap]:
        """What is missing of the organization."""
        if not self.has_some_file:
            reason = "no file tells of an organization: only the accounts that were read are known to be ours"
            yield Gap("", TREE.name, "", GapKind.NOT_ASKED, reason)
        elif built is None:
            what = "not all of `list-accounts`" if self.id else "no `describe-organization`"
            reason = f"{what} was imported: which accounts belong to the organization is not known"
            yield Gap("", TREE.name, "", GapKind.NOT_ASKED, reason)
        elif self.whole is None:
            reason = "which account stands in which OU is not known: an organization document tells it"
            yield Gap("", TREE.name, "", GapKind.NOT_ASKED, reason)
        if built is not None and len(built.guardrails) < len(self.whole.guardrails if self.whole else ()):
            reason = "the text of an SCP or RCP is missing: none of that kind is counted"
            yield Gap("", GUARDRAILS.name, "", GapKind.NOT_ASKED, reason)
        elif built is not None and not any(policy.targets for policy in built.guardrails):
            reason = "which SCPs and RCPs hang where was not imported: none is counted"
            yield Gap("", GUARDRAILS.name, "", GapKind.NOT_ASKED, reason)
