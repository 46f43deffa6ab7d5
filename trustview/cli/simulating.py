"""`trustview simulate`: requests as JSON lines in, the engine's answers as JSON lines out, as fast as they come."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import say
from trustview.errors import UsageError
from trustview.policy.simulation import FIELDS, ID, Field, Simulation, Unread, answer_simulation, read_simulation
from trustview.store import open_bytes

# The largest line that is read. All policies that AWS's quotas let bear on one request are a small part of it.
LONGEST_LINE = 2 << 20
# How much input is read at once at most: answers never wait for more of it than is there.
PIECE = 64 << 10
# How much text of one field is kept with what was read of it.
KEPT_PER_FIELD = 2 << 20

_split = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode = msgspec.json.decode
_encode = msgspec.json.Encoder().encode


def run_simulate(arguments: Namespace) -> int:
    """Answer every line of the file or of stdin; 3 when some could not be read."""
    if arguments.file not in (None, "-"):
        with open_bytes(arguments.file) as stream:
            return simulate_stream(stream, sys.stdout.buffer)
    if sys.stdin is None:
        raise UsageError("there is no input: name a file of JSON lines, or pipe them in")
    if sys.stdin.isatty():
        say("reading requests, one JSON object a line; Ctrl-D ends")
    return simulate_stream(sys.stdin.buffer, sys.stdout.buffer)


def simulate_stream(source: BinaryIO, target: BinaryIO) -> int:
    """Answer every line of a stream; whatever was answered is flushed before more input is waited for."""
    simulator = Simulator()
    for lines in read_lines(source):
        target.write(b"".join([simulator.answer(line) for line in lines]))
        target.flush()
    if simulator.unread:
        say(f"{simulator.unread} of {simulator.count} lines could not be read: the answers say why")
    return ExitCode.GAPS if simulator.unread else ExitCode.DONE


def read_lines(source: BinaryIO) -> Iterator[list[bytes | None]]:
    """The lines of a stream in lists, each as soon as its input is there; None for a line above LONGEST_LINE."""
    begun, size = list[bytes](), 0
    while piece := source.read1(PIECE):  # type: ignore[attr-defined]  # every buffered reader has it
        first, *others = piece.split(b"\n")
        size += len(first)
        # Of a line that is too long nothing is kept.
        begun = [*begun, first] if size <= LONGEST_LINE else []
        if others:
            last = others.pop()
            yield [b"".join(begun) if size <= LONGEST_LINE else None, *others]
            begun, size = [last], len(last)
    if size:
        yield [b"".join(begun) if size <= LONGEST_LINE else None]


class Simulator:
    """Answers lines, and counts those that could not be read."""

    def __init__(self) -> None:
        self.count = self.unread = 0
        self._read_id = _reader(ID)
        self._readers = {field.name: _reader(field) for field in FIELDS}

    def answer(self, line: bytes | None) -> bytes:
        """The answer to one line, as a line; an error names the line by its number, and the field."""
        self.count += 1
        name, found = self.read(line)
        if not isinstance(found, Unread):
            return _write({"id": name, **answer_simulation(found)})
        self.unread += 1
        place = f"`{found.field}`: " if found.field else ""
        return _write({"id": name, "error": f"line {self.count}: {place}{found.why}"})

    def read(self, line: bytes | None) -> tuple[object, Simulation | Unread]:
        """The id of a line, None when it cannot be told, and what the line asks or why it is unread."""
        fields = _fields_of(line, may_have_mark=self.count <= 1)
        if isinstance(fields, Unread):
            return None, fields
        name = self._read_id(fields.pop(ID.name)) if ID.name in fields else ID.absent
        if isinstance(name, Unread):
            return None, name
        return name, read_simulation(fields, self._readers)


def _fields_of(line: bytes | None, *, may_have_mark: bool) -> dict[str, msgspec.Raw] | Unread:
    """The fields of a line, each as it is written. A byte order mark may stand before the first."""
    if line is None:
        return Unread("", f"it is longer than {LONGEST_LINE >> 20} MiB")
    try:
        return _split(line.removeprefix(b"\xef\xbb\xbf") if may_have_mark else line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unread("", _why_not(error) if line.strip() else "it is empty")


def _reader(field: Field) -> Callable[[msgspec.Raw], Any]:
    """What reads a field: by its text where that repeats, at once where it does not."""
    if field.repeats:
        return Shelf(field).read

    def read(given: msgspec.Raw) -> Any:  # noqa: ANN401 -- as the field reads it
        try:
            return field.read(_decode(given))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Unread(field.name, _why_not(error))

    return read


class Shelf(dict[bytes, Any]):
    """What a field was read as, by its text, because policies repeat; bounded, so that no input fills the memory."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field, self._size = field, 0

    def __missing__(self, text: bytes) -> Any:  # noqa: ANN401 -- as the field reads it
        found = self._field.read_text(text)
        self._size += len(text)
        if self._size > KEPT_PER_FIELD:
            self.clear()
            self._size = len(text)
        self[text] = found
        return found

    def read(self, given: msgspec.Raw) -> Any:  # noqa: ANN401
        """What a field holds, or why it cannot be read."""
        return self[bytes(given)]


def _why_not(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        return "it holds a number out of range" if "range" in str(error) else "it is JSON, but not an object"
    return f"it is not JSON: {str(error).removeprefix('JSON is malformed: ')}"


def _write(answer: dict[str, object]) -> bytes:
    """One line of JSON; every character that is not ASCII is escaped, so that names can do nothing."""
    line = _encode(answer)
    return (line if line.isascii() else json.dumps(answer, separators=(",", ":")).encode()) + b"\n"
