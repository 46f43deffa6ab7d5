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
from trustview.policy import Evaluation, evaluate
from trustview.policy.simulation import (
    CONTEXT,
    ID,
    POLICIES,
    TEXTS,
    Asked,
    Simulation,
    Stacked,
    Unread,
    ask,
    count_texts,
    describe_answer,
    find_repeated_field,
    put_together,
    read_simulation,
    stack_up,
)
from trustview.store import open_bytes

# The largest line that is read. All policies that AWS's quotas let bear on one request are a small part of it.
LONGEST_LINE = 2 << 20
# How much input is read at once at most: answers never wait for more of it than is there.
PIECE = 64 << 10
# How much text is kept with what was read of it: of one field, and of whole stacks of policies.
KEPT_PER_FIELD = 2 << 20
KEPT_OF_STACKS = 8 << 20

# A line as lines are: each text read, each policy as it is written, and nothing else.
_Line = msgspec.defstruct(
    "_Line",
    [(ID.name, Any), *((field.name, str) for field in TEXTS), (CONTEXT.name, Any)]
    + [
        (field.name, msgspec.Raw) if isinstance(field.absent, Unread) else (field.name, msgspec.Raw, b"")
        for field in POLICIES
    ],
    forbid_unknown_fields=True,
)
_read_line = msgspec.json.Decoder(_Line).decode
_split = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode = msgspec.json.decode
_encode = msgspec.json.Encoder().encode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# The quotes around the names of the id, of the context and of the texts, and around the texts.
_QUOTES = 2 * (2 + 2 * len(TEXTS))


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
        self._asked = Shelf(_ask, KEPT_PER_FIELD, _length_of_all)
        self._policies = {field.name: Shelf(field.read_text, KEPT_PER_FIELD) for field in POLICIES}
        self._readers = {field.name: field.read_text for field in (*TEXTS, CONTEXT)} | {
            name: shelf.__getitem__ for name, shelf in self._policies.items()
        }
        self._stacks = Shelf(self._stack_up, KEPT_OF_STACKS, _length_of_all)
        self._answers = Shelf(_write_answer, KEPT_PER_FIELD, lambda _, written: len(written))

    def answer(self, line: bytes | None) -> bytes:
        """The answer to one line, as a line; an error names the line by its number, and the field."""
        self.count += 1
        name, found = self.read(line)
        if isinstance(found, Simulation):
            evaluation = evaluate(found.request, found.stack)
            return b'{"id":%b,%b' % (_write(name), self._answers[evaluation, found.notes])
        self.unread += 1
        place = f"`{found.field}`: " if found.field else ""
        return _write({"id": name, "error": f"line {self.count}: {place}{found.why}"}) + b"\n"

    def read(self, line: bytes | None) -> tuple[object, Simulation | Unread]:
        """The id of a line, None when it cannot be told, and what the line asks or why it is unread."""
        if line is None:
            return None, Unread("", f"it is longer than {LONGEST_LINE >> 20} MiB")
        if self.count <= 1:
            # A byte order mark may stand before the first line.
            line = line.removeprefix(b"\xef\xbb\xbf")
        return self._read_plain(line) or self._read_closely(line)

    def _read_plain(self, line: bytes) -> tuple[object, Simulation] | None:
        """What a line asks that is as lines are; None when something may be wrong with it, or stand there twice."""
        try:
            name, *values = msgspec.structs.astuple(_read_line(line))
        except _UNREADABLE:
            return None
        asked, context = self._asked[tuple(values[:4])], CONTEXT.read(values[4])
        stacked, quotes = self._stacks[tuple(map(bytes, values[5:]))]
        if Unread in map(type, (ID.read(name), asked, context, stacked)):
            return None
        quotes += _QUOTES + 2 * (isinstance(name, str) + count_texts(context))
        # What stands twice brings quotes of its own; so does a quote inside a text, which is looked at closely too.
        found = put_together(asked, context, stacked) if line.count(b'"') == quotes else None
        return (name, found) if isinstance(found, Simulation) else None

    def _read_closely(self, line: bytes) -> tuple[object, Simulation | Unread]:
        """What a line asks or what exactly is wrong with it, field by field."""
        try:
            fields = _split(line)
        except _UNREADABLE as error:
            return None, Unread("", _why_not(error) if line.strip() else "it is empty")
        name = _read_name(fields.pop(ID.name)) if ID.name in fields else ID.absent
        if isinstance(name, Unread):
            return None, name
        texts = {name: bytes(text) for name, text in fields.items()}
        found = read_simulation(texts, self._readers)
        return name, found if isinstance(found, Unread) else find_repeated_field(line) or found

    def _stack_up(self, texts: tuple[bytes, ...]) -> tuple[Stacked | Unread, int]:
        """The policies of these texts, empty where there is none, and how many quotes they and their names have."""
        given = list(zip(POLICIES, texts, strict=True))
        found = [self._policies[field.name][text] if text else field.absent for field, text in given]
        refused = next((policies for policies in found if isinstance(policies, Unread)), None)
        return refused or stack_up(found), sum(text.count(b'"') + 2 for text in texts if text)


class Shelf(dict[Any, Any]):
    """What was made of a key, because what is given repeats; bounded, so that no input fills the memory."""

    def __init__(
        self,
        make: Callable[[Any], Any],
        most: int,
        size: Callable[[Any, Any], int] = lambda key, _: len(key),
    ) -> None:
        super().__init__()
        self._make, self._most, self._measure, self._size = make, most, size, 0

    def __missing__(self, key: Any) -> Any:  # noqa: ANN401 -- whatever is made of whatever is given
        found = self._make(key)
        size = self._measure(key, found)
        self._size += size
        if self._size > self._most:
            self.clear()
            self._size = size
        self[key] = found
        return found


def _length_of_all(texts: tuple[bytes | str, ...], _: object) -> int:
    return sum(map(len, texts))


def _ask(texts: tuple[str, ...]) -> Asked | Unread:
    values = [field.read(text) for field, text in zip(TEXTS, texts, strict=True)]
    return next((value for value in values if isinstance(value, Unread)), None) or ask(values)


def _read_name(given: msgspec.Raw) -> Any:  # noqa: ANN401 -- as the id is read
    try:
        return ID.read(_decode(given))
    except _UNREADABLE as error:
        return Unread(ID.name, _why_not(error))


def _why_not(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        return "it holds a number out of range" if "range" in str(error) else "it is JSON, but not an object"
    return f"it is not JSON: {str(error).removeprefix('JSON is malformed: ')}"


def _write_answer(answer: tuple[Evaluation, tuple[str, ...]]) -> bytes:
    """The end of a line that answers, after the id."""
    return _write(describe_answer(*answer)).removeprefix(b"{") + b"\n"


def _write(value: object) -> bytes:
    """JSON; every character that is not ASCII is escaped, so that names can do nothing."""
    text = _encode(value)
    return text if text.isascii() else json.dumps(value, separators=(",", ":")).encode()
