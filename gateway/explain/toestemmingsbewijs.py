"""Toestemmingsbewijs: what a signer gets of what he stated, in plain words and signed with the log key.

The words say what was recorded and nothing else: no name of a person, no value of the leerling. The file
holds them together with the proof that the statement stands in the account, so that `ozlijn bewijs check`
needs neither the gateway nor a database. The page shows the same words to a person who reads on paper.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
from jinja2 import Environment, StrictUndefined, Template

from consent.leeftijd import day
from consent.rules import carries_until
from gateway.explain import teksten
from gateway.explain.views import moment
from gateway.ports.keys import LeafMaker, LedgerSigner
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.errors import RecordUnavailable
from schemas.people.toestemming import Bewijsmiddel, Gebeurtenis, Toestemming
from schemas.storage.storage import Entry

SOORT: Final = "toestemmingsbewijs"
_SJABLOON: Final = "toestemmingsbewijs.html"


@dataclass(frozen=True, slots=True)
class Deel:
    """One heading with the lines under it. More than one line is shown as a list."""

    kop: str
    regels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Toestemmingsbewijs:
    bestand: bytes
    """JSON with the signed words and the proof."""
    delen: tuple[Deel, ...]
    titel: str

    def page(self) -> bytes:
        """HTML that works without scripts and prints on one page. Everything in it is escaped."""
        return _template().render(titel=self.titel, delen=self.delen, stijl=_style()).encode()


@dataclass(frozen=True, slots=True)
class Plaats:
    """Where one leaf stands in the account, below the last checkpoint."""

    entry: Entry
    bewijs: str

    @property
    def hash(self) -> str:
        return base64.b64encode(self.entry.leaf_hash).decode()


async def find_plaats(leaf: str, storage: Storage, leaves: LeafMaker) -> Plaats | None:
    """None until a checkpoint covers that leaf."""
    (position,) = await storage.positions_of((leaf,))
    checkpoint = await storage.last_checkpoint()
    if position is None or checkpoint is None or checkpoint.size <= position:
        return None
    (entry,) = await storage.entries(position, 1)
    hashes = await storage.inclusion_proof(position, checkpoint.size)
    return Plaats(entry, leaves.proof_text(position, hashes, checkpoint.note))


def ondertekend(
    soort: str,
    inhoud: Mapping[str, Any],
    titel: str,
    delen: tuple[Deel, ...],
    plaats: Plaats,
    leaves: LeafMaker,
    signer: LedgerSigner,
    *,
    whole: bool,
) -> Toestemmingsbewijs:
    """The file in which the log signs these words and shows where their leaf stands. `whole`: with the leaf
    itself, and not its hash alone.
    """
    said = {
        "soort": soort,
        **inhoud,
        "titel": titel,
        "tekst": [{"kop": d.kop, "regels": d.regels} for d in delen],
        "bladHash": plaats.hash,
        "logNaam": signer.name,
    }
    # Plain JSON values, so that a reader who writes the file's content again gets the very bytes that were
    # signed.
    plain = orjson.loads(orjson.dumps({k: v for k, v in said.items() if v is not None}))
    blad = _blad(plaats.entry, plaats.hash, whole=whole) | {"bewijs": plaats.bewijs}
    jws = signer.sign_receipt(leaves.canonical(plain))
    return Toestemmingsbewijs(
        orjson.dumps({"soort": soort, "inhoud": plain, "jws": jws, "blad": blad}), delen, titel
    )


async def make_bewijs(
    said: Toestemming,
    leerling_ref: str | None,
    regels: Regels,
    storage: Storage,
    leaves: LeafMaker,
    signer: LedgerSigner,
) -> Toestemmingsbewijs | None:
    """The proof of one statement; None until a checkpoint covers that statement.

    `leerling_ref` is the recorder's own reference to the leerling, None when he has none, or when somebody
    asks for himself. Then he does not get the leaf whole either, because it holds the reference of another.
    """
    leaf = await storage.fact_leaf(said.id)
    if leaf is None:
        raise RecordUnavailable("a statement without a leaf")
    plaats = await find_plaats(leaf, storage, leaves)
    if plaats is None:
        return None
    inhoud = {
        "id": said.id,
        "toestemmingId": said.record,
        "leerlingId": leerling_ref,
        "gebeurtenis": said.gebeurtenis,
        "functie": said.functie,
        "bereik": said.bereik.model_dump(mode="json", by_alias=True),
        "persoonId": said.ondertekenaar,
        "hoedanigheid": said.hoedanigheid,
        "moment": moment(said.moment),
        "geldigVanaf": said.geldig_vanaf,
        "geldigTotEnMet": said.geldig_tot_en_met,
        "kennisgeving": _kennisgeving(said.bewijs),
        "vastgelegdDoor": said.vastgelegd_door,
        "vastgelegdOp": moment(said.vastgelegd_op),
    }
    titel = teksten.uitleg("bewijs_titel", said.gebeurtenis)
    delen = tuple(_delen(said, regels, plaats.hash))
    return ondertekend(SOORT, inhoud, titel, delen, plaats, leaves, signer, whole=leerling_ref is not None)


def style_source() -> str:
    """The only style that the page has, as a source for its Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


def _blad(entry: Entry, bladhash: str, *, whole: bool) -> dict[str, str]:
    found = {"soort": entry.soort.value, "bladHash": bladhash}
    return found | ({"blad": base64.b64encode(entry.canonical).decode()} if whole else {})


def _kennisgeving(bewijs: Bewijsmiddel | None) -> Mapping[str, Any] | None:
    if bewijs is None:
        return None
    return {"ref": bewijs.kennisgeving_ref, "hash": bewijs.kennisgeving_hash, "taal": bewijs.taal}


def _delen(said: Toestemming, regels: Regels, bladhash: str) -> Iterator[Deel]:
    zin, bereik, bewijs = _zin, said.bereik, said.bewijs
    besluit = [zin(said.gebeurtenis), zin(said.functie)]
    if said.uitdrukkelijk and said.gebeurtenis is Gebeurtenis.GEGEVEN:
        besluit.append(zin("uitdrukkelijk"))
    yield _deel("besluit", *besluit)
    yield _deel("wie", teksten.uitleg("hoedanigheid", said.hoedanigheid))
    yield _deel("dag", teksten.datum(day(said.moment)))
    yield _deel("doelen", *(teksten.uitleg("doel", d) for d in bereik.doelen))
    yield _deel("categorieen", *(teksten.uitleg("categorie", c) for c in bereik.categorieen))
    yield _deel("richting", teksten.uitleg("richting", bereik.richting))
    yield _deel(
        "ontvangers",
        *(f"{_naam(regels, o.partij)}: {teksten.uitleg('rol', o.rol)}" for o in bereik.ontvangers),
    )
    if said.gebeurtenis is Gebeurtenis.GEGEVEN:
        yield _deel("vanaf", teksten.datum(said.geldig_vanaf))
        yield _deel("totEnMet", teksten.datum(_until(said, regels)))
        yield _deel("bedenken", zin("intrekken"), zin("zoGaatIntrekken"), zin("watStopt"))
    else:
        stopt = [zin("watStopt")] if said.gebeurtenis is Gebeurtenis.INGETROKKEN else []
        yield _deel("bedenken", *stopt, zin("alsnog"))
    if bewijs is None:
        yield _deel("gelezen", zin("geenTekst"))
        yield _deel("wijze", zin("geenWijze"))
    else:
        kenmerk = f"{teksten.uitleg('bewijs', 'kenmerkTekst')}: {bewijs.kennisgeving_hash}"
        yield _deel("gelezen", bewijs.kennisgeving_ref, kenmerk)
        yield _deel("wijze", zin(bewijs.methode))
    recorded = f"{_naam(regels, said.vastgelegd_door)}, {teksten.datum(day(said.vastgelegd_op))}"
    yield _deel("vastgelegd", recorded)
    yield _deel("nummer", said.id)
    yield _deel("blad", bladhash)
    yield _deel("nakijken", zin("nakijken"))


def _until(said: Toestemming, regels: Regels) -> dt.date:
    return carries_until(said, regels.beleid, regels.beleid.law(said.moment))


def _deel(kop: str, *lines: str) -> Deel:
    return Deel(teksten.uitleg("bewijs", kop), lines)


def _zin(code: str) -> str:
    return teksten.uitleg("bewijs_zin", code)


def _naam(regels: Regels, partij: str) -> str:
    found = regels.partijen.get(partij)
    return partij if found is None else found.naam


@cache
def _template() -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(
        files("gateway.explain").joinpath("sjablonen", _SJABLOON).read_text(encoding="utf-8")
    )


@cache
def _style() -> str:
    return (
        files("gateway.explain").joinpath("sjablonen", "toestemmingsbewijs.css").read_text(encoding="utf-8")
    )
