"""Questions 5 to 9: was what went needed (proportionaliteit)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from gateway.account.leaves import label
from gateway.explain.toezicht import Gezien
from gateway.toezicht.bron import Bron, Telling, beurten
from gateway.toezicht.vraag import NIET_GEMELD, Gevraagd, Rij
from gateway.toezicht.wie import held, levering, sent, velden
from schemas.exchange.uitwisseling import Gebeurtenissoort
from schemas.messages.berichten import BERICHTEN
from schemas.shown.toezicht import Kant

_SELDOM: Final = 10
"""Of a hundred: opened less often than this is nearly never."""


@cache
def vrije_tekst(soort: str) -> frozenset[str]:
    """The fields of a message in which somebody writes what he likes."""
    return frozenset(b.pad for b in BERICHTEN[soort].bladen if b.vrij)


def gevraagd(g: Gezien) -> set[str]:
    """The fields that the message had: each went or stayed home."""
    home = {f.pad for groep in g.uitleg.achtergehouden for f in groep.velden}
    return home | set(velden(g))


async def meer_dan_nodig(_bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """5. Per profile and field: in how many messages it was, how often it went, and how often it was
    opened.
    """
    asked, went, told, opened = Telling(), Telling(), Telling(), Telling()
    async for g in beurten(sent(seen)):
        v = g.levering
        of = (v.besluit.profile_id, v.berichtsoort)
        for veld in sorted(gevraagd(g)):
            asked.add(*of, veld)
        for veld in velden(g):
            went.add(*of, veld)
            if v.geopend is not None:
                told.add(*of, veld)
                if veld in v.geopend:
                    opened.add(*of, veld)
    return [
        {
            "profiel": profiel,
            "soort": soort,
            "veld": veld,
            "categorie": label(soort, veld),
            "gevraagd": n,
            "mee": went[profiel, soort, veld],
            "thuis": n - went[profiel, soort, veld],
            "gemeld": told[profiel, soort, veld],
            "geopend": opened[profiel, soort, veld] if told[profiel, soort, veld] else NIET_GEMELD,
        }
        for (profiel, soort, veld), n in asked.n.items()
    ]


async def bijna_nooit_geopend(_bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """6. Per profile: how many fields went, of how many the recipient told, and how many were opened."""
    went, told, opened, of = Telling(), Telling(), Telling(), Telling()
    async for g in beurten(sent(seen)):
        v, profiel = g.levering, g.levering.besluit.profile_id
        of.add(profiel)
        went.add(profiel, by=len(velden(g)))
        if v.geopend is not None:
            told.add(profiel, by=len(velden(g)))
            opened.add(profiel, by=len(set(v.geopend) & set(velden(g))))
    return [
        {
            "profiel": profiel,
            "leveringen": n,
            "mee": went[profiel,],
            "gemeld": told[profiel,],
            "geopend": opened[profiel,] if told[profiel,] else NIET_GEMELD,
        }
        for (profiel,), n in of.n.items()
    ]


async def vraagt_meer_dan_krijgt(_bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """7. Per sender and profile: which fields stay home again and again, and why."""
    n = Telling()
    async for g in beurten(held(seen)):
        if g.kant is Kant.AFZENDER:
            v = g.levering
            reason = {p: r.value for r, paden in v.besluit.withheld.items() for p in paden}
            for groep in g.uitleg.achtergehouden:
                for f in groep.velden:
                    n.add(v.afzender, v.besluit.profile_id, v.berichtsoort, f.pad, reason[f.pad])
    return [
        {"afzender": a, "profiel": p, "soort": s, "veld": veld, "reden": r, "keren": keren}
        for (a, p, s, veld, r), keren in n.n.items()
    ]


async def vrije_tekst_ging(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """8. Every levering with which free text went, and what the sender said of having read it."""
    rijen = []
    async for g in beurten(sent(seen)):
        v = g.levering
        free = [veld for veld in velden(g) if veld in vrije_tekst(v.berichtsoort)]
        if not free:
            continue
        found = await bron.ports.storage.uitwisseling(v.uitwisseling)
        who: dict[str, str] = {}
        if found is not None:
            u, leaves = found
            told = await bron.who([(leaf, u.leerling) for leaf in await _lines(bron, leaves[:1])])
            who = next(iter(told.values()), {})
        rijen.append(
            levering(g)
            | {
                "velden": free,
                "nagekeken": None if found is None else found[0].vrije_tekst_nagekeken,
                "gewoonVerklaard": [] if found is None else list(found[0].vrije_tekst_gewoon),
                "client": who.get("client"),
                "persoon": who.get("persoon"),
            }
        )
    return rijen


async def _lines(bron: Bron, leaves: Sequence[str]) -> list[dict[str, object]]:
    """These lines, as far as they have their place."""
    found = []
    for position in await bron.ports.storage.positions_of(leaves):
        if position is not None:
            found += [leaf async for _, leaf in bron.lines(position, position + 1) if leaf is not None]
    return found


async def naar_meer_rollen(bron: Bron, _vraag: Gevraagd, seen: Sequence[Gezien]) -> list[Rij]:
    """9. Messages of which the same fields went to recipients in more than one role."""
    first: dict[str, Gezien] = {}
    async for g in beurten(sent(seen)):
        first.setdefault(g.levering.uitwisseling, g)
    together: dict[str, list[tuple[str, str, frozenset[str], str]]] = {}
    for v in await bron.ports.storage.leveringen_of(tuple(first)):
        if v.overgedragen is not None and bron.held(v):
            together.setdefault(v.uitwisseling, []).append(
                (v.rol, v.ontvanger, frozenset(v.overgedragen), v.id)
            )
    rijen = []
    began = await _first_moments(bron, together)
    for uitwisseling, went in together.items():
        if began.get(uitwisseling) != first[uitwisseling].op:
            continue  # it counts in the part, and the period, of its first hand-over
        rollen = sorted({rol for rol, *_ in went})
        twice = {
            veld
            for rol, _, some, _ in went
            for other, _, more, _ in went
            if rol != other
            for veld in some & more
        }
        if twice:
            rijen.append(
                {
                    "op": levering(first[uitwisseling])["op"],
                    "partij": first[uitwisseling].partij,
                    "uitwisselingId": uitwisseling,
                    "rollen": rollen,
                    "ontvangers": sorted({o for _, o, *_ in went}),
                    "velden": len(twice),
                }
            )
    return rijen


async def _first_moments(
    bron: Bron, together: Mapping[str, Sequence[tuple[str, str, frozenset[str], str]]]
) -> dict[str, dt.datetime]:
    """When something of each of these messages was first handed over."""
    several = {u: [ident for *_, ident in went] for u, went in together.items() if len(went) > 1}
    told = await bron.ports.storage.histories([i for ids in several.values() for i in ids])
    return {
        u: min(h.op for i in ids for h in told[i] if h.soort is Gebeurtenissoort.OPGEHAALD)
        for u, ids in several.items()
    }
