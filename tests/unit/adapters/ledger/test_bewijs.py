"""The offline check of a bewijs: good files pass, each falsification is named, nothing ever raises."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from adapters.ledger.bewijs import MAX_BLADEREN, MAX_BYTES, check_bewijs, sign_receipt
from adapters.ledger.canonical import canonical
from adapters.ledger.note import COSIGNATURE_V1, Checkpoint, NoteSigner, encode64, sign_checkpoint
from adapters.ledger.proof import TlogProof
from adapters.ledger.tree import Frontier, inclusion_proof, leaf_hash
from schemas.errors import WrongUse

LOG = NoteSigner.from_seed("audit.example-gateway.nl/2026", b"\x01" * 32)
THIEF = NoteSigner.from_seed(LOG.name, b"\x08" * 32)
VKEY = LOG.verifier.format()
UITWISSELING = "uitw-0001"
SOORTEN = ("exchange.requested", "exchange.decided", "exchange.release_intent")
LEAVES = [
    canonical({"soort": soort, "uitwisselingId": uitwisseling, "n": n})
    for n, (soort, uitwisseling) in enumerate(
        [(soort, f"uitw-{at:04}") for at in range(4) for soort in SOORTEN]
    )
]
HASHES = [leaf_hash(data) for data in LEAVES]


class Rows:
    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        return HASHES[start:end]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        raise AssertionError


def note(size: int = len(LEAVES), signer: NoteSigner = LOG, root: bytes | None = None) -> str:
    tree = Frontier().extend(HASHES[:size])
    return sign_checkpoint(Checkpoint(signer.name, size, root or tree.root()), signer)


def proof(index: int, size: int = len(LEAVES), **other: Any) -> str:
    return TlogProof(index, tuple(inclusion_proof(index, size, Rows())), note(size, **other)).format()


def receipt(
    signer: NoteSigner = LOG, uitwisseling: str = UITWISSELING, blad: bytes = HASHES[3]
) -> dict[str, Any]:
    token = sign_receipt(
        signer,
        uitwisseling_id=uitwisseling,
        afzender="partij-school",
        ontvangen_op="2026-03-02T09:00:00Z",
        blad_hash=blad,
    )
    return {"soort": "ontvangstbewijs", "jws": token}


def bundle() -> dict[str, Any]:
    return {
        "soort": "inclusiebewijs",
        "uitwisselingId": UITWISSELING,
        "bladeren": [
            {
                "soort": soort,
                "bladHash": encode64(HASHES[at]),
                "blad": encode64(LEAVES[at]),
                "bewijs": proof(at),
            }
            for at, soort in enumerate(SOORTEN, 3)
        ],
        "ontvangstbewijs": receipt(),
    }


def check(document: Any, vkey: str = VKEY) -> list[str]:
    """The names of the punten that are not good; empty means valid."""
    uitslag = check_bewijs(json.dumps(document).encode(), vkey)
    wrong = [punt.naam for punt in uitslag.punten if not punt.goed]
    assert uitslag.geldig == (not wrong)
    return wrong


def test_a_good_receipt() -> None:
    """An Ontvangstbewijs of this log is valid, and says itself that it is only a promise."""
    uitslag = check_bewijs(json.dumps(receipt()).encode(), VKEY)
    assert uitslag.geldig
    assert [punt.naam for punt in uitslag.punten] == [
        "ontvangstbewijs: handtekening",
        "ontvangstbewijs: inhoud",
    ]
    assert "blijkt hier niet" in uitslag.punten[-1].uitleg


def test_a_good_bundle() -> None:
    """A bundle with leaves and receipt is valid on every punt."""
    uitslag = check_bewijs(json.dumps(bundle()).encode(), VKEY)
    assert uitslag.geldig
    assert [punt.naam for punt in uitslag.punten] == [
        "blad 1: inclusie",
        "blad 1: inhoud",
        "blad 2: inclusie",
        "blad 2: inhoud",
        "blad 3: inclusie",
        "blad 3: inhoud",
        "ontvangstbewijs: handtekening",
        "ontvangstbewijs: inhoud",
        "ontvangstbewijs: nagekomen",
    ]


def test_a_bundle_without_contents_says_what_it_does_not_show() -> None:
    """Without the leaves themselves the hashes are proven, and the explanation says their meaning is not."""
    document = bundle()
    del document["ontvangstbewijs"]
    for blad in document["bladeren"]:
        del blad["blad"]
    uitslag = check_bewijs(json.dumps(document).encode(), VKEY)
    assert uitslag.geldig
    assert all("inhoud is niet meegeleverd" in punt.uitleg for punt in uitslag.punten)


def test_a_witnessed_checkpoint_is_as_good() -> None:
    """Signatures of witnesses on the checkpoint do no harm."""
    document = bundle()
    witness = NoteSigner.from_seed("witness.example-fg.nl/w1", b"\x02" * 32, COSIGNATURE_V1)
    line = witness.cosign(Checkpoint(LOG.name, len(LEAVES), Frontier().extend(HASHES).root()).format(), 1)
    document["bladeren"][0]["bewijs"] += line
    assert check(document) == []


NOT_KEPT = "ontvangstbewijs: nagekomen"
OTHER_INDEX = proof(3).replace("index 3", "index 2")
OF_LEAF_0 = {"bladHash": encode64(HASHES[0]), "blad": encode64(LEAVES[0])}
# What is other in the first blad, what is other in the bundle, and the punten that fail.
FALSIFIED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "thief-signs": ({"bewijs": proof(3, signer=THIEF)}, {}, ["blad 1: checkpoint", NOT_KEPT]),
    "other-index": ({"bewijs": OTHER_INDEX}, {}, ["blad 1: inclusie", NOT_KEPT]),
    "other-leaf": (OF_LEAF_0, {}, ["blad 1: inclusie", "blad 1: inhoud", NOT_KEPT]),
    "two-histories": (
        {"bewijs": TlogProof(3, (), note(root=HASHES[0])).format()},
        {},
        ["blad 1: inclusie", "blad 2: checkpoint", "blad 3: checkpoint", NOT_KEPT],
    ),
    "leaf-edited": ({"blad": encode64(LEAVES[3].replace(b"0001", b"0002"))}, {}, ["blad 1: inhoud"]),
    "leaf-no-base64": ({"blad": "!"}, {}, ["blad 1: inhoud"]),
    "leaf-null": ({"blad": None}, {}, ["blad 1: inhoud"]),
    "soort-renamed": ({"soort": "exchange.decided"}, {}, ["blad 1: inhoud"]),
    "leaf-of-other-exchange": (OF_LEAF_0 | {"bewijs": proof(0)}, {}, ["blad 1: inhoud", NOT_KEPT]),
    "proof-malformed": ({"bewijs": proof(3).replace("@v1", "@v9")}, {}, ["blad 1: vorm", NOT_KEPT]),
    "proof-no-text": ({"bewijs": 7}, {}, ["blad 1: vorm", NOT_KEPT]),
    "short-hash": ({"bladHash": encode64(b"kort")}, {}, ["blad 1: vorm", NOT_KEPT]),
    "blad-no-object": ({}, {"bladeren": ["blad"]}, ["blad 1: vorm", NOT_KEPT]),
    "receipt-by-thief": ({}, {"ontvangstbewijs": receipt(THIEF)}, ["ontvangstbewijs: handtekening"]),
    "receipt-of-other-exchange": ({}, {"ontvangstbewijs": receipt(uitwisseling="uitw-0002")}, [NOT_KEPT]),
    "receipt-for-other-leaf": ({}, {"ontvangstbewijs": receipt(blad=HASHES[0])}, [NOT_KEPT]),
    "receipt-no-object": ({}, {"ontvangstbewijs": []}, ["ontvangstbewijs: handtekening"]),
    "receipt-null": ({}, {"ontvangstbewijs": None}, ["ontvangstbewijs: handtekening"]),
    "other-exchange": (
        {},
        {"uitwisselingId": "uitw-0002"},
        [f"blad {n}: inhoud" for n in (1, 2, 3)] + [NOT_KEPT],
    ),
}


@pytest.mark.parametrize(("blad", "other", "wrong"), FALSIFIED.values(), ids=FALSIFIED.keys())
def test_each_falsification_is_named(blad: dict[str, Any], other: dict[str, Any], wrong: list[str]) -> None:
    """One falsified part fails exactly the punten that rest on it."""
    document = bundle()
    document["bladeren"][0] |= blad
    assert check(document | other) == wrong


def signed(header: dict[str, Any], payload: bytes, key: Any = None) -> dict[str, Any]:
    key = key or OKPKey.import_key(LOG.private)
    token = jws.serialize_compact(header, payload, key, [header["alg"]])
    return {"soort": "ontvangstbewijs", "jws": token}


def unsigned(header: dict[str, Any], payload: bytes) -> dict[str, Any]:
    parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (canonical(header), payload))
    return {"soort": "ontvangstbewijs", "jws": ".".join(parts) + "."}


CLAIMS = {
    "soort": "ontvangstbewijs",
    "uitwisselingId": UITWISSELING,
    "afzender": "partij-school",
    "ontvangenOp": "2026-03-02T09:00:00Z",
    "bladHash": encode64(HASHES[3]),
    "logNaam": LOG.name,
}
HEADER = {"alg": "Ed25519", "kid": LOG.name}
OCT = OctKey.import_key(LOG.verifier.public)
OTHER_CLAIMS = {
    "other-soort": CLAIMS | {"soort": "leveringsbewijs"},
    "other-log": CLAIMS | {"logNaam": "audit.example-gateway.nl/2025"},
    "number": CLAIMS | {"afzender": 1},
    "short-hash": CLAIMS | {"bladHash": "AAAA"},
    "list": [CLAIMS],
} | {f"no-{name}": {k: v for k, v in CLAIMS.items() if k != name} for name in CLAIMS}


def test_the_hand_made_receipt_is_good() -> None:
    """The falsifications below start from a receipt that is good."""
    assert check(signed(HEADER, json.dumps(CLAIMS).encode())) == []


@pytest.mark.parametrize("claims", OTHER_CLAIMS.values(), ids=OTHER_CLAIMS.keys())
def test_a_receipt_with_other_claims(claims: Any) -> None:
    """A well-signed text that is not a complete receipt of this log is not accepted as one."""
    assert check(signed(HEADER, json.dumps(claims).encode())) == ["ontvangstbewijs: inhoud"]


NOTICE = {
    "soort": "toestemming-ingetrokken",
    "intrekkingId": "0" * 32,
    "leveringId": "1" * 32,
    "afzender": "partij-school",
    "ontvanger": "partij-jeugdhulp",
    "velden": ["leerling.naamdelen"],
    "ingetrokkenOp": "2026-03-02T09:00:00Z",
    "gemeldOp": "2026-03-02T09:00:00Z",
    "logNaam": LOG.name,
}


def notice(claims: Any, **other: Any) -> dict[str, Any]:
    return signed(HEADER, json.dumps(claims).encode()) | {"soort": "toestemming-ingetrokken"} | other


def test_a_withdrawal_notice_is_checked_as_a_receipt_is() -> None:
    """Signed by this log, whole, and what stands beside the signature is what was signed."""
    assert check(notice(NOTICE)) == []
    assert check(notice(NOTICE, bericht=NOTICE, antwoord=None)) == []
    wrong = ["intrekkingsbericht: inhoud"]
    assert check(notice(NOTICE, bericht=NOTICE | {"velden": []})) == wrong
    assert check(notice(CLAIMS)) == wrong
    assert check(notice(NOTICE | {"logNaam": "audit.example-gateway.nl/2025"})) == wrong
    for name in NOTICE.keys() - {"velden"}:
        assert check(notice({k: v for k, v in NOTICE.items() if k != name})) == wrong, name
    assert check(notice(NOTICE) | {"jws": receipt()["jws"] + "A"}) == ["intrekkingsbericht: handtekening"]
    assert check(signed(HEADER, json.dumps(NOTICE).encode())) == ["ontvangstbewijs: inhoud"]


@pytest.mark.parametrize(
    "document",
    [
        signed({"alg": "HS256", "kid": LOG.name}, canonical(CLAIMS), OCT),
        unsigned({"alg": "none", "kid": LOG.name}, canonical(CLAIMS)),
        signed({"alg": "Ed25519"}, canonical(CLAIMS)),
        signed({"alg": "Ed25519", "kid": "audit.example-gateway.nl/2025"}, canonical(CLAIMS)),
        {"soort": "ontvangstbewijs"},
        {"soort": "ontvangstbewijs", "jws": 1},
        {"soort": "ontvangstbewijs", "jws": ""},
        {"soort": "ontvangstbewijs", "jws": "é.é.é"},
        {"soort": "ontvangstbewijs", "jws": ".".join(["e30"] * 3)},
        {"soort": "ontvangstbewijs", "jws": "W10.e30.AAAA"},
        {"soort": "ontvangstbewijs", "jws": receipt()["jws"] + "A"},
    ],
    ids=[
        "public-key-as-secret",
        "no-algorithm",
        "no-kid",
        "other-kid",
        "no-jws",
        "number",
        "empty",
        "no-ascii",
        "no-alg",
        "header-list",
        "longer",
    ],
)
def test_a_receipt_nobody_signed(document: Any) -> None:
    """Another algorithm, key name or shape of JWS fails on the signature."""
    assert check(document) == ["ontvangstbewijs: handtekening"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"{}",
        b"[" * 100_000,
        b"1" * 10_000,
        b'{"soort":"inclusiebewijs"}',
        b'{"soort":["inclusiebewijs"]}',
        b'{"soort":"inclusiebewijs","uitwisselingId":"x","bladeren":[]}',
        b'{"soort":"inclusiebewijs","uitwisselingId":1,"bladeren":[{}]}',
        b'{"soort":"ontvangstbewijs","soort":"inclusiebewijs"}',
        b'{"soort":"inclusiebewijs","uitwisselingId":"x","bladeren":[' + b"0," * MAX_BLADEREN + b"0]}",
        b" " * (MAX_BYTES + 1),
    ],
    ids=[
        "empty",
        "null",
        "list",
        "no-utf8",
        "no-soort",
        "deep",
        "digits",
        "no-bladeren",
        "soort-list",
        "zero-bladeren",
        "number-as-id",
        "repeated-key",
        "too-many",
        "too-large",
    ],
)
def test_what_is_no_bewijs_is_one_bad_punt(data: bytes) -> None:
    """A file that cannot be read as a bewijs gives one plain answer."""
    uitslag = check_bewijs(data, VKEY)
    assert not uitslag.geldig
    assert [punt.naam for punt in uitslag.punten] == ["bestand"]


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "geen sleutel",
        "é+00000000+AAAA",
        NoteSigner(LOG.name, LOG.private, COSIGNATURE_V1).verifier.format(),
    ],
    ids=["empty", "words", "accent", "witness"],
)
def test_without_a_log_key_nothing_is_checked(vkey: str) -> None:
    """A key that is not a log's key is said to be the problem."""
    assert check(bundle(), vkey) == ["sleutel"]


def test_another_log_key_proves_nothing() -> None:
    """Every signature fails under the key of another log."""
    wrong = check(bundle(), THIEF.verifier.format())
    assert wrong[:3] == ["blad 1: checkpoint", "blad 2: checkpoint", "blad 3: checkpoint"]
    assert wrong[3:] == ["ontvangstbewijs: handtekening"]


def test_a_witness_signs_no_receipt() -> None:
    """Only the log key makes receipts."""
    with pytest.raises(WrongUse):
        receipt(NoteSigner(LOG.name, LOG.private, COSIGNATURE_V1))


def places(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in inside:
        found.append((*at, key))
        if isinstance(value, dict | list):
            found += places(value, (*at, key))
    return found


GOOD = bundle()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(places(GOOD)), JSON)
def test_any_value_anywhere_is_answered(place: tuple[Any, ...], value: Any) -> None:
    """Whatever stands in whatever place of a good bewijs, the answer is a bad uitslag and no error."""
    document = copy.deepcopy(GOOD)
    inner: Any = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    uitslag = check_bewijs(json.dumps(document).encode(), VKEY)
    assert uitslag.punten
    assert not uitslag.geldig


@given(st.binary(max_size=300))
def test_noise_is_answered(data: bytes) -> None:
    """Arbitrary bytes are a bad bestand, not an error."""
    assert not check_bewijs(data, VKEY).geldig


@given(st.integers(0, len(receipt()["jws"]) - 1), st.characters(codec="ascii"))
def test_a_changed_receipt_fails(at: int, character: str) -> None:
    """A JWS with one other character is not the log's."""
    token = receipt()["jws"]
    changed = token[:at] + character + token[at + 1 :]
    wrong = check({"soort": "ontvangstbewijs", "jws": changed})
    assert wrong == ([] if changed == token else ["ontvangstbewijs: handtekening"])
