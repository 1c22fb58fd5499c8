"""What docs/schoolsystemen.md says of codes and releases is what the adapters do."""

from __future__ import annotations

import re
from typing import Final

import pytest

from adapters import edexml, uwlr
from schemas.errors import InvalidMessage
from tests.conftest import ROOT
from tests.unit.adapters.edexml.school import TODAY, changed, put
from tests.unit.adapters.uwlr.antwoord import bare

TEXT: Final = (ROOT / "docs" / "schoolsystemen.md").read_text("utf-8")
SOURCES: Final = "".join(
    path.read_text("utf-8")
    for folder in ("edexml", "uwlr", "schoolcsv", ".", "registratie")
    for path in sorted((ROOT / "adapters" / folder).glob("*.py"))
)
CODES: Final = sorted(set(re.findall(r"`((?:[a-z]+)\.[a-z_]+)`", TEXT)))


@pytest.mark.parametrize("code", CODES)
def test_a_code_that_is_explained_exists(code: str) -> None:
    """No code of an earlier release is left in the document."""
    assert f'"{code}"' in SOURCES


def test_the_warnings_of_what_is_unusual_are_explained() -> None:
    """Every warning of what the schema lets in and nobody means."""
    made = set(re.findall(r'"((?:geslacht|naam|school|datum|attribuut)\.[a-z_0-9]+)"', SOURCES))
    # Two faults, and a warning that says all there is to say.
    known = {"school.schooljaar", "datum.ongeldig", "datum.volgorde"}
    assert made - known - set(CODES) == set()


@pytest.mark.parametrize(
    ("version", "standard"), [("2.0", "EDEXML"), ("2.1", "EDEXML"), ("2.2", "UWLR"), ("2.3", "UWLR")]
)
def test_the_releases_that_are_named_are_read(version: str, standard: str) -> None:
    """The first table of the document, tried; another release is refused."""
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {standard} 2."))
    assert version in row
    change = put("school/xsdversie", version)
    other = put("school/xsdversie", "2.9")
    if standard == "EDEXML":
        assert edexml.translate(changed(change), today=TODAY).bericht.herkomst.versie == version
        with pytest.raises(InvalidMessage):
            edexml.translate(changed(other), today=TODAY)
    else:
        assert uwlr.check(bare(change, version=None), today=TODAY).goed
        assert not uwlr.check(bare(other, version=None), today=TODAY).goed
