"""Bronfeiten: what the dossier says beside the plan, each with a category of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from adapters.oso import tables as t
from adapters.oso.codes import LEERLING
from adapters.oso.filling import Filler, boolean
from adapters.oso.versies import Versie
from adapters.xml.nodes import sub, subs
from adapters.xml.parser import Node

_BLOCKS: Final = (
    ("overstapadvies", "overstapadvies", t.OVERSTAPADVIES),
    ("verzuim", "verzuim", t.VERZUIM),
)


def facts(filler: Filler, pupil: Node, versie: Versie) -> dict[str, Any]:
    out: dict[str, Any] = {}
    years = subs(sub(pupil, "schoolloopbaanlijst"), "schoolloopbaan")
    if years:
        place = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan"
        out["schoolloopbaan"] = filler.fill_all(years, t.SCHOOLJAAR, "bronfeiten.schoolloopbaan", place)
    if "teruggeplaatstnaarbrin" in pupil:
        out["terugplaatsingBrin"] = pupil["teruggeplaatstnaarbrin"]
        filler.note("bronfeiten.terugplaatsingBrin", f"{LEERLING}/teruggeplaatstnaarbrin")
    for element, name, table in _BLOCKS:
        if element in pupil:
            block = sub(pupil, element)
            values = filler.fill(block, table, f"bronfeiten.{name}", f"{LEERLING}/{element}", {})
            if values:
                out[name] = values
    if "eindtoets_basisonderwijs" in pupil:
        out["eindtoets"] = _final_test(filler, sub(pupil, "eindtoets_basisonderwijs"))
    _tests(filler, pupil, out)
    _marks(filler, pupil, out)
    stages = [s for s in _stages(filler, subs(pupil, "stage")) if s]
    if stages:
        out["stages"] = tuple(stages)
    _health(filler, sub(pupil, versie.support), versie.support_place, out)
    return out


def _health(filler: Filler, support: Node, place: str, out: dict[str, Any]) -> None:
    diagnoses = support.get("diagnose")
    if diagnoses:
        rows = filler.fill_all(diagnoses, t.DIAGNOSE, "bronfeiten.diagnoses", f"{place}/diagnose")
        for i, (row, node) in enumerate(zip(rows, diagnoses, strict=True)):
            row["codes"] = filler.strings(
                node, "code", f"bronfeiten.diagnoses[{i}].codes", f"{place}/diagnose[{i + 1}]"
            )
        out["diagnoses"] = rows
    if "medicijngebruik" in support:
        out["medicijngebruik"] = boolean(support["medicijngebruik"])
        filler.note("bronfeiten.medicijngebruik", f"{place}/medicijngebruik")


# --- tests


def _final_test(filler: Filler, node: Node) -> dict[str, Any]:
    field, place = "bronfeiten.eindtoets", f"{LEERLING}/eindtoets_basisonderwijs"
    out = filler.fill(node, t.EINDTOETS, field, place, {})
    result, place = sub(node, "eindtoetsresultaat"), f"{place}/eindtoetsresultaat"
    filler.fill(result, t.EINDTOETSRESULTAAT, field, place, out)
    parts = subs(sub(result, "onderdelen"), "onderdeel")
    if parts:
        place = f"{place}/onderdelen/onderdeel"
        out["onderdelen"] = filler.fill_all(parts, t.EINDTOETSONDERDEEL, f"{field}.onderdelen", place)
        for i, (row, part) in enumerate(zip(out["onderdelen"], parts, strict=True)):
            row["domeinen"] = filler.fill_all(
                subs(sub(part, "domeinen"), "domein"),
                t.EINDTOETSDOMEIN,
                f"{field}.onderdelen[{i}].domeinen",
                f"{place}[{i + 1}]/domeinen/domein",
            )
    return out


def _tests(filler: Filler, pupil: Node, out: dict[str, Any]) -> None:
    learnt: list[dict[str, Any]] = []
    personal: list[dict[str, Any]] = []
    for i, node in enumerate(subs(sub(pupil, "toetslijst"), "toets"), 1):
        name, target = ("onderzoeken", personal) if _is_personal(node) else ("toetsen", learnt)
        field, place = f"bronfeiten.{name}[{len(target)}]", f"{LEERLING}/toetslijst/toets[{i}]"
        test = filler.fill(
            sub(node, "toetsidentificatie"), t.TOETSNAAM, field, f"{place}/toetsidentificatie", {}
        )
        filler.fill(sub(node, "afname"), t.AFNAME, field, f"{place}/afname", test)
        _result(filler, node, field, place, test)
        parts = node.get("toetsonderdeel")
        if parts:
            test["onderdelen"] = filler.fill_all(
                parts, t.ONDERDEEL, f"{field}.onderdelen", f"{place}/toetsonderdeel"
            )
            for j, (row, part) in enumerate(zip(test["onderdelen"], parts, strict=True)):
                _result(filler, part, f"{field}.onderdelen[{j}]", f"{place}/toetsonderdeel[{j + 1}]", row)
        target.append(test)
    if learnt:
        out["toetsen"] = tuple(learnt)
    if personal:
        out["onderzoeken"] = tuple(personal)


def _result(filler: Filler, owner: Node, field: str, place: str, out: dict[str, Any]) -> None:
    result = sub(owner, "resultaat")
    score = sub(result, "toetsscore")
    if score:
        filler.fill(score, t.TOETSSCORE, field, f"{place}/resultaat/toetsscore", out)
        interval = sub(score, "betrouwbaarheidsinterval")
        if interval:
            there = f"{place}/resultaat/toetsscore/betrouwbaarheidsinterval"
            filler.fill(interval, t.INTERVAL, field, there, out)
    references = result.get("referentiescore")
    if references:
        there = f"{place}/resultaat/referentiescore"
        out["referenties"] = filler.fill_all(references, t.REFERENTIE, f"{field}.referenties", there)


def _is_personal(test: Node) -> bool:
    """Whether a test says something about the person rather than about what was learnt."""
    name = sub(test, "toetsidentificatie")
    said = " ".join([name[field] for field in ("leergebied", "toetsnaam", "eldtoetscode") if field in name])
    if t.PERSONAL.search(said.lower()):
        return True
    owners = [test, *subs(test, "toetsonderdeel")]
    return any(
        reference["codereferentiescore"] in t.PERSONAL_SCORES
        for owner in owners
        for reference in subs(sub(owner, "resultaat"), "referentiescore")
    )


# --- marks


def _marks(filler: Filler, pupil: Node, out: dict[str, Any]) -> None:
    if "cijferlijstlijst" not in pupil:
        return
    sheets = [
        sheet
        for i, node in enumerate(subs(sub(pupil, "cijferlijstlijst"), "cijferlijst"))
        for sheet in _sheets(node, f"{LEERLING}/cijferlijstlijst/cijferlijst[{i + 1}]")
    ]
    out["cijferlijsten"] = tuple(
        _sheet(filler, sheet, f"bronfeiten.cijferlijsten[{i}]") for i, sheet in enumerate(sheets)
    )


def _sheets(node: Node, place: str) -> Iterable[dict[str, Any]]:
    """Split one cijferlijst into the groups it holds: every `naam` begins a new one."""
    groups: list[dict[str, Any]] = []
    counts = {"naam": 0, "onderdeel": 0, "score": 0}
    for name, value in node["cijferlijstTypelijst@reeks"]:
        counts[name] += 1
        if name == "naam":
            groups.append({"naam": value, "n": counts[name], "onderdeel": [], "score": [], "of": node})
        else:
            groups[-1][name].append((value if isinstance(value, dict) else {}, counts[name]))
    for group in groups:
        group["place"] = place
        group["alone"] = counts["naam"] == 1
    return groups


def _sheet(filler: Filler, group: dict[str, Any], field: str) -> dict[str, Any]:
    body = f"{group['place']}/cijferlijstTypelijst"
    named = {"naam": group["naam"]} if group["naam"] else {}
    out = filler.fill(group["of"], t.CIJFERLIJST, field, group["place"], named)
    there = f"{body}/naam" if group["alone"] else f"{body}/naam[{group['n']}]"
    if group["naam"]:
        filler.note(f"{field}.naam", there)
    else:
        filler.empty[f"{field}.naam"] = there
    parts = []
    for i, (node, n) in enumerate(group["onderdeel"]):
        here, place = f"{field}.onderdelen[{i}]", f"{body}/onderdeel[{n}]"
        part = filler.fill(node, t.CIJFERONDERDEEL, here, place, {})
        for score in subs(node, "score"):
            filler.fill(score, t.CIJFER, here, f"{place}/score[1]", part)
        parts.append(part)
    if parts:
        out["onderdelen"] = tuple(parts)
    out["scores"] = tuple(
        filler.fill(node, t.CIJFER, f"{field}.scores[{i}]", f"{body}/score[{n}]", {})
        for i, (node, n) in enumerate(group["score"])
    )
    return out


# --- stages


def _stages(filler: Filler, stages: list[Node]) -> Iterable[dict[str, Any]]:
    """The stages that say something; one with nothing but a judgement of the leerling is left out."""
    kept = 0
    for i, node in enumerate(stages, 1):
        field, place = f"bronfeiten.stages[{kept}]", f"{LEERLING}/stage[{i}]"
        out = filler.fill(node, t.STAGE, field, place, {})
        # `instelling` can repeat elsewhere in 2018, so it is a list here too.
        many = node.get("instelling")
        owner = subs(node, "instelling")[0] if type(many) is list else sub(node, "instelling")
        there = f"{place}/instelling[1]" if type(many) is list else f"{place}/instelling"
        filler.fill(owner, t.INSTELLING, field, there, out)
        kept += bool(out)
        yield out
