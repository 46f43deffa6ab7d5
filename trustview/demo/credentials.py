"""Who is calling: the temporary credentials that the demo has given out, and the check of a request's signature.

Signature Version 4, header form only: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, quote

_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials and whom they stand for."""

    access_key: str
    secret_key: str
    token: str
    account_id: str
    role_name: str
    role_id: str
    session_name: str
    expires: datetime

    @property
    def arn(self) -> str:
        """The session's ARN, as GetCallerIdentity tells it."""
        return f"arn:aws:sts::{self.account_id}:assumed-role/{self.role_name}/{self.session_name}"


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts of a request that its signature covers; `target` is the path and query as they came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class BadCredentialsError(Exception):
    """The request's credentials are not good; carries AWS's error code and the service, whose protocol tells it."""

    def __init__(self, service: str, code: str, message: str) -> None:
        super().__init__(message)
        self.service, self.code = service, code


class Credentials:
    """The sessions that are open; safe to use from several threads."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, account_id: str, role_name: str, role_id: str, session_name: str, seconds: int = 3600) -> Session:
        """New credentials for a session of this role; they end after so many seconds of real time."""
        session = Session(
            access_key="ASIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16)),
            secret_key=secrets.token_urlsafe(30),
            token=secrets.token_urlsafe(90),
            account_id=account_id,
            role_name=role_name,
            role_id=role_id,
            session_name=session_name,
            expires=datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
        )
        with self._lock:
            self._sessions[session.access_key] = session
        return session

    def check(self, request: Signed) -> tuple[Session, str, str]:
        """The session, service and Region that a request is signed for; raises BadCredentialsError."""
        try:
            algorithm, _, rest = request.headers["authorization"].partition(" ")
            fields = dict(part.strip().split("=", 1) for part in rest.split(","))
            key, date, region, service, _ = fields["Credential"].split("/")
            names, signature = fields["SignedHeaders"].split(";"), fields["Signature"]
        except (KeyError, ValueError):
            message = "Request is missing Authentication Token"
            raise BadCredentialsError("sts", "MissingAuthenticationToken", message) from None
        session = self._sessions.get(key)
        if session is None or not hmac.compare_digest(session.token, request.headers.get("x-amz-security-token", "")):
            code = "UnrecognizedClientException" if service not in ("iam", "sts") else "InvalidClientTokenId"
            raise BadCredentialsError(service, code, "The security token included in the request is invalid.")
        if session.expires < datetime.now(UTC):
            message = "The security token included in the request is expired"
            raise BadCredentialsError(service, "ExpiredToken", message)
        scope = f"{date}/{region}/{service}/aws4_request"
        stamp = request.headers.get("x-amz-date", "")
        wanted = "\n".join([algorithm, stamp, scope, _digest(_canonical(request, names).encode())])
        found = hmac.new(_signing_key(session.secret_key, date, region, service), wanted.encode(), "sha256").hexdigest()
        if not hmac.compare_digest(found, signature):
            message = "The request signature we calculated does not match the signature you provided."
            raise BadCredentialsError(service, "SignatureDoesNotMatch", message)
        return session, service, region


def _canonical(request: Signed, names: list[str]) -> str:
    path, _, query = request.target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    return "\n".join(
        [
            request.method,
            quote(path, safe="/~"),
            "&".join(f"{k}={v}" for k, v in pairs),
            headers,
            ";".join(names),
            request.headers.get("x-amz-content-sha256") or _digest(request.body),
        ]
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=1024)
def _signing_key(secret: str, *scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in (*scope, "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return key
