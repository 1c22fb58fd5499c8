"""The table of contents of an attachment is what zipfile says it is."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.oso import archive
from adapters.oso.attachments import inspect

NAMES = st.text(st.sampled_from("ab/.\\Zé"), min_size=1, max_size=8)
FILES = st.lists(st.tuples(NAMES, st.binary(max_size=40), st.booleans()), max_size=4)


def packed(files: list[tuple[str, bytes, bool]], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, content, deflated in files:
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if deflated else None)
        out.comment = comment
    return made.getvalue()


def by_zipfile(data: bytes) -> list[tuple[Any, ...]] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            found = opened.infolist()
    except Exception:  # noqa: BLE001  # what is asked is whether it can be read at all
        return None
    return [(e.filename, e.orig_filename, e.file_size, e.compress_size, bool(e.flag_bits & 1)) for e in found]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(files=FILES, comment=st.sampled_from([b"", b"x"]), seed=st.randoms(), changes=st.integers(0, 3))
@example(files=[("a.pdf", b"x", False)], comment=b"", seed=None, changes=0)
def test_the_contents_are_those_zipfile_finds(
    files: list[tuple[str, bytes, bool]], comment: bytes, seed: Any, changes: int
) -> None:
    """Any ZIP, also with bytes changed in or cut from its table of contents, lists what zipfile lists."""
    data = bytearray(packed(files, comment))
    for _ in range(changes):
        at = seed.randrange(max(0, len(data) - 80), len(data))
        data[at : at + seed.randint(0, 1)] = bytes([seed.choice([0, 1, 6, 255, seed.randrange(256)])])
    found = archive.entries(bytes(data))
    assert (None if found is None else [tuple(e) for e in found]) == by_zipfile(bytes(data))


@pytest.mark.parametrize("name", ["", "\0.pdf"])
def test_an_entry_without_a_name_is_of_no_allowed_kind(name: str) -> None:
    """A ZIP can hold a file without a name: that is reported like any kind that is not allowed."""
    data = packed([("x.pdf", b"y", False)]).replace(b"x.pdf", name.encode().ljust(5, b"\0"))
    assert "bijlage.soort" in inspect(base64.b64encode(data).decode())[1]
