"""Every finding of `ozlijn doctor`: how grave it is, why it matters and what to do.

The page docs/nakijken.md shows the same table; a test holds the two together. What was found (a path, a
number, a version) stands in the finding itself. No text here or there holds a secret or a value of a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ernst(StrEnum):
    FOUT = "fout"
    """What is stored or kept secret is in danger, or the gateway will not run."""
    WAARSCHUWING = "waarschuwing"
    """It runs, and is weaker than it should be."""
    TIP = "tip"


@dataclass(frozen=True, slots=True)
class Soort:
    ernst: Ernst
    waarom: str
    doen: str


@dataclass(frozen=True, slots=True)
class Bevinding:
    code: str
    wat: str

    @property
    def soort(self) -> Soort:
        return SOORTEN[self.code]

    def members(self) -> dict[str, str]:
        soort = self.soort
        return {
            "code": self.code,
            "ernst": soort.ernst.value,
            "wat": self.wat,
            "waarom": soort.waarom,
            "doen": soort.doen,
        }


def _fout(waarom: str, doen: str) -> Soort:
    return Soort(Ernst.FOUT, waarom, doen)


def _let_op(waarom: str, doen: str) -> Soort:
    return Soort(Ernst.WAARSCHUWING, waarom, doen)


def _tip(waarom: str, doen: str) -> Soort:
    return Soort(Ernst.TIP, waarom, doen)


SOORTEN: Final[dict[str, Soort]] = {
    # ── instellingen en bestanden
    "instellingen.fout": _fout(
        "Zonder geldige instellingen start de gateway niet.",
        "Zet recht wat er staat; deploy/ozlijn.toml noemt elke instelling.",
    ),
    "instellingen.open": _fout(
        "Wie het instellingenbestand kan wijzigen, bepaalt met welke database en sleutels de gateway werkt.",
        "Draai chmod 600 op het bestand, en een map die alleen van de gateway is.",
    ),
    "instellingen.wachtwoord": _let_op(
        "Een wachtwoord in de instellingen komt mee in elke kopie ervan.",
        "Zet het in een eigen bestand en verwijs ernaar met passfile= in het adres.",
    ),
    "bestand.open": _fout(
        "Anderen op deze computer kunnen de database lezen of wijzigen.",
        "Draai chmod 600 op het bestand, 700 op de map.",
    ),
    "map.schrijfbaar": _fout(
        "Wie in de map mag schrijven, kan het bestand door een ander vervangen.",
        "Draai chmod go-w op de map.",
    ),
    "eigenaar.anders": _let_op(
        "De gateway kan er niet bij, of een ander dan de gateway kan de rechten ruimer zetten.",
        "Draai chown naar de gebruiker van de gateway.",
    ),
    # ── sleutels
    "sleutels.onbruikbaar": _fout(
        "Zonder alle vier de sleutels start de gateway niet, en is wat is opgeslagen niet te openen.",
        "Zet de sleutels terug uit de veilige kopie. Maak geen nieuwe bij een bestaande database.",
    ),
    "sleutels.open": _fout(
        "Wie de sleutels leest, opent met de database elk dossier en kan uit naam van de gateway tekenen.",
        "Draai chmod 700 op de map, 600 op elk bestand. Konden anderen erbij, zie deploy/README.md, Keys.",
    ),
    "sleutels.in_checkout": _fout(
        "Wie de programmatuur bijwerkt, kopieert of deelt, neemt de sleutels mee.",
        "Verplaats de map naar een plek buiten de programmatuur, en noem die in keys.",
    ),
    "sleutels.oud": _tip(
        "Hoe langer een sleutel bestaat, hoe meer kopieën ervan er zijn.",
        "Ga na waar de kopieën liggen. Een opdracht om ze te vervangen is er nog niet.",
    ),
    # ── database
    "database.ontbreekt": _let_op(
        "Er is nog niets om op te slaan.",
        "Draai ozlijn apply (SQLite) of ozlijn migrate (PostgreSQL), of kijk of het adres klopt.",
    ),
    "database.onbereikbaar": _fout(
        "De gateway kan niets vastleggen, en neemt dan niets aan.",
        "Kijk of het adres klopt, of de database draait en of deze gebruiker erbij mag.",
    ),
    "database.schema": _let_op(
        "De database heeft nog het schema van een oudere versie.",
        "Maak een back-up. Op PostgreSQL: ozlijn migrate. Op SQLite doet ozlijn serve het bij de start.",
    ),
    "database.nieuwer": _fout(
        "Een oudere gateway weigert de database van een nieuwere.",
        "Gebruik de nieuwere versie, of zet de database van ervoor terug.",
    ),
    "database.verhuizing": _fout(
        "Een verhuizing is niet af, of dit is het bestand waaruit is verhuisd.",
        "Zie docs/verhuizen.md.",
    ),
    "sqlite.wal_reset": _let_op(
        "Deze SQLite kan een database beschadigen waarin twee verbindingen tegelijk schrijven of opruimen, "
        "zoals de gateway met ozlijn apply ernaast.",
        "Installeer het pakket pysqlite3 (0.6.1 of nieuwer; zie deploy/README.md, Set up), of een SQLite van "
        "3.51.3, 3.50.7 of 3.44.6 af.",
    ),
    "sqlite.geen_wal": _let_op(
        "Zonder WAL wacht wie leest op wie schrijft; de gateway zet het bij de start zelf aan.",
        "Start de gateway één keer op deze database.",
    ),
    "sqlite.netwerkschijf": _fout(
        "Over een netwerkschijf werken de sloten van SQLite niet, en kan de database beschadigd raken.",
        "Zet de database op een lokale schijf, of gebruik PostgreSQL.",
    ),
    "postgres.versie": _fout("De gateway vraagt PostgreSQL 15 of nieuwer.", "Werk de server bij."),
    "postgres.duurzaamheid": _fout(
        "Wat is beantwoord, kan na een storing weg zijn. Dan klopt ook het register waaruit niets kan "
        "verdwijnen niet meer.",
        "Zet fsync, full_page_writes en synchronous_commit aan, en zero_damaged_pages uit.",
    ),
    "postgres.controlegetal": _tip(
        "Zonder controlegetallen valt een schijf die iets anders teruggeeft niet op.",
        "Zet ze aan met pg_checksums --enable, terwijl de server stilstaat.",
    ),
    "postgres.beheerder": _let_op(
        "Met de rechten van een beheerder van de server kan wie inbreekt meer dan de gateway nodig heeft.",
        "Geef de gateway een gebruiker die alleen eigenaar is van haar database.",
    ),
    "postgres.alleen_lezen": _fout(
        "Deze server neemt niets aan: het is een kopie die een andere volgt.",
        "Wijs de eerste server aan in database. Zie docs/schaal.md.",
    ),
    "postgres.zonder_tls": _let_op(
        "Wat over het netwerk gaat, is onderweg te lezen en te wijzigen.",
        "Zet sslmode=verify-full in het adres, met sslrootcert=.",
    ),
    # ── anker
    "anker.ontbreekt": _fout(
        "De verantwoording is ondertekend en het anker is weg: de gateway start niet.",
        "Zie deploy/README.md, Restore.",
    ),
    "anker.onleesbaar": _fout(
        "De gateway kan niet nagaan of de database de nieuwste is.",
        "Kijk of het bestand of de database van het anker er is en of de gateway erbij mag.",
    ),
    "anker.verder": _fout(
        "Het anker kent meer regels dan de database: dit is een oudere database.",
        "Zet de nieuwste terug. Verwijder of verlaag het anker nooit. Zie deploy/README.md, Restore.",
    ),
    "anker.niet_schrijfbaar": _fout(
        "De gateway kan niet onthouden wat zij ondertekent, en stopt dan.",
        "Geef de gebruiker van de gateway schrijfrecht in de map van het anker.",
    ),
    "anker.naast_database": _let_op(
        "Een back-up van die map zet database en anker samen terug. Dat er iets ontbreekt, valt dan niet op.",
        "Zet het anker in een eigen map, buiten de back-up van de database (anchor).",
    ),
    # ── machine
    "klok.achter": _fout(
        "De laatste regel van de verantwoording is van later dan nu: de klok loopt achter.",
        "Zet de klok gelijk (NTP) voordat u de gateway start.",
    ),
    "klok.database": _let_op(
        "De klok van de database en die van deze computer verschillen: termijnen en tokens kloppen niet.",
        "Zet beide gelijk (NTP).",
    ),
    "klok.ongelijk": _let_op(
        "Deze computer zegt dat niets haar klok gelijk houdt. Een client mag een halve minuut verschillen.",
        "Zet NTP aan, bijvoorbeeld met systemd-timesyncd of chrony.",
    ),
    "schijf.vol": _fout(
        "Op een volle schijf wordt niets aangenomen.",
        "Maak ruimte, of zet de map op een grotere schijf.",
    ),
    "schijf.krap": _let_op(
        "De schijf is bijna vol. De database groeit, en een back-up heeft er nog eens zo veel nodig.",
        "Maak ruimte, of zet de map op een grotere schijf.",
    ),
    "bestanden.te_weinig": _fout(
        "Met zo weinig open bestanden start de gateway niet.",
        "Zet LimitNOFILE in de unit, of ulimit -n, hoger.",
    ),
    "bestanden.krap": _let_op(
        "Er zijn minder verbindingen mogelijk dan max_connections zegt.",
        "Zet LimitNOFILE in de unit, of ulimit -n, op max_connections en nog 100.",
    ),
    "umask.open": _let_op(
        "Wat met deze umask wordt gemaakt, zoals een back-up, kunnen anderen lezen.",
        "Zet umask 077, en in de unit UMask=0077.",
    ),
    "geheugen.dump": _let_op(
        "Een geheugendump bevat dossiers en sleutels.",
        "Zet LimitCORE=0 in de unit, of ulimit -c 0.",
    ),
    "gebruiker.root": _let_op(
        "Een gateway heeft geen rechten van root nodig. En root ziet niet wat haar gebruiker niet mag.",
        "Draai deze opdracht, en de gateway, als haar eigen gebruiker.",
    ),
    # ── bereikbaarheid
    "net.open": _let_op(
        "Buiten deze computer is de gateway zonder TLS bereikbaar, ook /metrics. In een container is dit "
        "gewoon, als alleen de proxy erbij kan.",
        "Zet host op 127.0.0.1 en de proxy ervoor, of sluit de poort af voor wie niet de proxy is.",
    ),
    "tellers.gedeeld": _let_op(
        "Wie beheer:lezen heeft, ziet de tellers van alle partijen samen. Dat hoort alleen bij wie beheert.",
        "Geef die scope aan een eigen client, van een partij zonder rollen en zonder postbus.",
    ),
    "tellers.niemand": _tip(
        "Geen client mag /metrics lezen: dat iets wacht of mislukt, merkt u dan pas als iemand belt.",
        "Geef een eigen client de scope beheer:lezen. Zie deploy/partijen.toml.",
    ),
    "token.lang": _tip(
        "Wie een token steelt, kan het gebruiken tot het verloopt.",
        "Zet access_token_seconds op 600 of minder.",
    ),
    # ── register
    "partijen.geen": _let_op(
        "Er zijn geen partijen: niemand kan aanmelden.", "Draai ozlijn apply met uw partijen."
    ),
    "partijen.kapot": _fout(
        "Dit deel van het register is niet te lezen; de gateway beslist er dan niet mee.",
        "Draai ozlijn apply met een goed bestand, en zoek uit wie erin schreef.",
    ),
    "partijen.voorbeeldsleutel": _let_op(
        "Deze sleutel komt uit deploy/partijen.toml. Niemand heeft er de geheime helft van: die client kan "
        "niet aanmelden.",
        "Maak een eigen sleutel met ozlijn sleutel, en zet die in het register.",
    ),
    "partijen.sleutel_gedeeld": _let_op(
        "Twee clients met één sleutel zijn niet uit elkaar te houden.",
        "Geef elke client een eigen sleutel.",
    ),
    "convenant.verlopen": _let_op(
        "Op een convenant dat voorbij is, gaat niets meer.",
        "Teken een nieuw convenant, of haal dit weg.",
    ),
    "convenant.verloopt": _tip(
        "Na de laatste dag gaat er op dit convenant niets meer.", "Begin op tijd met een nieuw convenant."
    ),
    "mandaat.verlopen": _let_op(
        "Een besluit op dit mandaat wordt geweigerd.",
        "Zet een nieuw mandaat in het register, of haal dit weg.",
    ),
    "mandaat.verloopt": _tip(
        "Na de laatste dag wordt een besluit op dit mandaat geweigerd.", "Regel op tijd een nieuw mandaat."
    ),
    "machtiging.verlopen": _let_op(
        "Wie op deze machtiging werkte, krijgt nu 403.",
        "Zet een nieuwe machtiging in het register, of haal deze weg.",
    ),
    "machtiging.verloopt": _tip(
        "Na de laatste dag krijgt wie op deze machtiging werkt 403.", "Regel op tijd een nieuwe machtiging."
    ),
    "regio.klopt_niet": _let_op(
        "Deze versie leest de regio anders dan toen zij werd toegepast; wat hier staat doet niets of wacht.",
        "Draai ozlijn regio check op de bestanden, zet recht wat er staat, en pas de regio opnieuw toe.",
    ),
    # ── mail
    "post.uit": _tip(
        "Mensen kunnen inloggen en krijgen geen mail: zij zien alleen wat wacht als zij zelf kijken.",
        "Zet mail_host en mail_from in de instellingen. Zie docs/post.md.",
    ),
    "post.wachtwoord": _fout(
        "Zonder het wachtwoord neemt de mailserver niets aan.",
        "Zet het in het bestand van mail_password_file, leesbaar voor de gateway.",
    ),
    "post.wachtwoord_open": _fout(
        "Wie het wachtwoord leest, kan mail sturen uit naam van de lijn.",
        "Draai chmod 600 op het bestand.",
    ),
    "post.terug": _let_op(
        "Mail die later terugkomt, valt dan niet op: er blijft mail gaan naar een adres dat niet werkt.",
        "Zet mail_returned op de map (Maildir) waarin de mailserver aflevert wat terugkomt.",
    ),
    "post.storing": _let_op(
        "Niemand krijgt bericht dat er iets klaarstaat. Er gaat niets verloren: wij proberen het opnieuw.",
        "Kijk of de mailserver bereikbaar is, of zijn certificaat klopt en of wij er mogen versturen.",
    ),
    "post.gestuit": _tip(
        "Deze mensen krijgen geen mail meer. Voor een ouder of leerling heeft de school een taak.",
        "Vraag uw medewerkers om op /ik naar hun mailadres te kijken.",
    ),
    # ── proefomgeving
    "proef.openbaar": _let_op(
        "Dit is een proefomgeving met een klok die vooruit kan. Echte gegevens horen hier niet.",
        "Gebruik voor echt werk een gateway zonder sandbox. Is dit de proefomgeving, dan is het goed zo.",
    ),
    "proef.restant": _let_op(
        "Bij het anker ligt de verzette klok van een proefomgeving. Dan kloppen de tijden van toen niet.",
        "Maak voor echt werk een nieuwe gateway in een nieuwe map.",
    ),
}
