"""A process of its own that has the exported files and the jsonschema package, and nothing of ours.

    python onafhankelijk.py FOLDER < lines

A line is `{"schema": "<$id>", "document": ...}`; the answer is a line with a list of what is wrong, [] for
right. Before the first line it checks every file: against the meta-schema, its $id, that all references
resolve, and its examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from referencing import Registry, Resource


def refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [r for below in node.values() for r in refs(below)]
    return [r for below in node for r in refs(below)] if isinstance(node, list) else []


def answer(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    documents = {
        p.relative_to(folder).as_posix(): json.loads(p.read_bytes()) for p in sorted(folder.glob("v*/*.json"))
    }
    registry: Registry[Any] = Registry().with_resources(
        (d["$id"], Resource.from_contents(d)) for d in documents.values()
    )
    index = {d["bestand"]: d["id"] for d in json.loads((folder / "index.json").read_bytes())["schemas"]}
    assert index == {path: d["$id"] for path, d in documents.items()}
    validators = {}
    for document in documents.values():
        assert validator_for(document) is Draft202012Validator
        Draft202012Validator.check_schema(document)
        resolver = registry.resolver(document["$id"])
        for ref in refs(document):
            resolver.lookup(ref)
        validators[document["$id"]] = Draft202012Validator(document, registry=registry)
        for example in document["examples"]:
            validators[document["$id"]].validate(example)
    assert not {"schemas", "consent", "adapters", "gateway", "pydantic"} & set(sys.modules)
    answer(len(documents))
    for line in sys.stdin:
        case = json.loads(line)
        errors = validators[case["schema"]].iter_errors(case["document"])
        answer([f"{e.json_path}: {e.validator}" for e in errors])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
