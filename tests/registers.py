"""Puts a register into a store as `ozlijn apply` does: stamped, and with its line in the account."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

from adapters.local.keys import Keys, KeyVault
from gateway.account.stamps import Stamps
from gateway.ports.storage import Storage
from gateway.register.apply import register_leaf
from gateway.runtime.logs import make_log
from gateway.wiring import Leaves
from schemas.storage.storage import Register


def fresh_stamps() -> Stamps:
    """Under keys nobody else has, for a test that opens nothing sealed."""
    return Stamps(KeyVault(Keys.fresh()), make_log(io.BytesIO(), strict=True))


async def put_register(
    storage: Storage,
    stamps: Stamps,
    register: Register,
    now: dt.datetime | None = None,
    *,
    look_again: bool = False,
) -> int:
    """Whatever is in it, for what the command refuses a gateway must still survive. Gives its version."""
    version, size = await storage.register_version(), (await storage.head()).size
    leaf = register_leaf(Leaves(), register, now or dt.datetime.now(dt.UTC), first=not size)
    stamped = replace(register, stamp=stamps.register(register, version + 1))
    assert await storage.apply_register(stamped, version, (leaf,), look_again=look_again)
    return version + 1
