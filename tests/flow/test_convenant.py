"""A privacyconvenant and regional values on a running line: what they stop, and that nothing else changes."""

from __future__ import annotations

import json
from typing import Final

from joserfc import jws

from gateway.register.convenant import TYPE
from schemas.storage.storage import Register
from tests.callers import es256, public_jwk
from tests.line import (
    AANBIEDER,
    NOW,
    OTHER_AANBIEDER,
    OTHER_HELPER,
    SCHOOL,
    Json,
    Line,
    codes,
    envelope,
    fine,
    fresh,
    only,
    problem,
    story,
)

TEXT: Final = f"""
id = "convenant-fictie"
versie = 1
titel = "Privacyconvenant De Fictie"
geldigVan = 2026-09-01
geldigTotEnMet = {(NOW.date()).isoformat()}
partijen = ["{SCHOOL}", "{AANBIEDER}"]
bewaardagen = 3
[[afspraken]]
doel = "arrangement"
berichten = ["ontwikkelingsperspectief"]
"""


SIGNER: Final = es256("convenant")


def signature(text: str) -> str:
    """A detached signature with the key of the region."""
    return jws.detach_content(jws.serialize_compact({"alg": "ES256", "typ": TYPE}, text, SIGNER))


async def apply(line: Line, *convenanten: str | tuple[str, str], **regio: object) -> None:
    """Put it in the register as `ozlijn apply` does, beside the partijen that are there; a convenant with its
    signature.
    """
    old = await line.world.storage.register()
    texts = [(c, "") if isinstance(c, str) else c for c in convenanten]
    stored = {str(i): json.dumps({"tekst": t, "handtekening": s}) for i, (t, s) in enumerate(texts)}
    beleid = {"regio": json.dumps(regio)} if regio else {}
    new = Register(old.version, old.partijen, old.profielen, stored, beleid)
    await line.apply(new)


async def refused(line: Line, **other: object) -> Json:
    pushed = await line.push(**other)
    view = await line.levering(pushed)
    assert view["status"] == "geweigerd"
    assert not line.has_content(only(pushed))
    return view


@story()
async def test_what_the_convenant_names_goes_and_nothing_else(line: Line) -> None:
    """The same signatures: partijen, doel and type of message of the convenant, and no other."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    await apply(line, TEXT)
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    await line.take(only(pushed))
    assert codes(await refused(line, ontvangers=[OTHER_HELPER])) == {"RECIPIENT_NOT_INVOLVED"}
    assert codes(await refused(line, doel="afstemming")) == {"FIELD_NOT_IN_PROFILE"}
    await apply(line)
    assert "RECIPIENT_NOT_INVOLVED" not in codes(
        await line.levering(await line.push(ontvangers=[OTHER_HELPER]))
    )


@story()
async def test_what_waits_when_it_ends_does_not_go(line: Line) -> None:
    """Hand-over is decided again: after the last day neither what stood ready nor anything new goes."""
    _, pushed, _ = await line.permitted()
    await apply(line, TEXT)
    line.later(days=1)
    answer = await line.try_take(only(pushed))
    assert problem(answer)[0] == 404
    view = await line.levering(pushed)
    assert view["status"] in {"geweigerd", "ingetrokken"}
    assert "POLICY_ERROR" in codes(view)
    assert not line.has_content(only(pushed))
    assert codes(await refused(line)) == {"POLICY_ERROR"}
    await apply(line, TEXT.replace(NOW.date().isoformat(), "2027-07-31").replace("versie = 1", "versie = 2"))
    assert await line.status(await line.push()) == "klaar"


@story()
async def test_it_waits_no_longer_than_agreed(line: Line) -> None:
    """The shortest of the operator's term, the convenant's and the region's."""
    await line.gezag()
    await apply(line, TEXT, bewaardagen=2)
    pushed = await line.push()
    line.later(days=2, seconds=1)
    await line.sweep()
    assert await line.status(pushed) == "vervallen"


@story(convenant_required=True)
async def test_without_a_convenant_nothing_goes_where_one_is_required(line: Line) -> None:
    """With every signature there is, until somebody applies one."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    assert codes(await refused(line)) == {"POLICY_ERROR"}
    proef = fine(await line.school.post("/uitwisselingen/_proef", envelope()))
    assert "POLICY_ERROR" in json.dumps(proef)
    await apply(line, TEXT)
    assert await line.status(await line.push()) == "klaar"


@story("memory", convenant_key=json.dumps(public_jwk(SIGNER)))
async def test_a_convenant_changed_in_the_database_is_not_believed(line: Line) -> None:
    """What was signed counts: with another text nothing is decided, but who withdraws is heard."""
    await apply(line)
    _, pushed, given = await line.permitted()
    signed = signature(TEXT)
    await apply(line, (TEXT, signed))
    assert await line.status(await line.push()) == "klaar"
    await apply(line, (TEXT.replace(AANBIEDER, OTHER_AANBIEDER), signed))
    answer = await line.school.post("/uitwisselingen", envelope(), key=fresh())
    assert problem(answer)[:2] == (503, "verantwoording-onbeschikbaar")
    await line.withdraw(given[0])
    assert not line.has_content(only(pushed))


@story("memory")
async def test_a_convenant_that_cannot_be_read_is_our_fault(line: Line) -> None:
    """Nothing is decided under half of the rules."""
    await line.gezag()
    for broken in ("id = 3", "id = "):
        await apply(line, broken)
        answer = await line.school.post("/uitwisselingen", envelope(), key=fresh())
        assert problem(answer)[:2] == (503, "verantwoording-onbeschikbaar")
    await apply(line, gezagMaxMaanden=13)
    answer = await line.school.post("/uitwisselingen", envelope(), key=fresh())
    assert answer.status_code == 503
