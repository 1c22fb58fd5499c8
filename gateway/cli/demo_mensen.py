"""The invented family of the demo: let in as a real one, by letters of the school and logins of their own."""

from __future__ import annotations

import re
from typing import Final

import httpx2

from gateway.identity.proefuitgever import PAD
from schemas.errors import GatewayError

_HIDDEN: Final = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
_CODE: Final = re.compile(r"<strong>([0-9A-Z-]{14})</strong>")


class _Browser:
    """Follows links and sends forms, and runs no script."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(base_url=address, timeout=30, follow_redirects=True)

    def sign_in(self, person: str, naar: str) -> str:
        """The page where it ends."""
        page = self.http.get(f"/aanmelden/bij/proef?naar={naar}").text
        return self.form(f"{PAD}/inloggen", page, persoon=person, niveau="substantieel")

    def form(self, path: str, page: str, **fields: str) -> str:
        answer = self.http.post(path, data=dict(_HIDDEN.findall(page)) | fields)
        if not answer.is_success:
            raise GatewayError("een pagina deed niet wat zij hoort te doen")
        return answer.text


def let_in(address: str, leerling: str, nummer: str, people: dict[str, str]) -> None:
    """Each of these invented people is this person of the record from now on; the school has a name for the
    leerling. Raises GatewayError.
    """
    school = _Browser(address)
    school.sign_in("ib", "/ib")
    known = school.http.get(f"/ib/leerlingen/{leerling}").text
    school.form(
        f"/ib/leerlingen/{leerling}/naam", known, roepnaam="Lot", achternaam="Leerling", leerlingid=nummer
    )
    page = school.http.get(f"/ib/uitnodigen/{leerling}").text
    for who, person in people.items():
        letter = _CODE.search(school.form(f"/ib/uitnodigen/{leerling}", page, persoon=person))
        if letter is None:
            raise GatewayError("er kwam geen brief")
        family = _Browser(address)
        family.form("/uitnodiging", family.http.get("/uitnodiging").text, code=letter[1])
        linked = family.form("/uitnodiging/koppel", family.sign_in(who, "/uitnodiging/bekijk"))
        if "/afmelden" not in linked:
            raise GatewayError("er kwam geen koppeling")
