"""The worked examples of the consent model (§5.4) as decisions, and what is told of each.

`python -m tests.uitlegvoorbeelden` writes tests/data/uitleg/*.txt anew. Read them before committing: what
stands there is what people get to read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from consent.beleid import Beleid
from consent.decide import decide
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden, Redengrond
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Gezagsoort, Hoedanigheid, Ontvanger, Richting
from schemas.shown.uitleg import Lezersoort
from tests.builders import (
    AANBIEDER,
    AVG,
    CARE,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    X,
    a_bereik,
    a_bezwaar,
    a_gezag,
    a_persoon,
    a_profiel,
    a_request,
    a_toestemming,
    a_vervanging,
    a_veto,
    a_weigering,
    an_intrekking,
    an_oordeel,
    authorities,
    single_gezag,
    stromen,
)

FOLDER: Final = Path(__file__).parent / "data" / "uitleg"
S2J, J2S = Richting.S2J, Richting.J2S
GOAL, NAME = "handelingsdeel.doelen[].omschrijving", "leerling.naamdelen.achternaam"
DIAGNOSIS, OTHER = "bronfeiten.diagnoses[].naam", "bronfeiten.diagnoses[].doorwie"
ADVICE = "adviezen[]"
POLICY: Final = Beleid.of(
    (
        a_profiel(GOAL, NAME, DIAGNOSIS),
        a_profiel(
            ADVICE,
            id="fictief-terug",
            doel="afstemming",
            rol="intern_begeleider",
            richting="J2S",
            bericht="terugkoppeling",
        ),
    ),
    rules_hash="0" * 64,
    stromen=stromen(),
)
"""Few fields, so that what is told stays to be read by eye and a changed profile does not change it."""


def case(
    *categorieen: G,
    consents: Sequence[Any] = (),
    who: Any = None,
    as_of: dt.datetime = NOW,
    richting: Richting = S2J,
    policy: Beleid = POLICY,
    **kw: Any,
) -> Decision:
    asked = categorieen or (G.DOELEN,)
    fields = {G.DOELEN: GOAL if richting is S2J else ADVICE, G.CONTACT: NAME, G.GEZONDHEID: DIAGNOSIS}
    kw = {"velden": tuple(fields[c] for c in asked)} | kw
    request = a_request(*asked, richting=richting, **kw)
    decision = decide(request, consents, who or authorities(), (), None, policy, as_of)
    # The hash changes with every profile and rule; what is told does not.
    return decision.model_copy(update={"policy_hash": "0" * 64})


def as_in_the_table(
    outcome: Outcome, ground: Ground, *reasons: Reden, said: Sequence[Reden] = ()
) -> Decision:
    """A row as the table of the consent model has it. `said`: what people said, overridden by the ground."""
    base = case(consents=[a_weigering(p) for p in (P1, P2)])
    found = tuple(Redengrond(r, (SCHOOL,)) for r in reasons)
    beside = tuple(Redengrond(r, (SCHOOL,)) for r in (*said, *reasons))
    goes = outcome is Outcome.PERMIT
    return base.model_copy(
        update={
            "outcome": outcome,
            "ground": ground,
            "reasons": found,
            "per_category": {G.DOELEN: beside},
            "released": (GOAL,) if goes else (),
            "withheld": {} if goes else {Reden.FIELD_NOT_CONSENTED: (GOAL,)},
            "signers": (),
            "consent_event_ids": (),
        }
    )


def parents(richting: Richting = S2J, *functies: Any, **kw: Any) -> list[Any]:
    return [
        a_toestemming(p, richting=richting, functie=f, **kw) for p in (P1, P2) for f in functies or (AVG,)
    ]


def decisions() -> dict[str, Decision]:
    """By id, in the order of the table. CE-33 is about birthdays and has no outcome."""
    both, informed = parents(), [a_toestemming(P1, andere_ouder_geinformeerd=True)]
    youth = [a_toestemming(YOUTH)]
    refusals = [a_weigering(p) for p in (P1, P2)]
    born_16 = dt.date(2011, 7, 15)
    birthday = dt.datetime(2027, 7, 14, 22, tzinfo=dt.UTC)
    near_16 = authorities(a_gezag(gecontroleerd_op=dt.date(2027, 5, 15)), geboortedatum=born_16)
    gi = a_gezag(
        a_persoon(P1, hoedanigheid=Hoedanigheid.GI_VOOGD),
        a_persoon(X, gezag=False),
        soort=Gezagsoort.GI_VOOGD,
    )
    given_by_gi = [
        a_toestemming(P1, richting=J2S, functie=f, hoedanigheid=Hoedanigheid.GI_VOOGD) for f in (AVG, WAIVER)
    ]
    named = Ontvanger(partij=AANBIEDER, rol=Rol.GEDRAGSWETENSCHAPPER)
    asking = Ontvanger(partij=AANBIEDER, rol=Rol.ADMINISTRATIE)
    return {
        "CE-01": case(consents=both),
        "CE-02": case(G.CONTACT, consents=informed),
        "CE-03": case(G.CONTACT, G.GEZONDHEID, consents=informed),
        "CE-03-alles-of-niets": case(G.CONTACT, G.GEZONDHEID, consents=informed, alles_of_niets=True),
        "CE-04": case(consents=[*both, an_intrekking(both[1])]),
        "CE-05": case(consents=[a_toestemming(X)], who=authorities(single_gezag())),
        "CE-06": case(consents=both[:1], who=authorities(single_gezag(), bezwaren=(a_bezwaar(X),))),
        "CE-07": case(consents=[*both[:1], a_weigering(P2)]),
        "CE-08": case(
            consents=[*both[:1], a_weigering(P2)],
            who=authorities(a_gezag(vervangende_toestemmingen=(a_vervanging(P2),))),
        ),
        "CE-09": case(
            richting=J2S,
            consents=[*parents(J2S), a_weigering(YOUTH, richting=J2S, functie=WAIVER)],
            who=authorities(age=13),
        ),
        "CE-10": case(consents=[*both, a_weigering(YOUTH)], who=authorities(age=13)),
        "CE-11": case(consents=both, who=authorities(age=13)),
        "CE-12": case(
            richting=J2S,
            consents=[
                a_toestemming(YOUTH, richting=J2S, functie=WAIVER),
                *(a_weigering(p, richting=J2S) for p in (P1, P2)),
            ],
            who=authorities(age=13),
        ),
        "CE-13a": case(consents=[*both, *youth], who=near_16, as_of=birthday - dt.timedelta(seconds=1)),
        "CE-13b": case(consents=[*both, *youth], who=near_16, as_of=birthday),
        "CE-14": case(consents=[*youth, *refusals], who=authorities(age=16)),
        "CE-15": case(
            richting=J2S,
            consents=parents(J2S, AVG, WAIVER),
            who=authorities(age=17, bekwaamheid=(an_oordeel(),)),
        ),
        "CE-16": case(consents=youth, who=authorities(age=18)),
        "CE-17": as_in_the_table(Outcome.HOLD, Ground.NONE, Reden.CONSENT_MISSING, Reden.SIGNER_NO_AUTHORITY),
        "CE-18": as_in_the_table(
            Outcome.PERMIT, Ground.STATUTORY, Reden.GROUND_OTS_GI, said=[Reden.CONSENT_REFUSED]
        ),
        "CE-19": as_in_the_table(
            Outcome.DENY, Ground.NONE, Reden.CONSENT_REFUSED, Reden.GROUND_RECIPIENT_MISMATCH
        ),
        "CE-20": case(
            richting=J2S,
            consents=given_by_gi,
            who=authorities(gi, bezwaren=(a_bezwaar(X, richting=J2S),)),
        ),
        "CE-21": case(consents=[a_toestemming(p, functie=CARE) for p in (P1, P2)], who=authorities(age=8)),
        "CE-22": case(ontvanger=asking, consents=parents(bereik=a_bereik(ontvangers=(named,)))),
        "CE-23": case(
            doel=Gebruiksdoel.VERZUIM, consents=parents(bereik=a_bereik(doelen=(Gebruiksdoel.OPP,)))
        ),
        "CE-24": case(consents=both, who=authorities(a_gezag(gecontroleerd_op=dt.date(2025, 8, 15)))),
        "CE-25": case(consents=[*both, an_intrekking(both[0])], eerder_toegestaan=True),
        "CE-26": as_in_the_table(Outcome.ERROR, Ground.NONE, Reden.AUDIT_UNAVAILABLE),
        "CE-27": case(consents=both, velden=(GOAL, "leerling.bsn")),
        # A veto of who would receive, as it counted before there were rules of a flow: it is still explained.
        "CE-28": case(consents=both, who=authorities(vetos=(a_veto(),)), policy=POLICY.zonder_stromen),
        "CE-29": as_in_the_table(
            Outcome.PERMIT, Ground.BREAK_GLASS, Reden.BG_APPROVED, said=[Reden.CONSENT_REFUSED]
        ),
        "CE-30": as_in_the_table(Outcome.DENY, Ground.NONE, Reden.BG_FOUR_EYES_MISSING),
        "CE-31": as_in_the_table(Outcome.DENY, Ground.NONE, Reden.BG_EXPIRED),
        "CE-32": as_in_the_table(
            Outcome.HOLD, Ground.NONE, Reden.CONSENT_PARTIAL_SIGNERS, Reden.AGE_UNCERTAIN
        ),
        "CE-34": case(G.DOELEN, G.GEZONDHEID, consents=both, velden=(GOAL, DIAGNOSIS, OTHER)),
    }


BACKWARDS: Final = frozenset({"CE-09", "CE-12", "CE-15", "CE-20"})
"""From jeugdhulp to school: the aanbieder is the sender."""


def told(name: str, decision: Decision) -> str:
    """What each reader gets of one example."""
    from gateway.explain.uitleg import Lezer, explain
    from gateway.explain.uitleg_tekst import as_text

    sender, richting = (AANBIEDER, J2S) if name in BACKWARDS else (SCHOOL, S2J)
    bericht = "terugkoppeling" if name in BACKWARDS else "ontwikkelingsperspectief"
    readers = {
        "afzender": Lezer(Lezersoort.AFZENDER, sender),
        "ontvanger": Lezer(Lezersoort.ONTVANGER),
        "ouder": Lezer(Lezersoort.OUDER, SCHOOL),
        "fg": Lezer(Lezersoort.FG),
    }
    return "\n".join(
        f"=== {name}, voor {who} ===\n{as_text(explain(decision, bericht, richting, lezer))}"
        for who, lezer in readers.items()
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for _name, _decision in decisions().items():
        (FOLDER / f"{_name}.txt").write_text(told(_name, _decision), encoding="utf-8")
