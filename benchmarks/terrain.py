"""Terrain in tiles against one mesh at equal measured error: triangles, processor time and wall time of a frame.

The mesh is the coarsest regular thinning that is nowhere in sight farther off, in pixels, than the tiles are. Both
are drawn by the same stage, with the same paint, from the same cameras of a flight.
"""

from __future__ import annotations

import json
import math
import statistics
import time

import numpy as np

SIZE, POSTS, SPACING_M = (1600, 1000), 2049, 10.0


def mountains():
    """Ground that is rough on every scale."""
    from twin.data import HeightGrid
    rng = np.random.default_rng(1)
    z = np.zeros((POSTS, POSTS), np.float32)
    for n in (4, 8, 16, 32, 64, 128):
        coarse = (rng.normal(size=(n + 2, n + 2)) * 900 / n).astype(np.float32)
        at = np.linspace(0, n, POSTS)
        low, share = at.astype(int), (at - at.astype(int)).astype(np.float32)
        rows = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
        z += rows[:, low] * (1 - share) + rows[:, low + 1] * share
    half = (POSTS - 1) * SPACING_M / 2
    return HeightGrid(heights=z, x0=-half, y0=-half, dx=SPACING_M, dy=SPACING_M)


def flight(grid):
    from twin.camera import Camera
    from twin.ground import Ground, Surface
    ground = Ground((Surface(grid),))
    for n in range(4):
        x, y = 3500 * math.sin(n * 0.8), 3500 * math.cos(n * 0.8)
        z = float(ground.height_at(np.array([[x, y]]))[0])
        yield Camera.looking_at((x, y, z), distance=1500, azimuth_deg=n * 90.0 + 100, tilt_deg=20)


def worst_px(surface, keys, sight) -> float:
    """The largest error of these tiles as this camera sees it."""
    from layers.tile_selection import boxes_of, distance_m
    from twin.pyramid import levels_of
    worst = 0.0
    for level, row, col in keys:
        error = float(levels_of(surface.grid)[level].error[row, col])
        box = boxes_of(surface, level, np.array([row]), np.array([col]))
        worst = max(worst, error * sight.pixels / max(distance_m(box, sight.eye)[0], 1e-3))
    return worst


def one_mesh_level(surface, sight, allowed_px: float) -> int:
    """The coarsest level that could be drawn everywhere with no more error in sight."""
    from layers.tile_selection import boxes_of, in_sight
    from twin.pyramid import levels_of
    for level in range(len(levels_of(surface.grid)) - 1, 0, -1):
        row, col = (a.reshape(-1) for a in np.indices(levels_of(surface.grid)[level].shape))
        seen = in_sight(boxes_of(surface, level, row, col), sight)
        keys = [(level, r, c) for r, c in zip(row[seen].tolist(), col[seen].tolist())]
        if worst_px(surface, keys, sight) <= allowed_px:
            return level
    return 0


def mesh_actor(surface, level: int, look):
    from layers.geometry import actor_of, grid_triangles, poly_data
    from layers.ground_paint import paint, prepare
    from twin.pyramid import posts
    rows, cols = (posts(n, 2 ** level) for n in surface.grid.heights.shape)
    x, y = np.meshgrid(surface.grid.x0 + SPACING_M * cols, surface.grid.y0 + SPACING_M * rows)
    points = np.stack([x, y, surface.grid.heights[np.ix_(rows, cols)]], axis=-1).reshape(-1, 3)
    actor = actor_of(poly_data(points, triangles=grid_triangles(len(rows), len(cols)),
                               normals=np.broadcast_to(np.float32((0, 0, 1)), points.shape)))
    prepare(actor)
    paint(actor, look, [], 0.0)
    return actor, 2 * (len(rows) - 1) * (len(cols) - 1)


def timed(view, document, assets, moment) -> tuple[float, float]:
    """Wall and processor milliseconds of a frame until it stands, the best of nine; no picture is taken of it."""
    out = []
    for _ in range(9):
        view.due = True
        wall, own = time.perf_counter(), time.process_time()
        view.frame(document, assets, moment)
        view.window.WaitForCompletion()
        out.append(((time.perf_counter() - wall) * 1000, (time.process_time() - own) * 1000))
    return min(w for w, _ in out), min(c for _, c in out)


def main() -> None:
    from layers.base import Moment
    from layers.terrain import Terrain
    from layers.view import offscreen
    from tests.layers.pictures import Loaded
    from twin.document import Document
    from twin.ground import Surface
    from twin.pyramid import levels_of
    grid, moment = mountains(), Moment()
    surface = Surface(grid)
    start = time.perf_counter()
    levels_of(grid)
    measure_ms = (time.perf_counter() - start) * 1000
    view, document, assets = offscreen(*SIZE), Document(layers=(Terrain(id="t", name="t"),)), Loaded({"t": grid})
    rows = []
    for camera in flight(grid):
        view.set_camera(camera)
        start = time.process_time()
        view.frame(document, assets, moment)
        moved_ms = (time.process_time() - start) * 1000
        ground = view.canvas.ground
        tiles = ground.tiles((view.stage.visual("t"), 0))
        sight = ground.sight()
        tiled, allowed = timed(view, document, assets, moment), worst_px(surface, tiles.keys, sight)
        level = one_mesh_level(surface, sight, allowed)
        actor, triangles = mesh_actor(surface, level, tiles.look)
        for tile in tiles.shown:
            tile.actor.VisibilityOff()
        view.canvas.scene.AddViewProp(actor)
        view.frame(document, assets, moment)
        single = timed(view, document, assets, moment)
        view.canvas.scene.RemoveViewProp(actor)
        bare = timed(view, document, assets, moment)
        for tile in tiles.shown:
            tile.actor.VisibilityOn()
        start = time.perf_counter()
        tiles.wanted(sight)
        choose_ms = (time.perf_counter() - start) * 1000
        rows.append({"tiles": len(tiles.keys), "error_px": allowed, "triangles": tiles.triangles, "mesh": triangles,
                     "wall": tiled[0], "cpu": tiled[1], "mesh_wall": single[0], "mesh_cpu": single[1], "bare": bare[1],
                     "bare_wall": bare[0],
                     "moved": moved_ms, "choose": choose_ms})
    view.close()
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    print(json.dumps({
        "name": "terrain", "posts": POSTS ** 2, "tiles": middle["tiles"],
        "error_px": round(max(row["error_px"] for row in rows), 2), "triangles": middle["triangles"],
        "mesh_triangles": middle["mesh"], "frame_cpu_ms": round(middle["cpu"], 1),
        "mesh_cpu_ms": round(middle["mesh_cpu"], 1), "frame_ms": round(middle["wall"], 1),
        "mesh_ms": round(middle["mesh_wall"], 1), "choose_ms": round(middle["choose"], 2),
        "moved_cpu_ms": round(middle["moved"], 1), "measure_ms": round(measure_ms, 1),
        "frame_without_ground_cpu_ms": round(middle["bare"], 1),
        "mesh_over_tiles_triangles": round(middle["mesh"] / middle["triangles"], 1),
        "mesh_over_tiles_frame": round(middle["mesh_cpu"] / middle["cpu"], 1),
        "frame_without_ground_ms": round(middle["bare_wall"], 1), "mesh_over_tiles_wall": round(
            middle["mesh_wall"] / middle["wall"], 1),
        "mesh_over_tiles_ground_alone": round((middle["mesh_cpu"] - middle["bare"])
                                              / max(middle["cpu"] - middle["bare"], 0.1), 1),
        "mesh_over_tiles_ground_alone_wall": round((middle["mesh_wall"] - middle["bare_wall"])
                                                   / max(middle["wall"] - middle["bare_wall"], 0.1), 1)}))


if __name__ == "__main__":
    main()
