"""A building of 100,000 elements: tree, filter, hide, ghost, isolate, select, recolour, pick, section, property search.

Ratios are over one copy of the element table's GlobalIds into Python, as a yardstick of this machine in this run.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

COUNT, STOREYS, STEPS = 100_000, 50, 5
CLASSES = ("IfcWall", "IfcSlab", "IfcDoor", "IfcWindow", "IfcBeam", "IfcColumn", "IfcFlowSegment", "IfcFurniture")


def main() -> None:
    features = _table()
    yard = _best(lambda: features.column("guid").to_pylist())
    found = {**_tree(features), **_scene(features), **_search(features)}
    print(json.dumps({"name": "building_model", "elements": COUNT, "yardstick_ms": round(yard, 1),
                      **{f"{k}_ms": round(v, 2) for k, v in found.items()},
                      **{f"{k}_over_yardstick": round(v / yard, 2) for k, v in found.items()}}))


def _best(call, before=None) -> float:
    """Least milliseconds of a few runs; `before` runs unmeasured."""
    times = []
    for _ in range(STEPS):
        if before:
            before()
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def _table():
    at = np.arange(COUNT)
    return pa.table({
        "guid": [f"{i:022d}" for i in at], "class": [CLASSES[i % len(CLASSES)] for i in at],
        "name": [f"Element {i}" for i in at], "storey": [f"Level {i * STOREYS // COUNT}" for i in at],
        "storey_elevation_m": (at * STOREYS // COUNT * 3.0), "type": [f"T{i % 300}" for i in at],
        "material": [f"M{i % 40}" for i in at], "FireRating": [f"F{30 * (i % 4)}" if i % 5 else None for i in at],
        "Volume": (at % 977 / 10.0)})


def _tree(features) -> dict[str, float]:
    from PySide6.QtCore import QCoreApplication

    from app.panels.model_tree_model import ModelTreeModel
    from bim.structure import Structure
    application = QCoreApplication.instance() or QCoreApplication([])
    parent = np.concatenate([[-1], np.zeros(STOREYS), 1 + np.arange(COUNT) * STOREYS // COUNT]).astype(np.int32)
    levels = [f"Level {n}" for n in range(STOREYS)]
    nodes = pa.table({
        "guid": ["project", *levels, *features["guid"].to_pylist()],
        "class": ["IfcProject", *["IfcBuildingStorey"] * STOREYS, *features["class"].to_pylist()],
        "name": ["House", *levels, *features["name"].to_pylist()],
        "storey": [None, *levels, *features["storey"].to_pylist()], "parent": parent,
        "spatial": np.arange(len(parent)) <= STOREYS})
    groups = pa.table({"by": ["type"] * COUNT, "label": features["type"],
                       "row": pa.array(np.arange(COUNT) + STOREYS + 1, pa.int32())})
    structure, model, shown = Structure(nodes, groups), ModelTreeModel(), np.ones(COUNT, bool)
    out = {f"tree_by_{way}": _best(lambda way=way: model.show_structure(structure, features, way))
           for way in ("class", "type", "place")}
    out["tree_filter"] = _best(lambda: model.set_filter("9999"), lambda: model.set_filter(""))
    model.set_filter("")

    def toggle():
        shown[:] = ~shown
    out["tree_checks"] = _best(lambda: model.show_visible(shown.copy()), toggle)
    del application
    return out


def made_model(features=None):
    """A tower of boxes with one element each."""
    from tests.layers.boxes import boxes
    at = np.arange(COUNT)
    per = COUNT // STOREYS
    low = np.column_stack([at % per % 50 * 2.0, at % per // 50 * 2.0, at * STOREYS // COUNT * 3.0])
    return replace(boxes(low, np.full((COUNT, 3), 1.6)), features=_table() if features is None else features)


def _scene(features) -> dict[str, float]:
    from layers.arrangement import Rule, isolated
    from layers.base import Moment
    from layers.building import Building
    from layers.sections import Cut
    from layers.view import offscreen
    from tests.layers.made_stage import MadeAssets
    from twin.camera import Camera
    from twin.document import Document
    from twin.frame import Frame
    from twin.selection import Selection
    mesh = made_model(features)
    layer, frame, assets = Building(id="b", name="b"), Frame(), MadeAssets({"b": mesh})
    view = offscreen(1280, 800)
    view.canvas.shader_tables = True                   # the probe looks at pixels, which are not drawn here
    view.set_camera(Camera.framing((0, 0, 0, 100, 80, 150), aspect=1.6))
    state = {"moment": Moment()}

    def draw(**fields):
        nonlocal layer
        layer = replace(layer, **fields)
        view.frame(Document(layers=(layer,), frame=frame), assets, state["moment"])
        if error := view.stage.rows["b"].error:
            raise RuntimeError(error)

    draw()
    view.stage.visual("b").solid.picker.wait()
    half = Rule(show="hidden", by="guid", values=tuple(features["guid"].to_pylist()[::2]))
    plain = lambda: draw(arranged=(), color_by="style", cuts=(), apart_m=0.0)  # noqa: E731
    out = {"hide_class": _best(lambda: draw(arranged=(Rule(show="hidden", by="class", values=("IfcWall",)),)), plain),
           "hide_half_by_id": _best(lambda: draw(arranged=(half,)), plain),
           "isolate_storey": _best(lambda: draw(arranged=isolated([Rule(show="shown", by="storey",
                                                                        values=("Level 7",))])), plain),
           "ghost_rest": _best(lambda: draw(arranged=isolated([Rule(show="shown", by="class", values=("IfcDoor",))],
                                                              ghosts=True)), plain),
           "colour_by_text": _best(lambda: draw(color_by="FireRating"), plain),
           "colour_by_number": _best(lambda: draw(color_by="Volume"), plain),
           "storeys_apart": _best(lambda: draw(apart_m=2.0), plain),
           "section": _best(lambda: draw(cuts=(Cut(easting=frame.origin[0] + 50.3, northing=0.0, height=0.0,
                                                   normal=(1.0, 0.0, 0.0)),)), plain)}
    plain()

    def select(n):
        state["moment"] = Moment(selection=Selection(tuple(("b", int(f)) for f in range(n))))
    out["select_50000"] = _best(draw, lambda: (select(0), draw(), select(50_000)))
    out["pick"] = _best(lambda: view.pick(640, 400))
    view.close()
    return out


def _search(features) -> dict[str, float]:
    """As the tree's filter and the colours look a property up, once it has been read."""
    return {"property_search": _best(lambda: features.filter(pc.equal(features["FireRating"], "F60")).num_rows),
            "name_search": _best(lambda: pc.sum(pc.match_substring(features["name"], "9999", ignore_case=True)))}


if __name__ == "__main__":
    main()
