from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.rules import LOOKED_AT, RULES, Rule

by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@by_name
def test_rule_holds(rule: Rule, root: Path) -> None:
    """The rule holds in every source file where it applies, and it applies somewhere."""
    paths = [p for package in LOOKED_AT for p in sorted((root / package).rglob("*.py"))]
    applies = [p for p in paths if rule.holds_for(str(p.relative_to(root)))]
    found = [
        f"{path.relative_to(root)}:{line} {what}"
        for path in applies
        for line, what in rule.check(path.read_text(encoding="utf-8"))
    ]
    assert applies
    assert not found


@pytest.mark.parametrize(
    ("rule", "source"), [pytest.param(r, s, id=f"{r.name}-{i}") for r in RULES for i, s in enumerate(r.bad)]
)
def test_rule_finds(rule: Rule, source: str) -> None:
    """The rule finds each piece of wrong source planted for it."""
    assert list(rule.check(source))


@pytest.mark.parametrize(
    ("rule", "source"), [pytest.param(r, s, id=f"{r.name}-{i}") for r in RULES for i, s in enumerate(r.good)]
)
def test_rule_lets_pass(rule: Rule, source: str) -> None:
    """The rule says nothing of source that only looks like what it forbids."""
    assert not list(rule.check(source))


@by_name
def test_exceptions_are_for_files_that_may_exist(rule: Rule) -> None:
    """An exception names a file inside a place where the rule would hold, so a typing error shows."""
    for path in rule.except_in:
        assert any(path.startswith(f"{package}/") for package in LOOKED_AT)
        assert not rule.holds_for(path)
