"""The building blocks in a real browser: seen, held to axe, used with the keyboard and without script."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from tests.browser.kijker import Kijker

PAGES = {
    "start": "/",
    "aanmelden": "/aanmelden",
    "niets": "/er-is-hier-niets",
    "bouwstenen": "/proef/bouwstenen",
    "bouwstenen-gedaan": "/proef/bouwstenen?gedaan=vastgelegd",
    "bouwstenen-grafieken": "/proef/bouwstenen/grafieken",
    "bouwstenen-fouten": "/proef/bouwstenen/fouten",
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_the_page(kijker: Kijker, name: str) -> None:
    kijker.go(PAGES[name])
    kijker.looks_right(name)


def test_a_form_is_filled_in_with_the_keyboard_alone(kijker: Kijker) -> None:
    kijker.go("/proef/bouwstenen/fouten")
    assert kijker.page.evaluate("document.activeElement.id") == "fouten"
    kijker.tab_to("Vul ook een achternaam in.")
    kijker.press("Enter")
    assert kijker.page.evaluate("document.activeElement.id") == "naam"
    kijker.press("End")
    kijker.type(" Voorbeeld")
    kijker.tab_to("Ja")
    kijker.press("ArrowRight")  # within a group of choices one moves with the arrows
    assert kijker.page.get_by_label("Nee", exact=True).is_checked()
    kijker.tab_to("Bekijk mijn keuzes")
    kijker.enter()
    assert "Uw keuzes zijn vastgelegd." in kijker.page.inner_text("main")


def test_a_form_needs_no_script(zonder_script: Kijker) -> None:
    page = zonder_script.page
    zonder_script.go("/proef/bouwstenen/fouten")
    page.get_by_label("Uw naam").fill("")
    zonder_script.click(page.get_by_role("button", name="Bekijk mijn keuzes"))
    zonder_script.looks_right("bouwstenen-fouten-verstuurd")
    assert page.title().startswith("Fout: ")
    page.get_by_label("Uw naam").fill("Mira")
    page.get_by_label("Nee", exact=True).check()
    zonder_script.click(page.get_by_role("button", name="Bekijk mijn keuzes"))
    assert "Uw keuzes zijn vastgelegd." in page.inner_text("main")


def test_the_first_tab_leads_past_the_head_of_the_page(kijker: Kijker) -> None:
    kijker.go("/proef/bouwstenen")
    kijker.tab_to("Naar de inhoud", most=1)
    kijker.press("Enter")
    assert kijker.page.evaluate("document.activeElement.id") == "inhoud"


def test_a_printed_page_says_everything_and_has_no_buttons(kijker: Kijker) -> None:
    """Folded parts are open, what can only be clicked is gone, and every sheet of a sandbox says so."""
    kijker.go("/proef/bouwstenen")
    printed = pypdf.PdfReader(io.BytesIO(kijker.page.pdf(format="A4", prefer_css_page_size=True)))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in printed.pages))
    assert "Niet nodig voor dit doel." in text, "a folded part"
    assert "Tweede ouder zei ja." in text
    assert "Gemaakt op" in text
    assert f"blad 1 van {len(printed.pages)}" in text
    for button in ("Leg vast", "Stop met delen", "Toon", "Naar de inhoud", "Volgende"):
        assert button not in text
    assert all("PROEF" in page.extract_text() for page in printed.pages)


def test_whoever_sets_colours_of_his_own_still_sees_where_he_is(kijker: Kijker) -> None:
    for media in ({"forced_colors": "active"}, {"contrast": "more"}):
        kijker.page.emulate_media(**media)  # type: ignore[arg-type]
        kijker.go("/proef/bouwstenen/fouten")
        kijker.looks_right(f"bouwstenen-fouten-{'-'.join(media)}")


def test_the_way_in_can_be_read_by_everybody(kijker: Kijker) -> None:
    """The invented people of a sandbox, and what somebody finds who has no role yet."""
    kijker.go("/aanmelden")
    link = kijker.page.locator("main a[href^='/aanmelden/bij/']")
    if link.count():
        kijker.click(link.first)
    kijker.looks_right("aanmelden-mensen")
    kijker.click(kijker.page.get_by_role("button", name=re.compile("^Zeno Zonder")).first)
    kijker.looks_right("aanmelden-zonder-rol")
