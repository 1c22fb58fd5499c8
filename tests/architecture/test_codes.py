"""docs/codes.md has every code that the code can say, with words and with what to do, and no other."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.architecture import codes

MAKERS = frozenset({"Fault", "Bevinding", "Found", "Regelfout", "fault", "_fault", "_header_fault", "_odd"})
"""Calls whose first argument is a code."""
METHODS = frozenset({"_fault", "_note", "fault"})


def on_page() -> set[str]:
    return {code.code for _, _, rows in codes.parts() for code in rows}


def made(module: str) -> set[str]:
    """Every code that is written out where a fault or finding is made."""
    found = set()
    for node in ast.walk(codes.modules()[module]):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        match node.func:
            case ast.Name(id=name) if name in MAKERS:
                pass
            case ast.Attribute(attr=name) if name in METHODS:
                pass
            case _:
                continue
        match node.args[0]:
            case ast.Constant(value=str(code)) if codes.DOTTED.fullmatch(code) or codes.RULE.fullmatch(code):
                found.add(re.sub(r"^(lijst)\.\d+$", r"\1.N", code))
    return found


@pytest.mark.parametrize("package", codes.PACKAGES)
def test_every_code_that_is_made_stands_on_the_page(package: str) -> None:
    """Found in another way than the page is made: by the calls that make a fault or a finding."""
    found = {code for module in codes.modules() if module.startswith(package) for code in made(module)}
    assert found - on_page() == set()


def test_the_calls_are_found() -> None:
    """The search above sees the codes of every package."""
    assert {"json.dubbelVeld", "leerling.een", "idempotentie.ontbreekt"} <= {
        code for module in codes.modules() for code in made(module)
    }


def test_every_row_says_what_it_means_and_what_to_do() -> None:
    """No empty cell, and a code that stands twice is of two sources that must both say so."""
    rows = [row for _, _, part in codes.parts() for row in part]
    assert [row.code for row in rows if not row.words.strip() or not row.todo.strip()] == []
    twice = {code for code, n in Counter(row.code for row in rows).items() if n > 1}
    assert twice == {"onvoorzien"}  # an answer of the gateway, and a file that could not be read


def test_nothing_is_written_about_a_code_that_is_gone() -> None:
    """The advice in codes.toml is about codes that exist."""
    advised = {code for deel in codes._written()["deel"] for code in deel.get("doen", {})}
    assert advised - on_page() == set()
    slugs = {row.code for _, _, part in list(codes.parts())[:1] for row in part}
    assert set(codes._written()["problemen"]) == slugs
