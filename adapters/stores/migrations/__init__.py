"""The steps that brought the schema to where it is, the same for SQLite and PostgreSQL."""

from typing import Final

REVISION: Final = "0010"
"""The last step in `versions`; a test holds the two together."""
MOVING: Final = "verhuizing "
"""Stands in the place of the revision, before the mark of a file, while a database is filled from it."""
UNFINISHED: Final = "naar deze database loopt een verhuizing: maak die af (ozlijn migrate --from --to)"
MOVED: Final = "verhuisd "
"""Stands before the revision of a file that has moved: no gateway of any version starts on it."""
