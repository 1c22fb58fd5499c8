"""The mapping of every leaf of the standard against what the adapter does, row by row and both ways."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from adapters import oso
from adapters.oso.codes import LISTS
from schemas.errors import InvalidMessage
from schemas.messages.opp import Ontwikkelingsperspectief
from tests.builders import a_bsn
from tests.unit.adapters.oso.dossier import NS, Change, L, add, drop, find, mutate
from tests.unit.adapters.oso.profiles import build

TABLE = Path(__file__).resolve().parents[5] / "shared" / "domain" / "oso-to-opp-mapping.csv"
LEAVES = {leaf.pad for leaf in Ontwikkelingsperspectief.bladen}
OWNERS = {"huidigeschool": "school", L: "leerling", f"{L}/verzorger": "gezag[]"}
"""Where an address or contact is read, and what it becomes part of."""

# Where the shared schema spells a field differently from the table, or the design decided otherwise.
SPELLED = {
    "bronfeiten.schoolloopbaan.terugplaatsingBrin": "bronfeiten.terugplaatsingBrin",
    "besluiten.arrangementen[].datum": "besluiten.arrangementen[].ingangsdatum",
    "gezag[].persoon.geslacht": "gezag[].geslacht",
    "gezag[].persoon.geheimadres": "gezag[].geheimadres",
    "gezag[].persoon.overleden": "gezag[].overleden",
}
# The table drops both numbers; they are kept as leerling.bsn and .onderwijsnummer, which never leave.
KEPT = {"bsn": "leerling.bsn", "onderwijsnummer": "leerling.onderwijsnummer"}
NOT_AUTOMATIC = "/toets/afname/afgenomendoor/werktbijinstelling/instelling/naam"
"""A candidate that only a person may turn into a contact: the table says never automatic."""
REFUSED = {
    # No profile allows it, so no accepted dossier has one: a day is never made up, and an age needs one.
    "geboortemaand": "OVb.LL03",
    "postcode4adres": "OVb.LL07",
    "geboorteplaats": "OVb.LL10",
    "nationaliteit": "OVb.LL11",
    "huisarts/roepnaam": "OG.05",
    "huisarts/geslacht": "OG.05",
    "huisarts/adresgeheim": "OG.05",
}
"""What makes a dossier of any profile be refused, by the end of its path."""
FIXED = {
    # Any other value of these is another dossier, or none that is read: only where it lands is tested.
    "/dossier/metadata/standaardversie",
    "/dossier/metadata/validatieversie",
    "/dossier/overdrachtsoort",
    # A list of one value.
    f"/dossier/{L}/eindtoets_basisonderwijs/eindtoetsresultaat/toetsniveau",
}
_GENERIC = re.compile(r"\[\d+\]")


def rows() -> list[dict[str, str]]:
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


ROWS = rows()
if not ROWS:
    pytestmark = pytest.mark.skip(reason=f"the mapping table is not at {TABLE}")


def steps(path: str) -> str:
    return path.removeprefix("/dossier/")


def home(row: dict[str, str], owner: str = "") -> str | None:
    """The leaf a row means, as the shared schema spells it; None when the row drops it."""
    path, field = row["oso_path"], row["opp_field"]
    if path.rpartition("/")[2] in KEPT:
        return KEPT[path.rpartition("/")[2]]
    if field == "-" or path.endswith(NOT_AUTOMATIC):
        return None
    field = SPELLED.get(field, field)
    if field.startswith("*."):
        field = owner + field[1:]
    field = re.sub(r"herkomst\.categorieStatus\..*", "herkomst.categorieStatus", field)
    return next((f for f in (field, f"{field}.code", f"{field}[]") if f in LEAVES), field)


def cases() -> Iterator[tuple[str, str | None]]:
    """(place, leaf it must fill or None); rows for addresses and the like at each of their places."""
    shared = [row for row in ROWS if row["oso_path"].startswith("//")]
    for row in ROWS:
        path, field = steps(row["oso_path"]), row["opp_field"]
        if path.startswith("//"):
            continue
        if not path.endswith("/*"):
            yield path, home(row)
            continue
        element = path.split("/")[-2]
        for leaf in shared:
            _, _, kind, name = leaf["oso_path"].split("/")
            if kind != element:
                continue
            owner = OWNERS.get(path.rpartition("/" + element + "/*")[0].rpartition("/")[0], "")
            dropped = field == "-" or (element != "document" and not owner)
            yield f"{path.removesuffix('/*')}/{name}", None if dropped else home(leaf, owner)


CASES = list(cases())


@cache
def variant(path: str) -> bytes:
    """A dossier of a profile that allows the element, and that has it."""
    base = build("BB", number="onderwijsnummer" if path.endswith("/onderwijsnummer") else "bsn")
    changes: list[Change] = []
    if path == "metadata/overstap":
        changes = [add("metadata", "<overstap>VOVO</overstap>")]
    elif path.endswith("/adresgeheim"):
        owner = path.rpartition("/")[0]
        changes = [drop(f"{owner}/adreslijst")]
        if owner == L:
            changes.append(drop(f"{L}/adresbuitenland"))
    elif "/werktbijinstelling/school/" in path and not path.endswith("/communicatie/soort"):
        employer = f"{L}/toetslijst/toets/afname/afgenomendoor/werktbijinstelling"

        def rename(root: ET.Element) -> None:
            node = find(root, f"{employer}/instelling")
            node.tag = f"{{{NS}}}school"
            extra = "<brincode>99ZX</brincode><vestigingscode>01</vestigingscode>"
            extra += "<aanleverpunt>fictief</aanleverpunt>"
            extra += "".join(f"<{n}>fictief {n}</{n}>" for n in ("soort", "type", "naamdirecteur", "website"))
            node.extend(list(ET.fromstring(f'<x xmlns="{NS}">{extra}</x>')))

        changes = [rename]
    elif path.endswith("/communicatie/soort"):
        changes = [put_first(path.rpartition("/")[0] + "/nummer", "a@fictief.example")]
        if "/werktbijinstelling/school/" in path:
            return mutate(*changes, base=variant(path.rpartition("/")[0] + "/nummer"))
    elif path.endswith("/overleden"):
        changes = [drop(f"{L}/verzorger/overlijdensdatum")]
    elif path.endswith("/banknummer"):
        changes = [add(f"{L}/verzorger", "<banknummer>fictief</banknummer>", before="iban")]
    return mutate(*changes, base=base) if changes else base


def another_zip() -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("anders.txt", "fictief")
    return base64.b64encode(out.getvalue()).decode()


def others(path: str, value: str) -> Iterator[str]:
    """Other values for an element, likely ones first."""
    name = path.rpartition("/")[2]
    if name == "bsn":
        yield a_bsn(8)
    elif name == "onderwijsnummer":
        yield "100000016"
    elif name == "bestandsinhoud":
        yield another_zip()
    elif value in ("true", "false"):
        yield "false" if value == "true" else "true"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = dt.date.fromisoformat(value)
        yield str(day + dt.timedelta(days=1))
        yield str(day - dt.timedelta(days=1))
        yield str(day.replace(year=day.year + 1))
    elif re.fullmatch(r"\d+(\.\d+)?", value) and value not in LISTS[2]:
        yield str(float(value) + 1) if "." in value else str(int(value) + 1)
    # The list the value is from, when it is from one: the shortest that has it comes first.
    near = sorted((n for n in LISTS if value in LISTS[n]), key=lambda n: len(LISTS[n]))
    yield from (v for n in near for v in sorted(LISTS[n]) if v not in {value, "IQ", "DQ", "OPT-UIT"})
    yield from ("fictief anders", "99ZV", "22", "0022", "2027-2028", "15-06-2016", "6.5", "4", "5")


@cache
def message(raw: bytes) -> dict[str, Any]:
    return oso.translate(raw, provenance=False).bericht.model_dump(mode="json")


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {p: v for k, x in value.items() for p, v in leaves(x, f"{path}.{k}".lstrip(".")).items()}
    if isinstance(value, list):
        return {p: v for i, x in enumerate(value) for p, v in leaves(x, f"{path}[{i}]").items()}
    return {} if value is None else {path: value}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    one, two = leaves(before), leaves(after)
    return {
        re.sub(r"(herkomst\.categorieStatus).*", r"\1", _GENERIC.sub("[]", p))
        for p in one.keys() | two.keys()
        if one.get(p) != two.get(p)
    }


def beside(path: str, leaf: str) -> set[str]:
    """What changes along with a field: the meaning of a code that is said, the leerjaar of the latest row."""
    if path.endswith("/geslacht"):
        return {leaf.replace(".code", ".omschrijving")}
    return {"leerling.leerjaar.code"} if path.endswith("schoolloopbaan/jaargroep") else set()


@pytest.mark.parametrize(("path", "leaf"), CASES, ids=[p for p, _ in CASES])
def test_one_element_changes_exactly_the_field_of_its_row(path: str, leaf: str | None) -> None:
    """Another value in one element changes the field its row names alone; a dropped one changes nothing."""
    for end, code in REFUSED.items():
        if path.endswith(end):
            return refuses(path, end, code)
    if path.endswith("communicatie/geheim"):
        return hides(path, leaf)
    raw = variant(path)
    element = find(ET.fromstring(raw), path)
    value = element.text or ""
    if f"/dossier/{path}" in FIXED:
        origins = oso.translate(raw, provenance=True).bericht.herkomst.velden
        assert (leaf, f"/dossier/{path}") in {(o.veld, o.pad) for o in origins}
        return None
    expected = {leaf, *beside(path, leaf)} if leaf else set()
    if "/cat_" in path:
        # Any other value means that blocks are dropped too; the switch itself is kept as it stands.
        return switches(path, raw)
    for other in others(path, value):
        try:
            after = message(mutate(put_first(path, other), base=raw))
        except InvalidMessage:
            continue
        if other.strip() != value:
            assert changed(message(raw), after) == expected
            return None
    raise AssertionError("no other value was accepted")


def put_first(path: str, text: str) -> Change:
    def change(root: ET.Element) -> None:
        find(root, path).text = text

    return change


def refuses(path: str, end: str, code: str) -> None:
    values = {"geboortemaand": "2016-06", "huisarts/geslacht": "1"}
    name, parent = path.rpartition("/")[2], path.rpartition("/")[0]
    before = {"geboortemaand": "geslacht", "postcode4adres": "communicatielijst"}.get(end)
    after = "achternaam" if "huisarts" in path else None
    change = [
        add(
            parent,
            f"<{name}>{values.get(end, 'x')}</{name}>",
            before=before or (None if after else "bsn"),
            after=after,
        )
    ]
    if end == "huisarts/adresgeheim":
        change = [put_first(path, "true")]
    if end == "geboortemaand":
        change.append(drop(f"{L}/geboortedatum"))
    if end == "postcode4adres":
        change.append(drop(f"{L}/adreslijst"))
    with pytest.raises(InvalidMessage) as caught:
        oso.translate(mutate(*change, base=build("BB")), provenance=False)
    assert code in {f.code for f in caught.value.faults}


def hides(path: str, leaf: str | None) -> None:
    """A secret contact is dropped whole, and the word geheim itself becomes nothing."""
    assert leaf is None
    raw = variant(path)
    if find(ET.fromstring(raw), path.rpartition("/")[0]).find(f"{{{NS}}}geheim") is None:
        raw = mutate(add(path.rpartition("/")[0], "<geheim>false</geheim>"), base=raw)
    shown = mutate(put_first(path, "0"), base=raw)
    assert changed(message(raw), message(shown)) == set()
    secret = [put_first(path, "true"), put_first(path.rpartition("/")[0] + "/nummer", "9999999999")]
    after = changed(message(raw), message(mutate(*secret, base=raw)))
    assert all(".communicatie[]." in p for p in after)


def switches(path: str, raw: bytes) -> None:
    name = path.rpartition("/cat_")[2]
    status = oso.translate(raw, provenance=False).bericht.herkomst.categorie_status
    assert status[name] == find(ET.fromstring(raw), path).text


# --- the same the other way round, over provenance

EXTRA = {
    "leerling.leerjaar",  # the latest row of the schoolloopbaan
    "besluiten.arrangementen[].soort",
    "bijlagen[].soort",
}
"""Fields made from where an element stands, or read a second time: the table says so in its notes."""


def owner_of(field: str) -> str:
    return field.removesuffix(".code").removesuffix(".stelsel")


def filled() -> set[tuple[str, str]]:
    """(place, field) over the dossiers that together have every element."""
    special = ("metadata/overstap", f"{L}/onderwijsnummer")
    found: set[tuple[str, str]] = set()
    for raw in (build("BB"), build("POSWV"), *map(variant, special)):
        velden = oso.translate(raw, provenance=True).bericht.herkomst.velden
        found |= {(steps(_GENERIC.sub("", o.pad)), _GENERIC.sub("[]", o.veld)) for o in velden}
    return found


def test_nothing_is_filled_but_what_the_table_says() -> None:
    """Every (element, field) the adapter fills stands in the table: an added row in the code fails here."""
    wanted = {(path, owner_of(leaf)) for path, leaf in CASES if leaf}
    actual = {(p.replace("/@omschrijving", ""), owner_of(f)) for p, f in filled()}
    actual = {(p, f.removesuffix(".omschrijving") if p.endswith("/land") else f) for p, f in actual}
    actual = {(p, f) for p, f in actual if not f.endswith("geslacht.omschrijving")}
    assert {(p, f) for p, f in actual if f not in EXTRA} - wanted == set()


def test_everything_the_table_says_is_filled() -> None:
    """Every row of the table is filled from its own element: a removed row in the code fails here."""
    actual = {(p, owner_of(f)) for p, f in filled()}
    wanted = {
        (path, owner_of(leaf))
        for path, leaf in CASES
        if leaf and not path.endswith(tuple(REFUSED)) and "/cat_" not in path
    }
    # The synthetic addresses of a stage and the like have fewer elements, but none of those is imported.
    assert wanted - actual == set()


def test_every_row_has_a_home_or_a_reason() -> None:
    """Each field the table names exists in the shared schema; geboortemaand alone has no home, and why."""
    homeless = {leaf for _, leaf in CASES if leaf and leaf not in LEAVES}
    assert homeless == {"leerling.geboortemaand"}


def test_no_dropped_text_survives_anywhere() -> None:
    """The texts of dropped elements (doctor, free texts, names of staff) are nowhere in the message."""
    said = "".join(
        oso.translate(build("BB", year), provenance=True).bericht.model_dump_json()
        for year in (2017, 2018, 2019)
    )
    for name in (
        "naamdirecteur", "motivatie_herzienadvies", "argumentatie", "aandachtspunten", "opmerking", "iban",
        "naammedewerker", "functie 2", "centraleproblematiek", "maatregelen", "naampeuterspeelzaal",
        "beoordeling", "competentie", "certificaat", "vak", "werkstuk", "keuzevervolgopleiding",
        "naamib", "lgf", "reden vir", "reden zat", "toelichtingsef", "achternaam arts", "domein een",
        "achternaam contactpersoon", "soort arts",
    ):  # fmt: skip
        assert f"fictief {name}" not in said
    assert "1970-01-01" not in said
