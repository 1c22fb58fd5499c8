"""Issuers of logins over HTTPS, by Authlib's client: one request at a time, bounded, and never redirected.

The issuer of a sandbox is this gateway itself. It is asked in process, for a gateway behind a proxy cannot
always reach its own public address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # type: ignore[import-untyped]
from joserfc.jwk import ECKey

from schemas.errors import IssuerUnavailable
from schemas.people.mensen import Clientbewijs

MAX_ANSWER: Final = 500_000
"""Bytes of an answer."""
SECONDS: Final = 10.0
"""For one answer, from the beginning to its last byte."""
MAX_SECRET: Final = 1_000
ASSERTION_SECONDS: Final = 60


class Uitgeverslijn:
    """Fits gateway/ports `Uitgeverslijn`."""

    def __init__(self, keys: Path) -> None:
        """`keys`: the folder of the key store. A secret at an issuer is a file `uitgever-<id>` in it."""
        self._keys = keys
        self._own: tuple[str, Any] | None = None

    def own_issuer(self, prefix: str, app: Any) -> None:
        """Addresses that begin with `prefix` are of this application itself."""
        self._own = (prefix, app)

    def geheim(self, uitgever: str) -> str | None:
        try:
            found = (self._keys / f"uitgever-{uitgever}").read_text("utf-8")[:MAX_SECRET].strip()
        except (OSError, UnicodeDecodeError):
            return None
        return found or None

    async def lees(self, url: str) -> Mapping[str, Any]:
        async with self._client(url) as client:
            return await _answered(self._get(client, url))

    async def wissel(
        self, url: str, bewijs: Clientbewijs, *, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        method = "client_secret_basic" if bewijs.sleutel is None else "private_key_jwt"
        secret: Any = bewijs.geheim
        if bewijs.sleutel is not None:
            secret = ECKey.import_key(dict(bewijs.sleutel))
        async with self._client(
            url, client_id=bewijs.client_id, client_secret=secret, token_endpoint_auth_method=method
        ) as client:
            if bewijs.sleutel is not None:
                kid = {"kid": secret.thumbprint()}
                client.register_client_auth_method(PrivateKeyJWT(url, headers=kid, alg="ES256"))
            return await _answered(
                client.fetch_token(
                    url,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=redirect_uri,
                )
            )

    @staticmethod
    async def _get(client: AsyncOAuth2Client, url: str) -> Mapping[str, Any]:
        answer = await client.request("GET", url, withhold_token=True, headers={"Accept": "application/json"})
        if answer.status_code != httpx2.codes.OK:
            raise IssuerUnavailable
        found = answer.json()
        if not isinstance(found, dict):
            raise IssuerUnavailable
        return found

    def _client(self, url: str, **values: Any) -> AsyncOAuth2Client:
        inner: httpx2.AsyncBaseTransport
        if self._own is not None and url.startswith(self._own[0]):
            inner = httpx2.ASGITransport(app=self._own[1], raise_app_exceptions=False)
        else:
            inner = httpx2.AsyncHTTPTransport(verify=True, trust_env=False)
        return AsyncOAuth2Client(
            transport=_Bounded(inner),
            timeout=httpx2.Timeout(SECONDS),
            follow_redirects=False,
            trust_env=False,
            **values,
        )


async def _answered(call: Any) -> Mapping[str, Any]:
    """What comes of it in time. Raises IssuerUnavailable for everything else."""
    try:
        async with asyncio.timeout(SECONDS):
            found = await call
    except (
        OAuthError,
        httpx2.HTTPError,
        OSError,
        TimeoutError,
        ValueError,
        RecursionError,
        KeyError,
    ) as error:
        raise IssuerUnavailable from error
    return dict(found)


class _Bounded(httpx2.AsyncBaseTransport):
    """No answer is longer than we read."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"  # a small answer cannot become a large one
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.DecodingError("compressed")
        return httpx2.Response(
            answer.status_code, headers=answer.headers, stream=_Counted(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._answer.aiter_raw():
            size += len(chunk)
            if size > MAX_ANSWER:
                raise httpx2.ReadError("too long")
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
