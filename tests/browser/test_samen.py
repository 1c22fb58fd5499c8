"""A zaak and its overleg in a real browser: the school calls, the aanbieder answers, the school records."""

from __future__ import annotations

import datetime as dt
import re

from tests.browser.kijker import Kijker
from tests.browser.test_school import IB, ONTVANGER


def leerling(kijker: Kijker, name: str) -> None:
    """A new leerling of the school, by the form that is there for it."""
    page = kijker.page
    kijker.go("/ib/leerlingen/nieuw")
    for label, text in (
        ("Roepnaam", name),
        ("Achternaam", "Verzonnen"),
        ("Nummer van de leerling", f"LL-{name}"),
        ("Geboortedatum", "2017-03-14"),
        ("Wanneer keek u dat na?", "2026-11-02"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Twee ouders samen").check()
    page.get_by_label("Het gezagsregister").check()
    kijker.click(page.get_by_role("button", name="Voeg toe"))


def stap(kijker: Kijker, link: str) -> None:
    kijker.click(kijker.page.get_by_role("link", name=link).first)


def kies(kijker: Kijker, field: str, text: str) -> None:
    """The first option of a list that begins so."""
    options = kijker.page.locator(f"#{field} option").all_inner_texts()
    kijker.page.locator(f"#{field}").select_option(label=next(o for o in options if text in o))


AANBIEDER = "Bedachte Brug, jeugdhulpverlener"


def opens(kijker: Kijker, name: str) -> None:
    """The school opens a zaak about a leerling, with the aanbieder as partner and one action."""
    page = kijker.page
    leerling(kijker, name)
    kijker.go("/ib/zaken")
    stap(kijker, "Open een zaak")
    kijker.click(page.get_by_role("button", name="Open de zaak"))
    kijker.looks_right("zaak-nieuw-fout")
    kies(kijker, "leerling", name)
    kies(kijker, "functie", "Intern begeleider")
    kies(kijker, "wettelijkeTaak", "Passend onderwijs")
    page.get_by_label("De leerling sterker maken op zijn eigen plek").check()
    page.locator("#herzienOp").fill("2027-03-01")
    kijker.click(page.get_by_role("button", name="Open de zaak"))
    stap(kijker, "Haal iemand erbij")
    kijker.looks_right("zaak-partner")
    kies(kijker, "partijfunctie", AANBIEDER)
    kies(kijker, "wettelijkeTaak", "Jeugdhulp")
    page.get_by_label("Waar school en leerling aan werken").check()
    kijker.click(page.get_by_role("button", name="Haal erbij"))
    assert "De partner doet mee." in page.inner_text("main")
    stap(kijker, "Spreek een actie af")
    kies(kijker, "code", "Gesprek met ouders")
    page.locator("#eigenaar").check()
    page.locator("#uiterlijk").fill("2027-01-15")
    kijker.click(page.get_by_role("button", name="Leg de actie vast"))
    kijker.looks_right("zaak")


def calls(kijker: Kijker) -> str:
    """From the zaak: an overleg with the aanbieder. Its address."""
    page = kijker.page
    stap(kijker, "Roep een overleg bijeen")
    kijker.looks_right("overleg-nieuw")
    kies(kijker, "overlegsoort", "Zorg- en adviesteam")
    page.locator("#datum").fill("2027-01-20")
    kies(kijker, "doel", "Hulp van school")
    kies(kijker, "functie", "Intern begeleider")
    kies(kijker, "wettelijkeTaak", "Passend onderwijs")
    kijker.click(page.get_by_role("button", name="Roep bijeen"))
    stap(kijker, "Nodig iemand uit")
    kies(kijker, "partijfunctie", AANBIEDER)
    kies(kijker, "wettelijkeTaak", "Jeugdhulp")
    page.get_by_label("Waar school en leerling aan werken").check()
    kijker.click(page.get_by_role("button", name="Nodig uit"))
    kijker.looks_right("overleg")
    return page.url.partition("?")[0]


def test_a_school_calls_an_overleg_and_who_is_asked_answers_without_a_script(zonder_script: Kijker) -> None:
    kijker, page = zonder_script, zonder_script.page
    kijker.sign_in(IB)
    opens(kijker, "Bo")
    table = calls(kijker)
    kijker.click(page.get_by_role("button", name="Log uit"))
    kijker.sign_in(ONTVANGER)
    kijker.go("/postvak/zaken")
    kijker.looks_right("postvak-zaken")
    kijker.click(page.get_by_role("link", name=re.compile("^Overleg ")).last)
    stap(kijker, "Geef antwoord")
    kijker.looks_right("overleg-antwoord")
    page.get_by_label("Ja, wij komen").check()
    kijker.click(page.get_by_role("button", name="Geef antwoord"))
    kijker.looks_right("overleg-genodigd")
    assert "U zei dat u komt." in page.inner_text("main")
    kijker.click(page.get_by_role("button", name="Log uit"))
    kijker.sign_in(IB)
    page.goto(table)
    stap(kijker, "Schrijf het verslag")
    kijker.looks_right("overleg-verslag")
    kijker.click(page.get_by_role("button", name="Leg het verslag vast").last)
    assert page.title().startswith("Fout: ")


def test_every_page_of_a_zaak_holds_axe(kijker: Kijker) -> None:
    page = kijker.page
    kijker.sign_in(IB)
    opens(kijker, "Zoë")
    zaak = page.url.partition("?")[0]
    for link, picture in (("Houd het plan tegen", "zaak-toetsing"), ("Kijk terug", "zaak-evaluatie")):
        stap(kijker, link)
        kijker.looks_right(picture)
        page.goto(zaak)
    stap(kijker, "Spreek een actie af")
    kijker.looks_right("zaak-actie")
    page.goto(zaak)
    calls(kijker)
    stap(kijker, "Schrijf het verslag")
    kijker.looks_right("overleg-verslag")


NOOD = (
    *("zorg", "toestemmingGevraagd", "schadeZonderDelen", "doelmatigheid"),
    *("subsidiariteit", "proportionaliteit", "nietGedeeld", "visieLeerling"),
)


def test_a_weighing_is_written_by_one_in_four_pages(kijker: Kijker) -> None:
    """Up to where a second person must look, who signs in himself (tests/flow/test_nood.py)."""
    page = kijker.page
    kijker.sign_in(IB)
    leerling(kijker, "Ida")
    kijker.go("/ib/nood")
    kijker.looks_right("nood")
    stap(kijker, "Begin een afweging")
    kies(kijker, "leerling", "Ida")
    kies(kijker, "ontvanger", "Bedachte Brug")
    page.locator("#persoon").fill("B. Verzonnen")
    kijker.looks_right("nood-nieuw")
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.looks_right("nood-vragen-fout")
    page.get_by_label("Veiligheid thuis").check()
    for naam in NOOD:
        page.locator(f"#{naam}").fill("Verzonnen antwoord.")
    kies(kijker, "functie", "Intern begeleider")
    page.get_by_label("Nadat u deelde").check()
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=5)
    page.locator("#op").fill(soon.isoformat())
    page.get_by_label("24 uur", exact=True).check()
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.looks_right("nood-velden")
    page.locator("main input[type=text]").first.fill("Om te kunnen bellen.")
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.looks_right("nood-nakijken")
    kijker.click(page.get_by_role("button", name="Leg de afweging vast"))
    kijker.looks_right("nood-afweging")
    assert "Vraag een collega" in page.inner_text("main")


def test_a_plan_in_full_is_written_one_part_on_a_page(kijker: Kijker) -> None:
    page = kijker.page
    kijker.sign_in(IB)
    leerling(kijker, "Lot")
    kijker.click(page.get_by_role("link", name="Deel iets"))
    page.get_by_label("Ontwikkelingsperspectief").check()
    kijker.click(page.get_by_role("button", name="Verder"))
    page.locator("input[name=weg]").first.check()
    kijker.click(page.get_by_role("button", name="Verder"))
    kijker.looks_right("opp-delen")
    for deel, name in (
        ("Plan", "opp-plan"),
        ("Hoorrecht", "opp-hoorrecht"),
        ("Perspectief", "opp-perspectief"),
    ):
        kijker.click(page.get_by_role("link", name=re.compile(f"^{deel}")).first)
        kijker.looks_right(name)
        kijker.click(page.get_by_role("link", name="Naar alle delen"))
    kijker.click(page.get_by_role("link", name="Kijk uw antwoorden na"))
    kijker.looks_right("opp-nakijken")
    kijker.go("/toegankelijkheid")
    kijker.looks_right("toegankelijkheid")
