"""The table of contents of an attachment is what zipfile says it is."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import oso
from adapters.oso import archive
from adapters.oso.attachments import inspect
from adapters.xml import zips
from tests.unit.adapters.oso.dossier import L, mutate, put
from tests.unit.adapters.oso.profiles import build

NAMES = st.text(st.sampled_from("ab/.\\Zé"), min_size=1, max_size=8)
FILES = st.lists(st.tuples(NAMES, st.binary(max_size=40), st.booleans()), max_size=4)


def packed(files: list[tuple[str, bytes, bool]], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, content, deflated in files:
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if deflated else None)
        out.comment = comment
    return made.getvalue()


def by_zipfile(data: bytes) -> tuple[list[tuple[Any, ...]], bool] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            found = opened.infolist()
            foreign = zips.has_foreign_bytes(data, zips.spans_of(opened), opened.start_dir)
    except Exception:  # noqa: BLE001  # what is asked is whether it can be read at all
        return None
    listed = [
        (e.filename, e.orig_filename, e.file_size, e.compress_size, bool(e.flag_bits & 1)) for e in found
    ]
    return listed, foreign


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
    found = archive.listing(bytes(data))
    expected = by_zipfile(bytes(data))
    assert (None if found is None else ([tuple(e) for e in found.entries], found.foreign)) == expected


@pytest.mark.parametrize("name", ["", "\0.pdf"])
def test_an_entry_without_a_name_is_of_no_allowed_kind(name: str) -> None:
    """A ZIP can hold a file without a name: that is reported like any kind that is not allowed."""
    data = packed([("x.pdf", b"y", False)]).replace(b"x.pdf", name.encode().ljust(5, b"\0"))
    assert "bijlage.soort" in inspect(base64.b64encode(data).decode())[1]


STUB = b"MZ\x90\x00" + b"\x00 programma " * 40


def moved(data: bytes, before: bytes) -> bytes:
    """A ZIP with bytes before it whose table of contents knows of them, as self-extracting ones have."""
    out = io.BytesIO(before)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "a") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    return out.getvalue()


def streamed(*names: str) -> bytes:
    """A ZIP written to a pipe: its sizes stand behind each file."""

    class Pipe(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            self.data += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name in names:
            archive.writestr(name, b"inhoud" * 50, zipfile.ZIP_DEFLATED)
    return pipe.data


PLAIN_ZIP = packed([("a.pdf", b"een", False), ("b.pdf", b"twee" * 50, True)])
FOREIGN = {
    "an executable before it": STUB + PLAIN_ZIP,
    "an executable before it that is counted": moved(PLAIN_ZIP, STUB),
    "another zip before it": packed([("x.pdf", b"x", False)]) + PLAIN_ZIP,
    "one byte before it": b"\x00" + PLAIN_ZIP,
    "a script before it": b"#!/bin/sh\nexec true\n" + PLAIN_ZIP,
    "a program between the files": (
        PLAIN_ZIP[: PLAIN_ZIP.index(b"PK\x01\x02")] + STUB + PLAIN_ZIP[PLAIN_ZIP.index(b"PK\x01\x02") :]
    ),
    "before an empty zip": STUB + packed([]),
    "before a zip with a comment": STUB + packed([("a.pdf", b"een", False)], b"opmerking"),
    "before a zip written to a pipe": STUB + streamed("a.pdf", "b.pdf"),
    "before a zip of another version": STUB + PLAIN_ZIP.replace(b"PK\x01\x02\x14", b"PK\x01\x02\x15"),
}
ORDINARY = {
    "plain": PLAIN_ZIP,
    "with a comment": packed([("a.pdf", b"een", False)], b"opmerking"),
    "written to a pipe": streamed("a.pdf", "b.pdf"),
    "one file": packed([("a.pdf", b"", False)]),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_bytes_that_belong_to_no_file_are_reported(data: bytes) -> None:
    """Whatever stands before or between the files of a ZIP, it can be a program: the attachment says so."""
    digest, problems = inspect(base64.b64encode(data).decode())
    assert digest
    assert "bijlage.vreemd" in problems


@pytest.mark.parametrize("data", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_zip_has_nothing_foreign(data: bytes) -> None:
    """However a program writes a ZIP, a good one has no finding."""
    assert inspect(base64.b64encode(data).decode())[1] == ()


@pytest.mark.parametrize(
    "data", [STUB + packed([("a.xml", b"<a/>", False)]), b" " + packed([("a", b"", True)])]
)
def test_a_message_in_a_zip_with_more_before_it_is_not_opened(data: bytes) -> None:
    """Between machines there is no reason for it: refused, with a reason of its own."""
    assert zips.only_file(data, max_bytes=1_000) is zips.Damage.FOREIGN
    assert zips.TEXTS[zips.Damage.FOREIGN]


def test_a_message_in_a_zip_written_to_a_pipe_is_opened() -> None:
    """The sizes behind a file are part of it."""
    assert zips.only_file(streamed("a.xml"), max_bytes=1_000) == b"inhoud" * 50


def test_a_dossier_with_such_an_attachment_is_read() -> None:
    """The rest of the dossier is not lost; the attachment is named as not fit to be opened."""
    document = f"{L}/overigdocumentlijst/document/bestandsinhoud"
    raw = mutate(put(document, base64.b64encode(STUB + PLAIN_ZIP).decode()), base=build("BB"))
    done = oso.translate(raw, provenance=False)
    (found,) = done.bevindingen
    assert (found.code, found.place) == (
        "bijlage.vreemd",
        f"/dossier/{L}/overigdocumentlijst/document[1]/bestandsinhoud",
    )
    assert [b.problemen for b in done.bijlagen if b.problemen] == [("bijlage.vreemd",)]
