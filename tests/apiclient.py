"""A client that knows nothing but an OpenAPI document: what a maker gets who lets a program make his client.

It finds an operation by its name, starts from the example of its body, keeps to its parameters, asks a token
of the address and with the scope that the document gives, and takes no answer that is not described.
"""

from __future__ import annotations

import copy
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx2 as httpx
import jsonschema_rs
from joserfc import jws, jwt

from tests.callers import Key
from tests.openapi import Json, closed

DIALECT: Final = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


class Client:
    """One client of one partij. `address` is where the gateway listens, whatever its document says."""

    def __init__(self, document: Json, client_id: str, key: Key, address: str) -> None:
        self._document = document
        self._answers = closed(copy.deepcopy(document))
        self._calls = {
            call["operationId"]: (method.upper(), path, call)
            for path, item in document["paths"].items()
            for method, call in item.items()
        }
        self._id, self._key, self._address = client_id, key, address
        self._tokens: dict[str, str] = {}

    def example(self, name: str) -> Json:
        """The first example of the body of an operation; a copy."""
        examples = self._body(name)["examples"]
        return copy.deepcopy(next(iter(examples.values()))["value"])

    def call(self, name: str, body: Mapping[str, Any] | None = None, **parameters: str) -> httpx.Response:
        """Do it. AssertionError when the document does not let it be asked, or describes no such answer."""
        method, path, call = self._calls[name]
        given = self._parameters(call, parameters)
        headers = given["header"] | self._authorization(call)
        if body is not None:
            assert list(self._fits(self._document, self._body(name)["schema"]).iter_errors(body)) == []
            headers["Content-Type"] = "application/json"
        answer = httpx.request(
            method,
            self._address + path.format_map(given["path"]),
            params=given["query"],
            headers=headers,
            content=None if body is None else json.dumps(body).encode(),
        )
        self._described(name, call, answer)
        return answer

    def done(self, name: str, body: Mapping[str, Any] | None = None, **parameters: str) -> Json:
        """The answer of what must succeed."""
        answer = self.call(name, body, **parameters)
        assert answer.status_code < 300, answer.text
        found: Json = answer.json()
        return found

    def sign(self, claims: Json) -> str:
        header = {"alg": "ES256", "kid": self._key.kid}
        return jws.serialize_compact(header, json.dumps(claims), self._key)

    def _body(self, name: str) -> Json:
        content: Json = self._calls[name][2]["requestBody"]["content"]["application/json"]
        return content

    def _parameters(self, call: Json, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
        sorted_: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        left = dict(given)
        for parameter in call["parameters"]:
            name = parameter["name"]
            if name == "Idempotency-Key":
                left.setdefault(name, secrets.token_hex(16))
            if name in left:
                value = left.pop(name)
                assert self._fits(self._document, parameter["schema"]).is_valid(value), name
                sorted_[parameter["in"]][name] = value
            assert name in sorted_[parameter["in"]] or not parameter.get("required"), name
        assert left == {}, "parameters that the document does not have"
        return sorted_

    def _authorization(self, call: Json) -> dict[str, str]:
        scopes = [scope for way in call["security"] for scope in way["clientCredentials"]]
        return {"Authorization": f"Bearer {self._token(scopes[0])}"} if scopes else {}

    def _token(self, scope: str) -> str:
        if scope not in self._tokens:
            flow = self._document["components"]["securitySchemes"]["clientCredentials"]["flows"]
            address = flow["clientCredentials"]["tokenUrl"]
            (path, form) = next(
                (path, item["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"])
                for path, item in self._document["paths"].items()
                if address.endswith(path)
            )
            now = int(time.time())
            claims = {"iss": self._id, "sub": self._id, "aud": address, "iat": now, "exp": now + 60}
            assertion = jwt.encode(
                {"alg": "ES256", "kid": self._key.kid}, claims | {"jti": secrets.token_hex(8)}, self._key
            )
            fields = {
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
                "scope": scope,
            }
            assert set(form["required"]) <= fields.keys() <= form["properties"].keys()
            answer = httpx.post(self._address + path, data=fields)
            assert answer.status_code == 200, answer.text
            self._tokens[scope] = answer.json()["access_token"]
        return self._tokens[scope]

    def _described(self, name: str, call: Json, answer: httpx.Response) -> None:
        told = call["responses"].get(str(answer.status_code))
        assert told is not None, (name, answer.status_code, answer.text)
        media = answer.headers.get("content-type", "").partition(";")[0]
        assert media in told["content"], (name, media)
        if media.endswith("json"):
            shape = self._answers["paths"][self._calls[name][1]][self._calls[name][0].lower()]
            schema = shape["responses"][str(answer.status_code)]["content"][media]["schema"]
            faults = [f.message[:200] for f in self._fits(self._answers, schema).iter_errors(answer.json())]
            assert faults == [], (name, faults)

    @staticmethod
    def _fits(document: Json, schema: Json) -> Any:
        whole = DIALECT | schema | {"components": document["components"]}
        return jsonschema_rs.validator_for(whole, validate_formats=True)
