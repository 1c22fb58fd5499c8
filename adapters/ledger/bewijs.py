"""Checks a bewijs file without the gateway: what the log signed, or a bundle of inclusion proofs.

    {"soort": "ontvangstbewijs", "jws": "<compact JWS>"}
    {"soort": "toestemming-ingetrokken", "jws": "<compact JWS>", "bericht"?: {what is signed}, …}
    {"soort": "inclusiebewijs", "uitwisselingId": …, "bladeren": [{"soort": …, "bladHash": …, "blad"?: …,
     "bewijs": "<tlog-proof>"}], "ontvangstbewijs"?: {…}}
    {"soort": "toestemmingsbewijs", "inhoud": {…}, "jws": "<compact JWS over inhoud>",
     "blad": {"soort": …, "bladHash": …, "blad"?: …, "bewijs": "<tlog-proof>"}}
    {"soort": "deelbewijs", …}   the same of what was shared on a toestemming
    {"uitwisselingId": …, "ontvangenOp": …, "ontvangstbewijs": {…}, …}   the whole answer to a push

Nothing is taken as said where it is absent: a name that a proof must hold and does not hold is a bad punt,
and so is a bundle none of whose leaves shows what it is about.

The log key signs both checkpoints and receipts. The two cannot be passed off for each other: a checkpoint
has line breaks, the text a JWS signs has none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from adapters.ledger.canonical import canonical
from adapters.ledger.note import (
    ED25519,
    Checkpoint,
    NoteSigner,
    VerifierKey,
    decode64,
    encode64,
    open_checkpoint,
)
from adapters.ledger.proof import TlogProof
from adapters.ledger.tree import HASH_SIZE, leaf_hash
from adapters.ledger.verify import verify_inclusion
from schemas.errors import InvalidMessage, NotAuthenticated, WrongUse

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_BLADEREN: Final = 1_000
JWS_ALGORITHM: Final = "Ed25519"


@dataclass(frozen=True, slots=True)
class _Ondertekend:
    """One kind of text that the log key signs: what it is called, what it must say, and what it shows."""

    naam: str
    velden: tuple[str, ...]
    uitleg: str


_RECEIPT: Final = "ontvangstbewijs"
_ONDERTEKEND: Final = {
    _RECEIPT: _Ondertekend(
        "ontvangstbewijs",
        ("uitwisselingId", "afzender", "ontvangenOp", "bladHash", "logNaam"),
        "De verantwoording zegt toe de ontvangst vast te leggen. Dat het erin staat, blijkt hier niet uit.",
    ),
    "toestemming-ingetrokken": _Ondertekend(
        "intrekkingsbericht",
        ("intrekkingId", "leveringId", "afzender", "ontvanger", "ingetrokkenOp", "gemeldOp", "logNaam"),
        "Dit is vanuit de verantwoording aan de ontvanger gemeld. Wat die ermee deed, blijkt hier niet uit.",
    ),
}


_WOORDEN: Final = frozenset({"toestemmingsbewijs", "deelbewijs"})
"""Words that the log signs for the person whom they are about, with their leaf."""


@dataclass(frozen=True, slots=True)
class _Over:
    """What the leaves of a proof must be about: the field in which a leaf names it, and that name."""

    veld: str
    naam: str
    anders: str
    """What to say about a leaf that names something else, or names nothing."""

    @classmethod
    def uitwisseling(cls, naam: str) -> _Over:
        return cls("uitwisseling", naam, "Dit blad gaat over een andere uitwisseling.")

    @classmethod
    def verklaring(cls, naam: str) -> _Over:
        return cls("feit", naam, "Dit blad gaat over een andere verklaring.")


@dataclass(frozen=True, slots=True)
class Punt:
    """One thing that was checked, in plain Dutch. `uitleg` holds nothing from the file."""

    naam: str
    goed: bool
    uitleg: str


@dataclass(frozen=True, slots=True)
class BewijsUitslag:
    """`geldig` only when every punt is good and there is at least one."""

    punten: tuple[Punt, ...]

    @property
    def geldig(self) -> bool:
        return bool(self.punten) and all(punt.goed for punt in self.punten)


def sign_receipt(
    signer: NoteSigner, *, uitwisseling_id: str, afzender: str, ontvangen_op: str, blad_hash: bytes
) -> str:
    """The compact JWS of an Ontvangstbewijs, signed with the log key (RFC 9864 `Ed25519`).

    Promises that the leaf will be in the log; the inclusion proof follows after the next checkpoint.
    `ontvangen_op` is RFC 3339 with a zone.
    """
    if signer.kind != ED25519:
        raise WrongUse("a witness signs no receipts")
    payload = canonical(
        {
            "soort": "ontvangstbewijs",
            "uitwisselingId": uitwisseling_id,
            "afzender": afzender,
            "ontvangenOp": ontvangen_op,
            "bladHash": encode64(blad_hash),
            "logNaam": signer.name,
        }
    )
    header = {"alg": JWS_ALGORITHM, "kid": signer.name}
    return jws.serialize_compact(header, payload, OKPKey.import_key(signer.private), [JWS_ALGORITHM])


def check_bewijs(data: bytes, vkey: str) -> BewijsUitslag:
    """Check the bytes of a bewijs file against the log's `vkey`; bad input is a bad punt, never an error."""
    try:
        key = VerifierKey.parse(vkey)
    except InvalidMessage:
        return _only(Punt("sleutel", goed=False, uitleg="De opgegeven sleutel is geen geldige C2SP-sleutel."))
    if key.kind != ED25519:
        return _only(
            Punt("sleutel", goed=False, uitleg="De opgegeven sleutel is niet die van een verantwoording.")
        )
    if len(data) > MAX_BYTES:
        return _only(Punt("bestand", goed=False, uitleg="Het bestand is groter dan 5 MB en niet gelezen."))
    punten = tuple(_punten(_document(data), key))
    return BewijsUitslag(punten) if punten else _only(_UNKNOWN)


def _punten(document: dict[str, Any] | None, key: VerifierKey) -> Iterator[Punt]:
    """What there is to say of a document; nothing of one that is no bewijs."""
    if document is None:
        return
    soort, uitwisseling, bladeren = (document.get(name) for name in ("soort", "uitwisselingId", "bladeren"))
    if isinstance(soort, str) and soort in _ONDERTEKEND:
        yield from _signed(document, key, soort)[0]
    elif soort == "inclusiebewijs" and isinstance(uitwisseling, str) and isinstance(bladeren, list):
        bundle = _Bundle(key, _Over.uitwisseling(uitwisseling))
        yield from bundle.bladeren(bladeren)
        if "ontvangstbewijs" in document:
            yield from bundle.receipt(document["ontvangstbewijs"])
    elif isinstance(soort, str) and soort in _WOORDEN:
        yield from _statement(document, key, soort)
    elif "soort" not in document and isinstance(document.get("ontvangstbewijs"), dict):
        yield from _accepted(document, key)


_UNKNOWN: Final = Punt("bestand", goed=False, uitleg="Het bestand is geen bewijs dat wij kennen.")


def _only(punt: Punt) -> BewijsUitslag:
    return BewijsUitslag((punt,))


def _document(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may pick different ones of a repeated key, so it is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _verified(document: object, key: VerifierKey, soort: str, naam: str) -> tuple[Punt, bytes | None]:
    """Whether its `jws` is signed with the key of this log, and what it signs."""
    punt = f"{naam}: handtekening"
    fields = document if isinstance(document, dict) else {}
    token = fields.get("jws")
    if fields.get("soort") != soort or not isinstance(token, str):
        return Punt(punt, goed=False, uitleg=f"Er is geen leesbaar {naam}."), None
    try:
        public = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(key.public))
        signed = jws.deserialize_compact(token, public, [JWS_ALGORITHM])
    except (JoseError, ValueError):
        return Punt(punt, goed=False, uitleg="De handtekening is niet van de opgegeven sleutel."), None
    if signed.headers().get("kid") != key.name:
        return Punt(punt, goed=False, uitleg=f"Het {naam} noemt een andere sleutel."), None
    return Punt(punt, goed=True, uitleg="Ondertekend met de sleutel van deze verantwoording."), signed.payload


def _statement(document: dict[str, Any], key: VerifierKey, soort: str) -> Iterator[Punt]:
    """What somebody stated or what was shared on it: the words are those that were signed, and their leaf
    stands in the log.
    """
    punt, payload = _verified(document, key, soort, soort)
    yield punt
    if payload is None:
        return
    inhoud, naam = document.get("inhoud"), f"{soort}: inhoud"
    if not isinstance(inhoud, dict) or _canonical(inhoud) != payload or inhoud.get("soort") != soort:
        yield Punt(naam, goed=False, uitleg="De inhoud is niet die waarvoor is getekend.")
        return
    if inhoud.get("logNaam") != key.name:
        yield Punt(naam, goed=False, uitleg=f"Het {soort} hoort bij een andere verantwoording.")
        return
    yield Punt(naam, goed=True, uitleg="De inhoud is die waarvoor is getekend.")
    verklaring, blad = inhoud.get("id"), document.get("blad")
    if not isinstance(verklaring, str) or not isinstance(blad, dict):
        yield Punt(
            "blad 1: vorm", goed=False, uitleg="Er is geen blad, of geen verklaring waar het over gaat."
        )
        return
    # What is signed names the leaf by its hash: that alone shows what it is about, with or without contents.
    yield from _Bundle(key, _Over.verklaring(verklaring), shown_elsewhere=True).bladeren([blad])
    naam, signed = "blad 1: verklaring", _hash(inhoud.get("bladHash"))
    if signed is None or signed != _hash(blad.get("bladHash")):
        yield Punt(naam, goed=False, uitleg="Dit is een ander blad dan in de inhoud staat.")
    else:
        yield Punt(naam, goed=True, uitleg="Dit is het blad van deze verklaring.")


def _accepted(document: dict[str, Any], key: VerifierKey) -> Iterator[Punt]:
    """The answer to a push as it was kept: its receipt, and whether that is about what the answer names."""
    punten, claims = _signed(document["ontvangstbewijs"], key, _RECEIPT)
    yield from punten
    if claims is None:
        return
    naam = "ontvangstbewijs: uitwisseling"
    if not _same(document.get("uitwisselingId"), claims["uitwisselingId"]):
        yield Punt(naam, goed=False, uitleg="Het ontvangstbewijs gaat over een andere uitwisseling.")
    elif not _same_moment(document.get("ontvangenOp"), claims["ontvangenOp"]):
        yield Punt(naam, goed=False, uitleg="Het ontvangstbewijs noemt een ander moment van ontvangst.")
    else:
        yield Punt(
            naam, goed=True, uitleg="Kenmerk en moment zijn ondertekend. De rest van het antwoord niet."
        )


def _same(one: object, other: object) -> bool:
    """Whether both are there, as texts, and equal: two that are absent are not the same."""
    return isinstance(one, str) and isinstance(other, str) and one == other


def _same_moment(one: object, other: object) -> bool:
    try:
        return isinstance(one, str) and isinstance(other, str) and _moment(one) == _moment(other)
    except ValueError:
        return False


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _canonical(value: dict[str, Any]) -> bytes | None:
    try:
        return canonical(value)
    except InvalidMessage:
        return None


def _signed(document: object, key: VerifierKey, soort: str) -> tuple[list[Punt], dict[str, str] | None]:
    """The punten of a text the log signed, and its claims when the signature holds."""
    vorm = _ONDERTEKEND[soort]
    punt, payload = _verified(document, key, soort, vorm.naam)
    if payload is None:
        return [punt], None
    good = [punt]
    fields = document if isinstance(document, dict) else {}
    naam = f"{vorm.naam}: inhoud"
    claims = _document(payload)
    if (
        claims is None
        or claims.get("soort") != soort
        or not all(isinstance(claims.get(field), str) for field in vorm.velden)
        or ("bladHash" in vorm.velden and _hash(claims["bladHash"]) is None)
    ):
        return [*good, Punt(naam, goed=False, uitleg=f"Er ontbreken gegevens in het {vorm.naam}.")], None
    if claims["logNaam"] != key.name:
        return [
            *good,
            Punt(naam, goed=False, uitleg=f"Het {vorm.naam} hoort bij een andere verantwoording."),
        ], None
    if "bericht" in fields and fields["bericht"] != claims:
        uitleg = "Wat er naast de handtekening staat, is iets anders dan wat is ondertekend."
        return [*good, Punt(naam, goed=False, uitleg=uitleg)], None
    return [*good, Punt(naam, goed=True, uitleg=vorm.uitleg)], claims


class _Bundle:
    """Bladeren of one proof, each and together: one of them must show what the proof is about."""

    def __init__(self, key: VerifierKey, over: _Over, *, shown_elsewhere: bool = False) -> None:
        self._key, self._over = key, over
        self._shown = shown_elsewhere
        self._by_size: dict[int, Checkpoint] = {}
        self._hashes: set[bytes] = set()

    def bladeren(self, bladeren: list[object]) -> Iterator[Punt]:
        if not 1 <= len(bladeren) <= MAX_BLADEREN:
            yield Punt("bestand", goed=False, uitleg="Het inclusiebewijs heeft geen bladeren, of te veel.")
            return
        for nummer, blad in enumerate(bladeren, 1):
            yield from self._blad(f"blad {nummer}", blad)
        if not self._shown:
            uitleg = "Geen van de bladeren laat zien dat dit bewijs over deze uitwisseling gaat."
            yield Punt("uitwisseling", goed=False, uitleg=uitleg)

    def receipt(self, document: object) -> Iterator[Punt]:
        """To be read after the bladeren: a receipt is kept when its leaf is among those proven."""
        punten, claims = _signed(document, self._key, _RECEIPT)
        yield from punten
        if claims is not None:
            yield self._kept(claims)

    def _kept(self, claims: dict[str, str]) -> Punt:
        naam = "ontvangstbewijs: nagekomen"
        if claims["uitwisselingId"] != self._over.naam:
            return Punt(naam, goed=False, uitleg="Het ontvangstbewijs gaat over een andere uitwisseling.")
        if _hash(claims["bladHash"]) not in self._hashes:
            uitleg = "Het blad van het ontvangstbewijs is niet bij de bewezen bladeren."
            return Punt(naam, goed=False, uitleg=uitleg)
        return Punt(naam, goed=True, uitleg="Wat bij ontvangst is toegezegd, staat in de verantwoording.")

    def _blad(self, naam: str, blad: object) -> Iterator[Punt]:
        fields = blad if isinstance(blad, dict) else {}
        stated, bewijs = _hash(fields.get("bladHash")), fields.get("bewijs")
        if stated is None or not isinstance(bewijs, str):
            uitleg = "De hash of het bewijs van dit blad is niet te lezen."
            yield Punt(f"{naam}: vorm", goed=False, uitleg=uitleg)
            return
        inclusion = self._inclusion(naam, stated, bewijs)
        if inclusion.goed:
            self._hashes.add(stated)
        if "blad" in fields:
            content = self._content(f"{naam}: inhoud", fields, stated)
            self._shown = self._shown or (inclusion.goed and content.goed)
            yield inclusion
            yield content
        else:
            rest = (
                " De inhoud is niet meegeleverd: waar het over gaat en van welke soort het is, blijkt niet."
            )
            yield replace(inclusion, uitleg=inclusion.uitleg + rest)

    def _inclusion(self, naam: str, stated: bytes, text: str) -> Punt:
        try:
            proof = TlogProof.parse(text)
            checkpoint = open_checkpoint(proof.checkpoint, self._key).checkpoint
        except InvalidMessage:
            return Punt(f"{naam}: vorm", goed=False, uitleg="Het bewijs van dit blad is niet te lezen.")
        except NotAuthenticated:
            uitleg = "Het checkpoint is niet ondertekend met de sleutel van deze verantwoording."
            return Punt(f"{naam}: checkpoint", goed=False, uitleg=uitleg)
        known = self._by_size.get(checkpoint.size)
        if known is not None and known != checkpoint:
            uitleg = (
                "De verantwoording heeft twee verschillende ondertekende checkpoints van dezelfde lengte."
            )
            return Punt(f"{naam}: checkpoint", goed=False, uitleg=uitleg)
        self._by_size[checkpoint.size] = checkpoint
        if not verify_inclusion(stated, proof.index, checkpoint.size, proof.hashes, checkpoint.root):
            uitleg = "Het blad staat niet op deze plaats in de ondertekende verantwoording."
            return Punt(f"{naam}: inclusie", goed=False, uitleg=uitleg)
        return Punt(
            f"{naam}: inclusie", goed=True, uitleg="Het blad staat in de ondertekende verantwoording."
        )

    def _content(self, naam: str, blad: dict[str, Any], stated: bytes) -> Punt:
        leaf = _bytes(blad["blad"])
        if leaf is None or leaf_hash(leaf) != stated:
            return Punt(naam, goed=False, uitleg="De inhoud van dit blad hoort niet bij zijn hash.")
        fields = _document(leaf)
        if fields is None or not _same(fields.get("soort"), blad.get("soort")):
            return Punt(naam, goed=False, uitleg="Dit blad is van een andere soort dan erbij staat.")
        if not _same(fields.get(self._over.veld), self._over.naam):
            return Punt(naam, goed=False, uitleg=self._over.anders)
        return Punt(naam, goed=True, uitleg="De inhoud van dit blad is wat is vastgelegd.")


def _bytes(value: object) -> bytes | None:
    try:
        return decode64(value) if isinstance(value, str) else None
    except InvalidMessage:
        return None


def _hash(value: object) -> bytes | None:
    data = _bytes(value)
    return data if data is not None and len(data) == HASH_SIZE else None
