"""A provider of sign-ins on this machine: OpenID Connect with a code, PKCE and RS256 signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "mild", "a secret of the test"
MINUTES = 10


class Provider(ThreadingHTTPServer):
    """Signs in whoever `person` is, without asking; `person` is what their token claims."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self.person: dict[str, Any] = {}
        self.asked: dict[str, dict[str, str]] = {}
        """What was asked for, by the code that it was answered with."""

    def settings(self) -> str:
        """What stands in the dashboard's secrets under [auth], but for where it is found."""
        return (
            f'client_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
            f'server_metadata_url = "{self.url}/.well-known/openid-configuration"\n'
        )

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """None where the code is none of ours, was used, or comes from somebody else."""
        asked = self.asked.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked.get("code_challenge") != challenge:
            return None
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "sub": self.person["email"], "iat": now,
            "exp": now + 60 * MINUTES, "nonce": asked["nonce"], **self.person,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        asked = urlparse(self.path)
        if asked.path == "/authorize":
            self.send_response(302)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self.send_header("Location", self.server.authorize(query))
            self.end_headers()
        elif asked.path == "/.well-known/openid-configuration":
            self._answer(self.server.metadata())
        elif asked.path == "/jwks":
            self._answer({"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._answer({"sub": self.server.person.get("email"), **self.server.person})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        known = self.headers.get("Authorization") == f"Basic {basic}"
        found = self.server.token(form) if known else None
        self._answer(found or {"error": "invalid_grant"}, 200 if found else 400)

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test says what went wrong."""


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()
