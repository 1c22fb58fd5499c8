"""Trying again when what a change rested on has moved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_attempt, wait_random

from schemas.errors import Busy
from schemas.storage.storage import Moved

T = TypeVar("T")


async def until_settled(attempt: Callable[[], Awaitable[T | Moved]]) -> T:
    """Run `attempt` until the facts stayed the same: a decision on facts that changed is taken again. Raises
    Busy.
    """
    result = await attempt()
    if not isinstance(result, Moved):
        return result
    again = AsyncRetrying(
        retry=retry_if_result(lambda r: isinstance(r, Moved)),
        stop=stop_after_attempt(20),
        wait=wait_random(0, 0.02),
    )
    try:
        result = await again(attempt)
    except RetryError as error:
        raise Busy from error
    assert not isinstance(result, Moved)
    return result
