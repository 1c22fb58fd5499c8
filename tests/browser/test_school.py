"""School and recipient in a real browser: a question that waits, and a row that gets a word back."""

from __future__ import annotations

import re

import pytest

from tests.browser.kijker import Kijker

IB, ONTVANGER = "Iris Verzonnen", "Bram Bedacht"
EMPTY = {
    "ib-leerlingen": "/ib/leerlingen",
    "ib-nieuw": "/ib/leerlingen/nieuw",
    "ib-concepten": "/ib/berichten",
    "ib-zaken": "/ib/zaken",
    "ib-zomer": "/ib/zomer",
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder"])
def test_a_school_asks_for_help_and_then_for_toestemming(
    request: pytest.FixtureRequest, *, script: bool
) -> None:
    kijker: Kijker = request.getfixturevalue("kijker" if script else "zonder_script")
    page, number = kijker.page, f"LL-{'met' if script else 'zonder'}"
    kijker.sign_in(IB)
    for name, path in EMPTY.items() if script else ():
        kijker.go(path)
        kijker.looks_right(name)
    kijker.go("/ib/leerlingen/nieuw")
    kijker.click(page.get_by_role("button", name="Voeg toe"))
    assert page.title().startswith("Fout: ")
    for label, text in (
        ("Roepnaam", "Noor"),
        ("Achternaam", "Verzonnen"),
        ("Nummer van de leerling", number),
        ("Geboortedatum", "2017-03-14"),
        ("Wanneer keek u dat na?", "2026-11-02"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Twee ouders samen").check()
    page.get_by_label("Het gezagsregister").check()
    kijker.click(page.get_by_role("button", name="Voeg toe"))
    kijker.looks_right("ib-leerling")
    kijker.click(page.get_by_role("link", name="Deel iets"))
    page.get_by_label("Hulpvraag").check()
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.looks_right("ib-naar")
    page.locator("input[name=weg]").first.check()
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.click(page.get_by_role("button", name="Verder", exact=True).last)
    kijker.looks_right("ib-invullen-fout")
    page.locator("#vraag").fill("Wat helpt Noor om rustig te beginnen?")
    page.locator("#urgentie").select_option("gewoon")
    page.locator("[id='contactpersoon.telefoon']").fill("000-0000000")
    kijker.click(page.get_by_role("button", name="Verder", exact=True).last)
    kijker.looks_right("ib-nakijken")
    kijker.click(page.get_by_role("button", name="Ik heb mijn tekst nagelezen"))
    kijker.click(page.get_by_role("button", name=re.compile("Zet klaar|Verstuur")))
    assert "Verstuurd." in page.inner_text("main")
    kijker.looks_right("ib-lijst")
    kijker.click(page.get_by_role("link", name=re.compile("Vraag toestemming")).last)
    kijker.looks_right("ib-gesprek")
    talk = page.url
    for link, name in (("Print", "ib-print"), ("Print voor een kind", "ib-print-kind")):
        kijker.click(page.get_by_role("link", name=link, exact=True).first)
        kijker.looks_right(name)
        page.goto(talk)
    the_screen_goes_round(kijker, talk)
    kijker.go("/ib/papier")
    kijker.looks_right("ib-papier")


def the_screen_goes_round(kijker: Kijker, talk: str) -> None:
    """Given, filled in, and given back; what was typed or gone back to meanwhile shows nothing."""
    page = kijker.page
    kijker.click(page.get_by_role("button", name="Geef het scherm").first)
    kijker.looks_right("tafel")
    kijker.click(page.get_by_role("button", name="Leg mijn keuzes vast"))
    kijker.looks_right("tafel-fout")
    page.goto(talk)  # whatever is typed: nobody of the school is signed in here
    assert "/ib/" not in page.url
    kijker.go("/tafel")
    for part in page.locator("input[name^='mag.'][value=ja]").all():
        part.check()
    page.locator("input[name=gelezen][value=ja]").check()
    page.get_by_label("Naam").fill("Mira Voorbeeld")
    kijker.click(page.get_by_role("button", name="Leg mijn keuzes vast"))
    kijker.looks_right("tafel-klaar")
    page.go_back()
    assert "Mag dit worden gedeeld" not in page.inner_text("main"), "the back button shows nothing"
    kijker.sign_in(IB)
    kijker.click(page.get_by_role("link", name=re.compile("Vraag toestemming")).last)
    kijker.click(page.get_by_role("button", name="Versie voor een kind").first)
    kijker.looks_right("tafel-kind")
    kijker.click(page.get_by_role("button", name="Klaar met lezen"))
    kijker.sign_in(IB)


def test_a_recipient_opens_keeps_and_signs_without_a_script(zonder_script: Kijker) -> None:
    kijker, page = zonder_script, zonder_script.page
    kijker.sign_in(ONTVANGER)
    kijker.looks_right("postvak")
    kijker.click(page.get_by_role("link", name=re.compile("^Bekijk")).first)
    kijker.looks_right("postvak-dicht")
    kijker.click(page.get_by_role("button", name="Open"))
    kijker.looks_right("postvak-open")
    here = page.url
    kijker.click(page.get_by_role("button", name="Geef terug aan school"))
    kijker.looks_right("postvak-fout")
    page.goto(here)
    kijker.click(page.get_by_role("button", name="Teken voor ontvangst"))
    assert "Onze kopie is vernietigd." in page.inner_text("main")
    page.get_by_label("De hulp is gestart.").check()
    kijker.click(page.get_by_role("button", name="Geef terug aan school"))
    assert re.search(r"De school kan het lezen\.|Bewaard\.", page.inner_text("main"))
    kijker.looks_right("postvak-getekend")


def test_the_postvak_holds_axe_and_goes_by_keyboard(kijker: Kijker) -> None:
    kijker.sign_in(ONTVANGER)
    kijker.looks_right("postvak")
    for text, name in (("Intrekkingen", "postvak-intrekkingen"), ("Taken", "postvak-taken")):
        kijker.tab_to(text)
        kijker.enter()
        kijker.looks_right(name)
