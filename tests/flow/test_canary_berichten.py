"""The canary over every type and every profile: what was agreed to goes, and nothing is anywhere else.

Each leaf that can hold a text holds one of its own (tests/vol.py). For every shipped profile of every type
that the line carries, the message is pushed when everybody agreed to everything and when they left a category
out; what the recipient gets holds exactly the marks of the leaves that may go. Then all else that the gateway
said, wrote or counted is searched. Everything that can go wrong with a dossier of OSO is in test_canary.py.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

import pytest

from adapters import gedeeld
from consent.beleid import Proportionaliteitsprofiel
from consent.decide import decide
from consent.minimise import minimise
from consent.stromen import Kracht
from consent.voorwaarden import namen_in
from gateway.register.regels import shipped_profiles
from gateway.wiring import translate_oso
from schemas.base import NOOIT, Gegevenscategorie
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN, GEDRAGEN, OVER_NIEMAND
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN
from schemas.people.omstandigheden import Omstandigheidsoort
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.toestemming import Richting, ToestemmingFunctie
from tests.builders import NOW as BUILT
from tests.builders import P1, P2, YOUTH, a_bereik, a_request, a_toestemming, authorities, beleid
from tests.flow.test_berichten import agree, every_role, push
from tests.flow.test_canary import OPP, Marks, filled, marked_dossier
from tests.flow.test_hoedanigheden import InCapacity
from tests.flow.test_neutraal import ALL as ALL_IN_ONE
from tests.flow.test_neutraal import ELSE, id_of_else, others
from tests.line import (
    AANBIEDER,
    IB,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    bereik,
    codes,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    persons,
    recorded,
    story,
    toestemming,
)
from tests.line import (
    BORN as DOSSIER_BORN,
)
from tests.unit.consent.stroomhulp import tabel, waaronder
from tests.vol import BORN, Marker, Vol, missing, values, vol

ALL: Final = [c.value for c in Gegevenscategorie if c.niveau > 0]
NOT_CARRIED: Final = {
    "deling_zonder_toestemming": "what is recorded of it goes by the afwegingen, not as a message",
}
"""Types that have no way in, with the reason; test_berichten.py shows that each is refused."""
IN_NO_MESSAGE: Final = {
    ("arrangement", "factoren[].leefgebied"),
    ("arrangement", "factoren[].omschrijving"),
    ("arrangement", "factoren[].soort"),
    *(("arrangement", f"collectief.groep.{p}") for p in ("omvang", "leeftijd.vanaf", "leeftijd.totEnMet")),
    *((soort, "persoonsnummer.onderwijsnummer") for soort in ("overstapset", "verzuimsignaal")),
}
"""Leaves of a profile that no message of tests/vol.py has, or none about a leerling; the test by leaf below
has every one. Of the two kinds of number a message has one: for those test_canary.py looks.
"""


@cache
def marker() -> Marker:
    return Marker("kanarie" + secrets.token_hex(3).translate(str.maketrans("0123456789", "ghijklmnop")))


@cache
def messages(soort: str) -> list[Vol]:
    # An arrangement for a group is about no leerling: test_onderwerp.py.
    return [v for v in vol(soort, marker()) if "collectief" not in v.inhoud]


def test_types_without_a_way_in_are_these() -> None:
    """Every other type is carried, and has a profile that is tested below."""
    assert set(NOT_CARRIED) == BERICHTEN.keys() - GEDRAGEN
    assert {p.bericht for p in shipped_profiles()} == GEDRAGEN


def test_a_message_has_a_mark_in_every_leaf_that_takes_one() -> None:
    """Every leaf a profile lets through is in a message, but for those named; and all marks differ."""
    lacking = {(s, p) for s in GEDRAGEN for p in missing(s, messages(s))}
    named = {(p.bericht, pad) for p in shipped_profiles() for pad in p.paden}
    assert lacking & named == IN_NO_MESSAGE | (lacking & named & {("terugkoppeling", "afloop")})
    marks = Counter(m for s in GEDRAGEN for v in messages(s) for m in v.marks.values())
    assert len(marks) > 400
    assert set(marks.values()) == {1}


# ── every leaf by itself, whatever a whole message would say of it


ORDINARY: Final = tuple(p for p in shipped_profiles() if not p.van and not p.aan)
"""Between a school and who stood on the other side of it. Of those between two named capacities
tests/unit/consent/test_profielen.py holds every leaf, and BETWEEN below sends them over a line.
"""


@pytest.mark.parametrize("left_out", [False, True], ids=["everything", "one left out"])
@pytest.mark.parametrize("profiel", ORDINARY, ids=lambda p: p.id)
def test_every_leaf_goes_or_stays_by_the_profile(
    profiel: Proportionaliteitsprofiel, *, left_out: bool
) -> None:
    """For a message with every leaf of its type, the bytes hold the marks of what may go, and no other."""
    labels = {b.pad: b.categorie for b in BERICHTEN[profiel.bericht].bladen}
    there = sorted({labels[p] for p in profiel.paden})
    agreed = there[:-1] if left_out else there
    ordinary = a_request(richting=profiel.richting)
    ontvanger = ordinary.ontvanger.model_copy(update={"rol": profiel.rol})
    request = replace(
        ordinary,
        doel=profiel.doel,
        ontvanger=ontvanger,
        bericht=profiel.bericht,
        gevraagd=tuple(c for c in Gegevenscategorie if c not in NOOIT),
        velden=tuple(labels),
    )
    scope = a_bereik(richting=profiel.richting).model_copy(
        update={"doelen": (profiel.doel,), "categorieen": tuple(agreed), "ontvangers": (ontvanger,)}
    )
    said = [
        a_toestemming(person, functie=functie, bereik=scope)
        for person in (P1, P2, YOUTH)
        for functie in (ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER)
    ]
    decision = decide(request, said if agreed else (), authorities(), (), None, beleid(), BUILT)
    expected = {p for p in profiel.paden if labels[p] in agreed}
    assert set(decision.released) == expected
    permit = decision.permit
    assert (permit is not None) is bool(expected)
    if permit is not None:
        marks = {pad: f"kanarie{n:04}zz" for n, pad in enumerate(labels)}
        data = minimise(Inhoud(profiel.bericht, _built(marks)), permit)
        written = gedeeld.write(data).decode()
        assert {p for p, mark in marks.items() if mark in written} == expected


def _built(marks: dict[str, str]) -> Json:
    """A message with each of these marks at its path, once in every list."""
    made: Json = {}
    for pad, mark in marks.items():
        here = made
        *above, last = pad.split(".")
        for key in above:
            name = key.removesuffix("[]")
            below = here.setdefault(name, [{}] if key.endswith("[]") else {})
            here = below[0] if key.endswith("[]") else below
        here[last.removesuffix("[]")] = [mark] if last.endswith("[]") else mark
    return made


# ── whole messages, through the line


@pytest.mark.parametrize(
    "soort", sorted({p.bericht for p in ORDINARY} - {"ontwikkelingsperspectief"} - OVER_NIEMAND)
)
@story("memory")
async def test_the_recipient_gets_the_marks_of_what_may_go_and_nobody_else_any(
    line: Line, soort: str
) -> None:
    """For every profile of the type, with everything agreed to and with a category left out."""
    await every_role(line)
    labels = {b.pad: b.categorie for b in BERICHTEN[soort].bladen}
    made, taken = messages(soort), 0
    for n, profiel in enumerate(p for p in ORDINARY if p.bericht == soort):
        present = sorted({labels[p] for v in made for p, _ in values(v.inhoud) if p in profiel.paden})
        for left_out in (None, present[-1]):
            run = _Run(line, profiel, f"LL-{n}-{left_out}", [c for c in ALL if c != left_out])
            await run.begin()
            for message in made if left_out is None else made[:1]:
                there = {p for p, _ in values(message.inhoud)}
                expected = {p for p in there & profiel.paden if labels[p] in run.agreed}
                payload = await run.given(message)
                if not expected:
                    assert payload is None
                    continue
                assert payload is not None
                taken += 1
                inhoud = json.loads(payload)["inhoud"]
                assert {p for p, _ in values(inhoud)} == expected
                marks = {m for v in made for m in v.marks.values() if m in payload.decode()}
                assert marks == {m for p, m in message.marks.items() if p in expected}
            await run.wrong(made[0])
            await run.looks_around()
    assert taken
    await _nowhere_else(line)


@story("memory")
async def test_of_a_dossier_the_recipient_gets_the_marks_of_what_may_go(line: Line) -> None:
    """The same is true of an OSO dossier with the school's own part, for each of its profiles."""
    await every_role(line)
    labels = {b.pad: b.categorie for b in BERICHTEN["ontwikkelingsperspectief"].bladen}
    for profiel in (p for p in ORDINARY if p.bericht == "ontwikkelingsperspectief"):
        for left_out in (None, max(labels[p] for p in profiel.paden)):
            marks = Marks()
            raw, own = marked_dossier(marks), filled(marks, "opp", OPP)
            run = _Run(line, profiel, marks.by_name["xml leerling/leerlingid"], ALL)
            run.agreed = [c for c in ALL if c != left_out]
            await run.begin(geboortedatum=DOSSIER_BORN)
            body = envelope(
                raw,
                doel=profiel.doel.value,
                ontvangers=[run.ontvanger],
                categorieen=ALL,
                oppDeel=own,
            )
            pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
            taken = await line.take(only(pushed))
            where = _places(raw, own)
            going = {p for p in profiel.paden if labels[p] in run.agreed}
            expected = {m for m, p in where.items() if p in going and m in marks.by_name.values()}
            assert expected
            assert {m for m in marks.by_name.values() if m.encode() in taken} == expected


# ── between two named capacities

BETWEEN: Final = tuple(p for p in shipped_profiles() if (p.van or p.aan) and p.rol is not Rol.ZELF)
P, W = Partijhoedanigheid, Omstandigheidsoort


@story("memory")
async def test_between_two_capacities_a_mark_goes_to_who_may_have_it_and_nowhere_else(line: Line) -> None:
    """First it waits for a rule or a fact, and is with nobody; then everybody agrees and all that a rule asks
    is stated, and what the recipient gets has no mark of what the profile keeps home.
    """
    await others(line)
    await _no_rule_speaks(line)
    gone = []
    for n, profiel in enumerate(BETWEEN):
        van = next(iter(profiel.van), P.ONDERWIJS)
        aan = next(iter(profiel.aan), P.ONDERWIJS)
        if van in MENSEN:
            continue  # what somebody says himself: tests/flow/test_mensen.py
        sends, taker = _system(line, van), _system(line, aan, profiel.rol, other=van is aan)
        to = {"partij": taker.partij, "rol": profiel.rol.value}
        known = gezag(leerling={"leerlingid": f"T-{n}"}, geboortedatum=BORN)
        leerling = recorded(await sends.post("/gezagsgegevens", known, key=fresh()))
        message = messages(profiel.bericht)[0]
        inhoud = message.inhoud
        if profiel.bericht == "toeleidingsbesluit":
            inhoud = inhoud | {"beslotenDoor": sends.partij}
        body = push(
            profiel.bericht,
            inhoud,
            doel=profiel.doel.value,
            ontvangers=[to],
            leerling={"leerlingid": f"T-{n}"},
        )
        if profiel.bericht == "terugkoppeling":  # it travels in a place of its own in the envelope
            said = body.pop("bericht")["inhoud"]
            of_help = {"status", "afloop"} if van is P.ONDERWIJS else set()  # which a school may not say
            body["terugkoppeling"] = {k: v for k, v in said.items() if k not in of_help}
        first = accepted(await sends.post("/uitwisselingen", body, key=fresh()))
        waits = await line.try_take(only(first), taker)
        assert waits.status_code == 404, profiel.id
        for stated in _stated(van, aan, profiel):
            told = {"leerlingId": leerling["leerlingId"], "ontvanger": to, "doelen": [profiel.doel.value]}
            recorded(await sends.post("/omstandigheden", told | stated, key=fresh()))
        await _agreed(sends, leerling, van, profiel, to)
        here = f"/uitwisselingen/{first['uitwisselingId']}/leveringen"
        (view,) = fine(await sends.get(here))["leveringen"]
        if view["status"] != "klaar":
            assert (await line.try_take(only(first), taker)).status_code == 404
            continue
        payload = (await line.take(only(first), taker)).decode()
        there = {m for m in message.marks.values() if m in payload}
        assert there <= {m for pad, m in message.marks.items() if pad in profiel.paden}, profiel.id
        assert {p for p, _ in values(json.loads(payload)["inhoud"])} <= profiel.paden, profiel.id
        gone.append(profiel.id)
    for who in (*line.callers.values(), *(_system(line, h) for h in ELSE)):
        for path in ("/uitwisselingen", "/postbus", "/taken"):
            await who.get(path)
    assert len(gone) >= 20, gone
    await _nowhere_else(line)


async def _no_rule_speaks(line: Line) -> None:
    """Of what these send to a school: it waits, and none of it is anywhere."""
    for h in (P.ZORGVERZEKERAAR, P.WMO):
        sends = _system(line, h)
        named = {"leerlingid": "T"}
        known = gezag(leerling=named, geboortedatum=BORN)
        recorded(await sends.post("/gezagsgegevens", known, key=fresh()))
        body = push("hulpvraag", messages("hulpvraag")[0].inhoud, ontvangers=[IB], leerling=named)
        held = accepted(await sends.post("/uitwisselingen", body, key=fresh()))
        (view,) = fine(await sends.get(f"/uitwisselingen/{held['uitwisselingId']}/leveringen"))["leveringen"]
        assert "RULE_UNKNOWN" in codes(view), h


async def _agreed(
    sends: Caller, leerling: Json, van: Partijhoedanigheid, profiel: Proportionaliteitsprofiel, to: Json
) -> None:
    """Everybody agrees to all of it, of exactly this flow."""
    kolom = EIGENSCHAPPEN[van].geheimhouding.kolom
    over = bereik(
        richting=kolom.value,
        afzender=sends.partij,
        doelen=[profiel.doel.value],
        categorieen=ALL,
        ontvangers=[to],
    )
    for persoon in persons(leerling):
        for functie in ("avg_basis", "secrecy_waiver") if kolom is Richting.J2S else ("avg_basis",):
            yes = toestemming(persoon, functie=functie, bereik=over, leerlingId=leerling["leerlingId"])
            recorded(await sends.post("/toestemmingen", yes, key=fresh()))


def _system(line: Line, h: Partijhoedanigheid, rol: Rol | None = None, *, other: bool = False) -> Caller:
    """The system of somebody in this capacity."""
    if rol is Rol.SCHOOLMAATSCHAPPELIJK_WERKER:
        h = P.SCHOOLMAATSCHAPPELIJK_WERK
    if h is P.ONDERWIJS:
        return line.other_school if other else line.school
    if h is P.JEUGDHULP:
        return line.other_helper if other else line.helper
    all_ = line.callers[ALL_IN_ONE]
    return InCapacity(line.http, id_of_else(h), all_.client_id, all_.key, all_.token, h.value)


def _stated(
    van: Partijhoedanigheid, aan: Partijhoedanigheid, profiel: Proportionaliteitsprofiel
) -> Iterator[Json]:
    """What must be so for the first rule that lets anything of this go."""
    rules = [r for r in tabel().voor(van, aan, profiel.doel, BUILT.date()) if r.kracht is not Kracht.VERBOD]
    known: dict[str, bool] = {}
    for r in rules:
        facts = waaronder(r)
        for text in r.als:
            for name in namen_in(text):
                if name in {w.value for w in W}:
                    known.setdefault(name, bool(getattr(facts, name)))
    if known:
        yield {
            "wel": [n for n, so in known.items() if so],
            "niet": [n for n, so in known.items() if not so],
            "noodzaakHash": "sha256:" + "4" * 64,
            "verklaardDoor": "intern begeleider",
            "moment": "2026-11-21T10:00:00Z",
            "geldigVanaf": "2026-11-01",
            "geldigTotEnMet": "2027-07-31",
        }


def _places(raw: bytes, own: Json) -> dict[str, str]:
    """The leaf of each mark, as far as the dossier itself lets it go and the school's own part leaves it."""
    read = translate_oso(raw)
    rest = {n: v for n, v in own.items() if n != "contactpersoon"}
    part = [*values(rest), *values({"school": {"contactpersoon": own["contactpersoon"]}})]
    over = {p for p, _ in part if "[]" not in p}  # lists of the two are put together
    dossier = [(p, v) for p, v in values(read.bericht.inhoud().data) if p not in {*read.beperkingen, *over}]
    return {v: p for p, v in (*dossier, *part) if isinstance(v, str)}


class _Run:
    """One profile with one leerling: what he is asked about, who sends, and who takes."""

    def __init__(self, line: Line, profiel: Proportionaliteitsprofiel, name: str, agreed: list[str]) -> None:
        self.line, self.profiel, self.name, self.agreed = line, profiel, name, agreed
        self.back = profiel.richting is Richting.J2S
        self.ontvanger = {"partij": SCHOOL if self.back else AANBIEDER, "rol": profiel.rol.value}
        self.named: Json = {"leerling": {"leerlingid": name}}
        self.sent: list[Json] = []

    @property
    def sender(self) -> Caller:
        return self.line.helper if self.back else self.line.school

    @property
    def taker(self) -> Caller:
        return self.line.school if self.back else self.line.helper

    async def begin(self, geboortedatum: str = BORN) -> None:
        leerling = await self.line.gezag(leerling={"leerlingid": self.name}, geboortedatum=geboortedatum)
        if self.back:
            helper = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
            await agree(self.line, leerling, "toeleiding", "S2J", helper)
            asked = push("hulpvraag", leerling={"leerlingid": self.name})
            pushed = accepted(await self.line.school.post("/uitwisselingen", asked, key=fresh()))
            await self.line.sign_for(only(pushed), await self.line.take(only(pushed)))
            self.named = {"inAntwoordOp": only(pushed)}
        over = bereik(
            richting=self.profiel.richting.value,
            doelen=[self.profiel.doel.value],
            categorieen=self.agreed,
            ontvangers=[self.ontvanger],
        )
        for persoon in (*persons(leerling), leerling["leerlingPersoonId"]):
            for functie in ("avg_basis", "secrecy_waiver") if self.back else ("avg_basis",):
                await self.line.agree(leerling, persoon, functie=functie, bereik=over)

    def body(self, inhoud: Json) -> Json:
        content = {"bericht": {"soort": self.profiel.bericht, "inhoud": inhoud}}
        if self.profiel.bericht == "terugkoppeling":
            content = {"terugkoppeling": inhoud}
        made = push("hulpvraag", doel=self.profiel.doel.value, ontvangers=[self.ontvanger])
        del made["bericht"], made["leerling"]
        return made | content | self.named

    async def given(self, message: Vol) -> bytes | None:
        """What the recipient gets of it."""
        answer = await self.sender.post("/uitwisselingen", self.body(message.inhoud), key=fresh())
        pushed = accepted(answer)
        self.sent.append(pushed)
        taken = await self.line.try_take(only(pushed), self.taker)
        if taken.status_code != 200:
            assert await self.line.status(pushed, self.sender) in {"geweigerd", "aangehouden"}
            return None
        await self.line.sign_for(only(pushed), taken.content, self.taker)
        return taken.content

    async def wrong(self, message: Vol) -> None:
        """A fault in what is marked: refused, without an echo."""
        prefix = marker().prefix
        for inhoud in (
            message.inhoud | {prefix: prefix},
            {n: {prefix: prefix} for n in message.inhoud},
            {n: [f"{prefix}1"] for n in message.inhoud},
        ):
            answer = await self.sender.post("/uitwisselingen", self.body(inhoud), key=fresh())
            assert answer.status_code == 400, answer.text

    async def looks_around(self) -> None:
        """All that the two of them and others can read of it."""
        for pushed in self.sent:
            here = f"/uitwisselingen/{pushed['uitwisselingId']}"
            for path in (
                "",
                "/leveringen",
                f"/leveringen/{only(pushed)}",
                f"/leveringen/{only(pushed)}/uitleg",
            ):
                fine(await self.sender.get(here + path))
        for who in self.line.callers.values():
            for path in (
                "/uitwisselingen",
                "/postbus",
                "/taken",
                *(f"/leveringen/{only(p)}" for p in self.sent),
            ):
                await who.get(path)


async def _nowhere_else(line: Line) -> None:
    """No mark in a log line, an answer but the hand-over, a URL, a header, a count or a leaf."""
    await line.http.get("/metrics", headers=line.school.headers(None, None))
    handed = [a for a in line.answers if a.status_code == 200 and a.url.path.endswith("/_neem")]
    others = [a for a in line.answers if a not in handed]
    entries = await line.world.storage.entries(0, 100_000)
    places = {
        "log": [line.log.getvalue()],
        "answers": [a.content for a in others],
        "headers": [n + b": " + v for a in line.answers for n, v in a.headers.raw],
        "urls": [str(a.url).encode() for a in line.answers],
        "ledger": [e.canonical for e in entries],
    }
    assert handed
    prefix = marker().prefix
    digits = [m.encode() for v in _every() for m in v.marks.values() if prefix not in m.lower()]
    for place, pieces in places.items():
        text = b"\n".join(pieces).lower()
        for look in (prefix.encode(), prefix.encode().hex().encode(), prefix.encode("utf-16-le"), *digits):
            assert look not in text, (place, look)
        whole = b"\n".join(pieces)
        for shift in range(3):  # base64 has three phases; the ends depend on the neighbours
            coded = base64.b64encode(b"\0" * shift + prefix.encode())[shift + 1 if shift else 0 : -4]
            assert coded not in whole, place


def _every() -> list[Vol]:
    return [v for soort in sorted(GEDRAGEN) for v in messages(soort)]
