"""Signed notes: the worked example byte for byte, and everything a verifier must refuse.

The keys are made from seeds of 32 equal bytes and protect nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ledger.note import (
    COSIGNATURE_V1,
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Checkpoint,
    NoteSigner,
    VerifierKey,
    encode64,
    open_checkpoint,
    open_note,
    sign_checkpoint,
)
from adapters.ledger.tree import Frontier, leaf_hash
from schemas.errors import (
    GatewayError,
    InvalidMessage,
    MessageTooLarge,
    NotAuthenticated,
    UnsupportedMessage,
    WrongUse,
)

LOG = NoteSigner.from_seed("audit.example-gateway.nl/2026", b"\x01" * 32)
WITNESS = NoteSigner.from_seed("witness.example-fg.nl/w1", b"\x02" * 32, COSIGNATURE_V1)
LEAVES = [leaf_hash(b'{"n":%d}' % number) for number in (1, 2, 3)]
TREE = Frontier().extend(LEAVES)
CHECKPOINT = Checkpoint(LOG.name, 3, TREE.root())
SIGNED = sign_checkpoint(CHECKPOINT, LOG)
COSIGNED = SIGNED + WITNESS.cosign(CHECKPOINT.format(), 1767225600)

WORKED_NOTE = """\
audit.example-gateway.nl/2026
3
dF3ODCIwENED2Kh0PXPdJuO6ASBJpTqq7O6yHA6Q4UA=

— audit.example-gateway.nl/2026 \
l/hPbKpzNHXk2rBG1d684ejS/9xIG4AO173qkw0Ux1D/lNw+YwJMgA6knFlkSEuRmwd2P+W/5AbJo+tXe1wcoOne4Q4=
— witness.example-fg.nl/w1 \
J+p5oQAAAABpVbkAYi64MNcDsUh1zqmIvXjWTcC3tCTIj8DZGRZclzpppQacYnhKoCaaM6DKbI4qGeYTGMtZMpoDkLvZ1ieynaptBA==
"""


def test_worked_hashes() -> None:
    """Three tiny leaves hash, and make roots, exactly as in the worked example."""
    assert list(map(encode64, LEAVES)) == [
        "+12T5s+QvJRwzZ6p2eEjSJk9s+hUqyt2YONZR2cEX2w=",
        "PR3ndt8IbBrp9wSdK7DAR1rRQYX5h+Bk6NENyy20oyI=",
        "10otHyrxwcrWxeiob8hpFi59HqAecpq/8XhR0QlI+ZQ=",
    ]
    assert encode64(Frontier().extend(LEAVES[:2]).root()) == "dO+aU3TNHb6ltFGsMUHSuzgLRsU+pBLN8TmQC09+FCI="
    assert encode64(TREE.root()) == "dF3ODCIwENED2Kh0PXPdJuO6ASBJpTqq7O6yHA6Q4UA="


def test_worked_keys() -> None:
    """Both kinds of key have the worked text, and are read back from it."""
    log = "audit.example-gateway.nl/2026+97f84f6c+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    witness = "witness.example-fg.nl/w1+27ea79a1+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
    assert LOG.verifier.format() == log
    assert WITNESS.verifier.format() == witness
    assert VerifierKey.parse(log) == LOG.verifier
    assert VerifierKey.parse(witness) == WITNESS.verifier


def test_worked_note() -> None:
    """The signed and cosigned checkpoint is the worked one byte for byte, and opens with both signatures."""
    assert COSIGNED == WORKED_NOTE
    opened = open_checkpoint(WORKED_NOTE.encode(), LOG.verifier, [WITNESS.verifier])
    assert opened.checkpoint == CHECKPOINT
    assert [(seen.key, seen.at) for seen in opened.witnesses] == [(WITNESS.verifier, 1767225600)]


def test_unknown_keys_are_ignored() -> None:
    """A signature of somebody we do not know neither helps nor harms, even under a known name."""
    stranger = NoteSigner.from_seed(LOG.name, b"\x03" * 32)
    note = sign_checkpoint(CHECKPOINT, stranger) + LOG.sign(CHECKPOINT.format())
    assert open_checkpoint(note, LOG.verifier).checkpoint == CHECKPOINT
    with pytest.raises(NotAuthenticated):
        open_note(sign_checkpoint(CHECKPOINT, stranger), [LOG.verifier])


def test_swapped_key_is_refused() -> None:
    """A checkpoint signed anew with another key under the log's name is not the log's."""
    with pytest.raises(NotAuthenticated):
        open_checkpoint(
            sign_checkpoint(CHECKPOINT, NoteSigner.from_seed(LOG.name, b"\x09" * 32)), LOG.verifier
        )


def test_bad_signature_of_a_known_key_rejects_the_note() -> None:
    """One failing known signature outweighs any number of good ones."""
    bad = WITNESS.cosign(CHECKPOINT.format(), 1767225600).replace("J+p5oQAAAABpVbkA", "J+p5oQAAAABpVbkB")
    open_note(SIGNED + bad, [LOG.verifier])
    with pytest.raises(NotAuthenticated):
        open_note(SIGNED + bad, [LOG.verifier, WITNESS.verifier])


def test_a_witness_alone_is_not_the_log() -> None:
    """A checkpoint without the log's own signature is refused, whoever else signed."""
    note = f"{CHECKPOINT.format()}\n{WITNESS.cosign(CHECKPOINT.format(), 5)}"
    assert open_note(note, [WITNESS.verifier]).signatures == ((WITNESS.verifier, 5),)
    with pytest.raises(NotAuthenticated):
        open_checkpoint(note, LOG.verifier, [WITNESS.verifier])


def test_a_log_speaks_only_for_its_own_origin() -> None:
    """A log key cannot sign, and cannot be made to have signed, a checkpoint of another log."""
    other = Checkpoint("audit.example-gateway.nl/2025", 3, TREE.root())
    with pytest.raises(WrongUse):
        sign_checkpoint(other, LOG)
    with pytest.raises(NotAuthenticated):
        open_checkpoint(f"{other.format()}\n{LOG.sign(other.format())}", LOG.verifier)


def test_a_log_signature_is_no_cosignature() -> None:
    """One private key in two roles makes signatures that cannot stand in for each other."""
    double = NoteSigner(LOG.name, LOG.private, COSIGNATURE_V1)
    assert double.verifier.key_id != LOG.verifier.key_id
    with pytest.raises(NotAuthenticated):
        open_note(SIGNED, [double.verifier])


def test_sixteen_signatures_and_more_are_accepted() -> None:
    """All signatures up to the bound are checked, one more is refused."""
    witnesses = [
        NoteSigner.from_seed(f"witness.example/{at}", bytes([at + 1]) * 32, COSIGNATURE_V1)
        for at in range(MAX_SIGNATURES)
    ]
    lines = [witness.cosign(CHECKPOINT.format(), 7) for witness in witnesses]
    keys = [witness.verifier for witness in witnesses]
    for count in (15, 16, MAX_SIGNATURES - 1):
        opened = open_checkpoint(SIGNED + "".join(lines[:count]), LOG.verifier, keys)
        assert len(opened.witnesses) == count
    with pytest.raises(InvalidMessage):
        open_note(SIGNED + "".join(lines), [LOG.verifier])


MALFORMED = {
    "nothing": "",
    "no-blank-line": SIGNED.replace("\n\n", "\n"),
    "no-signatures": CHECKPOINT.format() + "\n",
    "no-last-newline": SIGNED[:-1],
    "hyphen": SIGNED.replace("\N{EM DASH}", "-"),
    "carriage-returns": SIGNED.replace("\n", "\r\n"),
    "tab": SIGNED.replace("2026\n3", "2026\t\n3"),
    "two-spaces": SIGNED.replace("2026 l/", "2026  l/"),
    "name-with-plus": SIGNED.replace("— audit.", "— audit+"),
    "name-with-space": SIGNED.replace("— audit.", "— audit\N{NO-BREAK SPACE}."),
    "no-name": SIGNED.replace("— audit.example-gateway.nl/2026 ", "— "),
    "base64-without-padding": SIGNED.replace("4Q4=\n", "4Q4\n"),
    "base64-with-stray-bits": SIGNED.replace("4Q4=\n", "4Q5=\n"),
    "base64url": SIGNED.replace("l/hPbK", "l_hPbK"),
    "key-id-only": f"{CHECKPOINT.format()}\n— {LOG.name} {encode64(LOG.verifier.key_id)}\n",
    "half-a-surrogate": SIGNED + "\ud800",
}


@pytest.mark.parametrize("note", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_notes_are_refused(note: str) -> None:
    """Only the one exact form of a note is read."""
    with pytest.raises(InvalidMessage):
        open_note(note, [LOG.verifier])


def test_bytes_that_are_no_utf8_are_refused() -> None:
    """A note in another encoding is malformed, not an error of ours."""
    with pytest.raises(InvalidMessage):
        open_note(b"\xff\n\n\xff\n", [LOG.verifier])


def test_too_large_a_note_is_not_read() -> None:
    """A note above the bound is refused before anything is parsed."""
    with pytest.raises(MessageTooLarge):
        open_note(b"x" * (MAX_NOTE_BYTES + 1), [LOG.verifier])


ROOT64 = encode64(TREE.root())
BAD_CHECKPOINTS = {
    "extension-line": f"log.example\n3\n{ROOT64}\nextra\n",
    "no-origin": f"\n3\n{ROOT64}\n",
    "leading-zero": f"log.example\n03\n{ROOT64}\n",
    "plus": f"log.example\n+3\n{ROOT64}\n",
    "minus": f"log.example\n-3\n{ROOT64}\n",
    "arabic-digit": f"log.example\n\N{ARABIC-INDIC DIGIT THREE}\n{ROOT64}\n",
    "hexadecimal": f"log.example\n0x3\n{ROOT64}\n",
    "too-large": f"log.example\n{2**63}\n{ROOT64}\n",
    "thousands": f"log.example\n1_000\n{ROOT64}\n",
    "space": f"log.example\n3 \n{ROOT64}\n",
    "short-root": f"log.example\n3\n{encode64(TREE.root()[:31])}\n",
    "root-in-hex": f"log.example\n3\n{TREE.root().hex()}\n",
    "no-last-newline": f"log.example\n3\n{ROOT64}",
    "empty": "",
}


@pytest.mark.parametrize("text", BAD_CHECKPOINTS.values(), ids=BAD_CHECKPOINTS.keys())
def test_malformed_checkpoints_are_refused(text: str) -> None:
    """A checkpoint is three lines, strict decimal and strict base64, signed or not."""
    with pytest.raises(InvalidMessage):
        Checkpoint.parse(text)


BAD_KEYS = {
    "empty": "",
    "no-key": "log.example+00000000",
    "wrong-id": LOG.verifier.format().replace("97f84f6c", "97f84f6d"),
    "upper-case-id": LOG.verifier.format().replace("97f84f6c", "97F84F6C"),
    "other-name": LOG.verifier.format().replace("2026", "2027"),
    "no-material": "log.example+00000000+",
    "short": f"log.example+00000000+{encode64(b'12345')}",
    "no-name": LOG.verifier.format().removeprefix(LOG.name),
}


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_malformed_keys_are_refused(text: str) -> None:
    """A key text with anything missing, or an id that is not its own, is no key."""
    with pytest.raises(InvalidMessage):
        VerifierKey.parse(text)


def test_other_kinds_of_keys_are_named_as_such() -> None:
    """A well-formed key of a kind we cannot check is unsupported, not malformed."""
    with pytest.raises(UnsupportedMessage):
        VerifierKey.parse(VerifierKey("witness.example", 0x06, b"k" * 1312).format())


@pytest.mark.parametrize(
    "use",
    [
        lambda: NoteSigner.from_seed("log.example", b"short"),
        lambda: NoteSigner.from_seed("log example", b"\x01" * 32).verifier,
        lambda: LOG.sign("no newline"),
        lambda: LOG.sign("tab\t\n"),
        lambda: LOG.cosign(CHECKPOINT.format(), 1),
        lambda: WITNESS.sign(CHECKPOINT.format()),
        lambda: WITNESS.cosign(CHECKPOINT.format(), -1),
    ],
    ids=["seed", "name", "newline", "control", "log-cosigns", "witness-signs", "time"],
)
def test_nothing_unreadable_is_ever_signed(use: Callable[[], object]) -> None:
    """A signer refuses what no verifier would accept."""
    with pytest.raises(WrongUse):
        use()


@given(st.integers(0, len(COSIGNED.encode()) - 1), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(at: int, bit: int) -> None:
    """No single flipped bit anywhere yields the same note with both signatures good."""
    raw = bytearray(COSIGNED.encode())
    raw[at] ^= 1 << bit
    try:
        opened = open_checkpoint(bytes(raw), LOG.verifier, [WITNESS.verifier])
    except GatewayError:
        return
    # A flip in a name or key id makes that signature somebody else's: ignored, and so missed.
    assert opened.checkpoint == CHECKPOINT
    assert len(opened.witnesses) < 1


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_raises_only_our_errors(noise: bytes | str) -> None:
    """Whatever arrives instead of a note is refused with an error of ours."""
    with pytest.raises(GatewayError):
        open_note(noise, [LOG.verifier])
