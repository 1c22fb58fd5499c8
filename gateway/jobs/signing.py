"""Signing the account, for as long as the gateway lives."""

from __future__ import annotations

import signal

from gateway.application import Application
from schemas.errors import LedgerBroken, RecordUnavailable
from schemas.events import PROMISE_BROKEN


async def sign(ctx: Application) -> None:
    """Sign checkpoints until cancelled.

    Anything else that ends it stops the whole gateway: a log that does not continue what was signed may not
    go on, and neither may a log that is not signed any more. Raises LedgerBroken, or RecordUnavailable for an
    error that nobody foresaw.
    """
    try:
        await ctx.checkpointer.run()
    except Exception as error:
        ctx.log(PROMISE_BROKEN, exception=error, problem="ledger")
        signal.raise_signal(signal.SIGTERM)
        if isinstance(error, LedgerBroken):
            raise
        raise RecordUnavailable("er worden geen checkpoints meer ondertekend") from error
