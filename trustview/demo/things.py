"""Things of `services.json`, put into the accounts and Regions where they stand, with AWS's own shapes.

The small language of the file is described in `acme/README.md`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustview.demo.call import Call
from trustview.demo.files import read_file
from trustview.demo.records import Acme
from trustview.demo.replies import Reply, json_reply, refusal
from trustview.demo.templates import Selector, fill, moment_before

Raw = dict[str, Any]
PAGE = 100


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of one account and Region; `more` is what other operations tell of it."""

    kind: str
    account: str
    region: str
    value: Raw
    more: Raw


class Things:
    """Every thing, by its kind, account and Region."""

    def __init__(self, acme: Acme) -> None:
        self.acme = acme
        self.content: Raw = read_file("services.json")
        self.ids = {account.key: account.id for account in acme.accounts}
        organization = read_file("organization.json")
        self._selector = Selector(
            organization["accounts"], organization["units"], organization["organization"]["management"]
        )
        self._things: dict[tuple[str, str, str], list[Thing]] = {}
        for thing in self._make():
            self._things.setdefault((thing.kind, thing.account, thing.region), []).append(thing)

    def here(self, kind: str, call: Call) -> list[Thing]:
        """The things of a kind where a call is made."""
        return self._things.get((kind, call.session.account_id, call.region), [])

    def named(self, kind: str, call: Call, name: str, wanted: object) -> Thing | None:
        """The one of them of which a member is so."""
        return next((thing for thing in self.here(kind, call) if thing.value[name] == wanted), None)

    def of_kind(self, kind: str) -> list[Thing]:
        """The things of a kind, wherever they stand."""
        return [thing for things in self._things.values() for thing in things if thing.kind == kind]

    def select(self, spec: Raw) -> list[str]:
        """The ids of the accounts that a template is for."""
        return [self.ids[key] for key in self._selector.select(spec) if key in self.ids]

    def _make(self) -> Iterable[Thing]:
        for spec in self.content["things"]:
            for account in self.select(spec):
                for region in spec.get("regions", [self.acme.home_region]):
                    more = {name: spec[name] for name in ("status", "selectors", "targets", "sees") if name in spec}
                    is_rest = spec["kind"] in ("trust-anchor", "profile")
                    filled = self._fill({"value": spec["value"], "more": more}, account, region, is_rest)
                    yield Thing(spec["kind"], account, region, filled["value"], filled["more"])

    def _fill(self, value: Raw, account: str, region: str, is_rest: bool) -> Raw:
        text = fill(value, account, self.ids, self.acme.organization_id).replace("${region}", region)
        filled: Raw = json.loads(text, object_hook=lambda found: self._date(found, is_rest))
        return filled

    def _date(self, found: Raw, is_rest: bool) -> Any:  # noqa: ANN401 -- the object itself when it is no date
        """`{"days": 3}` is a moment three days before the present, as the protocol writes moments."""
        if set(found) != {"days"}:
            return found
        moment: datetime = moment_before(self.acme.present, found["days"])
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if is_rest else moment.timestamp()


def paged(call: Call, name: str, items: list[Any], size: object) -> Reply:
    """One page of a list, in the form of the `json` protocol."""
    start, length = int(call.content.get("NextToken") or 0), int(str(size or PAGE))
    answer: Raw = {name: items[start : start + length]}
    if len(items) > start + length:
        answer["NextToken"] = str(start + length)
    return json_reply(answer)


def missing(call: Call, message: str) -> Reply:
    """The refusal of what asks about a thing that is not there."""
    return refusal(call.service, "ResourceNotFoundException", message, status=400)
