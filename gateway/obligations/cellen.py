"""What one category of a levering asks of people."""

from __future__ import annotations

from consent.rules import Cell
from consent.verdict import flow_cell
from gateway.register.plekken import reads, sends
from gateway.register.regels import Regels
from schemas.base import Gegevenscategorie
from schemas.exchange.uitwisseling import Levering


def cel(v: Levering, categorie: Gegevenscategorie, regels: Regels) -> Cell:
    """What one category of a levering asks of people."""
    there = regels.partijen
    return flow_cell(
        sends(there.get(v.afzender)),
        reads(there.get(v.ontvanger), v.rol),
        v.richting,
        v.doel,
        categorie,
        v.aan,
        v.afzender,
        regels.beleid,
    )
