"""What a style form must know about a field, read off the layer's dataclass. No Qt, no layer type is named."""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt

from twin.layer import Layer
from twin.vitals.catalogue import catalogue


@dataclass(frozen=True)
class FieldSpec:
    """One styled field. `base` is float, int, bool or str; `low`, `high` None where the type states none."""

    name: str
    label: str                             # English, translated when shown
    base: type
    default: Any
    unit: str = ""
    step: float | None = None
    role: str = ""
    help: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def editor(self) -> str:
        """Which kind of widget edits it."""
        if self.role and self.role != "text":
            return self.role
        if self.choices:
            return "choice"
        if self.base is bool:
            return "switch"
        if self.base in (float, int):
            ranged = self.low is not None and self.high is not None
            return "optional_number" if self.optional else "slider" if ranged else "number"
        return "text"


@cache
def field_specs(layer_type: type[Layer]) -> tuple[FieldSpec, ...]:
    """The styled fields: what decides about others, the type's own, then what every layer has."""
    hints = get_type_hints(layer_type, include_extras=True)
    shared = {f.name for f in fields(Layer)}
    styled = [f for f in fields(layer_type) if "label" in f.metadata]
    styled.sort(key=lambda f: (f.name in shared, f.name not in DECIDING))
    return tuple(_spec(f, hints[f.name]) for f in styled)


def _spec(field, hint) -> FieldSpec:
    low = high = None
    choices: tuple[str, ...] = ()
    optional = False
    while get_origin(hint) in (Annotated, Union, types.UnionType):
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            for note in notes:
                low, high = _bounds(note, (field.metadata.get("step") or 1.0) / 50, low, high)
        else:
            inside = [t for t in get_args(hint) if t is not type(None)]
            optional = optional or len(inside) < len(get_args(hint))
            hint = inside[0]
    if get_origin(hint) is Literal:
        choices, hint = get_args(hint), str
    meta = field.metadata
    return FieldSpec(field.name, meta["label"], hint, None if field.default is MISSING else field.default,
                     meta.get("unit", ""), meta.get("step"), meta.get("role", ""), meta.get("help", ""),
                     low, high, choices, optional)


def _bounds(note, least: float, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The range with one more note taken in; an open end is moved inward by `least`."""
    match note:
        case Ge():
            return float(note.ge), high
        case Gt():
            return float(note.gt) + least, high
        case Le():
            return low, float(note.le)
        case Lt():
            return low, float(note.lt) - least
    return low, high


# -- what has an effect -----------------------------------------------------------------------------

OF_NUMBERS = frozenset({"colormap", "steps", "step_count", "low", "high"})
DEVICE_AGE = "device age"                  # when it was heard: what was heard has no say
UNCOLOURED = ("", "plain", DEVICE_AGE)     # of "Colour by": then no scale is used
DECIDING = ("ruled",)


def idle_for_words(layer: Layer, features) -> frozenset[str]:
    """What colours numbers, where the column that colours (of an Arrow table) holds words: each has a colour of its
    own."""
    import pyarrow.types as types
    column = getattr(layer, "color_by", "")
    if features is None or column not in features.column_names:
        return frozenset()
    kind = features.schema.field(column).type
    return frozenset() if types.is_integer(kind) or types.is_floating(kind) else OF_NUMBERS


def effective(name: str, layer: Layer) -> bool:
    """Whether a field changes anything as the others are. By what fields are called: alike in every layer type."""
    def says(other: str, *values: Any) -> bool:
        return getattr(layer, other, values[0]) in values
    match name:
        case "color_by" | "colormap" | "steps" | "step_count" | "low" | "high" if getattr(layer, "ruled", False):
            return False
        case "colormap" if layer.kind == "terrain":
            return says("color_by", "elevation", "slope")    # the others have colours of their own
        case "colormap" | "steps" | "low" | "high":
            return not hasattr(layer, "color_by") or not says("color_by", *UNCOLOURED)
        case "step_count":
            return not says("color_by", *UNCOLOURED) and not says("steps", "smooth")
        case "over" | "label" if getattr(layer, "color_by", "") == DEVICE_AGE:
            return False
        case "column_height_m":
            return says("shape", "columns")
        case "size_px" if hasattr(layer, "shape"):
            return says("shape", "points")
        case "sign_from_m" | "sign_until_m":
            return not says("sign", "")
        case "storeys_below":
            return not says("storey", "")
        case "trench_width_m":
            return not says("trench_depth_m", 0.0)
    return True


# -- what a role offers -----------------------------------------------------------------------------


def offered(role: str, features: Any) -> tuple[str, ...]:
    """The values that a role offers, from the layer's feature table (pyarrow.Table or None)."""
    if role == "sign":
        return tuple(sign.id for sign in catalogue().signs)
    if features is None:
        return ()
    if role == "column":
        return tuple(features.column_names)
    if role == "numeric_column":
        return tuple(name for name in features.column_names if _numeric(features.schema.field(name).type))
    if role == "lod":
        return _levels(features)
    return _distinct(features, role) if role in ("property", "storey") else ()


def _numeric(kind) -> bool:
    import pyarrow.types as t
    return t.is_integer(kind) or t.is_floating(kind) or t.is_decimal(kind)


def _distinct(features: Any, column: str) -> tuple[str, ...]:
    """Distinct texts of a column in the order of the file."""
    if column not in features.column_names:
        return ()
    import pyarrow.compute as pc
    return tuple(str(value) for value in pc.unique(features.column(column)).to_pylist() if value not in (None, ""))


def _levels(features: Any) -> tuple[str, ...]:
    """Levels of detail of a city model that has several ("1, 2.2" in its table), after the choice by distance."""
    found = {level for text in _distinct(features, "lod") for level in text.split(", ")}
    return ("distance", *sorted(found)) if len(found) > 1 else ()
