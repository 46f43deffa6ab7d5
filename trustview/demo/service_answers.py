"""Answers of the services that surround roles, from `services.json`: who signs in, which workloads, who is told."""

from collections.abc import Callable

from trustview.demo.call import Call
from trustview.demo.directory_answers import DirectoryAnswers
from trustview.demo.monitoring_answers import MonitoringAnswers
from trustview.demo.records import Acme
from trustview.demo.replies import Reply, json_reply
from trustview.demo.templates import moment_before
from trustview.demo.things import Things
from trustview.demo.workload_answers import WorkloadAnswers

SERVICES = ("sso", "identitystore", "rolesanywhere", "cognito-identity", "eks", "events", "cloudtrail")


class ServiceAnswers:
    """Answers for every account and Region."""

    def __init__(self, acme: Acme) -> None:
        self._things = Things(acme)
        self._answers: dict[tuple[str, str], Callable[[Call], Reply]] = {
            **DirectoryAnswers(self._things).answers(),
            **WorkloadAnswers(self._things).answers(),
            **MonitoringAnswers(self._things).answers(),
        }

    def answer(self, call: Call) -> Reply | None:
        """The reply to one call; None when it is no operation of these."""
        answer = self._answers.get((call.service, call.operation or _rest_operation(call.path)))
        return answer(call) if answer else None

    def features(self) -> list[str]:
        """What IAM manages of the root users."""
        return list(self._things.content["root_features"])

    def trusted_services(self) -> Reply:
        """The services that may act in every account."""
        since = moment_before(self._things.acme.present, 800).timestamp()
        names = self._things.content["trusted_services"]
        return json_reply({"EnabledServicePrincipals": [{"ServicePrincipal": n, "DateEnabled": since} for n in names]})


def _rest_operation(path: str) -> str:
    """What a path of the REST services asks: its last word that is no id."""
    words = path.strip("/").split("/")
    return "pod-identity-associations" if "pod-identity-associations" in words else words[-1]
