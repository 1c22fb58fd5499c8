"""The issuers of people's logins, over the network: bounded in bytes and time, and never redirected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from schemas.people.mensen import Clientbewijs


class Uitgeverslijn(Protocol):
    """Raises IssuerUnavailable when there is no answer, or none of the kind that was asked."""

    async def lees(self, url: str) -> Mapping[str, Any]:
        """The JSON object at that address."""
        ...

    async def wissel(
        self, url: str, bewijs: Clientbewijs, *, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        """A code for the answer of the token endpoint (RFC 6749 §4.1.3, with the verifier of RFC 7636)."""
        ...

    def geheim(self, uitgever: str) -> str | None:
        """The secret that we have at this issuer; None when the key store has none."""
        ...
