"""What the gateway answers fits the models that are published for it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import orjson
import pytest

from consent.decide import decide
from gateway.account.receipts import acceptance
from gateway.api import postbus
from gateway.exchange.levering import event
from gateway.explain import views
from schemas.base import Gegevenscategorie as G
from schemas.base import Model
from schemas.exchange.intrekking import (
    Bewaargrond,
    Intrekkingsantwoord,
    Intrekkingsuitkomst,
    Wet,
    Wetsartikel,
)
from schemas.exchange.taak import Taak, Taaksoort
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus, Uitwisseling
from schemas.messages.vertaling import Bevinding
from schemas.people.toestemming import Ontvanger
from schemas.shown.weergave import (
    Aanname,
    Intrekkingweergave,
    Leveringweergave,
    Postbusitem,
    Postbusstand,
    Uitwisselingweergave,
)
from tests.builders import (
    AANBIEDER,
    NOW,
    P1,
    P2,
    SCHOOL,
    a_request,
    a_toestemming,
    an_id,
    authorities,
    beleid,
)

BOTH = [a_toestemming(P1), a_toestemming(P2)]


def a_levering(consents: Any, **kw: Any) -> Levering:
    request = a_request(G.DOELEN, G.GEZONDHEID)
    data: dict[str, Any] = {
        "id": an_id("levering"),
        "uitwisseling": an_id("uitwisseling"),
        "leerling": an_id("rij"),
        "afzender": SCHOOL,
        "ontvanger": AANBIEDER,
        "rol": request.ontvanger.rol,
        "doel": request.doel,
        "richting": request.richting,
        "berichtsoort": "ontwikkelingsperspectief",
        "status": Leveringstatus.KLAAR,
        "besluit": decide(request, consents, authorities(), (), None, beleid(), NOW),
        "sinds": NOW,
        "vervalt_op": NOW + dt.timedelta(days=30),
    }
    return Levering(**(data | kw))


def an_uitwisseling() -> Uitwisseling:
    v = a_levering(BOTH)
    return Uitwisseling(
        id=v.uitwisseling,
        afzender=SCHOOL,
        leerling=v.leerling,
        doel=v.doel,
        richting=v.richting,
        berichtsoort=v.berichtsoort,
        gevraagd=(G.DOELEN,),
        alles_of_niets=False,
        vrije_tekst_nagekeken=True,
        ontvangen_op=NOW,
        correlatie="c",
        bladhash="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    )


class Signer:
    name = "ozlijn.test/2026"
    vkey = ""

    def sign_checkpoint(self, size: int, root: bytes) -> str:
        raise NotImplementedError

    def sign_receipt(self, payload: bytes) -> str:
        return "a.b.c"


def same(model: type[Model], shown: Any) -> None:
    """The model takes it, and knows every field of it. One about a person himself is there only then."""
    data = orjson.dumps(shown)
    known = model.model_validate_json(data).model_dump(mode="json")
    assert known.keys() - json.loads(data).keys() <= {"persoonId", "namens"}
    assert json.loads(data).keys() <= known.keys()


@pytest.mark.parametrize("consents", [BOTH, BOTH[:1], []], ids=["all", "one", "none"])
@pytest.mark.parametrize("owner", [True, False])
@pytest.mark.parametrize("viewer", [SCHOOL, AANBIEDER])
def test_levering(consents: Any, viewer: str, owner: Any) -> None:
    """A levering as its sender reads it, whatever was decided and whoever looks."""
    v = a_levering(consents, lease_tot=NOW if owner else None)
    history = [event(v, Gebeurtenissoort.BESLOTEN, NOW)]
    same(Leveringweergave, views.levering(v, history, viewer, owner=owner))


ANSWERS: dict[str, Any] = {
    "none": {},
    "late": {"geescaleerd_op": NOW},
    "erased": {"uitkomst": "gewist"},
    "kept": {
        "uitkomst": "gehouden_op_andere_grond",
        "grond": Bewaargrond.JEUGDHULPDOSSIER,
        "wetsartikel": Wetsartikel(wet=Wet.JEUGDWET, artikel="7.3.8 lid 3"),
    },
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_levering_with_a_withdrawal(answer: str) -> None:
    """The notice to the recipient, unanswered, late, and answered."""
    v, said = a_levering(BOTH), dict(ANSWERS[answer])
    late = said.pop("geescaleerd_op", None)
    antwoord = said and Intrekkingsantwoord(
        soort="intrekkingsantwoord",
        intrekking_id=an_id("intrekking"),
        beantwoord_op=NOW,
        **said | {"uitkomst": Intrekkingsuitkomst(said["uitkomst"])},
    )
    notice = Taak(
        id=an_id("intrekking"),
        soort=Taaksoort.INTREKKING_VERWERKEN,
        partij=AANBIEDER,
        leerling=v.leerling,
        sleutel="intrekking",
        ontstaan_op=NOW,
        uiterlijk=NOW,
        sinds=NOW,
        categorieen=(G.DOELEN,),
        velden=v.besluit.released,
        ingetrokken_op=NOW,
        uitkomst=said.get("uitkomst"),
        antwoord=antwoord or None,
        geescaleerd_op=late,
    )
    shown = views.levering(v, [], SCHOOL, owner=True, intrekkingen=[notice])
    same(Leveringweergave, shown)
    (told,) = shown["intrekkingen"]
    same(Intrekkingweergave, told)
    assert bool(told["geescaleerdOp"]) is (answer == "late")
    assert bool(told["antwoord"]) is bool(said)


def test_uitwisseling() -> None:
    """An exchange with its leveringen in short."""
    same(Uitwisselingweergave, views.uitwisseling(an_uitwisseling(), [a_levering(BOTH)]))


def test_postbus() -> None:
    """What waits for a recipient, and the state of one levering as he reads it."""
    same(Postbusitem, postbus._item(a_levering(BOTH)))
    for lease in (None, NOW):
        same(Postbusstand, postbus._state(a_levering(BOTH, lease_tot=lease)))


@pytest.mark.parametrize("line", [None, 3])
def test_acceptance(line: int | None) -> None:
    """The 202, with what was odd in the dossier."""
    found = (Bevinding("oso.code", "/dossier", "Tekst.", line),)
    taken = acceptance(Signer(), an_uitwisseling(), (a_levering(BOTH),), found)
    same(Aanname, orjson.loads(taken))


def test_who_reads_a_levering_is_partij_role_and_person() -> None:
    assert a_levering(BOTH, persoon=P1).aan == Ontvanger(
        partij=AANBIEDER, rol=a_request(G.DOELEN).ontvanger.rol, persoon_id=P1
    )
