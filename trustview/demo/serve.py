"""The server process: `python -m trustview.demo.serve --quarter current --now 2026-11-24T03:00:00+00:00`.

It writes one line of JSON to stdout when it is ready (`{"endpoint", "environment"}`) or cannot be (`{"error"}`), and
ends when its stdin ends, so that it never outlives the process that started it, however that one died.
"""

import argparse
import json
import os
import signal
import sys
import threading
from datetime import datetime
from typing import Any

from trustview.demo.load import Quarter, load_acme


def main() -> None:
    """Serves until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m trustview.demo.serve")
    parser.add_argument("--quarter", choices=("current", "earlier"), default="current")
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    try:
        ready, server = _prepare(options.quarter, options.now, options.port)
    except ImportError as error:
        _tell({"error": "missing", "detail": str(error)})
        raise SystemExit(1) from None
    except OSError as error:
        _tell({"error": "port", "detail": str(error)})
        raise SystemExit(1) from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _tell(ready)
    _be_quiet()
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def _prepare(quarter: Quarter, now: datetime, port: int) -> tuple[dict[str, Any], Any]:
    """Loads everything; moto is imported here and nowhere before."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415

    from trustview.demo.credentials import Credentials  # noqa: PLC0415
    from trustview.demo.gateway import Gateway  # noqa: PLC0415
    from trustview.demo.http_server import Server  # noqa: PLC0415
    from trustview.demo.iam_answers import IamAnswers  # noqa: PLC0415
    from trustview.demo.moto_state import fill_moto, load_library  # noqa: PLC0415

    acme = load_acme(quarter, now)
    library = load_library(acme)
    fill_moto(acme, library)
    credentials = Credentials()
    caller = next(r for r in acme.roles if r.account_id == acme.management_id and r.name == acme.caller_role)
    session = credentials.open(acme.management_id, caller.name, caller.id, "trustview-demo", seconds=43200)
    moto = DomainDispatcherApplication(create_backend_app)
    server = Server(Gateway(acme, credentials, IamAnswers(acme, library), moto), port)
    endpoint = f"http://{server.server_address[0]!s}:{server.server_port}"
    environment = {
        "AWS_ACCESS_KEY_ID": session.access_key,
        "AWS_SECRET_ACCESS_KEY": session.secret_key,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_DEFAULT_REGION": acme.home_region,
        "AWS_REGION": acme.home_region,
    }
    return {"endpoint": endpoint, "environment": environment}, server


def _be_quiet() -> None:
    """Neither moto's messages nor the terminal's Ctrl-C are for the screen that the parent draws."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
