"""Names that somebody else gave, such as those of files, as they may stand on a screen, in a log or in JSON.

A name may hold a line end, a code that moves the cursor or hides text, a sign that turns the direction of
what follows, or bytes that are no text. Whoever prints it raw lets its maker write the answer.
"""

from __future__ import annotations

import re
from typing import Final

_KINDS: Final = (
    "\x00-\x1f\x7f-\x9f"  # control characters, ESC among them
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u061c"  # invisible, line ends, directions
    "\u00ad\u180e\U000e0000-\U000e007f"  # invisible too: a soft hyphen, tags
    "\ud800-\udfff"  # bytes of a name that are no UTF-8
)
_UNSAFE: Final = re.compile(f"[{_KINDS}]")
_BUT_LINES: Final = re.compile(f"(?![\n\t])[{_KINDS}]")


def shown(name: object) -> str:
    r"""On one line, with everything that a screen would act on written as `\x1b` or `\u202e`."""
    return _UNSAFE.sub(_escaped, str(name))


def shown_lines(text: str) -> str:
    """The same for a text of ours that may have more lines, and has names in it."""
    return _BUT_LINES.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - how Python keeps a byte that is no UTF-8
        code -= 0xDC00
    kind, width = ("x", 2) if code <= 0xFF else ("u", 4) if code <= 0xFFFF else ("U", 8)  # noqa: PLR2004
    return f"\\{kind}{code:0{width}x}"
