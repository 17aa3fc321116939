"""The frozen base of every layer: what the user arranged, never what a file contains.

A layer type is a frozen dataclass that derives from `Layer`, has a literal `kind` field and is
registered with `@layer_type`. Ranges are written as `Annotated[float, Ge(0), Le(1)]`, choices as
`Literal[...]`, and labels, units and roles in `styled(...)`: the project file validates them and the
style form is generated from them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le

LAYER_TYPES: dict[str, type[Layer]] = {}
SYSTEM_COLUMN = "system"                    # of a table that the layers of several systems share


@dataclass(frozen=True, kw_only=True)
class Dem:
    """A further elevation model of a terrain, before those that come after it; fields as of `Source`.

    `blend_m`: over this distance inside its edge it is led over to what lies beneath; 0 = a hard edge.
    """

    path: str
    crs: str = ""
    height_datum: str = ""
    unit: str = ""
    blend_m: Annotated[float, Ge(0.0), Le(500.0)] = 20.0


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a layer's content comes from. `path` is absolute in memory, relative in the project file; or it is an
    address (`postgresql://…`).

    The other fields say what the file itself does not; empty means "as the file says".
    """

    path: str
    reader: str = ""           # name of a registered reader; "" recognises by content
    table: str = ""            # table of a container (GPKG)
    crs: str = ""              # overrides the CRS that the file states
    lod: str = ""              # level of detail of a city model
    encoding: str = ""         # text encoding of attribute tables
    time_zone: str = ""        # of naive time stamps; "" = the project's
    begins: str = ""           # of times that count from a start: when that was, ISO 8601; "" = in 1970
    positions: str = ""        # companion table with sensor positions
    height_datum: str = ""     # "1985", "wusong", "ellipsoid"; "" = the project's
    shapes: str = ""           # companion file with the lines, areas or buildings that sensors belong to
    part: str = ""             # a further distinction that a reader understands; of a table of tracks the rows whose
                               # column `SYSTEM_COLUMN` says this
    unit: str = ""             # of a terrain's heights: "m", "ft", "us-ft"
    over: tuple[Dem, ...] = () # of a terrain: further elevation models, the first one goes before all others


def is_url(path: str) -> bool:
    """Whether a source is an address and no file: it is kept as it stands and never looked for on the disk."""
    return "://" in path


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A placement in the project CRS: metres, degrees counter-clockwise from east.

    `scale` is of the plan (a map projection's lengths are not true ones), `height_scale` of the heights; None = the
    same.
    """

    easting: float
    northing: float
    height: float = 0.0
    rotation_deg: float = 0.0
    scale: float = 1.0
    height_scale: float | None = None


def styled(default: Any, label: str, *, unit: str = "", step: float | None = None, role: str = "",
           help: str = "") -> Any:
    """A dataclass field that the style form shows.

    `role`: "column" (an attribute of the layer's features), "numeric_column", "colormap", "color",
    "property" (an observed property), "text", or "" (from the type alone).
    """
    return field(default=default, metadata={
        "label": label, "unit": unit, "step": step, "role": role, "help": help})


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What every row of the layer manager has. `group` is the id of the `Group` it lies in.

    `system` is the key of the city system that the layer shows ("22.06", see twin/systems), "" = none.
    """

    id: str
    name: str
    name_zh: str = ""
    group: str = ""
    visible: bool = True
    opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(1.0, "Opacity", step=0.05)
    source: Source | None = None
    synthetic: bool = False
    system: str = ""
    height_offset_m: Annotated[float, Ge(-1000.0), Le(9000.0)] = styled(
        0.0, "Height offset", unit="m", step=0.5)

    kind: str = ""
    reads_as: ClassVar[str] = ""               # the kind of content, shared with the layers of that kind; "" = its own
    timed: ClassVar[bool] = False              # it shows readings or tracks at the clock's time

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name


def layer_type(cls: type[Layer]) -> type[Layer]:
    """Register a layer dataclass under the literal of its `kind` field."""
    LAYER_TYPES[cls.__dataclass_fields__["kind"].default] = cls
    return cls


@layer_type
@dataclass(frozen=True, kw_only=True)
class Group(Layer):
    """A folder of the tree. Hiding it hides its members and leaves their own eyes alone."""

    kind: Literal["group"] = "group"


@layer_type
@dataclass(frozen=True, kw_only=True)
class Unread(Layer):
    """A file that no reader recognised. It keeps its row, with the error, until it is mended or removed."""

    kind: Literal["unread"] = "unread"


@dataclass(frozen=True, kw_only=True)
class Opaque(Layer):
    """A layer of a kind this version does not know: kept word for word, so that saving loses nothing."""

    kind: Literal["opaque"] = "opaque"
    raw: str = "{}"            # the JSON object as it was read


def new_id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(4)}"
