"""Each message in the words of the shared schema, and as JSON of the wire that loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ijw import SOORTEN, JwBericht, read, write
from adapters.ijw.draadjson import naar_json, uit_json
from adapters.ijw.formaat import CODELIST
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.lezer import STELSELS
from adapters.ijw.retourcodes import REDENEN
from adapters.ijw.toewijzing import verwerk_301
from adapters.ijw.voortgang import verwerk_305, verwerk_307
from schemas.errors import InvalidMessage, MessageTooLarge, UnsupportedMessage
from tests.unit.adapters.ijw.arrangementen import a_toewijzing, an_arrangement, gestart, places
from tests.unit.adapters.ijw.strategies import berichten
from tests.unit.adapters.ijw.voorbeelden import DATA, bericht, golden, header


def short(message: JwBericht) -> bytes:
    inhoud = gedeeld(message)
    return orjson.dumps({"soort": inhoud.soort, "inhoud": inhoud.data}, option=orjson.OPT_INDENT_2) + b"\n"


@pytest.mark.parametrize("soort", SOORTEN)
def test_kept(soort: str) -> None:
    """The short form of each kept message is as it was kept beside it."""
    assert short(read(golden(soort))) == (DATA / f"{soort}.gedeeld.json").read_bytes()


def test_accepted_claim() -> None:
    """A claim that was refused as a whole is not accepted; one with rejected rows is."""
    data = gedeeld(bericht("JW325")).data
    assert (data["aanvaard"], data["toegekendCent"]) == (True, 30_000)
    refused = {"Header": bericht("JW325").inhoud["Header"] | {"RetourCodes": {"RetourCode": ["0001"]}}}
    data = gedeeld(JwBericht("JW325", refused)).data
    assert data["aanvaard"] is False
    assert data["bevindingen"] == [
        {"plaats": "/Bericht/Header", "codes": ["0001"], "redenen": [REDENEN["0001"]]}
    ]


def test_credit_total() -> None:
    """A total of credit is below nothing."""
    inhoud = bericht("JW323").inhoud
    total = {"TotaalIngediendBedrag": {"TotaalBedrag": "500", "DebetCredit": "C"}}
    found = gedeeld(JwBericht("JW323", {**inhoud, "Declaratie": inhoud["Declaratie"] | total}))
    assert found.data["ingediendCent"] == -500


def test_dates_of_the_message() -> None:
    """A day we do not hold is a fault at its place, in the header as well as in a row."""
    message = gestart({"Begindatum": "12026-01-01"})
    message.inhoud["Header"]["BerichtIdentificatie"]["Dagtekening"] = "12026-01-02"
    with pytest.raises(InvalidMessage) as caught:
        gedeeld(message)
    assert places(caught.value.faults) == {
        ("ijw.datum", "/Bericht/Header/BerichtIdentificatie/Dagtekening"),
        ("ijw.datum", "/Bericht/Client/StartProducten/StartProduct[1]/Begindatum"),
    }


def test_lists_of_codes() -> None:
    """The stelsel of a code is the list its element has in the standard."""
    lists = {*CODELIST.values(), "ijw-productcode"}
    assert set(STELSELS.values()) <= lists


def test_official(standard: Callable[[str], Path]) -> None:
    """Every official example that its schema accepts has a short form, and survives JSON."""
    seen = 0
    for path in sorted(standard("ijw/examples").glob("*.xml")):
        try:
            message = read(path.read_bytes())
        except InvalidMessage:
            continue
        seen += 1
        assert gedeeld(message).data["gemeente"]
        assert uit_json(naar_json(message)) == message
    assert seen > 5


@settings(max_examples=60)
@given(st.sampled_from(SOORTEN).flatmap(berichten))
def test_any_message(message: JwBericht) -> None:
    """Whatever a schema accepts has a short form, or one of our faults; never another error."""
    known = read(write(message))
    with suppress(InvalidMessage):
        found = gedeeld(known)
        assert orjson.loads(orjson.dumps(found.data)) == found.data
    for verwerk in (verwerk_301, verwerk_305, verwerk_307):
        with suppress(InvalidMessage):
            verwerk(an_arrangement(toewijzingen=[a_toewijzing()]), known)


class TestWire:
    @pytest.mark.parametrize("soort", SOORTEN)
    def test_kept(self, soort: str) -> None:
        """XML to JSON and back is the same file."""
        assert write(uit_json(naar_json(read(golden(soort))))) == golden(soort)

    def test_form(self) -> None:
        """The names are those of the wire, under the name of the message."""
        data = json.loads(naar_json(bericht("JW319")))
        assert data == {"soort": "ijw.JW319", "inhoud": bericht("JW319").inhoud}

    @settings(max_examples=25)
    @given(st.sampled_from(["JW301", "JW317", "JW325"]).flatmap(berichten))
    def test_any(self, message: JwBericht) -> None:
        """Any message its schema accepts comes back as it went."""
        known = read(write(message))
        assert uit_json(naar_json(known)) == known

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (b"", "json.geen_json"),
            (b"[]", "json.geen_json"),
            (b'{"soort":"ijw.JW301"', "json.geen_json"),
            (b"\xff", "json.geen_json"),
            (b"[" * 5_000, "json.geen_json"),
            (b'{"soort":"ijw.JW301"}', "json.vorm"),
            (b'{"soort":"ijw.JW301","inhoud":{},"meer":1}', "json.vorm"),
            (b'{"soort":1,"inhoud":{}}', "json.vorm"),
            (b'{"soort":"ijw.JW301","inhoud":[]}', "json.vorm"),
        ],
    )
    def test_not_json(self, raw: bytes, code: str) -> None:
        """What is no such JSON is refused with one fault."""
        with pytest.raises(InvalidMessage) as caught:
            uit_json(raw)
        assert places(caught.value.faults) == {(code, "/")}

    @pytest.mark.parametrize("soort", ["ijw.JW999", "JW301", "oso.JW301", "ijw."])
    def test_unknown(self, soort: str) -> None:
        """A message that does not exist is unsupported."""
        with pytest.raises(UnsupportedMessage):
            uit_json(orjson.dumps({"soort": soort, "inhoud": {}}))

    def test_too_large(self) -> None:
        """More bytes than the bound are not read at all."""
        raw = naar_json(bericht("JW305"))
        assert uit_json(raw, max_bytes=len(raw)).soort == "JW305"
        with pytest.raises(MessageTooLarge):
            uit_json(raw, max_bytes=len(raw) - 1)

    @pytest.mark.parametrize(
        "inhoud",
        [
            {},
            {"Header": "tekst"},
            {"Header": header("JW319", "2026-01-01"), "Antwoord": {"KANARIE": "KANARIE"}},
            {"Header": header("JW319", "2026-01-01"), "Antwoord": {"VerzoekAntwoord": "KANARIE"}},
            {"Header": header("JW319", "2026-01-01"), "Antwoord": {"VerzoekAntwoord": 2}},
            {"Header": header("JW319", "2026-01-01"), "Antwoord": ["KANARIE"]},
            {"Header": [1, None, {}]},
        ],
    )
    def test_not_the_message(self, inhoud: Any) -> None:
        """What its schema refuses is refused, with the faults of the schema and without a value."""
        with pytest.raises(InvalidMessage) as caught:
            uit_json(orjson.dumps({"soort": "ijw.JW319", "inhoud": inhoud}))
        assert "KANARIE" not in repr((caught.value.faults, caught.value.__context__))
