"""Caller, Context, Request: the four things that a decision is about (principal, action, resource, context).

What is made for every decision is a named tuple: it takes a third of the time of a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from trustview.policy.arn import parse_arn
from trustview.policy.context_key import CallerKind, Candidates, Presence, find_context_key
from trustview.policy.principal import PrincipalElement, PrincipalForm, read_principal
from trustview.quick_init import quick_init


@quick_init
@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    `arn` is the user's ARN, or the *role's* ARN for a role session (with its path, when that is known); empty when the
    caller is only known to be of an account. `session` is the session name. `provider` is the service name, the
    provider ARN or the built-in provider of a service or federated caller.
    """

    kind: CallerKind
    account: str = ""
    arn: str = ""
    session: str = ""
    provider: str = ""
    unique_id: str = ""

    @property
    def is_service_linked_role(self) -> bool:
        """Whether it is a role under `/aws-service-role/`: no SCP binds it."""
        return ":role/aws-service-role/" in self.arn

    @property
    def provider_name(self) -> str:
        """The issuer of an OIDC provider ARN (`token.actions.githubusercontent.com`), or the provider as given."""
        arn = parse_arn(self.provider)
        return arn.path_and_name if arn else self.provider

    def __str__(self) -> str:
        return self.arn or self.provider or (f"any principal of {self.account}" if self.account else self.kind.value)


def read_caller(text: str) -> Caller:
    """Tell who a principal text names: an ARN, an account id, a service or a provider; UNKNOWN when nobody can say."""
    # The built-in identity providers look like services: they are asked first.
    for kind in ("AWS", "Federated", "Service"):
        element = read_principal(kind, text)
        if element.form is not PrincipalForm.MALFORMED:
            break
    return caller_of(element)


def caller_of(element: PrincipalElement) -> Caller:
    """The caller that a principal element names; an account id stands for any principal of it."""
    kind = _CALLER_KINDS.get(element.form, CallerKind.UNKNOWN)
    if kind in (CallerKind.SERVICE, CallerKind.SAML, CallerKind.OIDC):
        return Caller(kind, element.account, provider=element.value)
    if element.form is PrincipalForm.SESSION:
        role, _, session = element.name.partition("/")
        return Caller(kind, element.account, f"arn:{element.partition}:iam::{element.account}:role/{role}", session)
    if element.form is PrincipalForm.ACCOUNT:
        # As a caller the ARN of the root is the root user itself.
        is_root = parse_arn(element.value) is not None
        return Caller(CallerKind.ROOT if is_root else CallerKind.PRINCIPAL, element.account, element.value)
    return Caller(kind, element.account, element.value)


_CALLER_KINDS = {
    PrincipalForm.USER: CallerKind.USER,
    PrincipalForm.ROLE: CallerKind.ROLE,
    PrincipalForm.SESSION: CallerKind.ROLE,
    PrincipalForm.FEDERATED_USER: CallerKind.FEDERATED_USER,
    PrincipalForm.SERVICE: CallerKind.SERVICE,
    PrincipalForm.SAML_PROVIDER: CallerKind.SAML,
    PrincipalForm.OIDC_PROVIDER: CallerKind.OIDC,
}


class KeyValue(NamedTuple):
    """What is known of one key: its values, that it is there, that it is absent, or (all three unset) nothing.

    `candidates` are all that an unknown key may hold, None standing for its absence; empty when it may hold anything.
    """

    values: tuple[str, ...] | None = None
    is_present: bool = False
    is_absent: bool = False
    candidates: Candidates = ()


_ABSENT = KeyValue(is_absent=True)
_PRESENT = KeyValue(is_present=True)
_UNKNOWN = KeyValue()


class Context(NamedTuple):
    """The condition keys of a request. Keys ignore case; `values` and `absent` hold them in lower case.

    A closed context (`is_open` false) is complete: what is not given is absent. In an open one what is not given is
    unknown, save where the kind of caller settles that a key is always or never sent. `complete` are prefixes (of tag
    keys) of which everything is known: what is not given is absent. `of_any_action`: the request is not of role
    assumption, of which alone the table of keys speaks: none is surely absent.
    """

    values: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    absent: frozenset[str] = frozenset()
    is_open: bool = False
    complete: tuple[str, ...] = ()
    of_any_action: bool = False

    def look_up(self, key: str, caller: Caller) -> KeyValue:
        """What is known of a key in a request of this caller."""
        name = key.lower()
        if name in self.values:
            return KeyValue(self.values[name], is_present=True)
        if not self.is_open or name in self.absent or name.startswith(self.complete):
            return _ABSENT
        row = find_context_key(name)
        candidates = row.candidates(caller.kind)
        if candidates:
            return KeyValue(is_present=None not in candidates, candidates=candidates)
        presence = row.presence(caller.kind, caller.provider_name)
        if self.of_any_action and (presence is Presence.NEVER or not name.startswith("aws:")):
            return _UNKNOWN
        return {Presence.ALWAYS: _PRESENT, Presence.NEVER: _ABSENT, Presence.MAYBE: _UNKNOWN}[presence]

    def with_values(self, values: Mapping[str, str | Iterable[str]]) -> Context:
        """The same context with more values."""
        return self._replace(values={**self.values, **_normal(values)})


def closed_context(values: Mapping[str, str | Iterable[str]]) -> Context:
    """A complete context: whatever is not in `values` is absent."""
    return Context(_normal(values))


def open_context(
    values: Mapping[str, str | Iterable[str]], absent: Iterable[str] = (), complete: Iterable[str] = ()
) -> Context:
    """A context of which only these values and absences are known."""
    absences = frozenset(key.lower() for key in absent)
    return Context(_normal(values), absences, is_open=True, complete=tuple(prefix.lower() for prefix in complete))


def permission_context(values: Mapping[str, str | Iterable[str]], absent: Iterable[str] = ()) -> Context:
    """An open context for an action of any service."""
    return open_context(values, absent)._replace(of_any_action=True)


def _normal(values: Mapping[str, str | Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()}


class Request(NamedTuple):
    """A caller asks to do an action on a role.

    `resource` is the role's ARN, `resource_account` the account that owns it, `duration` how many seconds the session
    is to last, None where that is not known.
    """

    caller: Caller
    action: str
    resource: str
    resource_account: str
    context: Context = Context()
    duration: int | None = None

    @property
    def is_same_account(self) -> bool:
        """Whether the caller is of the role's account."""
        return bool(self.caller.account) and self.caller.account == self.resource_account

    @property
    def is_service_linked_resource(self) -> bool:
        """Whether the role is service-linked: no RCP binds who assumes it."""
        return ":role/aws-service-role/" in self.resource
