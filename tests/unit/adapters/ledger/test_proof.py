"""tlog-proof text: reads what it writes, nothing else, and believes nothing unsigned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ledger.note import COSIGNATURE_V1, Checkpoint, NoteSigner, encode64, sign_checkpoint
from adapters.ledger.proof import TlogProof
from adapters.ledger.tree import Frontier, leaf_hash, node_hash
from schemas.errors import GatewayError, InvalidMessage, NotAuthenticated

LOG = NoteSigner.from_seed("audit.example-gateway.nl/2026", b"\x01" * 32)
WITNESS = NoteSigner.from_seed("witness.example-fg.nl/w1", b"\x02" * 32, COSIGNATURE_V1)
LEAVES = [leaf_hash(b'{"n":%d}' % number) for number in (1, 2, 3)]
CHECKPOINT = Checkpoint(LOG.name, 3, Frontier().extend(LEAVES).root())
NOTE = sign_checkpoint(CHECKPOINT, LOG) + WITNESS.cosign(CHECKPOINT.format(), 1767225600)
PROOF = TlogProof(0, (LEAVES[1], LEAVES[2]), NOTE)
TEXT = f"c2sp.org/tlog-proof@v1\nindex 0\n{encode64(LEAVES[1])}\n{encode64(LEAVES[2])}\n\n{NOTE}"


def test_the_text_is_the_one_of_the_specification() -> None:
    """Header, index, hashes, blank line and the checkpoint verbatim; and back again."""
    assert PROOF.format() == TEXT
    assert TlogProof.parse(TEXT) == PROOF
    with_extra = TlogProof(2, (node_hash(LEAVES[0], LEAVES[1]),), NOTE, b"")
    assert TlogProof.parse(with_extra.format()) == with_extra


def test_a_proof_gives_the_checkpoint_with_its_witnesses() -> None:
    """A good proof says in which signed tree the leaf stands and who saw that tree."""
    opened = PROOF.verify(LEAVES[0], LOG.verifier, [WITNESS.verifier])
    assert opened.checkpoint == CHECKPOINT
    assert [seen.at for seen in opened.witnesses] == [1767225600]


def test_a_tree_of_one_leaf_needs_no_hashes() -> None:
    """A proof may hold no hash at all."""
    note = sign_checkpoint(Checkpoint(LOG.name, 1, LEAVES[0]), LOG)
    proof = TlogProof.parse(f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}")
    assert proof.verify(LEAVES[0], LOG.verifier).checkpoint.size == 1


def test_another_leaf_place_or_key_is_not_proven() -> None:
    """A proof holds for one leaf at one index of one log."""
    other = NoteSigner.from_seed(LOG.name, b"\x05" * 32)
    for proof, leaf, key in (
        (PROOF, LEAVES[1], LOG.verifier),
        (TlogProof(1, PROOF.hashes, NOTE), LEAVES[0], LOG.verifier),
        (PROOF, LEAVES[0], other.verifier),
    ):
        with pytest.raises(NotAuthenticated):
            proof.verify(leaf, key)


def test_extra_proves_nothing_and_spoils_nothing() -> None:
    """The extra line is carried along, never part of what is verified."""
    for extra in (None, b"", b"alles is toegestaan"):
        proof = TlogProof(PROOF.index, PROOF.hashes, PROOF.checkpoint, extra)
        assert TlogProof.parse(proof.format()).verify(LEAVES[0], LOG.verifier) == PROOF.verify(
            LEAVES[0], LOG.verifier
        )


BAD = {
    "empty": "",
    "other-version": TEXT.replace("@v1", "@v2"),
    "no-index": TEXT.replace("index 0\n", ""),
    "leading-zero": TEXT.replace("index 0", "index 00"),
    "no-blank-line": TEXT.replace("\n\n", "\n"),
    "extra-behind-index": TEXT.replace("index 0\n", "index 0\nextra AAAA\n"),
    "two-extras": TEXT.replace("index 0\n", "extra AAAA\nextra AAAA\nindex 0\n"),
    "extra-not-base64": TEXT.replace("index 0\n", "extra !\nindex 0\n"),
    "short-hash": TEXT.replace(encode64(LEAVES[1]), encode64(LEAVES[1][:31])),
    "too-many-hashes": TEXT.replace("index 0\n", "index 0\n" + f"{encode64(LEAVES[1])}\n" * 62),
    "header-only": "c2sp.org/tlog-proof@v1\n\n" + NOTE,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_malformed_proofs_are_refused(text: str) -> None:
    """Only the one exact form of a proof is read."""
    with pytest.raises(InvalidMessage):
        TlogProof.parse(text)


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_any_changed_character_breaks_the_proof_or_changes_no_claim(at: int, character: str) -> None:
    """A proof with one other character is refused, or still proves the same leaf in the same checkpoint."""
    try:
        proof = TlogProof.parse(TEXT[:at] + character + TEXT[at + 1 :])
        opened = proof.verify(LEAVES[0], LOG.verifier)
    except GatewayError:
        return
    assert (proof.index, opened.checkpoint) == (0, CHECKPOINT)
