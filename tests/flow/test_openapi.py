"""A running gateway fuzzed from its own OpenAPI document, and a client made of that document alone.

In the test command the same few requests per operation each time; `--long` tries many more, others each time.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2 as httpx
import pytest

from consent.leeftijd import day
from gateway.wiring import voorbeelddossier
from schemas.people.partij import Scope
from tests.apiclient import Client
from tests.callers import Key, es256
from tests.flow.test_cli import Gateway, ozlijn, private, serving, settings, write_partijen

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
    text = text.replace('agb:99999901"', 'agb:99999901"\nrollen = ["jeugdhulpverlener"]\nagb = "99999901"')
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
    sys.stdout.write(said[said.rindex("SUMMARY") :])  # with -rP: how many cases, and the seed to repeat them
    assert "No issues found" in said


def test_a_client_of_the_document_alone_comes_from_push_to_bevestigd(gateway: Gateway) -> None:
    """Both halves of the first exchange, with no more than `/openapi.json`, two keys and a dossier."""
    base = f"{gateway.address}/v1"
    document = httpx.get(f"{base}/openapi.json").json()
    school = Client(document, "school", private(gateway.folder, "school"), base)
    care = Client(document, "aanbieder", private(gateway.folder, "aanbieder"), base)
    now, today = dt.datetime.now(dt.UTC), day(dt.datetime.now(dt.UTC))

    push = school.example("verzend") | {"doel": "arrangement", "leerling": None}
    push["dossier"]["inhoud"] = base64.b64encode(voorbeelddossier()).decode()
    sent = school.done("verzend", push)
    levering = sent["leveringen"][0]["id"]
    where = {"uitwisselingId": sent["uitwisselingId"], "leveringId": levering}
    assert school.done("levering", **where)["status"] == "aangehouden"

    gezag = school.example("legGezagVast") | {
        "leerling": {"leerlingid": "LL-2016-0042"},
        "gecontroleerdOp": today.isoformat(),
    }
    assert school.done("legGezagVast", gezag)["personen"]
    (taak,) = [t for t in school.done("taken")["taken"] if t["soort"] == "toestemming_vragen"]
    proof = school.example("legToestemmingVast")["bewijs"]
    for asked in (v for vraag in taak["vragen"] for v in vraag["voorstellen"]):
        said = {"besluit": "gegeven", "moment": now.isoformat(), "bewijs": proof}
        assert school.done("legToestemmingVast", asked | said)["toestemmingId"]
    assert school.done("levering", **where)["status"] == "klaar"

    assert levering in [row["leveringId"] for row in care.done("postbus")["leveringen"]]
    taken = care.call("neem", leveringId=levering)
    assert taken.json()["soort"] == "ontwikkelingsperspectief"
    proof = {
        "soort": "leveringsbewijs",
        "leveringId": levering,
        "inhoudHash": "sha256:" + hashlib.sha256(taken.content).hexdigest(),
        "ontvangenOp": now.isoformat(),
    }
    assert care.done("teken", {"jws": care.sign(proof)}, leveringId=levering)["status"] == "afgeleverd"
    assert care.done("verwerkt", leveringId=levering)["status"] == "bevestigd"
    assert school.done("levering", **where)["status"] == "bevestigd"

    refused = school.call("verzend", push | {"doel": "toeleiding"}, **{"Idempotency-Key": "client-0001"})
    assert refused.status_code == 202
    assert school.call("levering", **(where | {"leveringId": "0" * 32})).status_code == 404


def test_a_client_of_the_document_cannot_ask_what_it_does_not_describe(gateway: Gateway) -> None:
    """The document is what holds it: a field, a value and a parameter that it does not have are not sent."""
    document = httpx.get(f"{gateway.address}/v1/openapi.json").json()
    school = Client(document, "school", private(gateway.folder, "school"), f"{gateway.address}/v1")
    good = school.example("legGezagVast")
    for wrong in (
        good | {"soort": "onbekend_soort"},
        good | {"anders": 1},
        good | {"geboortedatum": "14-6-2016"},
    ):
        with pytest.raises(AssertionError):
            school.call("legGezagVast", wrong)
    with pytest.raises(AssertionError):
        school.call("leesLevering", leveringId="geen-id", anders="x")
    with pytest.raises(KeyError):
        school.call("bestaatNiet")
