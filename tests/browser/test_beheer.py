"""The operator in a real browser: from the login to a register that was applied, and every page looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.kijker import Kijker

WHO = "Bea Heer"
PAGES = {
    "beheer": "/beheer",
    "beheer-werk": "/beheer/werk",
    "beheer-leveringen": "/beheer/leveringen",
    "beheer-leveringen-leeg": "/beheer/leveringen?status=mislukt",
    "beheer-herhalen": "/beheer/leveringen/herhalen",
    "beheer-partijen": "/beheer/partijen",
    "beheer-sleutels": "/beheer/sleutels",
    "beheer-afspraken": "/beheer/afspraken",
    "beheer-voorstel": "/beheer/register/voorstel",
}
TOML = """
[[partijen]]
id = "agb:99999909"
soort = "jeugdhulpaanbieder"
naam = "Nieuw (fictief)"
agb = "99999909"
"""


def test_every_page_of_the_operator_can_be_read(kijker: Kijker) -> None:
    kijker.sign_in(WHO)
    assert kijker.page.url.endswith("/beheer")
    for name, path in PAGES.items():
        kijker.go(path)
        kijker.looks_right(name)
        text = kijker.page.inner_text("main")
        assert "Verzonnen Vlieger" not in text
        assert "Bedachte Brug" not in text


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder"])
def test_a_register_is_looked_at_before_it_is_applied(
    request: pytest.FixtureRequest, tmp_path: Path, *, script: bool
) -> None:
    """It is not applied here, because the other tests need the partijen that are in it."""
    kijker: Kijker = request.getfixturevalue("kijker" if script else "zonder_script")
    kijker.sign_in(WHO)
    page = kijker.page
    kijker.click(page.get_by_role("link", name="Register"))
    kijker.click(page.get_by_role("button", name="Bekijk wat er verandert"))
    assert page.title().startswith("Fout: ")
    kijker.looks_right("beheer-voorstel-fout")
    file = tmp_path / "partijen.toml"
    file.write_text(TOML, encoding="utf-8")
    page.get_by_label("Bestanden").set_input_files(file)
    kijker.click(page.get_by_role("button", name="Bekijk wat er verandert"))
    assert "agb:99999909" in page.inner_text("main")
    kijker.looks_right("beheer-verschil")
    kijker.click(page.get_by_role("button", name="Pas toe"))
    assert "Er verdwijnt iets uit het register." in page.inner_text("main")
    kijker.looks_right("beheer-verschil-fout")


def test_the_operator_finds_his_way_with_the_keyboard_alone(kijker: Kijker) -> None:
    kijker.sign_in(WHO)
    kijker.tab_to("Leveringen")
    kijker.enter()
    kijker.tab_to("Stand")
    kijker.press("ArrowDown")
    kijker.tab_to("Toon")
    kijker.enter()
    assert "status=mislukt" in kijker.page.url
    kijker.tab_to("Toestand")
    kijker.enter()
    kijker.tab_to("Log uit")
    kijker.enter()
    assert "/beheer" not in kijker.page.url
