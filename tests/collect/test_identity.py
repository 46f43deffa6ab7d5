"""Who we are: every source of credentials that the SDK knows, hub roles, delegated administrators, partitions."""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from trustview.collect import Scope, collect, examine
from trustview.collect.aws import Aws, open_aws
from trustview.collect.operations import OPERATIONS
from trustview.collect.permissions import hub_session_policy, session_policy
from trustview.collect.sdk import configure, open_session
from trustview.demo import Served
from trustview.errors import CredentialsError, UsageError
from trustview.snapshot import GapKind

from .conftest import FAST, Shelf, moment, small
from .relay import Refusal, Relay

HUB = "arn:aws:iam::777700003333:role/trustview/Hub"
MEMBER, START = "111122223333", "https://acme.awsapps.com/start"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """Moto's own server, which lets everyone become every role."""
    server = pytest.importorskip("moto.server", reason="it plays AWS")
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def home(moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and nothing of AWS in the environment but where it answers."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TRUSTVIEW_"))]:
        monkeypatch.delenv(name)
    settings = {
        "HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_ENDPOINT_URL": moto,
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tmp_path


async def who_asks(scope: Scope) -> tuple[str, str]:
    """The ARN of the caller, and of the session that it opens in a member account."""
    async with open_aws(scope) as aws:
        answer = await aws.call(MEMBER, "", "sts", "GetCallerIdentity", {}, needs="Arn")
        return aws.caller.arn, str(answer["Arn"])


READER = f"arn:aws:sts::{MEMBER}:assumed-role/TrustviewReader/trustview"


# ── where credentials come from ──────────────────────────────────────────────────────────────────────────────────


async def test_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    caller, session = await who_asks(Scope())

    assert caller.startswith("arn:aws:sts::123456789012:")
    assert session == READER


def write_profiles(home: Path) -> None:
    made = {"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "secret", "SessionToken": "token"}
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (home / "made.json").write_text(json.dumps({**made, "Expiration": expires}))
    (home / "token").write_text("a.web.token")
    (home / "config").write_text(f"""
[profile keys]
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = secret
[profile process]
credential_process = cat {home / "made.json"}
[profile role]
role_arn = arn:aws:iam::222233334444:role/Reviewer
role_session_name = from-a-profile
source_profile = keys
[profile web]
role_arn = arn:aws:iam::333344445555:role/Pipeline
role_session_name = from-a-token
web_identity_token_file = {home / "token"}
[profile center]
sso_start_url = {START}
sso_region = eu-west-1
sso_account_id = 444455556666
sso_role_name = SecurityReview
""")


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("keys", "arn:aws:sts::123456789012:user/"),
        ("process", "arn:aws:sts::123456789012:user/"),
        ("role", "arn:aws:sts::222233334444:assumed-role/Reviewer/from-a-profile"),
        ("web", "arn:aws:sts::333344445555:assumed-role/Pipeline/from-a-token"),
    ],
)
async def test_profiles_of_every_kind(home: Path, profile: str, expected: str) -> None:
    write_profiles(home)
    caller, session = await who_asks(Scope(profile=profile))

    assert caller.startswith(expected)
    assert session == READER


class _Portal(BaseHTTPRequestHandler):
    """The portal of Identity Center: it gives role credentials for a token."""

    def do_GET(self) -> None:
        good = self.headers.get("x-amz-sso_bearer_token") == "a-portal-token" and "SecurityReview" in self.path
        expires = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
        keys = {"accessKeyId": "ASIACENTER", "secretAccessKey": "s", "sessionToken": "t", "expiration": expires}
        body = json.dumps({"roleCredentials": keys} if good else {"message": "no"}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def portal(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    server = HTTPServer(("127.0.0.1", 0), _Portal)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(home / "tokens"))
    write_profiles(home)
    yield home
    server.shutdown()
    server.server_close()
    thread.join()


def log_in(home: Path, expires: datetime) -> None:
    """What `aws sso login` leaves behind."""
    folder = home / "tokens"
    folder.mkdir()
    token = {"startUrl": START, "region": "eu-west-1", "accessToken": "a-portal-token"}
    kept = {**token, "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (folder / f"{hashlib.sha1(START.encode()).hexdigest()}.json").write_text(json.dumps(kept))  # noqa: S324


async def test_identity_center(portal: Path) -> None:
    log_in(portal, datetime.now(UTC) + timedelta(hours=8))
    caller, session = await who_asks(Scope(profile="center"))

    assert caller.startswith("arn:aws:sts::")
    assert session == READER


async def test_a_login_of_identity_center_that_has_ended_says_what_to_do(portal: Path) -> None:
    log_in(portal, datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(CredentialsError, match="aws sso login"):
        await who_asks(Scope(profile="center"))


async def test_a_profile_that_is_not_there_is_named(home: Path) -> None:
    write_profiles(home)
    with pytest.raises(CredentialsError, match="there is no AWS profile `nobody`"):
        await who_asks(Scope(profile="nobody"))


# ── a hub role ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.mark.usefixtures("named")
async def test_a_hub_role_is_become_first_and_enters_the_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    hops = []
    ask = Aws.call

    async def listen(self: Aws, account: str, *given: object) -> object:
        if given[2] == "AssumeRole":
            hops.append((account, given[3]))
        return await ask(self, account, *given)  # type: ignore[arg-type]

    async def listened(self: Aws, account: str, *given: object, **named: object) -> object:
        return await listen(self, account, *given, *named.values())

    monkeypatch.setattr(Aws, "call", listened)
    caller, session = await who_asks(Scope(via=HUB, external_id="an-id"))

    assert caller == "arn:aws:sts::777700003333:assumed-role/Hub/trustview"
    assert session == READER
    hub, member = [dict(asked) for _, asked in hops]  # type: ignore[call-overload]
    assert (hub["RoleArn"], hub["Policy"]) == (HUB, hub_session_policy("aws", Scope().role_name))
    assert (member["Policy"], member["ExternalId"]) == (session_policy(), "an-id")
    assert "ExternalId" not in hub
    assert hops[1][0] == "777700003333"


@pytest.mark.usefixtures("named")
async def test_the_hubs_own_account_is_read_as_the_hub() -> None:
    async with open_aws(Scope(via=HUB)) as aws:
        answer = await aws.call("777700003333", "", "sts", "GetCallerIdentity", {}, needs="Arn")

    assert answer["Arn"] == "arn:aws:sts::777700003333:assumed-role/Hub/trustview"


async def test_a_hub_role_that_refuses_says_so(relay: Relay) -> None:
    with pytest.raises(CredentialsError, match=f"the hub role `{HUB}` cannot be entered: `sts:AssumeRole` is refused"):
        await who_asks(small(via=HUB))
    (diagnosis,) = await examine(small(via=HUB))
    assert diagnosis.ends_all


async def test_a_session_policy_that_cannot_fit_says_what_to_do(relay: Relay) -> None:
    scope = small(via=HUB, role_name=f"{'deeper-and-deeper/' * 28}Reader")
    with pytest.raises(UsageError, match="or pass none with --no-session-policy"):
        await who_asks(scope)


# ── a delegated administrator ────────────────────────────────────────────────────────────────────────────────────


async def test_a_delegated_administrator_reads_the_organization_and_enters_the_management_account_by_a_hop(
    relay: Relay, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo lets it read and refuses its hops: so the management account is a gap, and what only it can tell."""
    import boto3

    sts = boto3.Session().client("sts", endpoint_url=served.endpoint)
    role = "arn:aws:iam::888800001111:role/trustview/TrustviewReader"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="delegate")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    scope = small("888800001111", "999900001111")
    snapshot = await collect(scope, Shelf(), moment)
    gaps = {(gap.account, gap.service): gap for gap in snapshot.gaps}

    assert snapshot.organization is not None
    assert len(snapshot.organization.accounts) == 42
    assert set(snapshot.facts_by_account) == {"888800001111"}
    assert snapshot.analyzers
    assert gaps["999900001111", ""].kind is GapKind.DENIED
    for service in ("identity-center", "iam-organizations-features"):
        assert gaps["", service].reason == (
            "only the management account and delegated administrators can be asked, and none was read"
        )
    found = await examine(scope)
    assert next(one for one in found if one.what == "organization").detail.endswith("read from account 888800001111")


# ── partitions ───────────────────────────────────────────────────────────────────────────────────────────────────

PLACES = (
    ("aws", "eu-west-1", ".amazonaws.com", "us-east-1"),
    ("aws-us-gov", "us-gov-west-1", ".amazonaws.com", "us-gov-west-1"),
    ("aws-cn", "cn-north-1", ".amazonaws.com.cn", "cn-north-1"),
)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(("partition", "region", "suffix", "main"), PLACES, ids=lambda place: place)
async def test_accounts_are_entered_within_the_partition(
    monkeypatch: pytest.MonkeyPatch, partition: str, region: str, suffix: str, main: str
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    async with open_aws(Scope()) as aws:
        answer = await aws.call(MEMBER, "", "sts", "GetCallerIdentity", {}, needs="Arn")
        assert answer["Arn"] == READER.replace("arn:aws:", f"arn:{partition}:")
        assert aws.caller.partition == partition
        assert aws.caller.main_regions == tuple(sorted({region, main}))


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(("partition", "region", "suffix", "main"), PLACES, ids=lambda place: place)
async def test_every_service_has_an_address_in_the_partition(
    monkeypatch: pytest.MonkeyPatch, partition: str, region: str, suffix: str, main: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    session = open_session(Scope())
    for service in sorted({operation.service for operation in OPERATIONS}):
        async with session.create_client(service, region_name=region, config=configure(Scope())) as client:
            host = client.meta.endpoint_url.partition("://")[2]
            assert client.meta.endpoint_url.startswith("https://"), service
            assert host.endswith(suffix), (service, host)
            assert client.meta.partition == partition, service


async def test_credentials_of_another_partition_say_to_name_a_region(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    relay.trouble = lambda _request: Refusal("InvalidClientTokenId", "The security token is invalid", 403)
    with pytest.raises(CredentialsError, match="credentials of GovCloud or China need a Region of theirs"):
        await collect(Scope(limits=FAST), Shelf(), moment)
