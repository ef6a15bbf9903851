"""Named JSON Schemas that a document holds once and refers to by name, as OpenAPI and AsyncAPI do."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.fields import Strict
from schemas.json_schema import Compiled, json_schema

Named = type[Strict] | type[msgspec.Struct]
_TEMPLATE = "#/components/schemas/{name}"


class Components:
    """Schemas by name. Those of what is sent are closed, those of what is answered open, if they are not both.

    `already` are those that were compiled before and stay as they are.
    """

    def __init__(self, *, closed: bool, already: "Components | None" = None) -> None:
        self.schemas: dict[str, Compiled] = dict(already.schemas) if already else {}
        self._classes: dict[str, Named] = dict(already._classes) if already else {}
        self._closed = closed

    def shape(self, shape: Named | tuple[Named, ...] | Mapping[str, Any]) -> Compiled:
        """How a shape stands in the document: by reference where it has a name."""
        if isinstance(shape, Mapping):
            return dict(shape)
        if isinstance(shape, tuple):
            return {"anyOf": [self._reference(one) for one in shape]}
        return self._reference(shape)

    def _reference(self, schema: Named) -> Compiled:
        name = schema.__name__
        if self._classes.setdefault(name, schema) is not schema:
            raise TypeError(f"two schemas are called {name}; a name in the interface means one thing")
        if name not in self.schemas:
            self.schemas[name] = {}  # its place, and the end of a recursion
            self.schemas |= self._compiled(schema)
        return {"$ref": _TEMPLATE.format(name=name)}

    def _compiled(self, schema: Named) -> dict[str, Compiled]:
        if issubclass(schema, msgspec.Struct):
            return msgspec.json.schema_components([schema], ref_template=_TEMPLATE)[1]
        compiled = json_schema(schema, self._reference)
        if not self._closed:
            del compiled["additionalProperties"]
        return {schema.__name__: compiled}
