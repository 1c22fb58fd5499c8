"""What is base64 is what Python's strict reader says it is, byte for byte."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange.intake.envelope import decoded
from schemas.errors import InvalidMessage

NEARLY = st.text(alphabet='ABQgU09zw+/=-_\\u" \n\0é١\ud800', max_size=12)
CHANGED = st.builds(
    lambda data, at, sign: (text := base64.b64encode(data).decode())[:at] + sign + text[at:],
    st.binary(max_size=24),
    st.integers(0, 32),
    st.sampled_from(["", "", "=", "A", "\\u0041", "\n", '"']),
)


def by_python(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


@given(NEARLY | CHANGED)
def test_every_text(text: str) -> None:
    wanted = by_python(text)
    try:
        found: bytes | None = decoded({"/x": text})["/x"]
    except InvalidMessage:
        found = None
    assert found == wanted


def test_what_both_alphabets_and_readers_differ_in() -> None:
    for text in ("QUI", "QUI=", "QUJD", "QR==", "-_-_", "+/+/", "QUJD\n", "\\u0041QQ=", "", "====", "Q==="):
        wanted = by_python(text)
        if wanted is not None:
            assert decoded({"/x": text}) == {"/x": wanted}
            continue
        with pytest.raises(InvalidMessage) as error:
            decoded({"/x": text})
        assert [(f.code, f.place) for f in error.value.faults] == [("dossier.base64", "/x")]
