"""What projects of older versions become when they are opened: JSON in, JSON of the present version out.

Up to version 2 what lies on the ground covered what stood higher in the list; up to version 1 pictures did so, too. Now
the upper one lies on top. For a project to look as it did, all that holds such things is put into the opposite order,
each among its siblings: so also across groups. All else keeps its place.
"""

from __future__ import annotations

from typing import Any

from twin.frame import Frame

PICTURES = frozenset({"imagery"})
LYING = frozenset({"vectors", "zones", "flows", "flood"})
LYING_SHAPES = frozenset({"shapes", "surface"})                # of sensors; their points and columns stand


def upgraded(data: dict, version: int) -> dict:
    """The same of `version`, the present one. `data["version"]` is a whole number from 0 on."""
    while data["version"] < version:
        data = STEPS[data["version"]](data)
    return data


def _version_0(data: dict) -> dict:
    """Version 0 (before the first release) wrote the CRS and origin at the top level."""
    data = dict(data)
    frame = {"crs": data.pop("crs", Frame().crs), "origin": data.pop("origin", list(Frame().origin))}
    return {**data, "frame": data.get("frame", frame), "version": 1}


def _version_1(data: dict) -> dict:
    return {**data, "layers": _turned_over(data.get("layers", []), PICTURES | LYING), "version": 3}


def _version_2(data: dict) -> dict:
    return {**data, "layers": _turned_over(data.get("layers", []), LYING), "version": 3}


STEPS = {0: _version_0, 1: _version_1, 2: _version_2}


def _turned_over(layers: Any, kinds: frozenset[str]) -> Any:
    """The list with all siblings that hold something of `kinds` in the opposite order, in the same places."""
    if not isinstance(layers, list) or not all(map(_is_layer, layers)):
        return layers                                          # the validation says what is wrong with them
    groups = {raw["id"] for raw in layers if raw["kind"] == "group"}
    inside: dict[str, list[dict]] = {}
    for raw in layers:
        inside.setdefault(raw.get("group", "") if raw.get("group", "") in groups else "", []).append(raw)
    out = _listed(inside.pop("", []), inside, kinds)
    return [*out, *(raw for rows in inside.values() for raw in rows)]      # groups that lie in each other


def _is_layer(raw: Any) -> bool:
    return isinstance(raw, dict) and all(isinstance(raw.get(key, ""), str) for key in ("kind", "id", "group")) \
        and bool(raw.get("kind") and raw.get("id"))


def _listed(rows: list[dict], inside: dict[str, list[dict]], kinds: frozenset[str]) -> list[dict]:
    """`rows`, each with what lies in it. Where terrains would change places, of which the first hides the others,
    those that hold one stay."""
    parts = [[raw, *_listed(inside.pop(raw["id"], []), inside, kinds)] for raw in rows]
    moving = [n for n, part in enumerate(parts) if any(_is_of(raw, kinds) for raw in part)]
    out = _exchanged(parts, moving)
    if _terrains(out) != _terrains(_exchanged(parts, [])):
        out = _exchanged(parts, [n for n in moving if not _terrains(parts[n])])
    return out


def _exchanged(parts: list[list[dict]], moving: list[int]) -> list[dict]:
    place = dict(zip(moving, reversed(moving)))
    return [raw for n in range(len(parts)) for raw in parts[place.get(n, n)]]


def _terrains(rows: list[dict]) -> list[str]:
    return [raw["id"] for raw in rows if raw["kind"] == "terrain"]


def _is_of(raw: dict, kinds: frozenset[str]) -> bool:
    lying = raw["kind"] == "sensors" and raw.get("shape") in LYING_SHAPES
    return raw["kind"] in kinds or lying
