"""Texts of a snapshot file, kept once each: without repetition, with the account taken out, deflated.

Equal texts of different accounts are made equal by writing the account's own id as byte 0x01, which JSON escapes, so
that no policy text can hold it; a text that holds it all the same is kept as it is. Each text is deflated with one
dictionary made of the commonest ones. Reading gives back every text exactly; a changed byte raises ValueError.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from trustview.analysis.own_account import OWN_ACCOUNT, make_template

DICTIONARY_BYTES = 1 << 15
LARGEST_BYTES = 1 << 28

_LEVEL = 3
# With more, zlib's tables are so large that the system has to make room for them anew with every text.
_MEMORY = 7
_HEAD_BYTES = 6
_TEXTS_KEPT = 1 << 12
_LONGEST_IN_DICTIONARY = 1 << 12

FetchText = Callable[[int], tuple[int, bytes]]


@dataclass(slots=True)
class TextWriter:
    """Collects texts and gives each a number; 0 is the empty text."""

    _numbers: dict[tuple[str, bool], int] = field(default_factory=dict)
    _uses: list[int] = field(default_factory=list)

    def put(self, text: str, account: str = "") -> int:
        """The number of a text in which `account` stands for the account it belongs to."""
        if not text:
            return 0
        kept, is_template = make_template(text, account)
        number = self._numbers.setdefault((kept, is_template), len(self._uses) + 1)
        if number > len(self._uses):
            self._uses.append(0)
        self._uses[number - 1] += 1
        return number

    def dictionary(self) -> bytes:
        """The commonest texts, the most common last, where deflate finds them cheapest."""
        ranked = sorted(zip(self._uses, self._numbers, strict=True), key=lambda pair: -pair[0])
        chosen: list[bytes] = []
        left = DICTIONARY_BYTES
        for _, (text, _) in ranked:
            body = _to_bytes(text[: _LONGEST_IN_DICTIONARY + 1])
            if len(body) <= min(left, _LONGEST_IN_DICTIONARY):
                chosen.append(body)
                left -= len(body)
            if left < 64:
                break
        return b"".join(reversed(chosen))

    def rows(self, dictionary: bytes) -> Iterator[tuple[int, bool, bytes]]:
        """(number, is template, deflated) of every text."""
        for (text, is_template), number in self._numbers.items():
            yield number, is_template, deflate(_to_bytes(text), dictionary)


class TextReader:
    """Gives texts back by number; `fetch` reads a row's (is template, deflated). The texts met last are kept."""

    def __init__(self, fetch: FetchText, dictionary: bytes) -> None:
        self._fetch = fetch
        self._dictionary = dictionary
        self._head = deflate(b"", dictionary)[:_HEAD_BYTES]
        self._kept = lru_cache(_TEXTS_KEPT)(self._read)

    def get(self, number: int, account: str = "") -> str:
        """The text as it was put for this account; ValueError when it is damaged."""
        if number == 0:
            return ""
        is_template, text = self._kept(number)
        return text.replace(OWN_ACCOUNT, account) if is_template else text

    def _read(self, number: int) -> tuple[bool, str]:
        is_template, body = self._fetch(number)
        return bool(is_template), _from_bytes(self._inflate(body))

    def _inflate(self, body: bytes) -> bytes:
        """As `inflate` does, but zlib would sum up the whole dictionary for each text: that takes longer than the text.

        The head of what was deflated (RFC 1950) holds that sum, and the last four bytes the one of the text.
        """
        if not (self._dictionary and body.startswith(self._head)):
            return inflate(body, self._dictionary)
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS, zdict=self._dictionary)
        text = _unpack(unpacker, body[_HEAD_BYTES:])
        if unpacker.unused_data != zlib.adler32(text).to_bytes(4):
            raise ValueError("a text is not what was written")
        return text


def deflate(body: bytes, dictionary: bytes = b"") -> bytes:
    """Bytes deflated, with a checksum."""
    packer = _packer(dictionary).copy()
    packed: bytes = packer.compress(body) + packer.flush()
    return packed


@lru_cache(maxsize=2)
def _packer(dictionary: bytes) -> Any:  # noqa: ANN401 -- zlib tells no types
    """A packer that has read the dictionary: copies of it need not."""
    if not dictionary:
        return zlib.compressobj(_LEVEL, memLevel=_MEMORY)
    return zlib.compressobj(_LEVEL, memLevel=_MEMORY, zdict=dictionary)


def inflate(body: bytes, dictionary: bytes = b"") -> bytes:
    """What `deflate` was given; ValueError when it is damaged."""
    return _unpack(zlib.decompressobj(zdict=dictionary) if dictionary else zlib.decompressobj(), body)


def _unpack(unpacker: Any, body: bytes) -> bytes:  # noqa: ANN401 -- zlib tells no types
    try:
        text: bytes = unpacker.decompress(body, LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError("a text is cut off")
    return text


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _from_bytes(body: bytes) -> str:
    return body.decode("utf-8", "surrogatepass")
