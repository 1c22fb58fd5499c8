"""What an adapter hands over beside the message."""

from __future__ import annotations

import base64

from schemas.messages.vertaling import Bijlageinhoud


def test_the_bytes_of_an_attachment_are_decoded_when_asked_and_shown_nowhere() -> None:
    """Line breaks in the base64 are no part of the bytes; no repr shows the content."""
    encoded = base64.encodebytes(b"fictief" * 20).decode()
    content = Bijlageinhoud("sha256:0", "opp", (), encoded)
    assert content.inhoud() == b"fictief" * 20
    assert encoded[:10] not in repr(content)
