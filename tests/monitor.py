"""Watches the ledger alone: from the leaves in their order, whether anything went after it was taken back.

Written apart from the gateway and from `ozlijn ledger verify`, and knowing nothing of the rules of consent:
who must agree is the decision's to know. A monitor holds a release to what the decision itself named.

- The numbers of one leerling follow each other without a gap: nothing that counts is left out.
- A release rests on everything recorded before it: its epoch is that of the last recorded fact.
- Every statement it names was given before it, was not withdrawn before it, and is the last word of who gave
  it on what goes: no refusal, withdrawal or objection about that cell was said at the same moment or later.
- What goes on toestemming is in the cells of a statement it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Known:
    """What the log said of one leerling so far."""

    number: int = 0
    epoch: int = 0
    given: dict[str, Json] = field(default_factory=dict)
    """By id of the fact."""
    withdrawn: set[str] = field(default_factory=set)
    noes: list[Json] = field(default_factory=list)


class Monitor:
    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self.releases: dict[str, list[Json]] = {}
        """The intents of each levering, in order."""

    def see(self, leaf: Json) -> list[str]:
        """What is wrong with the next leaf, given all before it."""
        ref = leaf.get("leerlingRef")
        if not isinstance(ref, str):
            return ["a release of nobody"] if leaf["soort"] == "exchange.release_intent" else []
        known = self._known.setdefault(ref, Known())
        found = list(_numbers(known, leaf))
        if leaf["soort"] == "exchange.release_intent":
            found += _release(known, leaf)
            self.releases.setdefault(leaf["levering"], []).append(leaf)
            # Without toestemming: that it was used is a fact, which the release itself records.
            known.epoch += "feit" in leaf
        elif "feit" in leaf:
            found += _fact(known, leaf)
        return found


def _numbers(known: Known, leaf: Json) -> Iterator[str]:
    number = leaf.get("leerlingVolgnummer")
    counts = leaf["soort"] == "exchange.release_intent" or "feit" in leaf
    if counts and number != known.number + 1:
        yield f"number {number} after {known.number}"
    if number is not None:
        known.number = number


def _fact(known: Known, leaf: Json) -> Iterator[str]:
    if leaf["consentEpoch"] != known.epoch + 1:
        yield f"epoch {leaf['consentEpoch']} after {known.epoch}"
    known.epoch = leaf["consentEpoch"]
    if leaf["soort"] == "consent.withdrawn":
        known.withdrawn.add(leaf["record"])
        known.noes.append(leaf)
    elif leaf["soort"] == "objection.recorded" or leaf.get("gebeurtenis") == "geweigerd":
        known.noes.append(leaf)
    elif leaf["soort"] == "consent.recorded":
        known.given[leaf["feit"]] = leaf


def _release(known: Known, leaf: Json) -> Iterator[str]:
    if leaf["consentEpoch"] != known.epoch:
        yield f"decided at epoch {leaf['consentEpoch']}, released at {known.epoch}"
    named = leaf.get("consentEventIds", ())
    for ident in named:
        if ident not in known.given:
            yield "rests on a statement that is not on record"
        if ident in known.withdrawn:
            yield "rests on a statement that was withdrawn"
    if leaf.get("ground") != "consent":
        return
    yield from _cells(known, [known.given[i] for i in named if i in known.given], leaf)


def _cells(known: Known, statements: list[Json], leaf: Json) -> Iterator[str]:
    """Per category that goes on toestemming: somebody's word is for it, nobody's later word against it."""
    for category in leaf["categorieenVrijgegeven"]:
        covering = [s for s in statements if _covers(s, leaf, category)]
        # A court stands in for somebody's statement; the order itself is no leaf.
        if not covering and "COURT_SUBSTITUTED_CONSENT" not in leaf["redenen"]:
            yield f"{category} is in no statement it rests on"
        newest: dict[tuple[str, str], str] = {}
        for s in covering:
            who = (_person(s), s["functie"])
            newest[who] = max(newest.get(who, ""), s["moment"])
        for no in known.noes:
            if _covers(no, leaf, category) and any(
                _person(no) == person and no.get("functie", functie) == functie and no["moment"] >= said
                for (person, functie), said in newest.items()
            ):
                yield f"{category} goes after a no of who agreed"


def _person(statement: Json) -> str:
    """Who said it; in a leaf of before under another name."""
    found: str = statement.get("persoonId") or statement["ondertekenaar"]
    return found


def _covers(statement: Json, leaf: Json, category: str) -> bool:
    scope = statement["bereik"]
    return (
        scope["richting"] == leaf["richting"]
        and leaf["doel"] in scope["doelen"]
        and category in scope["categorieen"]
        and {"partij": leaf["ontvanger"], "rol": leaf["ontvangerRol"]} in scope["ontvangers"]
    )
