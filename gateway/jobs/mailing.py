"""Sending mail, beside the requests."""

from __future__ import annotations

import asyncio

from gateway.application import Application
from gateway.post.ronde import stopping
from schemas.errors import StateBroken
from schemas.events import PROMISE_BROKEN

EVERY_SECONDS = 30.0


async def mail(ctx: Application, seconds: float = EVERY_SECONDS) -> None:
    """Send what is due, every so many `seconds`, until cancelled. Without a mail server it only waits.

    What goes wrong is logged and tried again the next time.
    """
    if not ctx.post.aan:
        await asyncio.get_running_loop().create_future()  # nobody fulfils it
    while True:
        await asyncio.sleep(seconds)
        try:
            await ctx.postronde.loop()
        except Exception as error:  # noqa: BLE001 - whatever it is, a job that ended would leave all undone
            if isinstance(error, StateBroken):
                ctx.stamps.tell(error)
            else:
                ctx.log(PROMISE_BROKEN, exception=error, problem="mail")
        if stopping():
            raise asyncio.CancelledError
