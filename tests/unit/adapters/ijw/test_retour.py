"""The retour of every message, in each of the four ways a message can be found."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw import JwBericht, read, write
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels import check
from adapters.ijw.retour import ANSWERS, make_retour, match_retour, new_identificatie
from schemas.errors import InvalidMessage
from tests.unit.adapters.ijw.berichten import TODAY, Node, bericht, drop, get, put

RETOURS: Final = {heen: soort for heen, soort in ANSWERS.items() if soort != "JW325"}
CODES: Final = {
    "JW301": "437",
    "JW305": "439",
    "JW307": "441",
    "JW315": "447",
    "JW317": "487",
    "JW319": "489",
}
ROWS: Final = {
    "JW301": "Client/ToegewezenProducten/ToegewezenProduct[2]",
    "JW305": "Client/StartProducten/StartProduct[2]",
    "JW307": "Client/StopProducten/StopProduct[2]",
    "JW315": "Client/AangevraagdeProducten/AangevraagdProduct[3]",
    "JW317": "Client/Verzoek/NieuweProducten/NieuwProduct[1]",
    "JW319": "Antwoord/Woonplaatsbeginsel",
}
"""A class below the first one, per message."""


def fout(place: str, retourcode: str | None = "9063", level: int = 3) -> Regelfout:
    return Regelfout("TRxxx", f"/Bericht/{place}".rstrip("/"), "Er is iets.", level, retourcode)


def answer(heen: JwBericht, *fouten: Regelfout, **more: Any) -> JwBericht:
    """The answer, which its schema accepts and gives back as it is."""
    own: dict[str, Any] = {"identificatie": "RETOUR1", "dagtekening": dt.date(2026, 4, 17), "versie": "1.2.3"}
    retour = make_retour(heen, fouten, **(own | more))
    assert retour is not None
    assert read(write(retour)) == retour
    return retour


def header(heen: JwBericht, *codes: str, **more: Any) -> Node:
    """What the header of a retour must be."""
    versie = {"BasisschemaXsdVersie": "1.2.3", "BerichtXsdVersie": "1.2.3"}
    own = {"IdentificatieRetour": "RETOUR1", "DagtekeningRetour": "2026-04-17", "XsdVersieRetour": versie}
    retourcodes = {"RetourCodes": {"RetourCode": list(codes)}} if codes else {}
    sent: Node = heen.inhoud["Header"]
    return sent | {"BerichtCode": CODES[heen.soort]} | own | retourcodes | more


def codes_in(node: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every class with retourcodes, in the order of the document."""
    for name, value in node.items():
        here = f"{place}/{name}".lstrip("/")
        if name == "RetourCodes":
            yield place, value["RetourCode"]
        elif isinstance(value, dict):
            yield from codes_in(value, here)
        elif isinstance(value, list):
            for i, row in enumerate(value, 1):
                yield from codes_in(row, f"{here}[{i}]") if isinstance(row, dict) else ()


def stripped(node: Any) -> Any:
    """The same without any retourcodes."""
    if isinstance(node, list):
        return [stripped(row) for row in node]
    if isinstance(node, dict):
        return {name: stripped(value) for name, value in node.items() if name != "RetourCodes"}
    return node


# --- the four ways, for each of the six retours


@pytest.mark.parametrize("soort", RETOURS)
def test_an_accepted_message_gets_a_header_without_codes(soort: str) -> None:
    """Nothing found: no code 0200, no classes."""
    heen = bericht(soort)
    assert answer(heen) == JwBericht(RETOURS[soort], {"Header": header(heen)})


@pytest.mark.parametrize("soort", RETOURS)
def test_a_fault_of_level_2_gets_a_header_with_0001_only(soort: str) -> None:
    """Which rule it was is not told, and what level 3 and 4 found does not count behind it."""
    heen = bericht(soort)
    two = fout(ROWS[soort], "0001", 2)
    expected = JwBericht(RETOURS[soort], {"Header": header(heen, "0001")})
    assert answer(heen, two) == expected
    assert answer(heen, fout("Header", "9056"), two, fout(ROWS[soort]), two) == expected


@pytest.mark.parametrize("soort", RETOURS)
def test_a_fault_in_the_header_gets_a_header_with_its_codes(soort: str) -> None:
    """Level 3 and 4 in the header: all its codes, each once, and no classes whatever else was found."""
    heen = bericht(soort)
    fouten = [
        fout("Header/BerichtIdentificatie/Dagtekening", "8848", 4),
        fout(ROWS[soort], "S329", 4),
        fout("Header/BerichtIdentificatie/Identificatie", "9056"),
        fout("Header/BerichtIdentificatie", "8848", 4),
    ]
    expected = JwBericht(RETOURS[soort], {"Header": header(heen, "8848", "9056")})
    assert answer(heen, *fouten) == expected


@pytest.mark.parametrize("soort", RETOURS)
def test_a_fault_in_a_class_gets_the_message_back_with_a_code_at_every_class(soort: str) -> None:
    """Level 3 and 4 elsewhere: all classes unchanged, 0200 where nothing was found."""
    heen, row = bericht(soort), ROWS[soort]
    fouten = [fout(f"{row}/Product/Code", "S329", 4), fout(row, "9374"), fout(row, "S329", 4)]
    retour = answer(heen, *fouten)
    assert retour.soort == RETOURS[soort]
    assert retour.inhoud["Header"] == header(heen, "0200")
    copy = {name: value for name, value in retour.inhoud.items() if name != "Header"}
    assert stripped(copy) == {n: v for n, v in heen.inhoud.items() if n != "Header"}
    codes = dict(codes_in(copy))
    assert codes.pop(row) == ["S329", "9374"]
    assert set(codes) == CLASSES[soort] - {row}
    assert all(found == ["0200"] for found in codes.values())


CLASSES: Final = {
    "JW301": {
        "Client",
        "Client/Relaties/Relatie[1]",
        "Client/Relaties/Relatie[1]/Contact[1]",
        "Client/Relaties/Relatie[2]",
        "Client/Relaties/Relatie[2]/Contact[1]",
        *(f"Client/Contactgegevens/Contact[{i}]" for i in (1, 2)),
        *(f"Client/ToegewezenProducten/ToegewezenProduct[{i}]" for i in (1, 2, 3, 4)),
    },
    "JW305": {"Client", *(f"Client/StartProducten/StartProduct[{i}]" for i in (1, 2))},
    "JW307": {"Client", *(f"Client/StopProducten/StopProduct[{i}]" for i in (1, 2))},
    "JW315": {"Client", *(f"Client/AangevraagdeProducten/AangevraagdProduct[{i}]" for i in (1, 2, 3))},
    "JW317": {
        "Client",
        "Client/Verzoek",
        "Client/Verzoek/OngewijzigdeProducten/OngewijzigdProduct[1]",
        *(f"Client/Verzoek/TeWijzigenProducten/TeWijzigenProduct[{i}]" for i in (1, 2)),
        *(f"Client/Verzoek/NieuweProducten/NieuwProduct[{i}]" for i in (1, 2, 3)),
    },
    "JW319": {"Antwoord", "Antwoord/Woonplaatsbeginsel"},
}


# --- what the ways have in common


def test_codes_go_to_the_class_or_to_the_nearest_above_it() -> None:
    """A row that is not there, a list of rows and an element of the client belong to the client."""
    heen = bericht("JW305")
    for place in ("Client/StartProducten/StartProduct[9]/Begindatum", "Client/StartProducten", "Client/Bsn"):
        retour = answer(heen, fout(place))
        assert get(retour, "Client/RetourCodes/RetourCode") == ["9063"], place
        assert get(retour, "Client/StartProducten/StartProduct[2]/RetourCodes/RetourCode") == ["0200"]


@pytest.mark.parametrize("place", ["", "Elders"])
def test_a_fault_of_the_message_as_a_whole_stands_in_the_header(place: str) -> None:
    """A code is never lost: what has no class is said in the header."""
    heen = bericht("JW315")
    assert answer(heen, fout(place, "9374")).inhoud == {"Header": header(heen, "9374")}


def test_a_class_nobody_looked_at_says_so() -> None:
    """0233 where the caller says it was not judged, unless something was found there after all."""
    heen = bericht("JW305")
    rows = [f"/Bericht/Client/StartProducten/StartProduct[{i}]" for i in (1, 2)]
    retour = answer(heen, fout("Client", "9374"), fout(rows[1].removeprefix("/Bericht/")), not_judged=rows)
    assert dict(codes_in(retour.inhoud)) == {
        "Header": ["0200"],
        "Client": ["9374"],
        "Client/StartProducten/StartProduct[1]": ["0233"],
        "Client/StartProducten/StartProduct[2]": ["9063"],
    }


def test_the_xslt_version_is_told_when_the_reference_did_the_checking() -> None:
    """XsltVersie is there when the caller gives it, and not otherwise."""
    heen = bericht("JW305")
    assert answer(heen, xslt_versie="2.10.5").inhoud["Header"] == header(heen, XsltVersie="2.10.5")
    assert "XsltVersie" not in answer(heen).inhoud["Header"]
    claim = answer(bericht("JW323"), xslt_versie="2.10.5")
    assert claim.inhoud["Header"]["XsltVersie"] == "2.10.5"


@pytest.mark.parametrize("soort", [*RETOURS.values(), "JW325"])
def test_an_answer_has_no_answer(soort: str) -> None:
    """No retour on a retour, nor on the answer to a claim."""
    sent = JwBericht(soort, bericht("JW325").inhoud)
    assert make_retour(sent, [fout("Header")], identificatie="X", dagtekening=TODAY) is None


@pytest.mark.parametrize("soort", ANSWERS)
def test_making_an_answer_leaves_the_message_alone(soort: str) -> None:
    """What is answered is still there to be read afterwards."""
    heen = bericht(soort)
    before = deepcopy(heen)
    answer(heen, fout(ROWS.get(soort, "Declaratie/Clienten/Client[1]")))
    assert heen == before


@pytest.mark.parametrize("soort", ANSWERS)
def test_a_retour_is_recognised_by_kind_sender_and_name(soort: str) -> None:
    """An answer matches its own message, and no message of another kind, sender or name."""
    heen = bericht(soort)
    retour = answer(heen)
    assert match_retour(retour, heen)
    assert not match_retour(heen, heen)
    for path in ("Header/Afzender", "Header/BerichtIdentificatie/Identificatie"):
        assert not match_retour(retour, bericht(soort, put(path, "OTHER")))
        assert not match_retour(retour, bericht(soort, drop(path)))
    other = "JW305" if soort != "JW305" else "JW307"
    assert not match_retour(retour, JwBericht(other, heen.inhoud))
    empty = JwBericht(soort, {})
    assert not match_retour(JwBericht(ANSWERS[soort], {}), empty)


def test_an_identificatie_is_twelve_random_characters() -> None:
    """As long as may be, of signs that need no care, and all of them come out of the randomness given."""
    chance = random.Random(3)
    names = {new_identificatie(chance.randrange) for _ in range(500)}
    assert len(names) == 500
    assert {len(name) for name in names} == {12}
    assert set("".join(names)) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert new_identificatie(lambda _: 0) == "A" * 12
    with pytest.raises(InvalidMessage):
        answer(bericht("JW305"), identificatie="A" * 13)


# --- the answer to a claim

CLIENT: Final = "Declaratie/Clienten/Client"
ONE, TWO = f"{CLIENT}[1]", f"{CLIENT}[2]"


def claim_answer(*fouten: Regelfout, **more: Any) -> JwBericht:
    """The answer to the claim of the example; it breaks no rule itself and has the right header."""
    heen = bericht("JW323")
    retour = answer(heen, *fouten, **more)
    versie = {"BasisschemaXsdVersie": "1.2.3", "BerichtXsdVersie": "1.2.3"}
    codes = retour.inhoud["Header"]["RetourCodes"]
    assert retour.soort == "JW325"
    assert retour.inhoud["Header"] == {
        "BerichtCode": "491",
        "BerichtVersie": "3",
        "BerichtSubversie": "2",
        "Afzender": heen.inhoud["Header"]["Ontvanger"],
        "Ontvanger": heen.inhoud["Header"]["Afzender"],
        "BerichtIdentificatie": {"Identificatie": "RETOUR1", "Dagtekening": "2026-04-17"},
        "XsdVersie": versie,
        "DeclaratieIdentificatie": heen.inhoud["Header"]["BerichtIdentificatie"],
        "XsdVersieDeclaratie": heen.inhoud["Header"]["XsdVersie"],
        "RetourCodes": codes,
    }
    assert check(retour, today=TODAY) == ()
    return retour


def granted(retour: JwBericht) -> tuple[str, str]:
    total = get(retour, "DeclaratieAntwoord/TotaalToegekendBedrag")
    return total["TotaalBedrag"], total["DebetCredit"]


def test_a_claim_without_faults_is_granted() -> None:
    """All of the money, code 8001, no rows."""
    retour = claim_answer()
    total = {"TotaalBedrag": "60500", "DebetCredit": "D"}
    assert retour.inhoud["Header"]["RetourCodes"] == {"RetourCode": ["0200"]}
    assert retour.inhoud["DeclaratieAntwoord"] == {
        "DeclaratieNummer": "D1",
        "TotaalIngediendBedrag": total,
        "TotaalToegekendBedrag": total,
        "RetourCodes": {"RetourCode": ["8001"]},
    }


def test_a_claim_that_breaks_a_rule_of_level_2_gets_0001() -> None:
    """The header alone, here too."""
    retour = claim_answer(fout(ONE, "9338"), fout(TWO, "0001", 2))
    assert list(retour.inhoud) == ["Header"]
    assert dict(codes_in(retour.inhoud)) == {"Header": ["0001"]}


def test_a_claim_with_a_fault_in_the_header_gets_its_code() -> None:
    """The header alone, with the code of the rule."""
    retour = claim_answer(fout(ONE), fout("Header/Ontvanger", "S300", 4))
    assert list(retour.inhoud) == ["Header"]
    assert dict(codes_in(retour.inhoud)) == {"Header": ["S300"]}


def test_a_claim_rejected_as_a_whole_gets_nothing() -> None:
    """Its own code and zero, whatever is wrong inside."""
    retour = claim_answer(fout("Declaratie/DeclaratieNummer", "9333"), fout(ONE, "8187"))
    assert dict(codes_in(retour.inhoud)) == {"Header": ["0200"], "DeclaratieAntwoord": ["9333"]}
    assert granted(retour) == ("0", "D")
    assert "Clienten" not in retour.inhoud["DeclaratieAntwoord"]


def test_a_rejected_client_is_rejected_with_all_prestaties() -> None:
    """The client has the code, its prestaties were not judged, the other client is left out."""
    retour = claim_answer(fout(f"{ONE}/Bsn", "8187"))
    at = "DeclaratieAntwoord/Clienten/Client[1]"
    assert dict(codes_in(retour.inhoud)) == {
        "Header": ["0200"],
        "DeclaratieAntwoord": ["0200"],
        at: ["8187"],
        **{f"{at}/Prestaties/Prestatie[{i}]": ["0233"] for i in (1, 2, 3)},
    }
    assert granted(retour) == ("60000", "D")
    sent = bericht("JW323").inhoud["Declaratie"]["Clienten"]["Client"]
    assert stripped(retour.inhoud["DeclaratieAntwoord"]["Clienten"]["Client"]) == sent[:1]


def test_only_rejected_prestaties_are_in_the_answer() -> None:
    """The rest is granted, in both clients; a rejected credit leaves more to pay."""
    retour = claim_answer(
        fout(f"{ONE}/Prestaties/Prestatie[2]", "8017"),
        fout(f"{TWO}/Prestaties/Prestatie[1]/ProductCode", "S329", 4),
        fout(f"{TWO}/Prestaties/Prestatie[1]", "9338"),
    )
    at = "DeclaratieAntwoord/Clienten/Client"
    assert dict(codes_in(retour.inhoud)) == {
        "Header": ["0200"],
        "DeclaratieAntwoord": ["0200"],
        f"{at}[1]": ["0200"],
        f"{at}[1]/Prestaties/Prestatie[1]": ["8017"],
        f"{at}[2]": ["0200"],
        f"{at}[2]/Prestaties/Prestatie[1]": ["S329", "9338"],
    }
    assert get(retour, f"{at}[1]/Prestaties/Prestatie[1]/ProductReferentie/ReferentieNummer") == "P2"
    assert granted(retour) == ("60500", "D")


def test_what_is_granted_can_be_less_than_nothing() -> None:
    """When only a credit is left the total is a credit."""
    rows = [f"{ONE}/Prestaties/Prestatie[{i}]" for i in (1, 3)]
    assert granted(claim_answer(*map(fout, [*rows, TWO]))) == ("60000", "C")


PLACES: Final = (
    ONE,
    TWO,
    *(f"{ONE}/Prestaties/Prestatie[{i}]" for i in (1, 2, 3)),
    f"{TWO}/Prestaties/Prestatie[1]",
)


@given(st.lists(st.sampled_from(PLACES), max_size=4))
def test_every_answer_to_a_claim_adds_up(places: list[str]) -> None:
    """Whatever is rejected, the answer breaks no rule itself and its schema accepts it."""
    retour = claim_answer(*(fout(place, "9338") for place in places))
    assert dict(codes_in(retour.inhoud))["DeclaratieAntwoord"] == ["0200" if places else "8001"]


# --- the real examples


def undone(retour: JwBericht, soort: str, code: str) -> JwBericht:
    """The message that a retour answers: what the retour repeats, without what it adds."""
    inhoud = stripped(retour.inhoud)
    for name in ("IdentificatieRetour", "DagtekeningRetour", "XsltVersie", "XsdVersieRetour"):
        inhoud["Header"].pop(name, None)
    inhoud["Header"]["BerichtCode"] = code
    return JwBericht(soort, inhoud)


SAMPLES: Final[dict[str, list[Regelfout]]] = {
    "JW301": [fout("Header/BerichtIdentificatie/Dagtekening", "8848", 4)],
    "JW305": [fout("Header/BerichtIdentificatie/Dagtekening", "8848", 4)],
    "JW307": [],
    "JW315": [fout("Client/AangevraagdeProducten/AangevraagdProduct[1]/ReferentieAanbieder", "9347")],
    "JW317": [
        fout("Client/Verzoek", "9349"),
        fout("Client/Verzoek/OngewijzigdeProducten/OngewijzigdProduct[1]", "9350"),
    ],
    "JW319": [fout("Antwoord", "9360")],
}
LOOSE: Final = b"\t\t\t<jw318:RetourCode>9350</jw318:RetourCode>"
"""The schema does not allow it there; without it the example is valid."""


def sample(soort: str, standard: Callable[[str], Path]) -> JwBericht:
    return read(standard(f"ijw/examples/{soort}-ijw-3.2.xml").read_bytes().replace(LOOSE, b"", 1))


@pytest.mark.parametrize("soort", SAMPLES)
def test_a_real_retour_is_what_we_would_have_sent(soort: str, standard: Callable[[str], Path]) -> None:
    """From the message it answers and the faults it names we make the same retour, to the letter."""
    theirs = sample(RETOURS[soort], standard)
    heen = undone(theirs, soort, bericht(soort).inhoud["Header"]["BerichtCode"])
    if len(heen.inhoud) > 1:  # A header alone tells nothing of the rest of its message.
        assert read(write(heen)) == heen
    head = theirs.inhoud["Header"]
    ours = make_retour(
        heen,
        SAMPLES[soort],
        identificatie=head["IdentificatieRetour"],
        dagtekening=dt.date.fromisoformat(head["DagtekeningRetour"]),
        versie=head["XsdVersieRetour"]["BerichtXsdVersie"],
        xslt_versie=head.get("XsltVersie"),
    )
    assert ours == theirs


@pytest.mark.parametrize("soort", SAMPLES)
def test_a_retour_of_a_real_message_has_the_header_of_the_example(
    soort: str, standard: Callable[[str], Path]
) -> None:
    """The examples are not answers to each other: besides what is the retour's own, these values differ."""
    raw = standard(f"ijw/examples/{soort}-ijw-3.2.xml").read_bytes().replace(b"2027-06-31", b"2027-06-30")
    ours, theirs = answer(read(raw), *SAMPLES[soort]), sample(RETOURS[soort], standard)
    own = {"IdentificatieRetour", "DagtekeningRetour", "XsdVersieRetour", "XsltVersie"}
    mine, other = ours.inhoud["Header"], theirs.inhoud["Header"]
    assert set(mine) - own == set(other) - own
    differs = {name for name in set(mine) - own if mine[name] != other[name]}
    assert differs == {"BerichtIdentificatie"}
    identity = mine["BerichtIdentificatie"], other["BerichtIdentificatie"]
    assert identity[0]["Identificatie"] == identity[1]["Identificatie"]
    assert identity[0]["Dagtekening"] != identity[1]["Dagtekening"]
