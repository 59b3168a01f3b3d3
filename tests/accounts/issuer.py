"""An OpenID Connect issuer on loopback: it knows one person, checks the client and PKCE, and signs its tokens."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "a secret of both"


@dataclass
class Issuer:
    """`claims`: what it says about the person who signs in; `wrong`: members of the token, written instead of these."""

    claims: dict
    wrong: dict = field(default_factory=dict)
    address: str = ""
    asked: dict = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def discovery(self, query: dict) -> dict:
        ends = ("authorization", "token", "userinfo")
        return {"issuer": self.address, "jwks_uri": f"{self.address}/jwks"} | {
            f"{end}_endpoint": f"{self.address}/{end}" for end in ends
        }

    def jwks(self, query: dict) -> dict:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}

    def userinfo(self, query: dict) -> dict:
        return self.claims

    def authorization(self, query: dict) -> str:
        """The person signs in here, which is no matter of the portal's: where the browser is sent back to."""
        self.asked = query
        back = {"code": "a-code", "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, fields: dict) -> dict:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(fields["code_verifier"].encode()).digest()).decode()
        right = {
            "code": "a-code",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uri": self.asked["redirect_uri"],
        }
        if {name: fields[name] for name in right} != right or challenge.rstrip("=") != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60} | self.claims | self.wrong
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "a-token", "token_type": "Bearer", "id_token": signed}


@contextmanager
def running(issuer: Issuer) -> Iterator[Issuer]:
    places = {
        "/.well-known/openid-configuration": issuer.discovery,
        "/jwks": issuer.jwks,
        "/userinfo": issuer.userinfo,
        "/token": issuer.token,
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(places[urlsplit(self.path).path]({}))

        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = issuer.token({name: values[0] for name, values in parse_qs(sent).items()})
            self.answer(answer, 400 if "error" in answer else 200)

        def answer(self, content: dict, status: int = 200):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
