"""The archive of a review: the same bytes however its texts come, and a manifest that fits."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st

from trustview.export import write_pack

NAMES = st.sampled_from(["a.json", "bases/1.json", "manifest", "policies/00001.json", "policies/00002.json", "z"])


def given_in(pieces: list[str]) -> Callable[[], Iterable[str]]:
    return lambda: iter(pieces)


@given(st.dictionaries(NAMES, st.lists(st.text() | st.just(""), max_size=400)))
def test_a_pack_holds_each_text_whole_and_its_manifest_tells_of_each(texts: dict[str, list[str]]) -> None:
    in_pieces, in_one = io.BytesIO(), io.BytesIO()
    write_pack({name: given_in(pieces) for name, pieces in texts.items()}, in_pieces)
    write_pack({name: given_in(["".join(pieces)]) for name, pieces in texts.items()}, in_one)

    with ZipFile(in_pieces) as pack:
        assert pack.namelist() == sorted(pack.namelist())
        files = {name: pack.read(name) for name in pack.namelist()}
    assert in_pieces.getvalue() == in_one.getvalue()
    assert {name: files[name].decode() for name in texts} == {name: "".join(pieces) for name, pieces in texts.items()}
    assert json.loads(files.pop("manifest.json"))["files"] == {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in files.items()
    }
