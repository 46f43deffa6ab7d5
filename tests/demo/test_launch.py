"""The server is a process of its own: it answers on loopback, goes when its parent goes, says why it cannot come."""

import importlib.util
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from trustview.demo import Served, serve_acme
from trustview.errors import SourceError

from .conftest import NOW

ROOT = str(Path(__file__).parents[2])


def answers(endpoint: str) -> bool:
    try:
        urllib.request.urlopen(endpoint, timeout=5)  # noqa: S310
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_until_silent(endpoint: str, patience: float = 10) -> bool:
    end = time.monotonic() + patience
    while answers(endpoint):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_it_listens_on_loopback_alone(served: Served) -> None:
    assert served.endpoint.startswith("http://127.0.0.1:")
    assert answers(served.endpoint)


def test_the_environment_is_the_sdks_own_and_overrides_the_users(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "a-profile-of-the-user")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://192.0.2.1")
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)
    import boto3

    identity = boto3.session.Session().client("sts").get_caller_identity()
    assert identity["Account"] == "999900001111"


def test_the_earlier_quarter_is_served_as_of_then() -> None:
    pytest.importorskip("moto")
    with serve_acme("earlier", now=NOW) as running:
        import boto3

        keys = {
            "aws_access_key_id": running.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": running.environment["AWS_SECRET_ACCESS_KEY"],
            "aws_session_token": running.environment["AWS_SESSION_TOKEN"],
        }
        session = boto3.session.Session(region_name="eu-west-1", **keys)
        organizations = session.client("organizations", endpoint_url=running.endpoint)
        listed = organizations.list_policies(Filter="RESOURCE_CONTROL_POLICY")["Policies"]
        assert "Retail: only our organization becomes a role" in {policy["Name"] for policy in listed}
        iam = session.client("iam", endpoint_url=running.endpoint)
        caller = iam.get_role(RoleName="TrustviewCaller")["Role"]
        assert caller["RoleLastUsed"]["LastUsedDate"] <= NOW - timedelta(days=91)
    assert wait_until_silent(running.endpoint)


def test_it_dies_with_a_parent_that_is_killed() -> None:
    pytest.importorskip("moto")
    program = (
        "import time\nfrom trustview.demo import serve_acme\n"
        "with serve_acme() as served:\n    print(served.endpoint, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert parent.stdout
    endpoint = parent.stdout.readline().strip()
    assert answers(endpoint)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until_silent(endpoint)


def test_without_moto_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SourceError, match=r"pip install 'trustview\[demo\]'"), serve_acme():
        pass


def test_a_port_that_is_taken_is_told(served: Served) -> None:
    port = served.endpoint.rpartition(":")[2]
    command = [sys.executable, "-m", "trustview.demo.serve", "--now", NOW.isoformat(), "--port", port]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=ROOT)
    assert ended.returncode == 1
    assert '"error": "port"' in ended.stdout


def test_the_parent_imports_nothing_heavy() -> None:
    program = (
        "import sys, trustview.demo\n"
        "print([name for name in ('moto', 'flask', 'werkzeug', 'boto3', 'botocore') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"
