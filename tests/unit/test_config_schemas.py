"""The schemas editors use agree with the models: what is shipped passes, what is misspelt or out of range does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from firmware_config.schemas import FOLDER, MODELS, schema_text
from tests.conftest import ROOT

HOUSE = ROOT / "firmware_config"
FILES = sorted([*HOUSE.glob("branches/*.yaml"), *HOUSE.glob("profiles/*/*.yaml")])
HINT = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


class _EditorLoader(yaml.SafeLoader):
    """Reads as editors do, by YAML 1.2: 16:45 and 2026-01-01 are texts."""

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012 - the name and shape PyYAML looks for
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if not tag.endswith(("timestamp", "int", "float", "bool"))
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _tag, _pattern in (
    ("bool", r"true|false"),
    ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?[0-9]+\.[0-9]+"),
):
    _EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), None)


def faults(value: Any, schema: dict[str, Any], whole: dict[str, Any], path: str = "") -> list[str]:
    """Where `value` is not what `schema` says: the part of JSON Schema that our schemas use, and nothing else."""
    if "$ref" in schema:
        return faults(value, whole["definitions"][schema["$ref"].rpartition("/")[2]], whole, path)
    if "anyOf" in schema:
        tried = [faults(value, one, whole, path) for one in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    found: list[str] = []
    if "type" in schema and not _is_a(value, schema["type"]):
        return [path]
    if "enum" in schema and value not in schema["enum"]:
        found.append(path)
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(path)
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            found.append(path)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(path)
        for index, item in enumerate(value):
            found += faults(item, schema.get("items", {}), whole, f"{path}[{index}]")
    elif isinstance(value, dict):
        found += [f"{path}.{key}" for key in schema.get("required", ()) if key not in value]
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for key, item in value.items():
            below = f"{path}.{key}"
            if key not in known and others is False:
                found.append(below)
            else:
                found += faults(item, known.get(key, others), whole, below)
        if "if" in schema and not faults(value, schema["if"]["not"], whole, path):
            return found
        found += faults(value, schema["then"], whole, path) if "then" in schema else []
    elif isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high or value <= schema.get("exclusiveMinimum", value - 1):
            found.append(path)
    return found


def _is_a(value: Any, types: str | list[str]) -> bool:
    kinds = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "null": value is None,
    }
    return any(kinds[kind] for kind in ([types] if isinstance(types, str) else types))


def _read(text: str) -> Any:
    return yaml.load(text, Loader=_EditorLoader)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_names_its_schema_and_passes_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    hint = HINT.match(text)
    assert hint, "the first line tells an editor which schema is meant"
    schema = json.loads((path.parent / hint[1]).read_text(encoding="utf-8"))
    assert faults(_read(text), schema, schema) == []


@pytest.mark.parametrize(
    ("kind", "text", "where"),
    [
        ("branch", "inherits: a.yaml\nservces: []\n", ".servces"),
        ("branch", "inherits: a.yaml\nrules: {get_ready: 10}\n", ".rules.get_ready"),
        ("branch", "inherits: a.yaml\nticket_hours: {opens: 9:00}\n", ".ticket_hours.opens"),
        ("branch", "inherits: a.yaml\ncounters: [{code: A-1}]\n", ".counters[0].code"),
        ("branch", "inherits: a.yaml\ndevices: {lines: [{baud: 9601}]}\n", ".devices.lines[0].baud"),
        ("branch", "branch: {code: small}\n", ".ticket_hours"),
        ("pad", "inherits: ff68_pad\nprotocol: rs485\n", ".protocol"),
        ("printer", "inherits: generic_80mm\npaper: {width_mm: 30}\n", ".paper.width_mm"),
        ("ticket", "inherits: standard\npieces: [{show: nubmer}]\n", ".pieces[0].show"),
        ("voice", "inherits: espeak_ng\nlanguages: [zh, de]\n", ".languages[1]"),
    ],
)
def test_an_editor_sees_what_check_would_refuse(kind: str, text: str, where: str) -> None:
    schema = json.loads(schema_text(kind))
    assert where in faults(_read(text), schema, schema)


def test_there_is_a_schema_for_everything_people_write() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(MODELS)
