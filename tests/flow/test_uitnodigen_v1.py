"""Invitations over /v1: a school's system makes, mails, lists and ends them by the rules of the pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.flow.test_aanmelden import Browser, who
from tests.flow.test_post import OLGA, code_in, mailed, ronde
from tests.flow.test_uitnodigen import linked
from tests.line import BORN, FG, NOWHERE, SANDBOX, Line, fine, open_line, persons, problem, shape
from tests.mailserver import mailserver


def run(folder: Path, story: Any) -> None:
    async def scene() -> None:
        async with open_line("memory", folder, **SANDBOX) as line:
            await story(line)

    asyncio.run(scene())


def path(leerling: Any, end: str = "") -> str:
    return f"/leerlingen/{leerling['leerlingId']}/uitnodigingen{end}"


def test_a_system_invites_and_ends_as_a_page_does(tmp_path: Path) -> None:
    """The code once, a newer one ends the older, who used it is linked, and ended is ended in that second."""

    async def story(line: Line) -> None:
        leerling = await line.gezag(geboortedatum=BORN)
        one, two = persons(leerling)
        listed = fine(await line.school.get(path(leerling)))
        assert {p["persoonId"] for p in listed["personen"]} == {one, two}
        assert listed["uitnodigingen"] == []
        first = fine(await line.school.post(path(leerling), {"persoonId": one}), 201)
        second = fine(await line.school.post(path(leerling), {"persoonId": one}), 201)
        assert first["code"] != second["code"]
        assert (await Browser(line).post("/uitnodiging", {"code": first["code"]})).status_code == 422
        browser = await linked(line, second["code"])
        assert (await who(line, browser)).caller.persoon.zelf.persoon_id == one
        (row,) = fine(await line.school.get(path(leerling)))["uitnodigingen"]
        assert (row["status"], row["perMail"], row["uitnodigingId"]) == (
            "gebruikt",
            False,
            second["uitnodigingId"],
        )
        assert second["code"] not in str(await line.school.get(path(leerling)))
        ended = fine(await line.school.post(path(leerling, "/_stop"), {"persoonId": one}))
        assert ended == {"persoonId": one, "gestopt": True}
        assert (await who(line, browser)).caller is None
        again = fine(await line.school.post(path(leerling, "/_stop"), {"persoonId": one}))
        assert again["gestopt"] is False
        told = [(e["soort"], e["partij"]) for e in line.log_lines() if e["event"] == "invitation.changed"]
        assert [soort for soort, _ in told] == ["gemaakt", "gemaakt", "gestopt", "gestopt"]
        for code in (first["code"], second["code"]):
            assert code.encode() not in line.log.getvalue()

    run(tmp_path, story)


def test_what_may_not_be_invited_looks_like_nothing(tmp_path: Path) -> None:
    """Of another school, of nobody, without gezag, and by a client without the scope; and gezag that was not
    checked is asked first.
    """

    async def story(line: Line) -> None:
        parents = [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": False}]
        leerling = await line.gezag(geboortedatum=BORN, soort="eenhoofdig", personen=parents)
        (one,) = persons(leerling)
        (without,) = (p["persoonId"] for p in leerling["personen"] if not p["gezag"])
        nobody = {"leerlingId": NOWHERE}
        refused = [
            await line.other_school.post(path(leerling), {"persoonId": one}),
            await line.helper.post(path(leerling), {"persoonId": one}),
            await line.school.post(path(nobody), {"persoonId": one}),
            await line.school.post(path(leerling), {"persoonId": NOWHERE}),
            await line.school.post(path(leerling), {"persoonId": without}),
            await line.other_school.post(path(leerling, "/_stop"), {"persoonId": one}),
            await line.other_school.get(path(leerling)),
            await line.school.get(path(nobody)),
        ]
        assert {problem(a)[:2] for a in refused} == {(404, "niet-gevonden")}
        assert len({shape(a) for a in refused}) == 1
        assert problem(await line.callers[FG].get(path(leerling)))[0] == 403
        assert problem(await line.school.post(path(leerling), {"persoonId": "x"}))[0] == 400
        no_mail = await line.school.post(path(leerling), {"persoonId": one, "adres": OLGA})
        assert problem(no_mail) == (400, "ongeldig-bericht", ("uitnodiging.mail",))
        assert OLGA not in no_mail.text
        wrong = await line.school.post(path(leerling), {"persoonId": one, "adres": f"{OLGA}\r\nBcc: a@b.nl"})
        assert problem(wrong)[0] == 400
        assert "Bcc" not in wrong.text
        line.later(days=400)
        late = await line.school.post(path(leerling), {"persoonId": one})
        assert problem(late)[:2] == (409, "gezag-nakijken")

    run(tmp_path, story)


def test_a_system_has_an_invitation_mailed(tmp_path: Path) -> None:
    """It gets no code then; the mail has it, and one that was ended before it went does not go."""

    async def scene() -> None:
        async with mailserver() as server, mailed(tmp_path, server) as line:
            leerling = await line.gezag(geboortedatum=BORN)
            one, two = persons(leerling)
            sent = fine(await line.school.post(path(leerling), {"persoonId": one, "adres": OLGA}), 201)
            assert sent["code"] is None
            await line.school.post(path(leerling), {"persoonId": two, "adres": OLGA})
            await line.school.post(path(leerling, "/_stop"), {"persoonId": two})
            await ronde(line)
            (mail,) = server.post
            await linked(line, code_in(mail))
            (row,) = fine(await line.school.get(path(leerling)))["uitnodigingen"]
            assert (row["perMail"], row["status"]) == (True, "gebruikt")
            assert OLGA.encode() not in line.log.getvalue()

    asyncio.run(scene())
