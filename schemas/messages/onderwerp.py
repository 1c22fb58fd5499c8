"""What a message is about: one leerling, a group, a school, or nobody."""

from __future__ import annotations

from schemas.keuze import Keuze


class Onderwerpsoort(Keuze):
    """Each has its own random id, epoch and order. Only a leerling has people, gezag and toestemming."""

    LEERLING = "leerling"
    GROEP = "groep"
    """A class or group, by the sender's own key for it."""
    SCHOOL = "school"
    """The school that sends."""
    GEEN = "geen"
    """Places, money or numbers."""
