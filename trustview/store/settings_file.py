"""Where `trustview.toml` is, and what it says.

THE ONE PLACE that looks for it: the file named on the command line, else `trustview.toml` in the workspace. The working
folder is not searched: settings approve accounts, and a folder that somebody else wrote must approve nobody.
"""

from __future__ import annotations

from pathlib import Path

from trustview.analysis import ReadSettings, Settings, read_settings
from trustview.errors import UsageError
from trustview.store.workspace import Workspace

NAME = "trustview.toml"


def load_settings(workspace: Workspace, given: str | None = None) -> ReadSettings:
    """The settings in force; the defaults where there is no file.

    Raises UsageError when the file given cannot be read, or says what cannot be understood.
    """
    path = Path(given).expanduser() if given else workspace.root / NAME
    if not given and not path.is_file():
        return ReadSettings(Settings())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read the settings `{path}`: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the settings `{path}` are no UTF-8 text: save them as UTF-8") from error
    return read_settings(text.replace("\r\n", "\n"), str(path))
