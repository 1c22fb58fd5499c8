"""Signing the account, for as long as the gateway lives."""

from __future__ import annotations

import signal

from gateway.application import Application
from schemas.errors import LogBroken, RecordUnavailable
from schemas.events import PROMISE_BROKEN


async def sign(ctx: Application) -> None:
    """Sign checkpoints until cancelled. Whatever else ends it stops the whole gateway: raises LogBroken, or
    RecordUnavailable for what nobody foresaw.

    A log that does not continue what was signed must not go on, and one that is not signed neither.
    """
    try:
        await ctx.checkpointer.run()
    except Exception as error:
        ctx.log(PROMISE_BROKEN, exception=error, problem="ledger")
        signal.raise_signal(signal.SIGTERM)
        if isinstance(error, LogBroken):
            raise
        raise RecordUnavailable("er worden geen checkpoints meer ondertekend") from error
