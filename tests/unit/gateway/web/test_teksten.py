"""The texts of the pages, and the command that looks at them."""

from pathlib import Path

import pytest

from tests.teksten import MOST, Zin, everything, of_template, wrong


def test_every_text_of_the_pages_is_short_and_without_words_that_nobody_knows() -> None:
    found = everything()
    assert len(found) > 50
    assert wrong(found) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("fg/a.html", "woord " * (MOST + 1)),
        ("fg/a.html", "Kijk in het ledger."),
        ("fg/a.html", "Dit is PERMIT."),
        ("fg/a.html", "Helaas gaat dit niet."),
        ("mijn/a.html", "Het is conform de wet."),
        ("mijn/a.html", "Dit is een zin van veertien woorden en dat is te lang voor ouders."),
        (
            "fg/a.html",
            "Dit is een zin " + "van veel woorden " * 6,
        ),
    ],
)
def test_it_finds_what_is_too_long_or_too_hard(file: str, text: str) -> None:
    assert wrong([Zin(file, text)]) != []


@pytest.mark.parametrize("text", ["Het is conform de wet.", "Hij permitteert zich dat.", "Wat ging er mee?"])
def test_it_lets_pass_what_can_be_read(text: str) -> None:
    assert wrong([Zin("fg/a.html", text)]) == []


def test_it_reads_what_a_template_says_and_not_how_it_is_made() -> None:
    source = (
        '{% import "bouw.html" as m %}<p class="utrecht-paragraph lang">'
        'Eén zin <a href="/fg">met {{ x.y }}</a>.'
        " En nog een!</p>{{ m.leeg('Niets wacht op u', 'Wilt u delen?', ('Deel iets', '/ib/nieuw')) }}"
    )
    assert sorted(of_template(source)) == [
        "Deel iets",
        "En nog een!",
        "Eén zin met iets .",
        "Niets wacht op u",
        "Wilt u delen?",
    ]


def test_it_reads_a_catalogue_too(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[a]\nb = ["Kijk in de payload.", "Goed."]\n', encoding="utf-8")
    (line,) = wrong(everything(tmp_path))
    assert "payload" in line
