"""The family in a real browser: the code, signing in, choosing with the keyboard alone, and stopping.

In this order: what is asked is answered after it, and once an ouder stops, nothing is left to ask of the
leerling.
"""

from __future__ import annotations

import re

from tests.browser.kijker import Kijker


def test_somebody_types_his_code(kijker: Kijker) -> None:
    kijker.go("/uitnodiging")
    kijker.looks_right("uitnodiging")
    kijker.tab_to("Code")
    kijker.type("K7PM-4RTX-9WHD")
    kijker.tab_to("Ga verder")
    kijker.enter()
    assert "Deze code klopt niet." in kijker.page.inner_text("main")
    kijker.looks_right("uitnodiging-fout")


def test_a_school_makes_a_letter_and_the_code_opens_it(kijker: Kijker) -> None:
    kijker.sign_in("Iris Verzonnen")
    kijker.go("/ib/leerlingen")
    ref = re.findall(r"/ib/leerlingen/([0-9a-f]{32})", kijker.page.content())[0]
    kijker.go(f"/ib/uitnodigen/{ref}")
    kijker.looks_right("uitnodigen")
    kijker.click(kijker.page.get_by_role("button", name="Maak de brief").first)
    kijker.looks_right("uitnodigen-brief")
    code = kijker.page.locator(".ozlijn-code").inner_text()
    assert code not in kijker.page.url
    kijker.go("/uitnodiging")
    kijker.page.get_by_label("Code").fill(code)
    kijker.click(kijker.page.get_by_role("button", name="Ga verder"))
    assert kijker.page.url.endswith("/uitnodiging/bekijk")
    kijker.looks_right("uitnodiging-bekijk")


def test_a_leerling_chooses_without_script(zonder_script: Kijker) -> None:
    here = zonder_script
    here.sign_in("Lot Leerling")
    here.click(here.page.get_by_role("link", name="Lees en kies").first)
    here.looks_right("mijn-delen-leerling")
    here.click(here.page.get_by_role("link", name="Grote letters"))
    here.looks_right("mijn-delen-groot")
    for group in here.page.get_by_role("group").all():
        group.get_by_label("Ja").first.check()
    here.click(here.page.get_by_role("button", name="Leg mijn keuzes vast"))
    assert "Je keuzes zijn vastgelegd." in here.page.inner_text("main")
    here.looks_right("mijn-keuzes-leerling")


def test_an_ouder_chooses_with_the_keyboard_alone_and_stops(kijker: Kijker) -> None:
    kijker.sign_in("Olga Ouder")
    kijker.looks_right("mijn")
    kijker.tab_to("Lees en kies")
    kijker.enter()
    kijker.looks_right("mijn-delen")
    kijker.tab_to("Leg mijn keuzes vast")
    kijker.enter()
    assert "U koos nog niets." in kijker.page.inner_text("main")
    kijker.looks_right("mijn-delen-fout")
    for group in kijker.page.get_by_role("group").all():
        group.get_by_label("Ja").first.check()
    kijker.tab_to("Leg mijn keuzes vast")
    kijker.enter()
    assert "Uw keuzes zijn vastgelegd." in kijker.page.inner_text("main")
    kijker.looks_right("mijn-keuzes")
    kijker.tab_to("Stop met delen met Jeugdhulp De Bedachte Brug")
    kijker.enter()
    assert "U stopte." in kijker.page.inner_text("main")
    kijker.go("/mijn/tijdlijn")
    kijker.looks_right("mijn-tijdlijn")


def test_an_ouder_keeps_his_proofs_and_asks_for_inzage_with_the_keyboard_alone(kijker: Kijker) -> None:
    kijker.sign_in("Olga Ouder")
    kijker.tab_to("Bewijzen bewaren")
    kijker.enter()
    kijker.looks_right("mijn-bewijzen")
    kijker.click(kijker.page.get_by_role("link", name="Lees het bewijs").first)
    kijker.looks_right("mijn-bewijs")
    with kijker.page.expect_download() as got:
        kijker.page.get_by_role("link", name="Download PDF").click()
    assert got.value.suggested_filename == "bewijs.pdf"
    kijker.go("/mijn/vragen")
    kijker.looks_right("mijn-vragen")
    kijker.tab_to("Stel een vraag")
    kijker.enter()
    kijker.tab_to("Verstuur")
    kijker.enter()
    kijker.looks_right("mijn-vraag-fout")
    kijker.tab_to("Laat mij zien wat er over mijn kind en mij is vastgelegd")
    kijker.press("Space")
    kijker.tab_to("Waar gaat het om?")
    kijker.type("Wat staat er in het dossier?")
    kijker.tab_to("Verstuur")
    kijker.enter()
    assert "Uw vraag is verstuurd." in kijker.page.inner_text("main")
    kijker.looks_right("mijn-vraag")
    kijker.go("/mijn/brieven")
    kijker.looks_right("mijn-brieven")
    kijker.go("/mijn/alles")
    kijker.looks_right("mijn-alles")
    with kijker.page.expect_download() as file:
        kijker.page.get_by_role("button", name="Download alles").click()
    assert file.value.suggested_filename == "alles.zip"


def test_the_school_answers_without_script(zonder_script: Kijker) -> None:
    here = zonder_script
    here.sign_in("Iris Verzonnen")
    here.go("/ib")
    path = here.page.locator("a[href^='/ib/verzoeken/']").first.get_attribute("href")
    assert path
    here.go(path)
    here.looks_right("ib-verzoek")
    here.page.get_by_label("Een deel").check()
    here.page.get_by_label("Wat leest de vrager?").fill("De kopie ligt klaar bij de balie.")
    here.click(here.page.get_by_role("button", name="Verstuur het antwoord"))
    assert "Beantwoord." in here.page.inner_text("main")
    here.looks_right("ib-verzoek-beantwoord")


def test_who_has_no_role_and_who_leaves_read_what_to_do(kijker: Kijker) -> None:
    kijker.sign_in("Zeno Zonder")
    assert "nog geen rol" in kijker.page.inner_text("main")
    kijker.looks_right("geen-rol")
    kijker.click(kijker.page.get_by_role("button", name="Log uit").first)
    assert "U bent uitgelogd" in kijker.page.inner_text("main")
    kijker.looks_right("afgemeld")
