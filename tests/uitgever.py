"""An OpenID Provider as a process of its own, over real HTTP on loopback: `python -m tests.uitgever NAME`.

It writes its address on its first line and serves until it is stopped. Who signs in and how it lies is said
in the query of its own pages, so a test can make of one issuer an honest or an evil one. `/gezien` tells
which codes were brought to its token endpoint.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT: Final = "ozlijn"


@dataclass
class Stand:
    adres: str
    naam: str
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    gezien: list[str] = field(default_factory=list)

    def claims(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        found = {
            "iss": self.adres,
            "sub": asked["wie"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked.get("nonce", ""),
            "acr": f"{self.naam}-sterk",
            "auth_time": now,
            "sid": asked.get("sid", "sessie"),
            "name": "Verzonnen Mens",
        }
        lies: dict[str, Any] = json.loads(asked.get("lieg", "{}"))
        return found | lies

    def sign(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        header = {"alg": "ES256", "kid": self.key.thumbprint(), "typ": typ}
        return jwt.encode(header, claims, self.key)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.adres,
            "authorization_endpoint": f"{self.adres}/inloggen",
            "token_endpoint": f"{self.adres}/token",
            "jwks_uri": f"{self.adres}/sleutels",
            "end_session_endpoint": f"{self.adres}/uitloggen",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def inloggen(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to. An honest issuer sends it nowhere but to its own address there."""
        back = asked["redirect_uri"]
        if "eerlijk" in asked and not back.endswith(f"/terug/{self.naam}"):
            return ""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        given = {"code": code, "state": asked["state"], "iss": asked.get("iss", self.adres)}
        if asked.get("iss") == "":
            del given["iss"]
        return f"{back}?{urlencode(given)}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        self.gezien.append(form.get("code", ""))
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return None
        token = self.sign(self.claims(asked))
        return {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "id_token": token}


def _serve(naam: str) -> None:
    stand = Stand("", naam)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

        def _say(self, status: int, body: Any = None, **headers: str) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query, keep_blank_values=True))
            if parts.path == "/.well-known/openid-configuration":
                self._say(200, stand.metadata())
            elif parts.path == "/sleutels":
                public = dict(stand.key.as_dict(private=False)) | {"kid": stand.key.thumbprint()}
                self._say(200, {"keys": [public]})
            elif parts.path == "/inloggen":
                back = stand.inloggen(asked)
                self._say(303 if back else 400, Location=back)
            elif parts.path == "/uitlogtoken":
                now = int(time.time())
                event: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
                known = {"iss": stand.adres, "aud": CLIENT, "iat": now, "exp": now + 60, "events": event}
                claims = known | {"jti": secrets.token_hex(8)} | json.loads(asked["meer"])
                self._say(200, stand.sign({k: v for k, v in claims.items() if v is not None}, "logout+jwt"))
            else:
                self._say(200, stand.gezien)

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            found = stand.token(form)
            self._say(400 if found is None else 200, found or {"error": "invalid_grant"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand.adres = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{stand.adres}\n")
    sys.stdout.flush()
    sys.stdin.read()


@contextmanager
def uitgever(naam: str) -> Iterator[str]:
    """A running issuer; gives its address."""
    words = [sys.executable, "-m", "tests.uitgever", naam]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    _serve(sys.argv[1])
