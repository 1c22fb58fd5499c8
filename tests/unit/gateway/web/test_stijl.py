"""The stylesheet and the templates know each other, and nothing in either comes from elsewhere."""

import re
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).resolve().parents[4] / "gateway" / "web"
CSS: Final = (WEB / "stijl" / "ozlijn.css").read_text(encoding="utf-8")
MARKS: Final = {
    "ozlijn",  # on every page, for a theme to hold on to
    "ozlijn-formulier",
    "ozlijn-mensen",
    *("utrecht-document", "utrecht-nav-list__item", "utrecht-skip-link--visible-on-focus"),
    *("utrecht-data-list--rows", "utrecht-table__body", "utrecht-table__header"),
}
"""Names that only a theme of somebody else uses."""


def test_every_class_in_a_template_has_a_style() -> None:
    """A name that is misspelt looks like nothing, and nobody sees it."""
    known = set(re.findall(r"\.([a-z][\w-]+)", CSS))
    unknown = set()
    for path in (WEB / "sjablonen").rglob("*.html"):
        for found in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", found)
            unknown |= {name for name in plain.split() if "\0" not in name} - known - MARKS
    assert unknown == set()


def test_colours_and_sizes_stand_in_tokens_only() -> None:
    """Outside the tokens no colour has a value of its own, but white, print and the steps of a heat map."""
    rules = re.sub(r"/\*.*?\*/|:root \{.*?\n\}", "", CSS, flags=re.DOTALL)
    rules = re.sub(r"@media print \{.*?\n\}", "", rules, flags=re.DOTALL)
    rules = re.sub(
        r"\.ozlijn-warmte__\d \{[^}]*\}|@media \([^)]*(?:contrast|colors)[^{]*\{.*?\n\}",
        "",
        rules,
        flags=re.DOTALL,
    )
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#fff", "#43206a"}
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS


def test_the_contrast_of_text_is_enough() -> None:
    """WCAG 2.2 AA asks 4.5 to 1 of text; each pair that stands on a page is here."""
    tokens = dict(re.findall(r"--ozlijn-color-([\w-]+): (#[0-9a-f]{3,6});", CSS))
    pairs = [
        *(("ink", ground) for ground in ("page", "sheet")),
        *(("ink-2", ground) for ground in ("page", "sheet")),
        *((name, f"{name}-tint") for name in ("ok", "wait", "error", "neutral", "primary", "sandbox")),
        *((name, "sheet") for name in ("primary", "primary-hover", "sandbox", "error")),
        *(("ink", f"{name}-tint") for name in ("ok", "wait", "error", "primary", "sandbox")),
    ]
    low = {
        (a, b): round(contrast(tokens[a], tokens[b]), 1)
        for a, b in pairs
        if contrast(tokens[a], tokens[b]) < 4.5
    }
    assert low == {}
    assert contrast(tokens["line"], tokens["sheet"]) >= 3, "the border of a field"
    assert contrast(tokens["focus"], tokens["focus-halo"]) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
