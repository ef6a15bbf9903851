"""Strict fields: what is not exactly the declared type is refused, never converted.

By default marshmallow takes ``"1"``, ``1.5`` and ``"yes"`` for an integer or a boolean. A result that can be
replayed byte for byte may not begin with a guess, so these fields take a value of the very type or name the
error. There is no field for floats: every quantity that crosses a boundary is an integer in a stated unit.

Each field shows its constraints as plain attributes (``minimum``, ``maximum``, ``pattern``, ``choices``,
``inner``), so that decoders and documents can be compiled from the one definition.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

MONEY_MAXIMUM = 10**13
"""Minor units: a hundred thousand million euros a month is refused as a slip."""


class Strict(Schema):
    """A schema that refuses unknown fields; the base of everything that crosses a boundary."""

    class Meta:
        unknown = RAISE


class Passing(Strict):
    """A schema that passes over unknown fields, for documents in a form that others have made."""

    class Meta:
        unknown = EXCLUDE


class OneCurrency(Strict):
    """A schema whose amounts are all in one currency, named once; whoever gives an amount its own is told so."""

    error_messages = {  # noqa: RUF012  (marshmallow declares it so)
        "unknown": "Unknown field. Amounts are whole numbers of minor units in the one currency that is named once."
    }


class Integer(fields.Field[int]):
    """A whole number within closed bounds; refuses ``"1"``, ``1.0``, ``1.5`` and ``true``."""

    def __init__(self, minimum: int, maximum: int, *, choices: Sequence[int] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum = minimum
        self.maximum = maximum
        self.choices = tuple(choices) if choices is not None else None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Must be a whole number, written without quotes or decimals.")
        if self.choices is not None and value not in self.choices:
            raise ValidationError(f"Must be one of {', '.join(map(str, self.choices))}.")
        if not self.minimum <= value <= self.maximum:
            raise ValidationError(f"Must be between {self.minimum} and {self.maximum}.")
        return value


class Money(Integer):
    """An amount in minor units (cents) of the currency named beside it, not negative."""

    def __init__(self, minimum: int = 0, maximum: int = MONEY_MAXIMUM, **kwargs: Any) -> None:
        super().__init__(minimum, maximum, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is dict:
            raise ValidationError(
                "Must be a whole number alone: all amounts are minor units, such as cents, of the one currency that "
                "is named once, as currency beside them."
            )
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Field[bool]):
    """``true`` or ``false``; refuses ``"yes"``, ``1`` and ``0``."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("Must be true or false.")
        return value


class Text(fields.Field[str]):
    """A string of ``minimum`` to ``maximum`` characters, all of it matching ``pattern`` where one is given.

    ``pattern`` is written without anchors and holds for the whole string; ``anchored`` is the same for
    engines that search. ``example`` shows in the error what would be right, ``right`` says it in a sentence.
    """

    def __init__(
        self,
        maximum: int,
        *,
        minimum: int = 1,
        pattern: str | None = None,
        example: str | None = None,
        right: str | None = None,
        choices: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.minimum = minimum
        self.maximum = maximum
        self.pattern = pattern
        self.example = example
        self.right = right
        self.choices = tuple(choices) if choices is not None else None
        self._compiled = re.compile(pattern) if pattern is not None else None

    @property
    def anchored(self) -> str | None:
        return None if self.pattern is None else rf"^(?:{self.pattern})\Z"

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            return self._checked(value)
        except ValidationError:
            if self.right is None:
                raise
            raise ValidationError(self.right) from None

    def _checked(self, value: Any) -> str:
        if type(value) is not str:
            raise ValidationError("Must be a string.")
        if self.choices is not None and value not in self.choices:
            raise ValidationError(f"Must be one of {', '.join(self.choices)}.")
        if not self.minimum <= len(value) <= self.maximum:
            raise ValidationError(f"Must have {self.minimum} to {self.maximum} characters.")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("Must be valid Unicode; a lone surrogate is none.")
        if self._compiled is not None and self._compiled.fullmatch(value) is None:
            hint = f" Right would be, for example, {self.example}." if self.example else ""
            raise ValidationError(f"Does not have the expected form.{hint}")
        return value


class Month(Text):
    """A calendar month as ``YYYY-MM`` (ISO 8601, years 2000 to 2099)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(7, minimum=7, pattern=r"20[0-9]{2}-(0[1-9]|1[0-2])", example="2026-11", **kwargs)


class Currency(Text):
    """A currency by its code (ISO 4217), which also says how many decimals its minor units are."""

    def __init__(self, **kwargs: Any) -> None:
        right = "Must be one currency by its three capital letters, such as EUR; all amounts are in it."
        super().__init__(3, minimum=3, pattern=r"[A-Z]{3}", example="EUR", right=right, **kwargs)


class Line(Text):
    """One line of free text without control characters."""

    def __init__(self, maximum: int, **kwargs: Any) -> None:
        super().__init__(maximum, pattern=r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+", **kwargs)


class Items(fields.Field[list[Any]]):
    """A list of ``minimum`` to ``maximum`` values of one inner field; refuses tuples, sets and single
    values.
    """

    def __init__(self, inner: fields.Field[Any], maximum: int, *, minimum: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner
        self.minimum = minimum
        self.maximum = maximum

    def _bind_to_schema(self, field_name: str, parent: Any) -> None:
        super()._bind_to_schema(field_name, parent)
        self.inner._bind_to_schema(field_name, self)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if type(value) is not list:
            raise ValidationError("Must be a list.")
        if not self.minimum <= len(value) <= self.maximum:
            raise ValidationError(f"Must have {self.minimum} to {self.maximum} entries.")
        loaded: list[Any] = []
        errors: dict[str | int, Any] = {}
        for position, entry in enumerate(value):
            try:
                loaded.append(self.inner.deserialize(entry))
            except ValidationError as error:
                errors[position] = error.messages
        if errors:
            raise ValidationError(errors)
        return loaded


class Factors(fields.Field[dict[str, Any]]):
    """What an item's value was computed from: a flat map of at most ``maximum`` names to integers or short
    strings.
    """

    def __init__(self, maximum: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.maximum = maximum

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if type(value) is not dict or len(value) > self.maximum:
            raise ValidationError(f"Must be a map of at most {self.maximum} factors.")
        for name, factor in value.items():
            if type(name) is not str or not 1 <= len(name) <= 60:
                raise ValidationError("Must have names of 1 to 60 characters.")
            if type(factor) is not int and (type(factor) is not str or len(factor) > 120):
                raise ValidationError({name: ["Must be a whole number or a string of at most 120 characters."]})
        return value


class Open(fields.Field[Any]):
    """Something whose form another document tells; `shape` is what JSON Schema can say of it. Outwards only."""

    def __init__(self, shape: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = shape
