"""The steps that brought the schema to where it is, the same for SQLite and PostgreSQL.

A step that was released is never changed. It has no keys, so what needs one is done by the gateway at its
start; `schema.py` holds what all steps together come to.
"""

from typing import Final

REVISION: Final = "0014"
"""The last step in `versions`; a test holds the two together."""
MOVING: Final = "verhuizing "
"""Stands in the place of the revision, before the mark of a file, while a database is filled from it."""
UNFINISHED: Final = "naar deze database loopt een verhuizing: maak die af (ozlijn migrate --from --to)"
MOVED: Final = "verhuisd "
"""Stands before the revision of a file that has moved: no gateway of any version starts on it."""
