"""The statements by which work is divided: rows that are due and that nobody has, taken for a while.

Two that ask at once get different rows: a row is locked while it is claimed, and who comes later skips it or
finds the claim that runs. Parameters: `now`, `until`, `job`, `limit`, and what each says itself.
"""

from __future__ import annotations

from typing import Final

_FREE: Final = "NOT EXISTS (SELECT FROM claim c WHERE c.id = r.id AND c.job = %(job)s AND c.until > %(now)s)"
_LOCKED: Final = "LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED"
_CLAIM: Final = (
    "INSERT INTO claim AS c (id, job, until) SELECT id, %(job)s, %(until)s FROM due"
    " ON CONFLICT (id, job) DO UPDATE SET until = excluded.until WHERE c.until <= %(now)s RETURNING id"
)

# ruff: noqa: S608 - only texts of this file are put together
DUE: Final = (
    "WITH due AS (SELECT id FROM levering WHERE n IN ("
    "(SELECT n FROM levering r WHERE status IN ('aangehouden', 'klaar', 'mislukt')"
    f" AND vervalt_op <= %(now)s AND (lease_tot IS NULL OR lease_tot <= %(now)s) AND {_FREE} LIMIT %(limit)s)"
    " UNION (SELECT n FROM levering r WHERE status = 'klaar' AND opgehaald > 0 AND opgehaald >= %(takes)s"
    f" AND lease_tot <= %(now)s AND {_FREE} LIMIT %(limit)s)) ORDER BY n {_LOCKED}),"
    f" mine AS ({_CLAIM})"
    " SELECT json, positie FROM levering JOIN mine USING (id) ORDER BY n"
)
HELD: Final = (
    "WITH due AS (SELECT id FROM levering WHERE n IN ("
    f"(SELECT n FROM levering r WHERE status = 'aangehouden' AND decided_under < %(under)s AND {_FREE}"
    " LIMIT %(limit)s)"
    f" UNION (SELECT n FROM levering r WHERE status = 'aangehouden' AND decided_under > %(under)s AND {_FREE}"
    f" LIMIT %(limit)s)) ORDER BY n {_LOCKED}),"
    f" mine AS ({_CLAIM})"
    " SELECT json, positie FROM levering JOIN mine USING (id) ORDER BY n"
)
LOOKS: Final = (
    f"WITH due AS (SELECT id FROM leerling r WHERE kijk_op <= %(today)s AND {_FREE}"
    f" ORDER BY kijk_op, id {_LOCKED}),"
    f" mine AS ({_CLAIM})"
    " SELECT l.id, l.owner, l.ref, l.ref, l.key, l.identity_key, l.identity_content, l.epoch, l.volgnummer,"
    " l.accepted FROM leerling l JOIN mine USING (id) ORDER BY l.kijk_op, l.id"
)
TAKEN: Final = (
    "WITH due AS (SELECT id FROM taak r WHERE status = 'open' AND geescaleerd = 0 AND uiterlijk <= %(now)s"
    f" AND {_FREE} ORDER BY uiterlijk {_LOCKED}),"
    f" mine AS ({_CLAIM})"
    " SELECT json FROM taak JOIN mine USING (id) ORDER BY uiterlijk"
)
WHOLE: Final = (
    "INSERT INTO claim AS c (id, job, until) VALUES (%(id)s, %(job)s, %(until)s)"
    " ON CONFLICT (id, job) DO UPDATE SET until = excluded.until WHERE c.until <= %(now)s RETURNING id"
)
GIVE_BACK: Final = "DELETE FROM claim WHERE job = %s AND id = ANY(%s)"
FORGET: Final = (
    "DELETE FROM claim WHERE ctid IN (SELECT ctid FROM claim WHERE until <= %(now)s"
    " LIMIT 1000 FOR UPDATE SKIP LOCKED)"
)
