"""What a sender gets on acceptance: a signed Ontvangstbewijs and where to follow what happens."""

from __future__ import annotations

import orjson

from gateway.ports.keys import LedgerSigner
from schemas.account.verantwoording import Ontvangstbewijs
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.messages.vertaling import Bevinding


def acceptance(
    signer: LedgerSigner, u: Uitwisseling, leveringen: tuple[Levering, ...], findings: tuple[Bevinding, ...]
) -> bytes:
    """The 202 answer: what was accepted, with a signed receipt for it.

    It holds no outcomes, because a sender reads those with a GET.
    """
    moment = u.ontvangen_op.isoformat().replace("+00:00", "Z")
    receipt = Ontvangstbewijs(
        uitwisseling_id=u.id,
        afzender=u.afzender,
        ontvangen_op=u.ontvangen_op,
        blad_hash=u.bladhash,
        log_naam=signer.name,
    )
    here = f"/v1/uitwisselingen/{u.id}"
    return orjson.dumps(
        {
            "uitwisselingId": u.id,
            "ontvangenOp": moment,
            "leveringen": [{"id": v.id, "ontvanger": v.ontvanger, "rol": v.rol.value} for v in leveringen],
            "bevindingen": [
                {"code": b.code, "plaats": b.place, "tekst": b.text, "regel": b.line} for b in findings
            ],
            "ontvangstbewijs": {
                "soort": receipt.soort,
                "jws": signer.sign_receipt(receipt.model_dump_json().encode()),
            },
            "links": {"zelf": here, "leveringen": f"{here}/leveringen", "bewijs": f"{here}/bewijs"},
        }
    )
