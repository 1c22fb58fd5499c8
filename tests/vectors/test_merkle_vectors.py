"""The language-neutral proof vectors of transparency-dev/merkle (Apache-2.0): 184 of 196 must be refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.verify import verify_consistency, verify_inclusion

_FILE = Path(__file__).resolve().parents[2].parent / "shared/standards/merkle/rfc6962-proof-vectors.json"

pytestmark = pytest.mark.skipif(
    not _FILE.exists(), reason="the official proof vectors are not beside the project"
)


def _load(family: str) -> list[dict[str, Any]]:
    vectors: dict[str, dict[str, Any]] = json.loads(_FILE.read_bytes())[family]
    return list(vectors.values())


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(vector: dict[str, Any]) -> list[bytes]:
    return [_bytes(text) for text in vector["proof"] or ()]


def test_inclusion_vectors() -> None:
    """All 98 inclusion vectors are accepted or refused as their makers say."""
    vectors = _load("inclusion")
    wrong = [
        vector["desc"]
        for vector in vectors
        if verify_inclusion(
            _bytes(vector["leafHash"]),
            vector["leafIdx"],
            vector["treeSize"],
            _proof(vector),
            _bytes(vector["root"]),
        )
        == vector["wantErr"]
    ]
    assert (len(vectors), wrong) == (98, [])


def test_consistency_vectors() -> None:
    """All 98 consistency vectors are accepted or refused as their makers say."""
    vectors = _load("consistency")
    wrong = [
        vector["desc"]
        for vector in vectors
        if verify_consistency(
            vector["size1"],
            _bytes(vector["root1"]),
            vector["size2"],
            _bytes(vector["root2"]),
            _proof(vector),
        )
        == vector["wantErr"]
    ]
    assert (len(vectors), wrong) == (98, [])
