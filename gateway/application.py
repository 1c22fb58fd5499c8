"""The built application, without HTTP: every use case there is, made once in wiring and passed in.

Routers, jobs and the command line work on it. There is no module-level state.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.account.adoption import Adopt
from gateway.account.checkpoints import Checkpointer
from gateway.account.stamps import Stamps
from gateway.case.lookalikes import Lookalikes
from gateway.concepten.concepten import Concepten
from gateway.concepten.geopend import Geopend
from gateway.copies.kopieen import Kopieen
from gateway.exchange.accept import Accept
from gateway.exchange.hand_over import HandOver
from gateway.exchange.preview import Previews
from gateway.follow_up.facts import Facts
from gateway.follow_up.recipient import Recipient
from gateway.follow_up.registraties import Registraties
from gateway.follow_up.sender import Sender
from gateway.follow_up.time import Rounds
from gateway.follow_up.withdrawal import Intrekkingen
from gateway.gezin.alles import Alles
from gateway.gezin.avgverzoeken import Avgverzoeken
from gateway.gezin.bewijzen import Bewijzen
from gateway.gezin.brieven import Brieven
from gateway.identity.oidc import Inloggen
from gateway.identity.proefuitgever import Proefuitgever
from gateway.identity.sessies import Sessies
from gateway.identity.tokens import Authenticator
from gateway.obligations.afhandelen import Afhandelen
from gateway.obligations.rondes import Rondes
from gateway.obligations.termijnen import Termijnen
from gateway.ports.clock import Clock
from gateway.ports.keys import LeafMaker, LedgerSigner, Vault
from gateway.ports.storage import Storage
from gateway.post.post import Post
from gateway.post.ronde import Postronde
from gateway.register.regels import Regelbron
from gateway.runtime.aside import Aside
from gateway.runtime.logs import Log
from gateway.runtime.metrics import Metrics
from gateway.runtime.purging import Purging
from gateway.runtime.settings import Settings
from gateway.runtime.turns import Turns
from gateway.toezicht.pakket import Drukker
from gateway.toezicht.werk import Toezicht
from gateway.uitnodigen.uitnodigingen import Uitnodigingen
from gateway.zaak.inbreng import Inbreng
from gateway.zaak.overleggen import Overleggen
from gateway.zaak.zaken import Zaken


@dataclass(frozen=True, slots=True)
class Application:
    settings: Settings
    storage: Storage
    vault: Vault
    stamps: Stamps
    signer: LedgerSigner
    leaves: LeafMaker
    accept: Accept
    previews: Previews
    hand_over: HandOver
    facts: Facts
    registraties: Registraties
    kopieen: Kopieen
    recipient: Recipient
    sender: Sender
    rounds: Rounds
    intrekkingen: Intrekkingen
    termijnen: Termijnen
    rondes: Rondes
    purging: Purging
    zaken: Zaken
    overleggen: Overleggen
    inbreng: Inbreng
    afhandelen: Afhandelen
    toezicht: Toezicht
    regels: Regelbron
    authenticator: Authenticator
    inloggen: Inloggen
    sessies: Sessies
    concepten: Concepten
    uitnodigingen: Uitnodigingen
    post: Post
    postronde: Postronde
    bewijzen: Bewijzen
    avgverzoeken: Avgverzoeken
    alles: Alles
    brieven: Brieven
    geopend: Geopend
    proefuitgever: Proefuitgever | None
    """Only in a sandbox."""
    checkpointer: Checkpointer
    lookalikes: Lookalikes
    turns: Turns
    aside: Aside
    adopt: Adopt
    clock: Clock
    metrics: Metrics
    log: Log
    drukker: Drukker | None = None
    """Makes paper of a pack of evidence; None where nobody serves pages."""
