"""The decision about what has no person in it: the recipient, the profile, and nothing that somebody said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent.decide import VAN_EEN_MENS, decide_zonder_persoon
from consent.minimise import present
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import AANBIEDER, NOW, a_request, beleid

G = Gegevenscategorie
TOEGANG = Ontvanger(partij=AANBIEDER, rol=Rol.TOEGANGSMEDEWERKER)
COUNTS = replace(
    a_request(richting=Richting.S2J),
    doel=Gebruiksdoel.ARRANGEMENT,
    ontvanger=TOEGANG,
    bericht="populatiemeting",
    gevraagd=(G.ONDERWIJSPOSITIE, G.CONTACT, G.JEUGDHULP),
    velden=present(Inhoud("populatiemeting", VOORBEELDEN["populatiemeting"])),
)


def test_the_profile_alone_lets_it_go() -> None:
    """All of it, on no ground, with nobody who signs; level 3 too, for there is nobody who could tick it."""
    found = decide_zonder_persoon(COUNTS, beleid(), NOW)
    assert (found.outcome, found.ground, found.signers) == (Outcome.PERMIT, Ground.NONE, ())
    assert found.released == COUNTS.velden
    assert found.codes == (Reden.SUBJECT_NOT_A_PERSON,)
    assert found.on_toestemming == ()
    assert found == decide_zonder_persoon(COUNTS, beleid(), NOW)


def test_what_the_profile_does_not_name_stays_home() -> None:
    """Without a profile all of it does, and nothing waits."""
    nobody = replace(COUNTS, ontvanger=Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER))
    found = decide_zonder_persoon(nobody, beleid(), NOW)
    assert (found.outcome, found.codes) == (Outcome.DENY, (Reden.FIELD_NOT_IN_PROFILE,))
    assert found.released == ()
    less = decide_zonder_persoon(replace(COUNTS, gevraagd=(G.CONTACT, G.DOELEN, G.NUMMER)), beleid(), NOW)
    assert (less.outcome, less.released) == (Outcome.PERMIT_REDUCED, ("peildatum",))
    assert [r.code for r in less.per_category[G.DOELEN]] == [Reden.FIELD_NOT_IN_PROFILE]
    assert [r.code for r in less.per_category[G.NUMMER]] == [Reden.BSN_NOT_ALLOWED]


def test_a_recipient_who_is_not_there_gets_nothing() -> None:
    """Known and in that role, as for every decision."""
    assert decide_zonder_persoon(replace(COUNTS, partij=None), beleid(), NOW).codes == (
        Reden.RECIPIENT_UNKNOWN,
    )


@pytest.mark.parametrize("categorie", sorted(VAN_EEN_MENS | NOOIT))
def test_what_can_only_be_of_somebody_never_goes(categorie: G) -> None:
    """Whatever a profile says: every leaf of an arrangement is asked, with a profile that names them all."""
    policy = beleid()
    (first,) = policy.profielen[Gebruiksdoel.ARRANGEMENT, Rol.JEUGDHULPVERLENER, Richting.S2J, "arrangement"]
    veld = first.velden[0]
    every = tuple(veld.model_copy(update={"pad": b.pad}) for b in BERICHTEN["arrangement"].bladen)
    # Made anew and not copied, for a copy keeps what its first worked out once.
    fields = {name: getattr(first, name) for name in type(first).model_fields}
    whole = type(first).model_validate(fields | {"velden": every})
    wide = replace(policy, profielen={**policy.profielen, first.sleutel: (whole,)})
    request = replace(
        COUNTS,
        bericht="arrangement",
        ontvanger=Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER),
        velden=tuple(b.pad for b in BERICHTEN["arrangement"].bladen),
        gevraagd=tuple(G),
        vrije_tekst_nagekeken=True,
    )
    labels = {b.pad: b.categorie for b in BERICHTEN["arrangement"].bladen}
    found = decide_zonder_persoon(request, wide, NOW)
    assert len(found.released) > 50
    assert categorie not in {labels[p] for p in found.released}
