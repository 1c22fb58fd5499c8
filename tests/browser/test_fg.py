"""The FG in a real browser: every page looked at, and the way from a login to a sample that is judged."""

from __future__ import annotations

import pytest

from tests.browser.kijker import Kijker

WHO = "Femke Gegevens"
PAGES = {
    "fg": "/fg",
    "fg-vragen": "/fg/vragen",
    "fg-vraag-2": "/fg/vragen/vraag-2",
    "fg-vraag-4": "/fg/vragen/vraag-4",
    "fg-vraag-7": "/fg/vragen/vraag-7",
    "fg-vraag-14": "/fg/vragen/vraag-14",
    "fg-leveringen": "/fg/leveringen",
    "fg-leerling": "/fg/leerlingen",
    "fg-profielen": "/fg/profielen",
    "fg-afwegingen": "/fg/afwegingen",
    "fg-steekproeven": "/fg/steekproeven",
    "fg-nakijken": "/fg/nakijken",
    "fg-bewijspakketten": "/fg/bewijspakketten",
    "fg-gelezen": "/fg/gelezen",
}


def test_every_page_of_the_fg_can_be_read(kijker: Kijker) -> None:
    kijker.sign_in(WHO)
    assert kijker.page.url.endswith("/fg")
    for name, path in PAGES.items():
        kijker.go(path)
        kijker.looks_right(name)


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder"])
def test_a_sample_is_drawn_and_its_first_case_judged(request: pytest.FixtureRequest, *, script: bool) -> None:
    kijker: Kijker = request.getfixturevalue("kijker" if script else "zonder_script")
    kijker.sign_in(WHO)
    page = kijker.page
    kijker.click(page.get_by_role("link", name="Steekproeven"))
    kijker.click(page.get_by_role("button", name="Trek de steekproef"))
    assert page.title().startswith("Fout: ")
    kijker.looks_right("fg-steekproeven-fout")
    page.get_by_label("Organisatie").select_option(index=1)
    page.get_by_label("Vanaf").fill("2026-01-01")
    page.get_by_label("Tot (deze dag telt niet mee)").fill("2027-12-31")
    page.get_by_label("Zaad").fill(f"proef-{'met' if script else 'zonder'}")
    kijker.click(page.get_by_role("button", name="Trek de steekproef"))
    assert "De steekproef is getrokken." in page.inner_text("main")
    kijker.looks_right("fg-steekproef")
    for group in page.get_by_role("group").all():
        group.get_by_label("Ja").check()
    kijker.click(page.get_by_role("button", name="Leg vast en bekijk de volgende"))
    assert "Uw oordeel is vastgelegd." in page.inner_text("main")
    kijker.looks_right("fg-steekproef-bekeken")
    kijker.click(page.get_by_role("table").get_by_role("link").first)
    kijker.looks_right("fg-uitwisseling")
    kijker.click(page.get_by_role("link", name="Beslis opnieuw"))
    kijker.looks_right("fg-opnieuw")
