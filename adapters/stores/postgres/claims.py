"""The statements by which work is divided: rows that are due and that nobody has are claimed for a while.

Two processes that ask at once get different rows: a row is locked while it is claimed, so a later one skips
it or finds the claim that runs. Parameters: `now`, `until`, `job`, `limit`, and those that each statement
names.
"""

from __future__ import annotations

from typing import Final

_FREE: Final = "NOT EXISTS (SELECT FROM claim c WHERE c.id = r.id AND c.job = %(job)s AND c.until > %(now)s)"
_LOCKED: Final = "LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED"
_CLAIM: Final = (
    "mine AS (INSERT INTO claim AS c (id, job, until) SELECT id, %(job)s, %(until)s FROM due"
    " ON CONFLICT (id, job) DO UPDATE SET until = excluded.until WHERE c.until <= %(now)s RETURNING id)"
    " SELECT id, mine.id IS NOT NULL FROM due LEFT JOIN mine USING (id) ORDER BY place"
)
"""The row that was due, and whether we have it now: somebody may have claimed it and be done since we
looked.
"""
_BOTH: Final = (
    "due AS (SELECT id, n AS place FROM (SELECT * FROM one UNION SELECT * FROM other) AS found"
    " ORDER BY n LIMIT %(limit)s)"
)

# ruff: noqa: S608 - only texts of this file are put together
DUE: Final = (
    "WITH one AS (SELECT id, n FROM levering r WHERE status IN ('aangehouden', 'klaar', 'mislukt')"
    f" AND vervalt_op <= %(now)s AND (lease_tot IS NULL OR lease_tot <= %(now)s) AND {_FREE} {_LOCKED}),"
    " other AS (SELECT id, n FROM levering r WHERE status = 'klaar' AND opgehaald > 0"
    f" AND opgehaald >= %(takes)s AND lease_tot <= %(now)s AND {_FREE} {_LOCKED}), {_BOTH}, {_CLAIM}"
)
HELD: Final = (
    "WITH one AS (SELECT id, n FROM levering r WHERE status = 'aangehouden'"
    f" AND decided_under < %(under)s AND {_FREE} {_LOCKED}),"
    " other AS (SELECT id, n FROM levering r WHERE status = 'aangehouden'"
    f" AND decided_under > %(under)s AND {_FREE} {_LOCKED}), {_BOTH}, {_CLAIM}"
)
LOOKS: Final = (
    f"WITH due AS (SELECT id, (kijk_op, id) AS place FROM leerling r WHERE kijk_op <= %(today)s AND {_FREE}"
    f" ORDER BY kijk_op, id {_LOCKED}), {_CLAIM}"
)
TAKEN: Final = (
    "WITH due AS (SELECT id, uiterlijk AS place FROM taak r WHERE status = 'open' AND geescaleerd = 0"
    f" AND uiterlijk <= %(now)s AND {_FREE} ORDER BY uiterlijk {_LOCKED}), {_CLAIM}"
)
WHOLE: Final = (
    "INSERT INTO claim AS c (id, job, until) VALUES (%(id)s, %(job)s, %(until)s)"
    " ON CONFLICT (id, job) DO UPDATE SET until = excluded.until WHERE c.until <= %(now)s RETURNING id, true"
)
GIVE_BACK: Final = "DELETE FROM claim WHERE job = %s AND id = ANY(%s)"
FORGET: Final = (
    "DELETE FROM claim WHERE ctid IN (SELECT ctid FROM claim WHERE until <= %(now)s"
    " LIMIT 1000 FOR UPDATE SKIP LOCKED)"
)
