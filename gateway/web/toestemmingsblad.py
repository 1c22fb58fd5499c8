"""The sheet on which somebody chooses: what stands on it, what he chose, and how that is recorded.

One for the screen at the table, for paper and for who signs in himself, so that everybody reads the same. A
register may have texts of its own (kennisgevingen): then they stand on the sheet, and a yes names the text
that was read. What was not on the sheet is never named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from consent.kennisgeving import Kennisgeving
from gateway.explain import teksten
from gateway.register.regels import Regels
from gateway.web.formulier import Invoer
from gateway.web.lijn import Json, Probleem
from schemas.base import Gegevenscategorie

SENSITIVE: Final = 3
"""From this level a part is asked for apart."""
OWN_TEXT: Final = "uitlegtekst-ozlijn/1"
"""Names the words of the sheet itself, where a register has no texts."""
TAAL: Final = "nl"
READ: Final = "Lees eerst wat er staat. Zeg daarna of u het las."
MERK: Final = "blad"
"""The hidden field with the mark of the sheet that was shown."""
CHANGED: Final = "Wat er staat, is net veranderd. Lees het opnieuw en kies dan."
NO_TEXT: Final = "De school heeft nu geen uitleg die geldt. Vraag de school om een nieuw blad."


@dataclass(frozen=True, slots=True)
class Deel:
    """One part of what is asked: `zwaar` when it is sensitive and asked for apart."""

    categorie: str
    woord: str
    zwaar: bool


@dataclass(frozen=True, slots=True)
class Toestemmingsblad:
    """What stands on the sheet for one person. `naar`: each recipient, with the role in which it reads."""

    hoedanigheid: str
    van: str
    naar: tuple[tuple[str, str], ...]
    partijen: tuple[str, ...]
    """The same recipients by their id."""
    doelen: tuple[str, ...]
    vertelt: bool
    """Whether a yes lifts the secrecy of who gives help."""
    tot: str
    delen: tuple[Deel, ...]
    teksten: tuple[Kennisgeving, ...]
    mag_ja: bool
    """False: the register asks for a text of its own and has none that still counts, so no yes can carry."""
    voorstellen: tuple[Mapping[str, Any], ...]

    @property
    def merk(self) -> str:
        """Names this very sheet. A form carries it back: of a sheet that nobody read nothing is recorded."""
        return _merk({"getoond": self.getoond(), "voorstellen": self.voorstellen})

    @property
    def kind(self) -> bool:
        """Whether it speaks to the leerling himself."""
        return self.hoedanigheid == "leerling"

    def getoond(self) -> dict[str, Any]:
        """All that stood on it, for the hash of what was signed."""
        return {
            "van": self.van,
            "naar": self.naar,
            "doelen": self.doelen,
            "tot": self.tot,
            "delen": [(d.categorie, d.woord, d.zwaar) for d in self.delen],
            "teksten": [(t.ref, t.hash) for t in self.teksten],
        }

    def gelezen(self) -> dict[str, str]:
        """How a bewijsmiddel names the text that was read. Of more texts the first; the hash of the whole
        sheet holds the others.
        """
        if not self.teksten:
            return {"kennisgevingRef": OWN_TEXT, "kennisgevingHash": hashed(self.getoond())}
        text = self.teksten[0]
        return {"kennisgevingRef": text.ref, "kennisgevingHash": text.hash, "taal": text.taal}


@dataclass(frozen=True, slots=True)
class Gekozen:
    """Per part a yes or a no; a part that is in neither was not chosen, and nothing is recorded of it."""

    ja: tuple[str, ...]
    nee: tuple[str, ...]

    @property
    def iets(self) -> bool:
        return bool(self.ja or self.nee)


def kennisgevingen(regels: Regels) -> tuple[Kennisgeving, ...]:
    """The texts that a yes may rest on now: of each its newest version, in Dutch where there is one."""
    carrying = regels.beleid.kennisgevingen or frozenset()
    newest: dict[str, Kennisgeving] = {}
    for one in regels.kennisgevingen.values():
        if one.hash in carrying and (one.id not in newest or newest[one.id].versie < one.versie):
            newest[one.id] = one
    found = [newest[ident] for ident in sorted(newest)]
    return tuple([t for t in found if t.taal == TAAL] or found)


def te_lezen(regels: Regels) -> tuple[Kennisgeving, ...]:
    """Every version that still carries, the newest first. Which of them stood on paper, the paper says."""
    carrying = regels.beleid.kennisgevingen or frozenset()
    found = (t for t in regels.kennisgevingen.values() if t.hash in carrying)
    return tuple(sorted(found, key=lambda t: (t.id, -t.versie)))


def blad_van(
    gevraagd: Mapping[str, Any], van: str, regels: Regels, lezen: Sequence[Kennisgeving] | None = None
) -> Toestemmingsblad:
    """The sheet for one question of a taak. `lezen`: the text that was on the paper, where somebody says
    which.
    """
    bereik = gevraagd["bereik"]
    texts = kennisgevingen(regels) if lezen is None else tuple(lezen)
    return Toestemmingsblad(
        hoedanigheid=gevraagd["hoedanigheid"],
        van=van,
        naar=tuple(
            (_naam(o["partij"], regels), teksten.uitleg("rol", o["rol"])) for o in bereik["ontvangers"]
        ),
        partijen=tuple(o["partij"] for o in bereik["ontvangers"]),
        doelen=tuple(teksten.uitleg("doel", d) for d in bereik["doelen"]),
        vertelt="secrecy_waiver" in gevraagd["functies"],
        tot=gevraagd["voorstellen"][0]["geldigTotEnMet"],
        delen=tuple(
            Deel(c, teksten.uitleg("categorie", c), Gegevenscategorie(c).niveau >= SENSITIVE)
            for c in bereik["categorieen"]
        ),
        teksten=texts,
        mag_ja=regels.beleid.kennisgevingen is None or bool(texts),
        voorstellen=tuple(gevraagd["voorstellen"]),
    )


def vraagmerk(gevraagd: Mapping[str, Any]) -> str:
    """Names one question of a taak: to whom, and what is asked. A place in the list does not, for the list
    gets shorter when somebody answers.
    """
    return _merk(gevraagd)


def _merk(value: object) -> str:
    return hashed(value).removeprefix("sha256:")[:32]


def _naam(partij: str, regels: Regels) -> str:
    found = regels.partijen.get(partij)
    return partij if found is None else found.naam


def gekozen(f: Invoer, blad: Toestemmingsblad) -> Gekozen:
    """What was ticked. Both at once is neither: a form of ours cannot say that."""
    ja = [d.categorie for d in blad.delen if f.alle(f"mag.{d.categorie}") == ("ja",)]
    nee = [d.categorie for d in blad.delen if f.alle(f"mag.{d.categorie}") == ("nee",)]
    return Gekozen(tuple(ja), tuple(nee))


def nagekeken(f: Invoer, blad: Toestemmingsblad, keuze: Gekozen) -> Invoer:
    """The form with what is still missing. A no asks for nothing, but that it is about this sheet."""
    if f.tekst(MERK) != blad.merk:
        left = {
            n: v for n, v in f.waarden.items() if not n.startswith("mag.") and n not in ("gelezen", "klopt")
        }
        return Invoer(left).met_fout(None, CHANGED)
    if not keuze.iets:
        return f.met_fout(None, "U koos nog niets. Kies ja of nee.")
    if keuze.ja and not blad.mag_ja:
        return f.met_fout(None, NO_TEXT)
    if keuze.ja and not f.heeft("gelezen", "ja"):
        return f.met_fout("gelezen", READ)
    return f


def hashed(value: object) -> str:
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


async def leg_vast(
    zeg: Callable[[Json, str], Awaitable[Json | Probleem]],
    blad: Toestemmingsblad,
    keuze: Gekozen,
    bewijs: Mapping[str, Any],
    moment: dt.datetime,
    sleutel: str,
) -> Probleem | None:
    """One statement for what may and one for what may not, per function that is asked. `zeg` records one,
    with its Idempotency-Key.

    The first fault ends it: what was recorded stands, and a repeat with the same `sleutel` records it no
    second time.
    """
    zwaar = {d.categorie for d in blad.delen if d.zwaar}
    for n, proposal in enumerate(blad.voorstellen):
        for word, parts in (("gegeven", keuze.ja), ("geweigerd", keuze.nee)):
            if not parts:
                continue
            body = {
                **proposal,
                "bereik": {**proposal["bereik"], "categorieen": list(parts)},
                "besluit": word,
                "moment": moment.isoformat(),
                "uitdrukkelijk": sorted(zwaar.intersection(parts)) if word == "gegeven" else [],
                "bewijs": dict(bewijs),
            }
            answer = await zeg(body, _key(sleutel, n, word))
            if isinstance(answer, Probleem):
                return answer
    return None


def _key(sleutel: str, *of: object) -> str:
    named = "/".join(map(str, (sleutel, *of)))
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def ontvangers(bereik: Mapping[str, Any], regels: Regels) -> list[str]:
    """The names of who would receive."""
    there: Iterable[Mapping[str, str]] = bereik["ontvangers"]
    return [_naam(o["partij"], regels) for o in there]
