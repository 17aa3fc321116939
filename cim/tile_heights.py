"""Heights of 3D Tiles: told above the ellipsoid, wanted in the project's datum.

A bake of ours says which geoid height it was made with, so it comes back to the centimetre whatever the project knows
of the geoid. Of others the project's own number counts; where it has none, heights stay as they are, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.frame import Frame
from twin.layer import Source
from twin.text import tr


@dataclass(frozen=True)
class Heights:
    """`shift_m`: metres to add to heights as the file tells them. `note`: what was taken for granted."""

    shift_m: float = 0.0
    note: str = ""


def heights_of(source: Source, frame: Frame, baked: dict, located: bool) -> Heights:
    """`baked`: what a bake says of itself, {} of other tilesets; `located`: the tileset is geocentric."""
    if not located:
        return Heights()
    if baked:
        geoid_m = float(baked.get("geoid_m") or 0.0)
        datum = source.height_datum or str(baked.get("height_datum") or "")
        return Heights(frame.height_shift_m(datum if datum in ("1985", "wusong") else "") - geoid_m)
    datum = source.height_datum or "ellipsoid"
    note = "" if datum != "ellipsoid" or frame.geoid_m else tr(
        "Its heights count from the ellipsoid. How high 1985 lies above that is not known in this project: "
        "they are taken as they are.")
    return Heights(frame.height_shift_m(datum), note)
