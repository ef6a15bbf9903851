"""JSON Schema says the same as the strict schemas, as far as it can."""

import re
from typing import Any

import pytest
from marshmallow import fields

from schemas.answers import Answers
from schemas.fields import Strict
from schemas.json_schema import json_schema
from schemas.result import Detail, Result, Trail


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every object schema in it."""
    if isinstance(schema, list):
        return [found for one in schema for found in objects(one)]
    if not isinstance(schema, dict):
        return []
    inner = [found for one in schema.values() for found in objects(one)]
    return [schema, *inner] if "additionalProperties" in schema else inner


@pytest.mark.parametrize("schema", [Answers, Result, Detail, Trail])
def test_every_object_refuses_what_it_does_not_name(schema: type[Strict]) -> None:
    found = objects(json_schema(schema))
    assert found
    assert all(one["additionalProperties"] is False and one["description"] for one in found)


def test_constraints_are_carried_over() -> None:
    properties = json_schema(Answers)["properties"]
    assert properties["profile"] == {"type": "string", "enum": ["core", "core+income"]}
    assert properties["occupations"]["minItems"] == 1 and properties["occupations"]["maxItems"] == 3
    assert properties["target"] == {"type": "boolean"}
    factor = properties["activities"]["items"]["properties"]["factor"]
    assert factor == {"type": "integer", "enum": [0, 500, 1000, 2000, 4000]}
    assert json_schema(Answers)["required"] == ["as_of", "profile", "occupations"]


def test_patterns_are_anchored() -> None:
    pattern = json_schema(Answers)["properties"]["as_of"]["pattern"]
    assert re.search(pattern, "2026-11")
    assert not re.search(pattern, "x2026-11x")


def test_a_field_without_counterpart_is_named() -> None:
    class Loose(Strict):
        anything = fields.Float()

    with pytest.raises(TypeError, match="Float"):
        json_schema(Loose)
