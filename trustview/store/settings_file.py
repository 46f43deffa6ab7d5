"""Where `trustview.toml` is, and what it says.

THE ONE PLACE that looks for it: the file named on the command line, else `trustview.toml` in the workspace. The working
folder is not searched: settings approve accounts, and a folder that somebody else wrote must approve nobody.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from trustview.analysis import OF_THE_COCKPIT, ReadSettings, Settings, read_settings
from trustview.errors import UsageError
from trustview.store.workspace import Workspace

NAME = "trustview.toml"


def load_settings(workspace: Workspace, given: str | None = None) -> ReadSettings:
    """The settings in force; the defaults where there is no file.

    Raises UsageError when the file given cannot be read, or says what cannot be understood.
    """
    text, name = _read(workspace, given)
    return read_settings(text, name) if name else ReadSettings(Settings())


def load_cockpit_sections(workspace: Workspace, given: str | None = None) -> dict[str, Any]:
    """What the same file says for the cockpit alone, unread; UsageError as above."""
    text, name = _read(workspace, given)
    try:
        return {key: value for key, value in tomllib.loads(text).items() if key in OF_THE_COCKPIT}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"`{name}` is no TOML: {error}") from error


def _read(workspace: Workspace, given: str | None) -> tuple[str, str]:
    """The text of the file and what it is called; both empty when there is none."""
    path = Path(given).expanduser() if given else workspace.root / NAME
    if not given and not path.is_file():
        return "", ""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read the settings `{path}`: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the settings `{path}` are no UTF-8 text: save them as UTF-8") from error
    return text.replace("\r\n", "\n"), str(path)
