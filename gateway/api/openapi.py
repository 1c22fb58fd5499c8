"""The OpenAPI 3.1 document: each route says once what it takes and gives, the rest is filled in here.

Handlers take a bare Request, so FastAPI knows nothing of their bodies. `operation(...)` gives the keyword
arguments for the table's decorator; `openapi_document` completes paths, headers, problems and components.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.responses import Response
from starlette.routing import BaseRoute

from gateway.api.http import API_VERSION
from gateway.api.problems import FRAMEWORK, MEDIA_TYPE, PROBLEMS, Problem
from gateway.api.voorbeelden import of_body
from gateway.faults import Schemas
from gateway.identity.tokens import HOEDANIGHEID, NAMENS
from gateway.runtime.settings import REPEAT_DAYS
from schemas.errors import (
    Conflict,
    GatewayError,
    IdempotencyMismatch,
    InvalidMessage,
    MessageTooLarge,
    NotAuthenticated,
    NotAuthorised,
    NotFound,
    OverShare,
    RecordUnavailable,
)
from schemas.people.hoedanigheden import MENSEN
from schemas.people.partij import Scope
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.publication.publicatie import teksten

PREFIX: Final = "/v1"
_REF: Final = "#/components/schemas/{model}"
_SCOPES: Final = {
    Scope.VERZENDEN: "Uitwisselingen aanbieden en proefdraaien.",
    Scope.LEZEN: "Eigen uitwisselingen en hun leveringen volgen.",
    Scope.TOESTEMMING: "Toestemming, gezag en bezwaar vastleggen.",
    Scope.TOESTEMMING_LEZEN: "Lezen wat uw organisatie vastlegde, met bewijs voor wie tekende.",
    Scope.REGISTRATIES: "Als school uw registratie vergelijken met wat bekend is, en ervan overnemen.",
    Scope.VETO: "Een professioneel veto vastleggen.",
    Scope.GRONDEN: "Een wettelijke grond of een afweging vastleggen.",
    Scope.AFWEGINGEN: "Afwegingen lezen.",
    Scope.NABEOORDELEN: "Als fg een oordeel geven over delen zonder toestemming.",
    Scope.POSTBUS: "Leveringen ophalen en bevestigen.",
    Scope.AFHANDELEN: "Melden dat een taak gedaan is.",
    Scope.TAKEN: "Lezen wat uw organisatie nog moet doen.",
    Scope.TOEZICHT: "Als fg de leveringen nazien van de partijen onder uw toezicht.",
    Scope.ZAKEN: "De zaken en overleggen lezen waaraan uw organisatie meedoet.",
    Scope.ZAKEN_BIJWERKEN: "Een zaak of overleg openen en er een stap in zetten.",
    Scope.LEDGER: "De verantwoording lezen.",
    Scope.BEHEER: "De tellers, de toestand en het register van de gateway lezen.",
    Scope.BEHEREN: "Het register vervangen, en opnieuw aanbieden wat niet aankwam.",
    Scope.PROEFKLOK: "In een proefomgeving de klok lezen en vooruitzetten.",
}

NAME: Final = "^[a-z0-9-]{3,80}$"
"""The form of a name in the register. People give these names, unlike ids, which the gateway makes."""
_NAMED: Final = {
    "profielId": "Naam van het profiel.",
    "convenantId": "Naam van het convenant.",
    "normId": "De norm: `avg-5`, `avg-7`, `avg-30`, `avg-32`, `avg-35`, `uavg-5` of `zonder-toestemming`.",
    "vraagId": "De vraag: `vraag-1` tot en met `vraag-23`.",
    "kennisgevingRef": "Naam en versie van de tekst, zoals `kennisgevingRef` in een bewijs.",
}
"""The parameters in paths that are such names."""


Answer = type[BaseModel] | Mapping[str, Any] | Callable[[], dict[str, Any]] | None
"""The shape of an answer: a model, a JSON Schema, or what makes one. None: no body is described."""

_CONTRACTS: Final[dict[str, Callable[[], dict[str, Any]]]] = {}
"""By operation id, what a route takes and gives. Worked out when the document is made, not at every start."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query parameter of a list: a whole number in a range."""

    name: str
    description: str
    default: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A query parameter of a list in one form, such as what the caller gives back as he received it."""

    name: str
    description: str
    pattern: str = "^[0-9a-f]{32}$"


class Needs(NamedTuple):
    """What a request of an operation brings along."""

    token: bool
    body: bool


NEEDS: Final[dict[str, Needs]] = {}
"""By operation id."""


def operation(
    *,
    id: str,  # noqa: A002 - the word of OpenAPI
    tag: str,
    summary: str,
    description: str,
    scope: Scope | None = None,
    body: type[BaseModel] | None = None,
    examples: Callable[[], Mapping[str, Any]] | None = None,
    form: Mapping[str, str] | None = None,
    form_required: tuple[str, ...] = (),
    answer: Answer = None,
    answer_text: str = "Gelukt.",
    answer_media: str = "application/json",
    status: int = 200,
    other_answers: Mapping[int, tuple[str, Answer]] | None = None,
    answer_headers: Mapping[str, str] | None = None,
    page: bool = False,
    table: bool = False,
    idempotent: bool = False,
    query: tuple[Query | Cursor, ...] = (),
    problems: Iterable[type[GatewayError] | Problem] = (),
) -> dict[str, Any]:
    """Keyword arguments for `@router.get/post(path, **operation(...))`. All texts in Dutch.

    `page`: who asks for `text/html` gets the same as a page for people. `table`: who asks for `text/csv` gets
    the same as a table.

    Problems that follow from the rest need not be named: 400, 401, 403 and 429 with a scope, 400, 413 and 415
    with a body, 409 and 422 when `idempotent`, 404 with a path id, 500 and 503 always.
    """
    implied: list[type[GatewayError] | Problem] = [*problems, RecordUnavailable, FRAMEWORK[500]]
    if scope is not None:
        implied += [NotAuthenticated, NotAuthorised, OverShare, InvalidMessage]
    if body is not None or form is not None:
        implied += [MessageTooLarge, FRAMEWORK[415], FRAMEWORK[408]]
    if scope is None and (body is not None or idempotent or query):
        implied.append(InvalidMessage)
    if idempotent:
        implied += [Conflict, IdempotencyMismatch]

    def contract() -> dict[str, Any]:
        responses: dict[str, Any] = {str(status): _answer(answer_text, answer, answer_media, answer_headers)}
        for other, (text, shape) in (other_answers or {}).items():
            responses[str(other)] = _answer(text, shape)
        if page:
            responses[str(status)]["content"]["text/html"] = {"schema": {"type": "string"}}
        if table:
            responses[str(status)]["content"]["text/csv"] = {"schema": {"type": "string"}}
        responses.update(_problem_responses(implied))
        made: dict[str, Any] = {
            "parameters": [
                *(_query(each) for each in query),
                *([_IDEMPOTENCY] if idempotent else []),
                *([] if scope is None else [_HOEDANIGHEID, _NAMENS]),
            ],
            "responses": responses,
            "security": [] if scope is None else [{"clientCredentials": [scope.value]}],
        }
        return made | _request(body, examples, form, form_required)

    _CONTRACTS[id] = contract
    NEEDS[id] = Needs(scope is not None, body is not None)
    return {
        "operation_id": id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "status_code": status,
        "response_model": None,
        "response_class": Response,
    }


def _answer(
    text: str, answer: Answer, media: str = "application/json", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": text}
    if answer is not None:
        done["content"] = {media: {"schema": _shape(answer)}}
    if headers:
        done["headers"] = {
            name: {"description": said, "schema": {"type": "string"}} for name, said in headers.items()
        }
    return done


def _shape(answer: type[BaseModel] | Mapping[str, Any] | Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    if isinstance(answer, Mapping):
        return answer
    if isinstance(answer, type):
        return schema_of(answer)
    return answer()


def _request(
    body: type[BaseModel] | None,
    examples: Callable[[], Mapping[str, Any]] | None,
    form: Mapping[str, str] | None,
    required: tuple[str, ...],
) -> dict[str, Any]:
    if body is not None:
        shown = examples() if examples else of_body(body.__name__)
        told: dict[str, Any] = {"schema": schema_of(body)}
        content = {"application/json": told | ({"examples": shown} if shown else {})}
    elif form is not None:
        fields = {name: {"type": "string", "description": text} for name, text in form.items()}
        shape = {"type": "object", "required": list(required), "properties": fields}
        content = {"application/x-www-form-urlencoded": {"schema": shape}}
    else:
        return {}
    return {"requestBody": {"required": True, "content": content}}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema with its parts in `$defs`; `openapi_document` moves them to the components."""
    return model.model_json_schema(ref_template=_REF, schema_generator=Schemas)


def openapi_document(routes: Sequence[BaseRoute], api_url: str) -> dict[str, Any]:
    """The whole document of these routes of FastAPI; `api_url` is the public address with `/v1`.

    Raises TypeError when two models of one name differ.
    """
    made = get_openapi(title="OZlijn", version=API_VERSION, routes=routes)
    components: dict[str, Any] = {"Probleem": deepcopy(_PROBLEM), "Fout": deepcopy(_FAULT)}
    paths = {}
    for path, item in made["paths"].items():
        for call in item.values():
            call.update(_CONTRACTS[call["operationId"]]())
            _complete(path, call)
        paths[path.removeprefix(PREFIX)] = _hoist(item, components)
    asked = _named(
        [call.get("requestBody", {}) for item in paths.values() for call in item.values()], components
    )
    for title, shape in components.items():
        _describe(title, shape)
        if title not in asked and shape.get("additionalProperties") is False:
            del shape["additionalProperties"]  # an answer may get fields; what is asked may not
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OZlijn",
            "version": API_VERSION,
            "summary": "De onderwijs-zorglijn.",
            "description": (
                "Scholen bieden aan wat zij weten van een leerling die hulp nodig heeft. OZlijn bepaalt wie "
                "welk deel mag zien, laat de rest weg, legt dat besluit vast en levert dan pas af."
            ),
            "contact": {
                "name": "Team OZlijn",
                "email": "team@ozlijn.nl",
                "url": "https://ozlijn.nl/contact",
            },
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": api_url}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "clientCredentials": {
                    "type": "oauth2",
                    "description": "Client credentials met private_key_jwt (RFC 7523).",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": f"{api_url}/token",
                            "scopes": {
                                scope.value: text
                                for scope, text in _SCOPES.items()
                                if scope is not Scope.PROEFKLOK or "/proefklok" in paths
                            },
                        }
                    },
                }
            },
        },
    }


@cache
def _own_texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("gateway.api").joinpath("omschrijvingen.toml").read_text(encoding="utf-8"))


def _texts_of(title: str) -> Mapping[str, str]:
    """By property. What a message means is told as in its published schema."""
    own, shared = _own_texts(), teksten()
    first, last = (own, shared) if title in shared else (shared, own)
    return {**first["overal"], **last["overal"], **shared.get(title, {}), **own.get(title, {})}


def _named(node: Any, components: Mapping[str, Any]) -> set[str]:
    """The names of all components that this refers to, and of those that they refer to."""
    found: set[str] = set()
    left = [node]
    while left:
        here = left.pop()
        if isinstance(here, list):
            left += here
        elif isinstance(here, dict):
            left += here.values()
            name = str(here.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                left.append(components[name])
    return found


def _describe(title: str, shape: dict[str, Any]) -> None:
    """Gives every property that does not say what it is its text, where there is one.

    The type itself gets its Dutch text or none: what the framework found there is the docstring of our code.
    """
    found = _texts_of(title)
    if title != "Probleem":  # made in this file, in Dutch
        shape.pop("description", None)
        if "_" in found:
            shape["description"] = found["_"]
    for name, shown in shape.get("properties", {}).items():
        if name in found:
            shown.setdefault("description", found[name])


_TEXT: Final = {"type": "string"}
_FAULT: Final = {
    "type": "object",
    "title": "Fout",
    "required": ["code", "plaats", "tekst"],
    "properties": {
        "code": {**_TEXT, "description": "Vaste code van de regel die niet klopt."},
        "plaats": {**_TEXT, "description": "Plaats in uw eigen bericht: JSON-pointer of XPath."},
        "tekst": {**_TEXT, "description": "Uitleg in het Nederlands, zonder waarden uit het bericht."},
        "regel": {"type": "integer", "minimum": 1},
    },
}
_PROBLEM: Final = {
    "type": "object",
    "title": "Probleem",
    "description": "Foutantwoord volgens RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**_TEXT, "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "fouten": {"type": "array", "items": {"$ref": "#/components/schemas/Fout"}},
        "correlatieId": {**_TEXT, "description": "Alleen bij 500; anders staat hij alleen in de header."},
    },
}
_IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "Zelfgekozen sleutel: herhalen met dezelfde sleutel en inhoud geeft hetzelfde antwoord, minstens "
        f"{REPEAT_DAYS} dagen lang. Wordt er daarna nog herhaald, dan kan dat een nieuw verzoek zijn."
    ),
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[ -~]*$"},
}
_HOEDANIGHEID: Final = {
    "name": HOEDANIGHEID,
    "in": "header",
    "required": False,
    "description": (
        "In welke hoedanigheid uw organisatie dit doet. Nodig als zij er in het register meer heeft; zonder "
        "deze header noemt het antwoord (400, `hoedanigheid.kies`) welke. Elke hoedanigheid ziet alleen het "
        "hare."
    ),
    "schema": {"type": "string", "enum": sorted(h.value for h in Partijhoedanigheid if h not in MENSEN)},
}
_NAMENS: Final = {
    "name": NAMENS,
    "in": "header",
    "required": False,
    "description": (
        "In naam van welke partij u dit doet, voor wie op een machtiging voor anderen werkt. Een leverancier "
        "noemt haar altijd. Zonder machtiging van die dag is het antwoord 403, ook als er zo geen partij is."
    ),
    "schema": {"type": "string", "example": "brin:99ZZ00"},
}
_VERSION_HEADER: Final = {
    "description": "Versie van deze API.",
    "schema": {"type": "string", "example": API_VERSION},
}


_NOT_FOR_IDS: Final = {
    "400": {
        "description": (
            "Komt bij dit verzoek niet voor. Een id in een andere vorm is onbekend, en het antwoord dan "
            "404: zo is wat niet bestaat niet te onderscheiden van wat niet voor u is."
        )
    }
}
"""Where only the path can be malformed."""


def _query(query: Query | Cursor) -> dict[str, Any]:
    shape: dict[str, Any]
    if isinstance(query, Cursor):
        shape = {"type": "string", "pattern": query.pattern}
    else:
        shape = {
            "type": "integer",
            "default": query.default,
            "minimum": query.minimum,
            "maximum": query.maximum,
        }
    return {"name": query.name, "in": "query", "description": query.description, "schema": shape}


def _problem_responses(problems: Iterable[type[GatewayError] | Problem]) -> dict[str, Any]:
    """One entry per status; several problems of one status share it."""
    titles: dict[int, list[str]] = {}
    for each in problems:
        problem = each if isinstance(each, Problem) else PROBLEMS[each]
        listed = titles.setdefault(problem.status, [])
        if problem.title not in listed:
            listed.append(problem.title)
    return {
        str(status): {
            "description": f"{'; '.join(listed)}.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Probleem"}}},
        }
        for status, listed in sorted(titles.items())
    }


def _complete(path: str, call: dict[str, Any]) -> None:
    """Add the path parameters and the header that every answer has."""
    names = re.findall(r"{(\w+)}", path)
    given = {parameter["name"] for parameter in call.setdefault("parameters", [])}
    call["parameters"] = [_path_parameter(name) for name in names if name not in given] + call["parameters"]
    if names:
        for status, response in _problem_responses([InvalidMessage, NotFound]).items():
            call["responses"].setdefault(status, response | _NOT_FOR_IDS.get(status, {}))
    for response in call["responses"].values():
        response.setdefault("headers", {})["API-Version"] = _VERSION_HEADER


def _path_parameter(name: str) -> dict[str, Any]:
    named = name in _NAMED
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": _NAMED[name] if named else "Id zoals OZlijn die gaf; zegt niets over een persoon.",
        "schema": {"type": "string", "pattern": NAME if named else "^[0-9a-f]{32}$"},
    }


def _hoist(node: Any, components: dict[str, Any]) -> Any:
    """A copy in which every schema with a name of its own is a reference to the components."""
    if isinstance(node, list):
        return [_hoist(each, components) for each in node]
    if not isinstance(node, dict):
        return node
    plain = _nullable({name: _hoist(value, components) for name, value in node.items() if name != "$defs"})
    for name, part in node.get("$defs", {}).items():
        _add(name, _hoist(part, components), components)
    schema = plain.get("schema")
    if isinstance(schema, dict) and schema.get("type") == "object" and "title" in schema:
        _add(schema["title"], schema, components)
        plain["schema"] = {"$ref": _REF.format(model=schema["title"])}
    return plain


def _nullable(node: dict[str, Any]) -> dict[str, Any]:
    """A value or null as one schema where that can be, so that `format` stands beside its type."""
    match node.get("anyOf"):
        case [{"type": str()} as value, {"type": "null"}] if "const" not in value:
            others = {name: shown for name, shown in node.items() if name != "anyOf"}
            listed = {"enum": [*value["enum"], None]} if "enum" in value else {}
            return {**value, **listed, "type": [value["type"], "null"], **others}
        case _:
            return node


def _add(name: str, schema: dict[str, Any], components: dict[str, Any]) -> None:
    if components.setdefault(name, schema) != schema:
        raise TypeError(f"two different schemas are called {name}")
