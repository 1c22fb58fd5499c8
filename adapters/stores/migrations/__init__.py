"""The steps that brought the schema to where it is, the same for SQLite and PostgreSQL."""

from typing import Final

REVISION: Final = "0010"
"""The last step in `versions`; a test holds the two together."""
