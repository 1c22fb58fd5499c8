"""The offline check of a bewijs: good files pass, each falsification is named, nothing ever raises."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from adapters.ledger.bewijs import MAX_BLADEREN, MAX_BYTES, check_bewijs, sign_receipt
from adapters.ledger.canonical import canonical
from adapters.ledger.note import COSIGNATURE_V1, Checkpoint, NoteSigner, encode64
from adapters.ledger.proof import TlogProof
from adapters.ledger.tree import Frontier
from schemas.errors import WrongUse
from tests.proofs import proofs

GIVEN = proofs()
LOG = GIVEN.log
THIEF = NoteSigner.from_seed(LOG.name, b"\x08" * 32)
VKEY = GIVEN.vkey
ANSWER, OTHER_ANSWER = GIVEN.answers
UITWISSELING, OTHER = ANSWER["uitwisselingId"], OTHER_ANSWER["uitwisselingId"]
AT, OTHER_AT = GIVEN.positions
LEAVES, HASHES = GIVEN.leaves, GIVEN.hashes


def receipt() -> dict[str, Any]:
    return copy.deepcopy(ANSWER["ontvangstbewijs"])


def bundle() -> dict[str, Any]:
    """What the gateway gave for one uitwisseling, with the receipt it gave before."""
    return copy.deepcopy(GIVEN.bundles[0]) | {"ontvangstbewijs": receipt()}


def claims_of(document: dict[str, Any]) -> dict[str, Any]:
    """What the gateway signed, to sign something else in its place."""
    payload = document["jws"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


NOT_KEPT = "ontvangstbewijs: nagekomen"


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
    """The bundle the gateway gives is valid on every punt, and says what a hash alone does not show."""
    uitslag = check_bewijs(json.dumps(bundle()).encode(), VKEY)
    assert uitslag.geldig
    assert [punt.naam for punt in uitslag.punten] == [
        "blad 1: inclusie",
        "blad 1: inhoud",
        "blad 2: inclusie",
        "blad 3: inclusie",
        "ontvangstbewijs: handtekening",
        "ontvangstbewijs: inhoud",
        "ontvangstbewijs: nagekomen",
    ]
    said = ["inhoud is niet meegeleverd" in punt.uitleg for punt in uitslag.punten]
    assert said == [False, False, True, True, False, False, False]


def test_a_bundle_that_shows_nothing_proves_nothing_about_what_it_names() -> None:
    """Without one leaf that names the uitwisseling, the same hashes would do for any other."""
    document = bundle()
    del document["ontvangstbewijs"]
    del document["bladeren"][0]["blad"]
    assert check(document) == check(document | {"uitwisselingId": OTHER}) == ["uitwisseling"]


def test_the_proof_of_one_uitwisseling_is_none_for_another() -> None:
    """Under another name, of a real uitwisseling or of none, no leaf fits; nor does the other's receipt."""
    for name in (OTHER, "0" * 32, "", UITWISSELING.upper()):
        wrong = check(bundle() | {"uitwisselingId": name})
        assert wrong == ["blad 1: inhoud", "uitwisseling", NOT_KEPT]
    without = {n: v for n, v in bundle().items() if n != "ontvangstbewijs"}
    assert check(without) == []
    assert check(without | {"uitwisselingId": OTHER}) == ["blad 1: inhoud", "uitwisseling"]
    assert check(bundle() | {"ontvangstbewijs": OTHER_ANSWER["ontvangstbewijs"]}) == [NOT_KEPT]


def test_the_kept_proof_of_another_gateway(case_file: Callable[[str], Path]) -> None:
    """A bundle that was once accepted under a name of zeros, and the good one it was made of."""
    folder = case_file("reports/01-bewijs-other-uitwisseling")
    vkey = (folder / "vkey.txt").read_text().strip()
    assert check_bewijs((folder / "good.json").read_bytes(), vkey).geldig
    assert not check_bewijs((folder / "other.json").read_bytes(), vkey).geldig


def test_a_leaf_that_names_no_uitwisseling_belongs_to_none() -> None:
    """A real leaf of the same log that is about none, gezag for one, does not pass for a leaf of this one."""
    at = next(i for i, leaf in enumerate(LEAVES) if "uitwisseling" not in json.loads(leaf))
    document = bundle()
    document["bladeren"].append(GIVEN.blad(at) | {"soort": json.loads(LEAVES[at])["soort"]})
    assert check(document) == ["blad 4: inhoud"]


def test_the_whole_answer_to_a_push_is_checked_for_what_it_names() -> None:
    """As it was kept: the receipt in it is for the uitwisseling and the moment that stand beside it."""
    assert check(ANSWER) == []
    wrong = ["ontvangstbewijs: uitwisseling"]
    assert check(ANSWER | {"uitwisselingId": OTHER}) == wrong
    assert check({n: v for n, v in ANSWER.items() if n != "uitwisselingId"}) == wrong
    assert check(ANSWER | {"ontvangstbewijs": OTHER_ANSWER["ontvangstbewijs"]}) == wrong
    for moment in ("2026-11-22T10:00:00Z", "gisteren", None, 1):
        assert check(ANSWER | {"ontvangenOp": moment}) == wrong
    assert check(ANSWER | {"ontvangstbewijs": {}}) == ["ontvangstbewijs: handtekening"]
    assert check(ANSWER | {"ontvangstbewijs": 1}) == ["bestand"]


def test_a_statement_is_checked_for_what_it_names() -> None:
    """The leaf of the other ouder's statement, whole or by its hash, does not prove this one."""
    mine, theirs = copy.deepcopy(GIVEN.statements)
    assert check(mine) == check(theirs) == []
    assert check(mine | {"blad": theirs["blad"]}) == ["blad 1: inhoud", "blad 1: verklaring"]
    hashed = {n: v for n, v in theirs["blad"].items() if n != "blad"}
    assert check(mine | {"blad": hashed}) == ["blad 1: verklaring"]
    own = {n: v for n, v in mine["blad"].items() if n != "blad"}
    assert check(mine | {"blad": own}) == []
    nothing: tuple[Any, ...] = ({}, None, "blad")
    for other in nothing:
        assert "geldig" not in check(mine | {"blad": other}) != []
    assert check(mine | {"inhoud": theirs["inhoud"]}) == ["toestemmingsbewijs: inhoud"]
    for name in ("id", "bladHash"):
        less = {n: v for n, v in mine["inhoud"].items() if n != name}
        again = signed(HEADER, canonical(less)) | {
            "soort": mine["soort"],
            "inhoud": less,
            "blad": mine["blad"],
        }
        assert check(again) != [], name


def test_a_witnessed_checkpoint_is_as_good() -> None:
    """Signatures of witnesses on the checkpoint do no harm."""
    document = bundle()
    witness = NoteSigner.from_seed("witness.example-fg.nl/w1", b"\x02" * 32, COSIGNATURE_V1)
    line = witness.cosign(Checkpoint(LOG.name, len(LEAVES), Frontier().extend(HASHES).root()).format(), 1)
    document["bladeren"][0]["bewijs"] += line
    assert check(document) == []


OTHER_INDEX = GIVEN.proof(AT).replace(f"index {AT}\n", f"index {AT + 1}\n")
OF_OTHER = GIVEN.blad(OTHER_AT)
NOT_SHOWN = "uitwisseling"
# What is other in the first blad, what is other in the bundle, and the punten that fail.
FALSIFIED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "thief-signs": (
        {"bewijs": GIVEN.proof(AT, signer=THIEF)},
        {},
        ["blad 1: checkpoint", NOT_SHOWN, NOT_KEPT],
    ),
    "other-index": ({"bewijs": OTHER_INDEX}, {}, ["blad 1: inclusie", NOT_SHOWN, NOT_KEPT]),
    "other-leaf": (
        {n: OF_OTHER[n] for n in ("bladHash", "blad")},
        {},
        ["blad 1: inclusie", "blad 1: inhoud", NOT_SHOWN, NOT_KEPT],
    ),
    "two-histories": (
        {"bewijs": TlogProof(AT, (), GIVEN.note(root=HASHES[0])).format()},
        {},
        ["blad 1: inclusie", "blad 2: checkpoint", "blad 3: checkpoint", NOT_SHOWN, NOT_KEPT],
    ),
    "leaf-edited": (
        {"blad": encode64(LEAVES[AT].replace(UITWISSELING.encode(), OTHER.encode()))},
        {},
        ["blad 1: inhoud", NOT_SHOWN],
    ),
    "leaf-no-base64": ({"blad": "!"}, {}, ["blad 1: inhoud", NOT_SHOWN]),
    "leaf-null": ({"blad": None}, {}, ["blad 1: inhoud", NOT_SHOWN]),
    "soort-renamed": ({"soort": "exchange.decided"}, {}, ["blad 1: inhoud", NOT_SHOWN]),
    "soort-null": ({"soort": None}, {}, ["blad 1: inhoud", NOT_SHOWN]),
    "leaf-of-other-exchange": (OF_OTHER, {}, ["blad 1: inhoud", NOT_SHOWN, NOT_KEPT]),
    "proof-malformed": (
        {"bewijs": GIVEN.proof(AT).replace("@v1", "@v9")},
        {},
        ["blad 1: vorm", NOT_SHOWN, NOT_KEPT],
    ),
    "proof-no-text": ({"bewijs": 7}, {}, ["blad 1: vorm", NOT_SHOWN, NOT_KEPT]),
    "short-hash": ({"bladHash": encode64(b"kort")}, {}, ["blad 1: vorm", NOT_SHOWN, NOT_KEPT]),
    "blad-no-object": ({}, {"bladeren": ["blad"]}, ["blad 1: vorm", NOT_SHOWN, NOT_KEPT]),
    "receipt-no-object": ({}, {"ontvangstbewijs": []}, ["ontvangstbewijs: handtekening"]),
    "receipt-null": ({}, {"ontvangstbewijs": None}, ["ontvangstbewijs: handtekening"]),
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


CLAIMS = claims_of(receipt())
HEADER = {"alg": "Ed25519", "kid": LOG.name}
OCT = OctKey.import_key(LOG.verifier.public)
OTHER_CLAIMS = {
    "other-soort": CLAIMS | {"soort": "leveringsbewijs"},
    "other-log": CLAIMS | {"logNaam": "audit.example-gateway.nl/2025"},
    "number": CLAIMS | {"afzender": 1},
    "short-hash": CLAIMS | {"bladHash": "AAAA"},
    "list": [CLAIMS],
} | {f"no-{name}": {k: v for k, v in CLAIMS.items() if k != name} for name in CLAIMS}


def test_a_receipt_of_a_thief_or_of_another_kept_beside_a_bundle() -> None:
    """The falsifications below start from claims that are good; a thief's and another leaf's are not."""
    assert check(signed(HEADER, json.dumps(CLAIMS).encode())) == []
    stolen = signed(HEADER, json.dumps(CLAIMS).encode(), OKPKey.import_key(THIEF.private))
    assert check(bundle() | {"ontvangstbewijs": stolen}) == ["ontvangstbewijs: handtekening"]
    other_leaf = signed(HEADER, json.dumps(CLAIMS | {"bladHash": encode64(HASHES[0])}).encode())
    assert check(bundle() | {"ontvangstbewijs": other_leaf}) == [NOT_KEPT]


@pytest.mark.parametrize("claims", OTHER_CLAIMS.values(), ids=OTHER_CLAIMS.keys())
def test_a_receipt_with_other_claims(claims: Any) -> None:
    """A well-signed text that is not a complete receipt of this log is not accepted as one."""
    assert check(signed(HEADER, json.dumps(claims).encode())) == ["ontvangstbewijs: inhoud"]


NOTICE = claims_of(GIVEN.notice)


def notice(claims: Any, **other: Any) -> dict[str, Any]:
    return signed(HEADER, json.dumps(claims).encode()) | {"soort": "toestemming-ingetrokken"} | other


def test_a_withdrawal_notice_is_checked_as_a_receipt_is() -> None:
    """Signed by this log, whole, and what stands beside the signature is what was signed."""
    assert check(GIVEN.notice) == []
    assert check(notice(NOTICE)) == []
    assert check(notice(NOTICE, bericht=NOTICE, antwoord=None)) == []
    wrong = ["intrekkingsbericht: inhoud"]
    assert check(notice(NOTICE, bericht=NOTICE | {"velden": []})) == wrong
    assert check(notice(CLAIMS)) == wrong
    assert check(notice(NOTICE | {"logNaam": "audit.example-gateway.nl/2025"})) == wrong
    assert check(notice(NOTICE, bericht=None)) == wrong
    checked = ("intrekkingId", "leveringId", "afzender", "ontvanger", "ingetrokkenOp", "gemeldOp", "logNaam")
    for name in ("soort", *checked):
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
    assert wrong[3:] == [NOT_SHOWN, "ontvangstbewijs: handtekening"]


def test_a_witness_signs_no_receipt() -> None:
    """Only the log key makes receipts."""
    with pytest.raises(WrongUse):
        sign_receipt(
            NoteSigner(LOG.name, LOG.private, COSIGNATURE_V1),
            uitwisseling_id=UITWISSELING,
            afzender=CLAIMS["afzender"],
            ontvangen_op=CLAIMS["ontvangenOp"],
            blad_hash=HASHES[AT],
        )


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


# Of a leaf that is given by its hash only, the check says itself that its kind is not shown.
NOT_CLAIMED = [("bladeren", 1, "soort"), ("bladeren", 2, "soort")]


@given(st.sampled_from([p for p in places(GOOD) if p not in NOT_CLAIMED]), JSON)
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
