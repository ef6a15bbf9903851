"""Whether every document of one JSON Schema fits another: as far as the schemas that we make go."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_LEAST = ("minimum", "minLength", "minItems")
_MOST = ("maximum", "maxLength", "maxItems", "maxProperties")


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference within the document names, or the schema itself."""
    while "$ref" in schema:
        found: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


def narrowed(
    target: Schema, source: Schema, target_in: Schema, source_in: Schema, *, grows: bool = False, at: str = ""
) -> Iterator[str]:
    """Each reason why a document of `source` may not fit `target`.

    With `grows` members that `target` does not know are no reason: who reads passes over them. Nor is then, in a form
    that clients send and are given back, what only such clients get as send it: a wider value, a member left out.
    """
    yield from _Fit(target_in, source_in, grows).misfits(target, source, at, ())


class _Fit:
    def __init__(self, target_in: Schema, source_in: Schema, grows: bool) -> None:
        self._target_in = target_in
        self._source_in = source_in
        self._grows = grows

    def misfits(
        self, target: Schema, source: Schema, at: str, seen: tuple[str, ...], echoed: bool = False
    ) -> Iterator[str]:
        name = f"{target.get('$ref')} {source.get('$ref')}"
        if "$ref" in target and name in seen:
            return
        seen = (*seen, name)
        target, source = resolved(target, self._target_in), resolved(source, self._source_in)
        if "properties" in target:
            echoed = self._grows and target.get("additionalProperties") is False
        choices = source.get("anyOf", [source])
        if "anyOf" in target or len(choices) > 1:
            yield from self._any(target.get("anyOf", [target]), choices, at, seen, echoed)
        else:
            yield from self._one(target, source, at, seen, echoed)

    def _any(
        self, targets: list[Schema], sources: list[Schema], at: str, seen: tuple[str, ...], echoed: bool
    ) -> Iterator[str]:
        for source in sources:
            reasons = [list(self.misfits(target, source, at, seen, echoed)) for target in targets]
            if all(reasons):
                yield min(reasons, key=len)[0]

    def _one(self, target: Schema, source: Schema, at: str, seen: tuple[str, ...], echoed: bool) -> Iterator[str]:
        place = at or "/"
        if target.get("type", source.get("type")) != source.get("type"):
            yield f"{place} is {target['type']} and was {source.get('type')}"
            return
        if not echoed:
            yield from _values(target, source, place)
        yield from self._members(target, source, at, seen, echoed)
        if "items" in target and "items" in source and isinstance(target["items"], dict):
            yield from self.misfits(target["items"], source["items"], f"{at}/*", seen, echoed)

    def _members(self, target: Schema, source: Schema, at: str, seen: tuple[str, ...], echoed: bool) -> Iterator[str]:
        wanted, given = target.get("properties", {}), source.get("properties", {})
        promised = set(given if echoed else source.get("required", ()))
        for name in target.get("required", ()):
            if name not in promised:
                yield f"{at}/{name} is needed"
        for name, schema in given.items():
            if name in wanted:
                yield from self.misfits(wanted[name], schema, f"{at}/{name}", seen, echoed)
            elif wanted and not self._grows and target.get("additionalProperties") is False:
                yield f"{at}/{name} is not known"


def _values(target: Schema, source: Schema, place: str) -> Iterator[str]:
    wanted = target.get("enum", [target["const"]] if "const" in target else None)
    given = source.get("enum", [source["const"]] if "const" in source else None)
    if wanted is not None and (given is None or set(given) - set(wanted)):
        yield f"{place} is one of {wanted}"
    for bound in _LEAST:
        if bound in target and given is None and target[bound] > source.get(bound, float("-inf")):
            yield f"{place} has {bound} {target[bound]}"
    for bound in _MOST:
        if bound in target and given is None and target[bound] < source.get(bound, float("inf")):
            yield f"{place} has {bound} {target[bound]}"
    if "pattern" in target and given is None and target["pattern"] != source.get("pattern"):
        yield f"{place} has the pattern {target['pattern']}"
