"""What must never be written down: every credential that was given out is looked for in everything that comes out."""

import asyncio
import logging
import traceback
from pathlib import Path

import pytest

from trustview.analysis import analyse
from trustview.cli.debugging import write_log
from trustview.collect import Event, Scope, collect, json_line, plain_line, progress_line
from trustview.collect.progress import Progress
from trustview.errors import CredentialsError
from trustview.snapshot import Snapshot
from trustview.store import open_shelf, open_snapshot, save_snapshot

from .cloud.organization import invent
from .cloud.server import Cloud, serve
from .cloud.trouble import EXPIRED, Cut, Fault, Nonsense, Reset, Truncated
from .cloud.virtual_time import run_virtually
from .cloud.wire import Call, Refused
from .conftest import moment
from .test_cloud import enter

QUARTER_PAST = 15


def repeating(cloud: Cloud) -> Refused:
    """AWS's answer to a wrong signature: it repeats the request, session token and all."""
    assert cloud.caller is not None
    message = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
        f"host:sts.amazonaws.com\nx-amz-security-token:{cloud.caller.token}\n'"
    )
    return Refused("SignatureDoesNotMatch", message, 403)


def make_trouble(cloud: Cloud) -> None:
    """Hops and reads that fail in every way, for good, in some accounts; the others are read."""
    members = sorted(set(cloud.served.enabled) - {cloud.served.management})
    hops: dict[str, Fault] = dict(
        zip(members, (Cut(), Truncated(), Nonsense(200), Reset(), Refused("InternalFailure", "no", 500)), strict=False)
    )
    reads: dict[str, Fault] = {members[5]: Cut(), members[6]: repeating(cloud), members[7]: EXPIRED}

    def trouble(call: Call) -> Fault | None:
        if call.operation == "AssumeRole":
            return hops.get(call.parameters["RoleArn"].split(":")[4])
        return reads.get(call.account)

    cloud.trouble = trouble


def texts_of(event: Event) -> list[str]:
    line = [progress_line(event)] if isinstance(event, Progress) else []
    return [repr(event), plain_line(event), json_line(event), *line]


def test_no_credential_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    cloud = Cloud(invent(9, 14))
    make_trouble(cloud)
    texts: list[str] = []

    async def run() -> Snapshot:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            with open_shelf(tmp_path / "parts", texts.append) as shelf:
                snapshot = await collect(Scope(), shelf, moment, lambda event: texts.extend(texts_of(event)))
                texts.extend(str(shelf.get(key)) for key in shelf.keys(""))
            return snapshot

    with caplog.at_level(logging.DEBUG, logger="trustview"):
        snapshot = run_virtually(run())
        saved = save_snapshot(tmp_path / "snapshots", snapshot, analyse(snapshot))
        texts += [repr(open_snapshot(saved).load_snapshot()), repr(snapshot), caplog.text, *capfd.readouterr()]
    _find_none(cloud, texts, tmp_path)

    assert len(snapshot.gaps) > 7
    assert len(snapshot.accounts) > 3


@pytest.mark.parametrize("how", ["repeating", "expired", "truncated", "nonsense"])
def test_no_credential_stands_in_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """The caller's own credentials are refused after a while; the whole chain of exceptions is looked at."""
    cloud = Cloud(invent(9, 14))
    faults: dict[str, Fault] = {
        "repeating": repeating(cloud),
        "expired": EXPIRED,
        "truncated": Truncated(),
        "nonsense": Nonsense(200),
    }

    def trouble(call: Call) -> Fault | None:
        is_late = len(cloud.asked) > QUARTER_PAST or how in ("truncated", "nonsense")
        return faults[how] if is_late and call.account == cloud.served.management else None

    cloud.trouble = trouble
    texts: list[str] = []

    async def run() -> None:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            asyncio.get_running_loop().set_exception_handler(lambda _loop, context: texts.append(str(context)))
            with open_shelf(tmp_path / "parts", texts.append) as shelf:
                await collect(Scope(), shelf, moment)

    with pytest.raises(CredentialsError) as caught:
        run_virtually(run())
    error: BaseException | None = caught.value
    texts += traceback.format_exception(caught.value)
    while error is not None:
        texts.append(repr(error) + repr(vars(error)))
        error = error.__cause__ or error.__context__
    _find_none(cloud, texts, tmp_path)


@pytest.mark.parametrize("is_open", [False, True], ids=["as it is written", "with every logger open"])
def test_no_credential_stands_in_the_log_of_a_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_open: bool
) -> None:
    """Once as `--debug` writes it, once with all that botocore can tell, so that hiding stands for itself."""
    cloud = Cloud(invent(9, 14))
    make_trouble(cloud)
    log = tmp_path / "log"

    async def run() -> None:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            with open_shelf(tmp_path / "parts", lambda text: None) as shelf, write_log(str(log)):
                if is_open:
                    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
                    logging.getLogger("botocore").debug("the token is %s", cloud.caller and cloud.caller.token)
                await collect(Scope(), shelf, moment)

    run_virtually(run())
    text = log.read_text()
    _find_none(cloud, [text], tmp_path)
    assert log.stat().st_mode & 0o077 == 0
    assert "OperationModel(name=ListRoles)" in text
    assert ("botocore.auth" in text) is is_open


def _find_none(cloud: Cloud, texts: list[str], folder: Path) -> None:
    """No key, secret or token that the server ever gave out is in the texts or the files."""
    sessions = cloud.credentials._sessions.values()
    given = {text for session in sessions for text in (session.access_key, session.secret_key, session.token)}
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(given) >= 3
    assert files
    for canary in given:
        assert not [text for text in texts if canary in text]
        assert not [content for content in files if canary.encode() in content]
