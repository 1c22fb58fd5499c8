"""A running gateway fuzzed from its own OpenAPI document: whatever it is sent, it answers as described.

In the test command the same few requests per operation each time; `--long` tries many more, others each time.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemas.people.partij import Scope
from tests.callers import Key, es256
from tests.flow.test_cli import Gateway, ozlijn, serving, settings, write_partijen

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
"""Not `negative_data_rejection` and `positive_data_acceptance`: a document cannot say what the rules of the
decision refuse, nor that an id is unknown."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A sandbox, which has every route, with a school and a jeugdhulpaanbieder that may do everything."""
    folder = tmp_path_factory.mktemp("openapi") / "proef"
    assert ozlijn("init", folder, "--adres", "http://127.0.0.1:8089", "--proef").code == 0
    (folder / "prive").mkdir()
    keys: dict[str, Key] = {"school": es256("s-1"), "aanbieder": es256("a-1")}
    for name, key in keys.items():
        (folder / "prive" / name).write_text(json.dumps(key.as_dict(private=True)))
    register = folder / "partijen.toml"
    write_partijen(register, keys)
    scopes = ", ".join(f'"{s}"' for s in Scope)
    text = re.sub(r"scopes = \[.*\]", f"scopes = [{scopes}]", register.read_text())
    register.write_text(text)
    assert ozlijn("apply", register, *settings(folder)).code == 0
    with serving(folder) as running:
        yield running


def fuzz(gateway: Gateway, folder: Path, who: str, *options: str) -> str:
    """What schemathesis says of it; AssertionError when it found something."""
    token = gateway.token(who).json()["access_token"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.address}/v1/openapi.json"),
            *("--url", f"{gateway.address}/v1", "--header", f"Authorization: Bearer {token}"),
            *("--checks", ",".join(CHECKS), "--exclude-path", "/proefklok", "--exclude-path", "/token"),
            *("--no-color", "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off"),
            *options,
        ],
        capture_output=True,
        check=False,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    return done.stdout


@pytest.mark.timeout(400)
@pytest.mark.parametrize("who", ["school", "aanbieder"])
def test_whatever_is_sent_is_answered_as_described(gateway: Gateway, tmp_path: Path, who: str) -> None:
    """Examples of the document and a few made-up requests per operation; the same each time."""
    said = fuzz(
        gateway,
        tmp_path,
        who,
        *("--phases", "examples,fuzzing", "--max-examples", "3", "--generation-deterministic"),
    )
    assert "No issues found" in said


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("who", ["school", "aanbieder"])
def test_many_more_find_nothing(gateway: Gateway, tmp_path: Path, who: str) -> None:
    """Values at their edges and others each time, also with the ids of one answer in the next request."""
    said = fuzz(gateway, tmp_path, who, "--max-examples", "100", "--seed", str(secrets.randbelow(10**6)))
    assert "No issues found" in said
