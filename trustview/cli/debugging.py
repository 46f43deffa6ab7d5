"""`--debug FILE`: what the program does, line by line, without secrets. THE ONE PLACE that sets logging up.

Two walls. The first: of other libraries only what is listed is written below a warning; what botocore signs, sends and
gets is never in the list. The second: whatever is written loses everything that is, or looks like, a credential.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from trustview import __version__
from widgets.safe_text import safe_text

LOG = logging.getLogger("trustview")
HIDDEN = "[hidden]"

OPEN = ("trustview", "botocore.endpoint", "botocore.retryhandler", "botocore.retries", "aiobotocore.retryhandler")
"""The loggers of which everything is written; of all others only warnings and errors."""

_SECRET_VARIABLES = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "PGPASSWORD",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "TRUSTVIEW_EXTERNAL_ID", "TRUSTVIEW_REVIEW_DATABASE",
)  # fmt: skip
_SHORTEST = 6

# What is sent and got: to the end of the message, whatever is in it.
_CONTENT = re.compile(r"(with params:|response body:|response headers:|canonicalrequest:|stringtosign:).*", re.I | re.S)
_NAMED = re.compile(
    r"((?:secret_?access_?key|access_?key_?id|session_?token|security[-_]?token|access_?token|id_?token|client_?secret|"
    r"authorization|signature|credential|external_?id|password|passwd)\w*"
    r"(?:['\"]?\s*[:=>]+\s*(?:b?['\"])?|\s+))([^\s'\"<>,&}]+)",
    re.I,
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_KEY_ID = re.compile(r"\bA(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,}\b")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@\s]+@")
# Secrets and tokens of AWS are long and mixed; folders and ARNs hold dots and colons, digests no capitals.
_LONG = re.compile(
    r"(?=[A-Za-z0-9/+=_%-]*[A-Z])(?=[A-Za-z0-9/+=_%-]*[a-z])(?=[A-Za-z0-9/+=_%-]*\d)[A-Za-z0-9/+=_%-]{36,}"
)


def hide_secrets(text: str, known: tuple[str, ...] = ()) -> str:
    """A text without credentials: those that are known, those that have a name before them, those that look so."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    text = _CONTENT.sub(rf"\1 {HIDDEN}", text)
    text = _URL_PASSWORD.sub(rf"\1{HIDDEN}@", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    return _LONG.sub(HIDDEN, _KEY_ID.sub(HIDDEN, text))


def known_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials that the environment holds, the longest first."""
    found = {environment.get(name, "") for name in _SECRET_VARIABLES}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True))


class SecretFreeFormatter(logging.Formatter):
    """`2026-11-20T06:00:00.123Z DEBUG trustview.ui: …`; a traceback follows its line; no line can colour a terminal."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._known = known

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record, made free of secrets and then safe line by line."""
        text = hide_secrets(super().format(record), self._known)
        return "\n".join(map(safe_text, text.splitlines()))


class _LogFile(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- named by logging
        """A disk that is full costs lines of the log and nothing else: nothing is printed over the screen."""


@contextmanager
def write_log(path: str | None) -> Iterator[None]:
    """Write a log into a file, readable by its owner alone, behind what is there; without a path nothing is set up.

    Raises StoreError when the file cannot be written.
    """
    if path is None:
        yield
        return
    from trustview.store import make_file

    handler = _LogFile(make_file(Path(path).expanduser()), encoding="utf-8")
    handler.setFormatter(SecretFreeFormatter(known_secrets(os.environ)))
    root, before = logging.getLogger(), {name: logging.getLogger(name).level for name in OPEN}
    root.addHandler(handler)
    for name in OPEN:
        logging.getLogger(name).setLevel(logging.DEBUG)
    LOG.info("trustview %s, Python %s, %s", __version__, platform.python_version(), platform.system())
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
        root.removeHandler(handler)
        handler.close()
