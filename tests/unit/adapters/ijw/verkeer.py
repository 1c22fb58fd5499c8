"""Messages between one gemeente and one aanbieder, short to write, that pass level 1 and hold level 2."""

from __future__ import annotations

import calendar
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from adapters.ijw.bericht import JwBericht
from adapters.ijw.verloop import Contracttarief, Feitenverloop, MemoryVerloop
from adapters.ijw.verloopregels import check_verloop
from tests.builders import a_bsn

GEMEENTE, ANDERE_GEMEENTE = "0363", "0344"
AANBIEDER, ANDERE_AANBIEDER = "99999901", "99999902"
BSN, ANDERE_BSN = a_bsn(0), a_bsn(1)
AMBULANT = ("45", "45A04")
VERBLIJF = ("44", "44A01")
UREN = ("10", "04", "4")
CODES = {
    "JW301": "436",
    "JW305": "438",
    "JW307": "440",
    "JW315": "446",
    "JW317": "486",
    "JW319": "488",
    "JW323": "490",
    "JW325": "491",
}
XSD = {"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"}
_PERSOON = {
    "Geboortedatum": {"Datum": "2012-03-14"},
    "Geslacht": "0",
    "Naam": {"Geslachtsnaam": {"Achternaam": "Fictie"}},
}
_ids = itertools.count(1)

Node = dict[str, Any]


def pseudonym(bsn: str) -> str:
    return hashlib.blake2b(bsn.encode(), key=b"a key of the tests", digest_size=8).hexdigest()


def verloop(
    *geschiedenis: JwBericht, volledig: bool = True, tarief: Contracttarief = lambda *_: None
) -> Feitenverloop:
    known = MemoryVerloop(pseudonym, volledig=lambda *_: volledig, tarief=tarief)
    for eerder in geschiedenis:
        known.apply(eerder)
    return known


def gevonden(bericht: JwBericht, known: Feitenverloop) -> set[tuple[str, str]]:
    """(code, place) of every finding."""
    return {(fout.code, fout.place) for fout in check_verloop(bericht, known)}


def bericht(
    soort: str,
    inhoud: Node,
    *,
    dag: str = "2026-05-01",
    ident: str | None = None,
    gemeente: str = GEMEENTE,
    aanbieder: str = AANBIEDER,
    header: Node | None = None,
) -> JwBericht:
    van_gemeente = soort in ("JW301", "JW319", "JW325")
    head = {
        "BerichtCode": CODES[soort],
        "BerichtVersie": "3",
        "BerichtSubversie": "2",
        "Afzender": gemeente if van_gemeente else aanbieder,
        "Ontvanger": aanbieder if van_gemeente else gemeente,
        "BerichtIdentificatie": {"Identificatie": ident or f"T{next(_ids)}", "Dagtekening": dag},
        "XsdVersie": XSD,
    }
    return JwBericht(soort, {"Header": head | (header or {})} | inhoud)


def _product(product: Sequence[str] | None) -> Node:
    if product is None:
        return {}
    return {"Product": dict(zip(("Categorie", "Code"), product, strict=False))}


def _omvang(omvang: Sequence[str] | None) -> Node:
    if omvang is None:
        return {}
    return {"Omvang": dict(zip(("Volume", "Eenheid", "Frequentie"), omvang, strict=True))}


def _filled(**values: str | None) -> Node:
    return {name: value for name, value in values.items() if value is not None}


def toewijzing(
    nummer: str = "100",
    product: Sequence[str] | None = AMBULANT,
    *,
    datum: str = "2026-01-02",
    tijd: str = "10:00:00",
    ingang: str = "2026-01-01",
    eind: str | None = None,
    reden: str | None = None,
    omvang: Sequence[str] | None = UREN,
    budget: str | None = None,
    ref: str | None = None,
) -> Node:
    return {
        "ToewijzingNummer": nummer,
        "Toewijzingsdatum": datum,
        "Toewijzingstijd": tijd,
        "Ingangsdatum": ingang,
        **_filled(ReferentieAanbieder=ref, Einddatum=eind, RedenWijziging=reden, Budget=budget),
        **_product(product),
        **_omvang(omvang),
    }


def verwijderd(nummer: str = "100", datum: str = "2026-02-02", **kw: Any) -> Node:
    return toewijzing(nummer, datum=datum, eind="2026-01-01", reden="13", **kw)


def m301(*rows: Node, bsn: str = BSN, **kw: Any) -> JwBericht:
    client = {
        "Bsn": bsn,
        **_PERSOON,
        "Naam": {"Geslachtsnaam": {"Achternaam": "Fictie"}, "NaamGebruik": "1"},
        "Contactgegevens": {"Contact": [{"Soort": "02"}]},
        "ToegewezenProducten": {"ToegewezenProduct": list(rows or [toewijzing()])},
    }
    return bericht("JW301", {"Client": client}, **({"dag": "2026-01-02"} | kw))


def rij(nummer: str | None = "100", product: Sequence[str] | None = AMBULANT, status: str = "1") -> Node:
    return {**_filled(ToewijzingNummer=nummer), **_product(product), "StatusAanlevering": status}


def start(begin: str, **kw: Any) -> Node:
    return rij(**kw) | {"Begindatum": begin}


def stop(begin: str, reden: str, eind: str, **kw: Any) -> Node:
    return rij(**kw) | {"Begindatum": begin, "RedenBeeindiging": reden, "Einddatum": eind}


def m305(*rows: Node, bsn: str = BSN, **kw: Any) -> JwBericht:
    client = {"Bsn": bsn, **_PERSOON, "StartProducten": {"StartProduct": list(rows)}}
    return bericht("JW305", {"Client": client}, **kw)


def m307(*rows: Node, bsn: str = BSN, **kw: Any) -> JwBericht:
    client = {"Bsn": bsn, **_PERSOON, "StopProducten": {"StopProduct": list(rows)}}
    return bericht("JW307", {"Client": client}, **kw)


def m315(*referenties: str, bsn: str = BSN, **kw: Any) -> JwBericht:
    rows = [
        {
            "ReferentieAanbieder": referentie,
            **_product(AMBULANT),
            "ToewijzingIngangsdatum": "2026-06-01",
            **_omvang(UREN),
            "Verwijzer": {"Type": "02"},
        }
        for referentie in referenties
    ]
    client = {"Bsn": bsn, **_PERSOON, "AangevraagdeProducten": {"AangevraagdProduct": rows}}
    return bericht("JW315", {"Client": client}, **kw)


def wijzig(
    nummer: str = "100",
    gewenst: str = "2026-06-01",
    eind: str | None = None,
    omvang: Sequence[str] | None = UREN,
    budget: str | None = None,
) -> Node:
    return {
        "ToewijzingNummer": nummer,
        "GewensteIngangsdatum": gewenst,
        **_filled(Einddatum=eind, Budget=budget),
        **_omvang(omvang),
    }


def nieuw(
    product: Sequence[str] | None = VERBLIJF, begin: str = "2026-06-01", eind: str | None = None
) -> Node:
    return {**_product(product), "GewensteIngangsdatum": begin, **_filled(Einddatum=eind)}


def m317(
    referentie: str = "W1",
    *,
    zelfde: Sequence[str] = (),
    anders: Sequence[Node] = (),
    extra: Sequence[Node] = (),
    bsn: str = BSN,
    **kw: Any,
) -> JwBericht:
    verzoek: Node = {"ReferentieAanbieder": referentie, "RedenVerzoek": "1"}
    if zelfde:
        verzoek["OngewijzigdeProducten"] = {"OngewijzigdProduct": [{"ToewijzingNummer": n} for n in zelfde]}
    if anders:
        verzoek["TeWijzigenProducten"] = {"TeWijzigenProduct": list(anders)}
    if extra:
        verzoek["NieuweProducten"] = {"NieuwProduct": list(extra)}
    return bericht("JW317", {"Client": {"Bsn": bsn, "Verzoek": verzoek}}, **kw)


def m319(referentie: str, antwoord: str = "1", **kw: Any) -> JwBericht:
    inhoud: Node = {"ReferentieAanbieder": referentie, "VerzoekAntwoord": antwoord}
    if antwoord == "1":
        inhoud["RedenAfwijzingVerzoek"] = "2"
    return bericht("JW319", {"Antwoord": inhoud}, **kw)


def maand(month: str) -> Node:
    year, number = int(month[:4]), int(month[5:])
    return {"Begindatum": f"{month}-01", "Einddatum": f"{month}-{calendar.monthrange(year, number)[1]:02}"}


def prestatie(
    referentie: str,
    *,
    vorig: str | None = None,
    nummer: str = "100",
    product: Sequence[str] = AMBULANT,
    periode: str | tuple[str, str] = "2026-02",
    volume: str = "5",
    eenheid: str = "04",
    tarief: str | None = "8000",
    bedrag: str = "40000",
) -> Node:
    if isinstance(periode, tuple):
        dagen: Node = {"Begindatum": periode[0], "Einddatum": periode[1]}
    else:
        dagen = maand(periode)
    return {
        "ProductReferentie": {
            "ReferentieNummer": referentie,
            **_filled(VorigReferentieNummer=vorig),
        },
        "ToewijzingNummer": nummer,
        "ProductCategorie": product[0],
        "ProductCode": product[1],
        "ProductPeriode": dagen,
        "GeleverdVolume": volume,
        "Eenheid": eenheid,
        **_filled(ProductTarief=tarief),
        "IngediendBedrag": {"Bedrag": bedrag, "DebetCredit": "D" if vorig is None else "C"},
    }


def m323(
    declaratie: str,
    *prestaties: Node,
    periode: str = "2026-02",
    bsn: str = BSN,
    meer: Iterable[tuple[str, list[Node]]] = (),
    opgesteld: str | None = None,
    **kw: Any,
) -> JwBericht:
    clienten = [
        {"Bsn": wie, "Prestaties": {"Prestatie": list(rows)}} for wie, rows in [(bsn, prestaties), *meer]
    ]
    inhoud = {
        "DeclaratieNummer": declaratie,
        "DeclaratiePeriode": maand(periode),
        "DeclaratieDagtekening": opgesteld or f"{periode}-28",
        "TotaalIngediendBedrag": {"TotaalBedrag": "0", "DebetCredit": "D"},
        "Clienten": {"Client": clienten},
    }
    return bericht("JW323", {"Declaratie": inhoud}, **kw)


def m325(
    op: JwBericht,
    *afgekeurd: Node,
    bsn: str = BSN,
    nummer: str | None = None,
    antwoord: str = "0200",
    header: Node | None = None,
    alleen_kop: str | None = None,
    **kw: Any,
) -> JwBericht:
    """The answer to `op` that lists the rows `afgekeurd`; with `alleen_kop` a Header with that code."""
    sent = op.inhoud["Header"]
    head = {
        "DeclaratieIdentificatie": sent["BerichtIdentificatie"],
        "XsdVersieDeclaratie": sent["XsdVersie"],
        "RetourCodes": {"RetourCode": [alleen_kop or "0200"]},
    } | (header or {})
    if alleen_kop:
        return bericht("JW325", {}, header=head, **kw)
    rows = [row | {"RetourCodes": {"RetourCode": ["0233"]}} for row in afgekeurd]
    inhoud = {
        "DeclaratieNummer": nummer or op.inhoud["Declaratie"]["DeclaratieNummer"],
        "TotaalIngediendBedrag": {"TotaalBedrag": "0", "DebetCredit": "D"},
        "TotaalToegekendBedrag": {"TotaalBedrag": "0", "DebetCredit": "D"},
        "RetourCodes": {"RetourCode": [antwoord]},
    }
    if rows:
        client = {"Bsn": bsn, "Prestaties": {"Prestatie": rows}, "RetourCodes": {"RetourCode": ["0200"]}}
        inhoud["Clienten"] = {"Client": [client]}
    return bericht("JW325", {"DeclaratieAntwoord": inhoud}, header=head, **kw)
