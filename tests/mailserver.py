"""A real SMTP server on loopback (aiosmtpd), in the event loop of the test: it keeps what it gets.

Per address it can be told to refuse, and as a whole to offer no TLS, or a certificate of nobody.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VAN: Final = "lijn@lijn.example"
USER, PASSWORD = "ozlijn", "geheim-van-de-mailserver"


@dataclass
class Mailserver:
    """`gezegd` are the commands that carried an address, `post` what was taken over."""

    port: int = 0
    post: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    gezegd: list[str] = field(default_factory=list)
    weigert: dict[str, str] = field(default_factory=dict)
    """By address what RCPT answers."""
    antwoord: str = "250 OK"
    """What DATA answers."""
    logins: list[bytes] = field(default_factory=list)
    kwam: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.gezegd.append(f"MAIL {address}")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.gezegd.append(f"RCPT {address}")
        answer = self.weigert.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.antwoord.startswith("250"):
            self.raw.append(envelope.content)
            self.post.append(message_from_bytes(envelope.content, policy=default))
            self.kwam.set()
        return self.antwoord

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.password)
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)

    def naar(self, adres: str) -> list[EmailMessage]:
        return [mail for mail in self.post if mail["To"] == adres]


@asynccontextmanager
async def mailserver(
    *, tls: ssl.SSLContext | None = None, direct: bool = False, login: bool = False
) -> AsyncIterator[Mailserver]:
    """`tls` by STARTTLS, or from the first byte with `direct`."""
    found, loop = Mailserver(), asyncio.get_running_loop()

    def serve() -> Any:
        with warnings.catch_warnings():
            # It does not know that TLS is there from the first byte, and warns of a login without it.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                found,
                hostname="mail.example",
                tls_context=None if direct else tls,
                require_starttls=tls is not None and not direct,
                auth_required=login,
                auth_require_tls=login and not direct,
                authenticator=found.authenticate if login else None,
                loop=loop,
            )

    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=tls if direct else None)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


@cache
def certificate(folder: Path, name: str = "mail") -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that signs itself: its file, for who trusts it, and the server's side."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / f"{name}.key"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, secret)
    return pem, context
