"""Rules on allocations, requests and answers to requests (301, 315, 317, 319)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from adapters.ijw.gelezen import KOP, Antwoordbericht, TeWijzigen, Toewijzingsbericht, Versie, Verzoekbericht
from adapters.ijw.verloop import IN_ONDERZOEK, Verloop
from adapters.ijw.verloopregels.verloopregel import Verloopregel
from adapters.ijw.verloopregels.zicht import actueel, zicht

_301: Final = frozenset({"JW301"})
_315_317: Final = frozenset({"JW315", "JW317"})
_317: Final = frozenset({"JW317"})
_319: Final = frozenset({"JW319"})
_TOTAAL: Final = "6"
_GENERIEK_TOT: Final = "2020-12-31"


# --- 301


def nummer_niet_uniek(m: Toewijzingsbericht, verloop: Verloop) -> Iterator[str]:
    """A ToewijzingNummer stays with one client, provider and product; only a deleted one is free (TR332).

    The same number with a later version is a change. Other changes than those of OP033x1 have no retourcode
    of their own and are no finding here.
    """
    for place, versie in m.rijen:
        versies = verloop.versies(m.kop.gemeente, versie.nummer)
        if versies and not versies[-1].verwijderd and _identity(versies[-1]) != _identity(versie):
            yield place


def _identity(versie: Versie) -> tuple[str | None, ...]:
    return versie.aanbieder, versie.client, versie.categorie, versie.code


def referentie_onterecht(m: Toewijzingsbericht, verloop: Verloop) -> Iterator[str]:
    """ReferentieAanbieder answers a request of this provider for this client, and only once (TR379).

    Not again in a later change of the same allocation (IV097); repeating a version unchanged is no change.
    A reference that is not known is no finding while messages are missing; one of another client always is.
    """
    head = m.kop
    for place, versie in m.rijen:
        if versie.referentie is None:
            continue
        verzoek = verloop.verzoek(head.aanbieder, versie.referentie)
        if verzoek is None:
            wrong = verloop.volledig(head.gemeente, head.aanbieder)
        else:
            wrong = (verzoek.gemeente, verzoek.client) != (head.gemeente, m.client)
        if wrong or any(
            eerder.referentie == versie.referentie
            and (eerder.datum, eerder.tijd) < (versie.datum, versie.tijd)
            for eerder in verloop.versies(head.gemeente, versie.nummer)
        ):
            yield place


def heeft_goedgekeurde_regels(m: Toewijzingsbericht, verloop: Verloop) -> Iterator[str]:
    """An allocation on which claimed rows were approved, and not credited, cannot be deleted (TR385)."""
    for place, versie in m.rijen:
        if not versie.verwijderd:
            continue
        regels = verloop.gedeclareerd(m.kop.gemeente, versie.nummer)
        gecrediteerd = {r.prestatie.vorig for r in regels if r.prestatie.credit and not r.afgekeurd}
        if any(
            r.goedgekeurd and not r.prestatie.credit and r.prestatie.referentie not in gecrediteerd
            for r in regels
        ):
            yield place


TOEWIJZING: Final[tuple[Verloopregel[Toewijzingsbericht], ...]] = (
    Verloopregel(
        "TR332", "9332", _301, "ToewijzingNummer hoort al bij een andere toewijzing.", nummer_niet_uniek
    ),
    Verloopregel(
        "TR379",
        "9379",
        _301,
        "ReferentieAanbieder hoort niet bij een verzoek dat deze toewijzing inwilligt.",
        referentie_onterecht,
    ),
    Verloopregel(
        "TR385",
        "9385",
        _301,
        "Op deze toewijzing zijn prestaties goedgekeurd; zij kan niet worden verwijderd.",
        heeft_goedgekeurde_regels,
    ),
)


# --- 315, 317


def referentie_niet_uniek(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """A provider uses a ReferentieAanbieder for one request only, whatever came of it (TR347).

    Twice in one request is TR383, in the message.
    """
    for place, referentie in m.referenties:
        if verloop.verzoek(m.kop.aanbieder, referentie) is not None:
            yield place


def verzoek_loopt(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """One request at a time for a client, until its 301 or its rejection is there (TR374).

    One here: that a request is open with another gemeente is not for this one to hear. The rule is about
    the message, so the finding is at the Header.
    """
    for referentie in verloop.verzoeken(m.kop.aanbieder, m.client):
        verzoek = verloop.verzoek(m.kop.aanbieder, referentie)
        if verzoek is not None and verzoek.open and verzoek.gemeente == m.kop.gemeente:
            yield KOP
            return


def client_onbekend(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """A 317 is about a client known from earlier messages (TR304). Silent while messages are missing."""
    head = m.kop
    if verloop.volledig(head.gemeente, head.aanbieder) and not verloop.kent_client(
        head.gemeente, head.aanbieder, m.client
    ):
        yield m.client_place


def niet_alles_genoemd(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """A 317 names every current allocation of this client here (TR349).

    Only those the sender must have known, in every version that he may have held.
    """
    head = m.kop
    named = {nummer for _, nummer in m.ongewijzigd} | {rij.nummer for rij in m.te_wijzigen}
    for nummer in verloop.toewijzingen(head.gemeente, head.aanbieder, m.client) - named:
        versies = verloop.versies(head.gemeente, nummer)
        if versies[0].datum < head.dagtekening and all(
            actueel(v, head, m.client) for v in zicht(versies, head)
        ):
            yield m.verzoek_place
            return


def ongewijzigd_niet_actueel(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """An OngewijzigdProduct names a current allocation of this client (TR350).

    A number that is not known is no finding while messages are missing.
    """
    return (place for place, nummer in m.ongewijzigd if _not_current(m, nummer, verloop))


def te_wijzigen_niet_actueel(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """A TeWijzigenProduct names a current allocation of this client (TR351); otherwise as TR350."""
    return (rij.place for rij in m.te_wijzigen if _not_current(m, rij.nummer, verloop))


def _not_current(m: Verzoekbericht, nummer: int | None, verloop: Verloop) -> bool:
    versies = zicht(verloop.versies(m.kop.gemeente, nummer), m.kop)
    if not versies:
        return verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    return not any(actueel(v, m.kop, m.client) for v in versies)


def ingang_in_verleden(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """A change from the past begins where the allocation began (TR357)."""
    for rij, versies in _changes(m, verloop):
        if (
            rij.gewenst is not None
            and rij.gewenst <= m.kop.dagtekening
            and all(v.ingang != rij.gewenst for v in versies)
        ):
            yield rij.place


def ingang_bij_totaal(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """Another Budget, or another total Volume, counts from where the allocation began (TR373)."""
    for rij, versies in _changes(m, verloop):
        if all(_changes_total(rij, v) and rij.gewenst != v.ingang for v in versies):
            yield rij.place


def _changes_total(rij: TeWijzigen, versie: Versie) -> bool:
    budget = rij.budget is not None and versie.budget is not None and rij.budget != versie.budget
    totaal = rij.frequentie == versie.frequentie == _TOTAAL
    return budget or (totaal and (rij.volume, rij.eenheid) != (versie.volume, versie.eenheid))


def omvang_bij_generiek(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """No Omvang on an allocation without Product, since 2021 (TR375)."""
    for rij, versies in _changes(m, verloop):
        if rij.omvang and all(_recent(v) and v.categorie is None and v.code is None for v in versies):
            yield rij.place


def omvang_ontbreekt(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """An allocation with a product Code is changed with its Omvang (TR411)."""
    for rij, versies in _changes(m, verloop):
        if not rij.omvang and all(v.code is not None for v in versies):
            yield rij.place


def omvang_bij_categorie(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """No Omvang on an allocation with a Categorie and no Code, since 2021 (TR412).

    Without any Product it would hold as well, but that is TR375: one fault, one code.
    """
    for rij, versies in _changes(m, verloop):
        if rij.omvang and all(_recent(v) and v.categorie is not None and v.code is None for v in versies):
            yield rij.place


def _recent(versie: Versie) -> bool:
    return versie.eind is None or versie.eind > _GENERIEK_TOT


def _changes(m: Verzoekbericht, verloop: Verloop) -> Iterator[tuple[TeWijzigen, tuple[Versie, ...]]]:
    """Each TeWijzigenProduct whose allocation is known and of this client; the others are for TR351."""
    for rij in m.te_wijzigen:
        if own := _own(m, rij.nummer, verloop):
            yield rij, own


def _own(m: Verzoekbericht, nummer: int | None, verloop: Verloop) -> tuple[Versie, ...]:
    """The versions in sight of an allocation of this client, first the one he surely had."""
    versies = zicht(verloop.versies(m.kop.gemeente, nummer), m.kop)
    return tuple(v for v in versies if (v.aanbieder, v.client) == (m.kop.aanbieder, m.client))


class _Wens(NamedTuple):
    begin: str
    eind: str
    soort: str
    categorie: str | None
    code: str | None


def product_dubbel(m: Verzoekbericht, verloop: Verloop) -> Iterator[str]:
    """What is asked for does not hold the same product twice at one time, next to what stays (TR361).

    Two new products are TR410, in the message. Two unchanged ones are as the gemeente allocated them, and
    the sender, who must name both, cannot help it.
    """
    wensen = [_Wens(r.begin or "", r.eind or _OPEN, "nieuw", r.categorie, r.code) for r in m.nieuw]
    for rij, versies in _changes(m, verloop):
        v = versies[0]
        wensen.append(_Wens(rij.gewenst or "", rij.eind or _OPEN, "te_wijzigen", v.categorie, v.code))
    wensen += [
        _Wens(v.ingang or "", v.eind or _OPEN, "ongewijzigd", v.categorie, v.code)
        for _, nummer in m.ongewijzigd
        for v in _own(m, nummer, verloop)[:1]
    ]
    if _overlap(wensen):
        yield m.verzoek_place


_OPEN: Final = "9999-99-99"
"""After every day: a period without end."""
_MET: Final = {
    "nieuw": ("te_wijzigen", "ongewijzigd"),
    "te_wijzigen": ("nieuw", "te_wijzigen", "ongewijzigd"),
    "ongewijzigd": ("nieuw", "te_wijzigen"),
}
"""For each kind, the kinds with which it may not overlap."""
_ELK: Final = ("elk",)


def _overlap(wensen: list[_Wens]) -> bool:
    """Whether two of them, that may not, are of one product on one day; both ends belong to a period.

    Products are the same when Categorie and Code are; without a Code the Categorie decides, and without a
    Product it is the same as any. Goes by begin and keeps per product the last day seen, so that many rows
    cost little more than few. A period that ends before it begins is compared in the same way, as in TR410:
    it touches what begins before its end and ends after its begin, and nothing else can touch it.
    """
    last: dict[tuple[str | None, ...], str] = {}
    for wens in sorted(wensen, key=lambda w: (min(w.begin, w.eind), w.eind < w.begin)):
        for soort in _MET[wens.soort]:
            if any(last.get((soort, *same), "") >= wens.begin for same in _same_as(wens)):
                return True
        if wens.eind < wens.begin:
            continue
        for product in (_ELK, (wens.categorie,), (wens.categorie, wens.code)):
            key = (wens.soort, *product)
            last[key] = max(last.get(key, ""), wens.eind)
    return False


def _same_as(wens: _Wens) -> tuple[tuple[str | None, ...], ...]:
    """Under which products what is the same as this one was kept."""
    if wens.categorie is None:
        return (_ELK,)
    if wens.code is None:
        return ((wens.categorie,), (None,))
    return ((wens.categorie, wens.code), (wens.categorie, None), (None,))


VERZOEK: Final[tuple[Verloopregel[Verzoekbericht], ...]] = (
    Verloopregel("TR304", "8187", _317, "Deze client is niet bekend uit eerdere berichten.", client_onbekend),
    Verloopregel(
        "TR347", "9347", _315_317, "ReferentieAanbieder is al eerder gebruikt.", referentie_niet_uniek
    ),
    Verloopregel(
        "TR349",
        "9349",
        _317,
        "Niet alle actuele toewijzingen staan in OngewijzigdProduct of TeWijzigenProduct.",
        niet_alles_genoemd,
    ),
    Verloopregel(
        "TR350",
        "9350",
        _317,
        "Bij ToewijzingNummer is geen actuele toewijzing van deze client bekend.",
        ongewijzigd_niet_actueel,
    ),
    Verloopregel(
        "TR351",
        "9351",
        _317,
        "Bij ToewijzingNummer is geen actuele toewijzing van deze client bekend.",
        te_wijzigen_niet_actueel,
    ),
    Verloopregel(
        "TR357",
        "9357",
        _317,
        "GewensteIngangsdatum ligt niet na de dagtekening en is niet de Ingangsdatum van de toewijzing.",
        ingang_in_verleden,
    ),
    Verloopregel(
        "TR361",
        "9361",
        _317,
        "Hetzelfde product komt vaker voor in perioden die elkaar overlappen.",
        product_dubbel,
    ),
    Verloopregel(
        "TR373",
        "9373",
        _317,
        "Budget of totaal volume verandert, maar GewensteIngangsdatum is niet die van de toewijzing.",
        ingang_bij_totaal,
    ),
    Verloopregel("TR374", "9374", _315_317, "Er loopt al een verzoek voor deze client.", verzoek_loopt),
    Verloopregel(
        "TR375",
        "9375",
        _317,
        "Omvang mag er niet zijn, want de toewijzing heeft geen Product.",
        omvang_bij_generiek,
    ),
    Verloopregel(
        "TR411",
        "9411",
        _317,
        "Omvang ontbreekt, terwijl de toewijzing een productcode heeft.",
        omvang_ontbreekt,
    ),
    Verloopregel(
        "TR412",
        "9412",
        _317,
        "Omvang mag er niet zijn, want de toewijzing heeft geen productcode.",
        omvang_bij_categorie,
    ),
)


# --- 319


def verzoek_onbekend(m: Antwoordbericht, verloop: Verloop) -> Iterator[str]:
    """An answer names a request that this provider sent this gemeente (TR355).

    A reference that is not known is no finding while messages are missing.
    """
    verzoek = verloop.verzoek(m.kop.aanbieder, m.referentie)
    if verzoek is None:
        wrong = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    else:
        wrong = verzoek.gemeente != m.kop.gemeente
    if wrong:
        yield m.place


def al_toegewezen(m: Antwoordbericht, verloop: Verloop) -> Iterator[str]:
    """What was allocated needs no answer any more (TR359)."""
    if verloop.toegewezen(m.kop.aanbieder, m.referentie):
        yield m.place


def al_beantwoord(m: Antwoordbericht, verloop: Verloop) -> Iterator[str]:
    """Under investigation is the first answer to a request, or is not given (TR360)."""
    if m.antwoord == IN_ONDERZOEK and verloop.antwoorden(m.kop.aanbieder, m.referentie):
        yield m.place


def al_afgewezen(m: Antwoordbericht, verloop: Verloop) -> Iterator[str]:
    """A rejection is the last answer to a request (TR365)."""
    if any(a != IN_ONDERZOEK for a in verloop.antwoorden(m.kop.aanbieder, m.referentie)):
        yield m.place


ANTWOORD: Final[tuple[Verloopregel[Antwoordbericht], ...]] = (
    Verloopregel(
        "TR355", "9355", _319, "ReferentieAanbieder hoort niet bij een eerder verzoek.", verzoek_onbekend
    ),
    Verloopregel("TR359", "9359", _319, "Op dit verzoek is al een toewijzing gestuurd.", al_toegewezen),
    Verloopregel("TR360", "9360", _319, "Op dit verzoek is al een antwoord gestuurd.", al_beantwoord),
    Verloopregel("TR365", "9365", _319, "Dit verzoek is al afgewezen.", al_afgewezen),
)
