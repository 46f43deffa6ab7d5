"""`trustview config` and `trustview analyse`: the settings in force, and a snapshot seen through them anew.

THE ONE PLACE that writes the settings for people; `docs/settings.md` is `trustview config --document`.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import Field
from enum import IntEnum
from typing import Any

from trustview.analysis import ReadSettings, Settings, analyse, entries, sections
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_table, print_text, say
from trustview.cli.selecting import open_selected
from trustview.cli.summary import print_summary, summarise
from trustview.store import SnapshotFile, find_workspace, load_settings, open_snapshot, save_snapshot


def run_config(arguments: Namespace) -> int:
    """Print every setting with its value and where it comes from, an example file, or the documentation."""
    if arguments.example:
        print_text("\n".join(example_lines()) + "\n")
        return ExitCode.DONE
    if arguments.document:
        print_text("\n".join(document_lines()) + "\n")
        return ExitCode.DONE
    found = load_settings(find_workspace(), arguments.settings)
    rows = list(_rows(found))
    if arguments.json:
        print_json([{"setting": key, "value": value, "from": place} for key, value, place in rows])
        return ExitCode.DONE
    print_table(("setting", "value", "from"), [(key, toml_of(value), place) for key, value, place in rows])
    say(f"settings of `{found.name}`" if found.name else "there is no settings file: every setting is the default")
    return ExitCode.DONE


def _rows(found: ReadSettings) -> Iterator[tuple[str, object, str]]:
    """Key, JSON-ready value and origin of every setting."""
    lines = dict(found.lines)
    for section in sections():
        values = getattr(found.settings, section.name)
        for entry, _ in entries(values):
            key = f"{section.name}.{entry.name}"
            place = f"{found.name} line {lines[key]}" if key in lines else "default"
            yield key, plain_value(entry, getattr(values, entry.name)), place


def run_analyse(arguments: Namespace) -> int:
    """Analyse a snapshot again under the settings in force, and keep it beside the old one."""
    workspace = find_workspace()
    found = load_settings(workspace, arguments.settings)
    with open_selected(workspace, arguments) as snapshot:
        facts = snapshot.load_snapshot()
    path = save_snapshot(workspace, facts, analyse(facts, settings=found.settings))
    with open_snapshot(path) as saved:
        print_summary(summarise(saved), as_json=arguments.json)
    return ExitCode.DONE


def describe_difference(snapshot: SnapshotFile, settings: Settings) -> str:
    """What to say when a snapshot was analysed under other settings than those in force; empty when it was not."""
    before = snapshot.settings()
    changed = [
        f"{section.name}.{entry.name}"
        for section in sections()
        for entry, _ in entries(getattr(settings, section.name))
        if getattr(getattr(before, section.name), entry.name) != getattr(getattr(settings, section.name), entry.name)
    ]
    if not changed:
        return ""
    shown = ", ".join(changed[:3]) + (" and more" if len(changed) > 3 else "")
    return f"settings differ from those of this snapshot ({shown}): `trustview analyse` applies them"


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def example_lines() -> Iterator[str]:
    """A settings file with everything in it, all commented out."""
    yield "# trustview.toml: what trustview cannot learn from AWS. It is read from $TRUSTVIEW_HOME, or from --settings."
    for section in sections():
        yield ""
        yield from _comment(_first_sentence(section.default))
        yield f"[{section.name}]"
        for entry, setting in entries(section.default):
            yield ""
            yield from _comment(setting.meaning)
            yield from _comment(f"Default: {toml_of(plain_value(entry, entry.default))}")
            yield f"# {entry.name} = {setting.example}"


def document_lines() -> Iterator[str]:
    """The documentation of every setting, in Markdown."""
    yield "# Settings"
    yield ""
    yield "What trustview cannot learn from AWS stands in one file, `trustview.toml`: the file that `--settings FILE`"
    yield "names, else the one in `$TRUSTVIEW_HOME` (otherwise `~/.local/share/trustview`). The working folder is not"
    yield "searched: settings approve accounts, and a folder that somebody else wrote must approve nobody."
    yield ""
    yield "`trustview config` shows the settings in force and where each comes from; `trustview config --example`"
    yield "prints a file to begin with. Settings are part of the analysis and kept with it: after a change"
    yield "`trustview analyse` looks at the newest snapshot again, and the cockpit says when the settings differ."
    for section in sections():
        yield ""
        yield f"## `[{section.name}]`"
        yield ""
        yield _first_sentence(section.default)
        for entry, setting in entries(section.default):
            yield ""
            yield f"### `{entry.name}`"
            yield ""
            yield setting.meaning
            yield ""
            yield f"- Default: `{toml_of(plain_value(entry, entry.default))}`"
            yield f"- Example: `{entry.name} = {setting.example}`"


def _first_sentence(section: object) -> str:
    return " ".join((type(section).__doc__ or "").split())


def _comment(text: str) -> Iterator[str]:
    words = text.split()
    line = "#"
    for word in words:
        if len(line) + len(word) > 115:
            yield line
            line = "#"
        line = f"{line} {word}"
    yield line


def plain_value(entry: Field[Any], value: Any) -> object:  # noqa: ANN401 -- whatever a setting holds
    """A setting's value as JSON has it: pairs become an object, tiers their names."""
    if str(entry.type).startswith("tuple[tuple["):
        return {key: item.name.lower() if isinstance(item, IntEnum) else item for key, item in value}
    return list(value) if isinstance(value, tuple) else value


def toml_of(value: object) -> str:
    """A JSON-ready value as TOML writes it in one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {toml_of(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_of, value))}]"
    return json.dumps(value, ensure_ascii=False)
