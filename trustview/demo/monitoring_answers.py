"""Answers about who is told: CloudTrail's trails, EventBridge's buses and rules."""

from collections.abc import Callable

from trustview.demo.call import Call
from trustview.demo.replies import Reply, json_reply, refusal
from trustview.demo.things import Thing, Things, missing, paged


class MonitoringAnswers:
    """Answers for every account and Region."""

    def __init__(self, things: Things) -> None:
        self._things = things

    def answers(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        """By the name that a request is signed for, and the operation or the last word of its path."""
        return {
            ("cloudtrail", "DescribeTrails"): self._describe_trails,
            ("cloudtrail", "ListTrails"): self._list_trails,
            ("cloudtrail", "GetTrailStatus"): lambda call: self._about_trail(call, "Name", "status"),
            ("cloudtrail", "GetEventSelectors"): lambda call: self._about_trail(call, "TrailName", "selectors"),
            ("events", "ListEventBuses"): self._buses,
            ("events", "ListRules"): self._rules,
            ("events", "ListTargetsByRule"): self._targets,
        }

    def _trails(self, call: Call) -> list[Thing]:
        """The account's own, of every Region, and the trail of the organization."""
        trails = self._things.of_kind("trail")
        own = [trail for trail in trails if trail.account == call.session.account_id]
        return [*own, *(trail for trail in trails if "sees" in trail.more and trail not in own)]

    def _describe_trails(self, call: Call) -> Reply:
        """A trail of one Region alone is seen nowhere else."""
        wanted = call.content.get("trailNameList")
        seen = [
            trail for trail in self._trails(call) if trail.region == call.region or trail.value["IsMultiRegionTrail"]
        ]
        found = [trail.value for trail in seen if not wanted or trail.value["TrailARN"] in wanted]
        return json_reply({"trailList": found})

    def _list_trails(self, call: Call) -> Reply:
        names = ("TrailARN", "Name", "HomeRegion")
        return json_reply({"Trails": [{name: t.value[name] for name in names} for t in self._trails(call)]})

    def _about_trail(self, call: Call, name: str, what: str) -> Reply:
        wanted = call.content.get(name)
        trail = next((one for one in self._trails(call) if one.value["TrailARN"] == wanted), None)
        if trail is None or not (trail.region == call.region or trail.value["IsMultiRegionTrail"]):
            return refusal(call.service, "TrailNotFoundException", f"Unknown trail: {wanted}", status=400)
        told = {"TrailARN": wanted} if what == "selectors" else {}
        return json_reply({**told, **trail.more[what]})

    def _buses(self, call: Call) -> Reply:
        arn = f"arn:aws:events:{call.region}:{call.session.account_id}:event-bus/default"
        own = [bus.value for bus in self._things.here("bus", call)]
        return json_reply({"EventBuses": [{"Name": "default", "Arn": arn}, *own]})

    def _rules(self, call: Call) -> Reply:
        bus = call.content.get("EventBusName", "default")
        found = [rule.value for rule in self._things.here("rule", call) if rule.value["EventBusName"] == bus]
        return paged(call, "Rules", found, call.content.get("Limit"))

    def _targets(self, call: Call) -> Reply:
        bus, name = call.content.get("EventBusName", "default"), call.content.get("Rule")
        on_bus = (rule for rule in self._things.here("rule", call) if rule.value["EventBusName"] == bus)
        rule = next((rule for rule in on_bus if rule.value["Name"] == name), None)
        if rule is None:
            return missing(call, f"Rule {name} does not exist on EventBus {bus}.")
        return json_reply({"Targets": rule.more["targets"]})
