"""One SMTP server, by aiosmtplib: always over TLS unless it is on this machine, and never without by mistake.

TLS is asked for by name (STARTTLS, or from the first byte). A server that does not offer it, or whose
certificate does not hold, gets nothing: no address and no password has been said by then.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import formatdate
from pathlib import Path
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)

from adapters.post.terug import Terugmap
from schemas.people.post import Bericht, Teruggekomen, Uitslag, Verzending

SECONDS: Final = 20.0
"""For one step of a talk with the server."""
TALK_SECONDS: Final = 60.0
"""For one mail, from the connection to the last answer."""
MAX_PASSWORD: Final = 1_000
_UNFOLDED: Final = POLICY.clone(max_line_length=998)
"""No header is folded: some programs read an address that begins on a second line wrongly."""
_PERMANENT: Final = 500
_POLICY: Final = "5.7."
"""Enhanced status codes (RFC 3463) by which a server refuses us, or this mail, and not the address."""


@dataclass(frozen=True, slots=True)
class Server:
    """`tls` "geen" is for a server on this very machine; the settings refuse it elsewhere."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "geen"]
    van: str
    naam: str
    """By which we greet it: the host of our own public address."""
    gebruiker: str | None = None
    wachtwoord: Path | None = None
    ca: Path | None = None
    """Certificates to trust instead of those of the system."""


class Smtp:
    """Fits `Postbode`."""

    def __init__(self, server: Server, terug: Path | None = None) -> None:
        self._server, self._terug = server, None if terug is None else Terugmap(terug)

    @asynccontextmanager
    async def lijn(self) -> AsyncIterator[_Lijn]:
        lijn = _Lijn(self._server)
        try:
            yield lijn
        finally:
            await lijn.sluit()

    async def teruggekomen(self, hoogstens: int) -> Sequence[Teruggekomen]:
        return () if self._terug is None else await asyncio.to_thread(self._terug.lees, hoogstens)

    async def weg(self, naam: str) -> None:
        if self._terug is not None:
            await asyncio.to_thread(self._terug.weg, naam)


@dataclass(slots=True)
class _Lijn:
    server: Server
    _client: aiosmtplib.SMTP | None = field(default=None, init=False, repr=False)

    async def stuur(self, bericht: Bericht) -> Uitslag:
        try:
            async with asyncio.timeout(TALK_SECONDS):
                found = await self._sent(bericht)
        except TimeoutError:
            found = Uitslag(Verzending.STORING, "te_traag")
        if found.soort is Verzending.STORING:
            await self.sluit()
        return found

    async def sluit(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(SMTPException, OSError, TimeoutError, ValueError):
                await client.quit(timeout=2)
            client.close()

    async def _sent(self, bericht: Bericht) -> Uitslag:
        if self._client is None or not self._client.is_connected:
            failed = await self._connected()
            if failed is not None:
                return Uitslag(Verzending.STORING, failed)
        assert self._client is not None
        try:
            await self._client.sendmail(
                self.server.van, [bericht.naar], brief(bericht, self.server.van), timeout=SECONDS
            )
        except SMTPRecipientsRefused as error:
            (refused,) = error.recipients
            return _about(refused.code, refused.message)
        except SMTPSenderRefused:
            return Uitslag(Verzending.STORING, "afzender")
        except SMTPDataError as error:
            # Of a text that is the same for everybody a refusal says nothing about this address.
            reason = "inhoud" if error.code >= _PERMANENT else "later"
            return Uitslag(Verzending.LATER, reason)
        except (SMTPException, OSError, TimeoutError, ValueError):
            return Uitslag(Verzending.STORING, "verbroken")
        return Uitslag(Verzending.AANGENOMEN)

    async def _connected(self) -> str | None:
        """Why there is no connection over which mail may go; None when there is one."""
        s = self.server
        try:
            context = None if s.tls == "geen" else ssl.create_default_context(cafile=s.ca)
        except (OSError, ValueError):
            return "certificaten"
        client = aiosmtplib.SMTP(
            hostname=s.host,
            port=s.port,
            use_tls=s.tls == "tls",
            start_tls=False,  # asked for below, by name, so that a server cannot leave it out
            tls_context=context,
            local_hostname=s.naam,
            timeout=SECONDS,
        )
        step = "tls" if s.tls == "tls" else "verbinding"
        try:
            await client.connect()
            self._client = client
            if s.tls == "starttls":
                step = "tls"
                await client.starttls(timeout=SECONDS)
            if s.gebruiker is not None:
                step = "aanmelden"
                await client.login(s.gebruiker, self._password(), timeout=SECONDS)
        except SMTPAuthenticationError:
            return "aanmelden"
        except ssl.SSLError:
            return "tls"
        except (SMTPException, OSError, TimeoutError, ValueError):
            return step
        return None

    def _password(self) -> str:
        """Read at each connection, so that a new one needs no restart. Raises OSError, ValueError."""
        if self.server.wachtwoord is None:
            raise ValueError("no password")
        return self.server.wachtwoord.read_text("utf-8")[:MAX_PASSWORD].strip()


def _about(code: int, message: str) -> Uitslag:
    if code < _PERMANENT:
        return Uitslag(Verzending.LATER, "later")
    if message.startswith(_POLICY):
        return Uitslag(Verzending.LATER, "geweigerd")
    return Uitslag(Verzending.GEEN_ADRES, "geen_adres")


def brief(bericht: Bericht, van: str) -> bytes:
    """The mail as it goes. Its name (Message-ID) is random; no header tells more than that mail waits."""
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"], mail["Subject"] = van, bericht.naar, bericht.onderwerp
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{bericht.kenmerk}@{van.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if bericht.uitzetten is not None:
        mail["List-Unsubscribe"] = f"<{bericht.uitzetten}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(bericht.tekst, cte="quoted-printable")
    return mail.as_bytes(policy=_UNFOLDED)
