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
    "fg-vraag-5": "/fg/vragen/vraag-5",
    "fg-vraag-20": "/fg/vragen/vraag-20",
    "fg-afspraken": "/fg/afspraken",
    "fg-partners": "/fg/partners",
    "fg-perioden": "/fg/perioden",
    "fg-voorstellen": "/fg/voorstellen",
}


def test_every_page_of_the_fg_can_be_read(kijker: Kijker) -> None:
    kijker.sign_in(WHO)
    assert kijker.page.url.endswith("/fg")
    for name, path in PAGES.items():
        kijker.go(path)
        kijker.looks_right(name)


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder"])
def test_from_a_month_to_a_name(request: pytest.FixtureRequest, *, script: bool) -> None:
    """A partner in a month, what he got, one exchange as a picture with numbers, and whom it was about."""
    kijker: Kijker = request.getfixturevalue("kijker" if script else "zonder_script")
    kijker.sign_in(WHO)
    page = kijker.page
    kijker.click(page.get_by_role("navigation").get_by_role("link", name="Maanden"))
    kijker.click(page.get_by_role("table").get_by_role("link").first)
    if script:
        kijker.looks_right("fg-periode")
    kijker.click(page.get_by_role("table").get_by_role("link", name="Jeugdhulp De Bedachte Brug"))
    if script:
        kijker.looks_right("fg-partner")
    kijker.click(page.get_by_role("link", name="Bekijk wat deze partner kreeg"))
    kijker.click(page.get_by_role("table").get_by_role("link").first)
    assert page.get_by_role("img", name="Van deze uitwisseling").count() >= 1
    if script:
        kijker.looks_right("fg-uitwisseling-beeld")
    page.get_by_text("Toon hoe de organisatie de leerling noemt").click()
    page.get_by_label("Een klacht").check()
    kijker.click(page.get_by_role("button", name="Toon de naam"))
    assert "Dat u keek, staat in de verantwoording." in page.inner_text("main")
    if script:
        kijker.looks_right("fg-uitwisseling-naam")
    kijker.go("/fg/gelezen")
    assert "klacht" in page.inner_text("main")


def test_with_the_keyboard_alone(kijker: Kijker) -> None:
    """From the exceptions to a question, its table, and what he says of the account."""
    kijker.sign_in(WHO)
    page = kijker.page
    kijker.tab_to("Naar de inhoud", most=1)
    kijker.go("/fg")
    kijker.tab_to("Vragen")
    kijker.enter()
    kijker.tab_to("Welke velden kreeg een ontvanger in deze periode, over alle leerlingen samen?")
    kijker.enter()
    assert "Welke velden kreeg een ontvanger" in page.inner_text("h1")
    kijker.tab_to("Nakijken")
    kijker.enter()
    kijker.tab_to("Leg vast dat ik tot hier keek")
    kijker.enter()
    assert "Tot hier keek u de verantwoording na." in page.inner_text("main")


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
