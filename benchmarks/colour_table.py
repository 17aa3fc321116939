"""Recolouring, hiding and selecting 300,000 buildings through the colour table, against writing the vertices."""

from __future__ import annotations

import json
import os
import statistics
import time

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

import numpy as np

COUNT, STEPS = 300_000, 12


def main() -> None:
    mesh = _boxes()
    shader, array = _steps(mesh, True), _steps(mesh, False)
    out = {"name": "colour_table", "buildings": COUNT, "triangles": len(mesh.triangles)}
    for what in shader:
        out |= {f"{what}_table_ms": round(shader[what], 3), f"{what}_array_ms": round(array[what], 3),
                f"{what}_array_over_table": round(array[what] / shader[what], 1)}
    print(json.dumps(out))


def _boxes():
    from twin.data import Mesh
    corners = np.array([[x, y, z] for z in (0, 20) for y in (0, 12) for x in (0, 18)], np.float32)
    faces = np.array([[4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6],
                      [1, 3, 5], [3, 7, 5]], np.int32)
    side = int(np.ceil(np.sqrt(COUNT)))
    at = np.arange(COUNT)
    places = np.stack([at % side * 30, at // side * 30, np.zeros(COUNT)], axis=1).astype(np.float32)
    return Mesh(points=(places[:, None] + corners).reshape(-1, 3),
                triangles=(8 * at[:, None, None] + faces).reshape(-1, 3).astype(np.int32),
                vertex_feature=np.repeat(at.astype(np.int32), 8), count=COUNT)


def _steps(mesh, shader: bool) -> dict[str, float]:
    """Median milliseconds of writing the colours and of the frame that shows them."""
    from layers.base import Visual
    from layers.solid import Solid
    from layers.view import offscreen
    view = offscreen(1600, 1000)
    view.canvas.shader_tables = shader
    solid = Solid(Visual(view.canvas), mesh, mesh.points, COUNT)
    random = np.random.default_rng(5)
    rgba = random.integers(0, 255, (COUNT, 4)).astype(np.uint8)
    rgba[:, 3] = 255
    solid.paint(rgba)
    view.window.Render()
    times = {"recolour": [], "select": [], "hide": []}
    for step in range(STEPS):
        rgba = rgba.copy()
        rgba[:, :3] = np.roll(rgba[:, :3], 1, axis=1)
        times["recolour"].append(_timed(solid, view, rgba))
        rgba[step] = (22, 119, 255, 255)
        times["select"].append(_timed(solid, view, rgba))
        rgba[step * 7, 3] = 0
        times["hide"].append(_timed(solid, view, rgba))
    view.close()
    return {what: statistics.median(ms) * 1000 for what, ms in times.items()}


def _timed(solid, view, rgba: np.ndarray) -> float:
    start = time.perf_counter()
    solid.paint(rgba)
    view.window.Render()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
