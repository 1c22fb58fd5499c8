"""Step 2 of an exchange: from a push to a message in the shared schema, with what its source keeps home."""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.minimise import bound, present
from gateway.case.case import Identity
from gateway.exchange.intake.eigen import birth_date, check_key, validated
from gateway.ports.standards import Answers, Translator
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Dossier, EigenBericht, Levering, Verzending
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN, GEDRAGEN, OVER_NIEMAND
from schemas.messages.opp import OppDeel
from schemas.messages.samenwerking import Overlegset
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling, Bevinding
from schemas.people.partij import Partij, Partijsoort
from schemas.people.toestemming import Richting

THREAD_FROM_BYTES: Final = 150_000
"""A dossier this large is translated in a thread: parsing it would hold up every other request."""


APART: Final = {"ontwikkelingsperspectief": "dossier", "terugkoppeling": "terugkoppeling"}
"""Types that come in by a door of their own: a dossier says itself what must stay home."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A translated message with what its source keeps home: the end of step 2.

    `velden` are the leaf paths in `inhoud`, `weggelaten` those the source withholds, with their reason.
    """

    soort: str
    inhoud: Inhoud
    velden: tuple[str, ...]
    weggelaten: Mapping[str, Reden]
    richting: Richting
    identity: Identity | None
    """Of the leerling in the sender's own system; None when this answers a levering."""
    answers: Levering | None
    bevindingen: tuple[Bevinding, ...]
    herkomst: Mapping[str, Any]
    geboortedatum: dt.date | None = None
    """Of whom an answer says it is, where it says so: it must be the leerling of the levering."""
    geboren_op: str = "/dossier/huidigeschool/leerling/geboortedatum"
    """Where the sender's document has the birth date."""


class Intakes:
    def __init__(
        self, storage: Storage, translators: Mapping[str, Translator], answers: Mapping[str, Answers]
    ) -> None:
        """`answers`: the standards whose messages become a terugkoppeling, by name."""
        self._storage, self._translators, self._answers = storage, translators, answers

    async def translate(
        self, sender: Partij, verzending: Verzending, regels: Regels, *, provenance: bool
    ) -> Intake:
        """The envelope's own faults first; then the document's, all at once."""
        faults = _envelope_faults(sender, verzending, regels)
        if faults:
            raise InvalidMessage(tuple(faults))
        if verzending.bericht is not None:
            return await self._own(sender, verzending, verzending.bericht, regels)
        if verzending.terugkoppeling is not None:
            return await self._answer(sender, verzending, verzending.terugkoppeling)
        dossier = verzending.dossier
        assert dossier is not None
        if dossier.standaard in self._answers:
            told = await self._told(dossier)
            return await self._answer(sender, verzending, told.bericht, told.geboortedatum)
        return await self._school(sender, verzending, dossier, provenance=provenance)

    async def _school(
        self, sender: Partij, verzending: Verzending, dossier: Dossier, *, provenance: bool
    ) -> Intake:
        """A dossier of the sender's own leerling, with what it says itself must stay home."""
        translator = self._translators[dossier.standaard]
        raw = _decoded({"/dossier/inhoud": dossier.inhoud})["/dossier/inhoud"]
        if len(raw) < THREAD_FROM_BYTES:
            vertaling = translator(raw, provenance=provenance)
        else:
            vertaling = await asyncio.to_thread(translator, raw, provenance=provenance)
        key = vertaling.leerling
        if (key.brin, key.vestigingscode) != (sender.brin, sender.vestigingscode):
            text = "Dit dossier is van een andere school of vestiging dan de afzender."
            raise InvalidMessage((Fault("afzender.anderBrin", "/dossier/huidigeschool/brincode", text),))
        named = verzending.leerling.leerlingid if verzending.leerling else None
        if named is not None and key.leerlingid not in (None, named):
            text = "Dossier en envelop noemen een ander leerlingid."
            raise InvalidMessage((Fault("leerling.andereSleutel", "/leerling/leerlingid", text),))
        leerlingid = key.leerlingid or named
        if leerlingid is None:
            text = "Dossier en envelop noemen geen leerlingid; geef er een in /leerling/leerlingid."
            raise InvalidMessage((Fault("leerling.zonderSleutel", "/leerling/leerlingid", text),))
        whole = vertaling.bericht.inhoud()
        # Where it came from is for the sender's own eyes: no part of the message that is decided about.
        herkomst = whole.data.pop("herkomst")
        velden = present(whole)
        at_source = {v: vertaling.beperkingen[v] for v in velden if v in vertaling.beperkingen}
        data = whole.data
        if at_source:
            free = frozenset(velden) - at_source.keys()
            data = bound(whole, free).data
            velden = tuple(v for v in velden if v in free)
        if verzending.opp_deel is not None:
            data = _merge(data, verzending.opp_deel)
            velden = tuple(dict.fromkeys((*velden, *present(Inhoud(whole.soort, data)))))
        return Intake(
            whole.soort,
            Inhoud(whole.soort, data),
            velden,
            at_source,
            Richting.S2J,
            Identity(key.brin, key.vestigingscode, leerlingid, vertaling.bericht.leerling.geboortedatum),
            None,
            vertaling.bevindingen,
            herkomst,
        )

    async def _told(self, dossier: Dossier) -> Antwoordvertaling:
        """What the messages of the care side come down to for a school. They go no further than this."""
        places = {"/dossier/inhoud": dossier.inhoud}
        places |= {f"/dossier/bij/{i}": text for i, text in enumerate(dossier.bij)}
        berichten = list(_decoded(places).items())
        translate = self._answers[dossier.standaard]
        if sum(len(raw) for _, raw in berichten) < THREAD_FROM_BYTES:
            return translate(berichten, dossier.eerder_gemeld, afgewacht=dossier.einde_afgewacht)
        return await asyncio.to_thread(
            translate, berichten, dossier.eerder_gemeld, afgewacht=dossier.einde_afgewacht
        )

    async def _answer(
        self,
        sender: Partij,
        verzending: Verzending,
        gezegd: Terugkoppeling,
        geboortedatum: dt.date | None = None,
    ) -> Intake:
        """A terugkoppeling names the leerling only by the levering it answers."""
        levering = await self._answered(sender, verzending)
        inhoud = gezegd.inhoud()
        return Intake(
            inhoud.soort,
            inhoud,
            present(inhoud),
            {},
            Richting.J2S,
            None,
            levering,
            (),
            {},
            geboortedatum=geboortedatum,
            geboren_op="/dossier",
        )

    async def _own(
        self, sender: Partij, verzending: Verzending, gestuurd: EigenBericht, regels: Regels
    ) -> Intake:
        """A message in our own schema, held to it with all faults. The leerling is named outside it."""
        bericht = validated(gestuurd)
        if isinstance(bericht, Overlegset):
            _check_overleg(sender, verzending, bericht, regels)
        inhoud = bericht.inhoud()
        # Where it came from is for the sender's own eyes: no part of the message that is decided about.
        herkomst = inhoud.data.pop("herkomst", {})
        identity = levering = None
        place, born = birth_date(bericht)
        if sender.soort is Partijsoort.SCHOOL:
            assert verzending.leerling is not None
            assert sender.brin is not None
            assert sender.vestigingscode is not None
            leerlingid = verzending.leerling.leerlingid
            check_key(bericht, leerlingid)
            identity = Identity(sender.brin, sender.vestigingscode, leerlingid, born)
        else:
            levering = await self._answered(sender, verzending)
        richting = Richting.S2J if levering is None else Richting.J2S
        velden = present(inhoud)
        return Intake(
            inhoud.soort,
            inhoud,
            velden,
            {},
            richting,
            identity,
            levering,
            (),
            herkomst,
            geboortedatum=born if levering is not None else None,
            geboren_op=place,
        )

    async def _answered(self, sender: Partij, verzending: Verzending) -> Levering:
        """The levering this answers: taken by the sender, and all goes to who sent it."""
        levering = await self._storage.levering_for(verzending.in_antwoord_op or "", sender.id)
        if levering is None or not levering.opgehaald:
            text = "Deze levering is er niet, of is niet door u opgehaald."
            raise InvalidMessage((Fault("inAntwoordOp.onbekend", "/inAntwoordOp", text),))
        if any(o.partij != levering.afzender for o in verzending.ontvangers):
            text = "Een antwoord gaat alleen naar de partij die de vraag stuurde."
            raise InvalidMessage((Fault("ontvanger.nietBetrokken", "/ontvangers", text),))
        return levering


def _decoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    """By place. Raises InvalidMessage naming every place that is no base64."""
    found: dict[str, bytes] = {}
    wrong: list[Fault] = []
    for place, text in texts.items():
        try:
            found[place] = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            wrong.append(Fault("dossier.base64", place, "De inhoud is geen base64."))
    if wrong:
        raise InvalidMessage(tuple(wrong))
    return found


def _envelope_faults(sender: Partij, verzending: Verzending, regels: Regels) -> list[Fault]:
    faults: list[Fault] = []

    def fault(code: str, place: str, text: str) -> None:
        faults.append(Fault(code, place, text))

    contents = (verzending.dossier, verzending.terugkoppeling, verzending.bericht)
    if sum(c is not None for c in contents) != 1:
        fault("inhoud.een", "", "Stuur één van deze: een dossier, een terugkoppeling of een bericht.")
    dossier, is_school = verzending.dossier, sender.soort is Partijsoort.SCHOOL
    from_care = dossier is not None and dossier.standaard == "ijw"
    told = verzending.terugkoppeling is not None or from_care
    answers = told or (verzending.bericht is not None and not is_school)
    if verzending.opp_deel is not None and (dossier is None or from_care):
        fault("inhoud.oppDeel", "/oppDeel", "Een OPP-deel hoort bij een dossier van een school.")
    if answers != (verzending.in_antwoord_op is not None):
        text = "Jeugdhulp noemt de levering die dit beantwoordt; een school noemt de leerling."
        fault("inhoud.inAntwoordOp", "/inAntwoordOp", text)
    if dossier is not None and not from_care:
        extra = {
            "bij": dossier.bij,
            "eerderGemeld": dossier.eerder_gemeld,
            "eindeAfgewacht": dossier.einde_afgewacht,
        }
        for name in (name for name, value in extra.items() if value):
            fault("dossier.bij", f"/dossier/{name}", "Dit hoort niet bij een dossier van een school.")
    if dossier is not None and not from_care and not is_school:
        fault("afzender.geenSchool", "/dossier", "Alleen een school stuurt een dossier.")
    if told and is_school:
        place = "/dossier" if from_care else "/terugkoppeling"
        fault("afzender.isSchool", place, "Een terugkoppeling gaat van jeugdhulp naar school.")
    faults += _own_faults(verzending, is_school=is_school)
    return faults + _recipient_faults(verzending, regels, is_school=is_school)


def _own_faults(verzending: Verzending, *, is_school: bool) -> Iterator[Fault]:
    """Of a message in our own schema: a type that we carry, about a leerling who is named."""
    if verzending.bericht is None:
        return
    soort = verzending.bericht.soort
    if soort not in BERICHTEN:
        text = "Deze soort bestaat niet. Zie de schema's (ozlijn schema export)."
        yield Fault("soort.onbekend", "/bericht/soort", text)
    elif soort in OVER_NIEMAND:
        text = "Dit bericht gaat niet over één leerling. Zulke berichten neemt de lijn niet aan."
        yield Fault("bericht.zonderLeerling", "/bericht/soort", text)
    elif soort in APART:
        yield Fault("bericht.apart", "/bericht/soort", f"Stuur dit als {APART[soort]}, niet als bericht.")
    elif soort not in GEDRAGEN:
        text = "Deze soort neemt de lijn nog niet aan: het schema is een concept."
        yield Fault("bericht.concept", "/bericht/soort", text)
    if is_school and verzending.leerling is None:
        text = "De envelop noemt geen leerlingid; geef er een in /leerling/leerlingid."
        yield Fault("leerling.zonderSleutel", "/leerling/leerlingid", text)


def _check_overleg(sender: Partij, verzending: Verzending, bericht: Overlegset, regels: Regels) -> None:
    """Raises InvalidMessage when partijen meet in a way their convenant does not name."""
    known = regels.beleid.afspraken.knows_overleg
    if not all(known(sender.id, o.partij, bericht.overlegsoort) for o in verzending.ontvangers):
        text = "Het convenant met deze ontvanger noemt dit soort overleg niet."
        raise InvalidMessage((Fault("convenant.overleg", "/bericht/inhoud/overlegsoort", text),))


def _recipient_faults(verzending: Verzending, regels: Regels, *, is_school: bool) -> list[Fault]:
    """A recipient must be connected, on the other side of the line, and named once."""
    faults: list[Fault] = []
    seen = set()
    for i, o in enumerate(verzending.ontvangers):
        partij = regels.partijen.get(o.partij)
        if partij is None or partij.aflevering is None:
            text = "Deze ontvanger is niet aangesloten."
            faults.append(Fault("ontvanger.onbekend", f"/ontvangers/{i}/partij", text))
        elif (partij.soort is Partijsoort.SCHOOL) is is_school:
            text = "Deze lijn loopt tussen school en jeugdhulp."
            faults.append(Fault("ontvanger.richting", f"/ontvangers/{i}/partij", text))
        if o in seen:
            text = "Deze ontvanger staat er twee keer in."
            faults.append(Fault("ontvanger.dubbel", f"/ontvangers/{i}", text))
        seen.add(o)
    return faults


def _merge(data: dict[str, Any], deel: OppDeel) -> dict[str, Any]:
    """The dossier's data with the school's own part over it; begeleiding of both is kept."""
    part = deel.model_dump(mode="json", exclude_defaults=True)
    merged = dict(data)
    if (contact := part.pop("contactpersoon", None)) is not None:
        merged["school"] = {**merged.get("school", {}), "contactpersoon": contact}
    for key, value in part.items():
        there = merged.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            both = {**there, **value}
            for name in there.keys() & value.keys():
                if isinstance(there[name], list):
                    both[name] = [*there[name], *value[name]]
            merged[key] = both
        else:
            merged[key] = value
    return merged
