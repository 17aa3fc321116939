"""Terrain in tiles against one mesh at equal measured error, on a flight from the district's outline down to a kerb.

What is compared. The ground is the whole district, 21.5 km a side and 2048 posts a side, which is what the
application keeps of any larger DEM; `rough` is so at every scale down to the posts, as measured ground is, `smooth`
has nothing finer than 160 m, and `delta` is the sample's flat country, 32 by 36 km with posts of 25 m. `fine` is the
district with 4096 rough posts a side, 5 m from each other: for a graphics card only, for without one each frame of its
mesh takes seconds. The camera is that of the window, in perspective. It flies 1,000 frames; three in a row are
measured at each of 16 positions, after the one before them. Tiles follow it, so their frames pay for choosing and
painting tiles. The mesh is a regular thinning of the same posts with the same paint, drawn before sky and far ground
as the tiles are, made and sent to the card beforehand: its frame pays for drawing alone. Errors are measured at every
post in sight: how far the drawn triangles lie from it, in pixels of this camera. Where a tile is joined to a coarser
one its edge counts with the error of the coarser.

* `one_mesh` is one mesh for the whole flight: the coarsest that is never worse than the worst of the tiles. Near a
  kerb a pixel is a centimetre, so it needs every post, everywhere.
* `mesh_of_each_camera` is a floor that no program reaches: for each camera the coarsest mesh that is no worse than
  the tiles are for it, out of many that all lie ready. From above, where all ground is equally far, tiles have the
  same triangles as it; they gain by leaving out what is not in sight.

A mesh that is chosen anew for each camera is not one mesh, so both are told. To compare at one distance only, say
from 1.5 km, tells nothing of a flight: tiles are many times cheaper far off and near by, and least where posts are
some five pixels apart, for there every post in sight is needed and only what is out of sight is spared.

* `ground_alone`: the same flight without any ground is taken off both, for the sky, the haze, the north arrow and the
  camera's move cost the same with either. Where a card draws, that is most of a frame. (By software it is more than
  the frame with ground pays for it: far ground is then painted where ground would hide it.)

Not compared: a DEM of 1 m. Tiles read a window of it where the camera rests; the mesh would be 926 million triangles.

Processor time of the whole process: where pixels are drawn by software they are in it, and cost both the same. To see
what is left without them, the same frame is drawn into 16 x 10 pixels: `..._without_pixels`. `follow` is our own part
of it, the tiles chosen and painted; what they cost besides, by being others than in the frame before, is the rest of
what a frame costs more than a `still_frame` of the same camera.

`python -m benchmarks.terrain [WIDTH HEIGHT] [GROUND ...]`: one document of JSON with these grounds, else with all but
`fine`.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks._terrain_errors import Errors

SIZE = (1600, 1000)
POSTS, SIDE_M = 2048, 21_500.0
STEPS = 16                                 # positions of the flight at which frames are measured
FRAMES, NEARER = 3, 0.992                  # in a row at each, and how much nearer each is: 1,000 for the whole way
OUTLINE_M, KERB_M = 42_000.0, 25.0         # distances of what the camera looks at
STRIDES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
ROUNDS = 2                                 # of which the better one counts
NOTHING = 0                                # in place of a stride: no ground
TINY = (16, 10)                            # pixels: nearly none, and the same form
SAMPLE = Path(__file__).parents[1] / "data_samples" / "terrain.tif"


def hills(finest: int, posts: int = POSTS):
    """Ground with bumps at every scale from a quarter of its side to a `finest`-th, as steep at each."""
    from twin.data import HeightGrid
    rng, z = np.random.default_rng(1), np.zeros((posts, posts), np.float32)
    for n in (2 ** k for k in range(2, finest.bit_length())):
        coarse = (rng.normal(size=(n + 2, n + 2)) * 900 / n).astype(np.float32)
        at = np.linspace(0, n, posts)
        low, share = at.astype(int), (at - at.astype(int)).astype(np.float32)
        rows = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
        z += rows[:, low] * (1 - share) + rows[:, low + 1] * share
    step = SIDE_M / (posts - 1)
    return HeightGrid(heights=z, x0=-SIDE_M / 2, y0=-SIDE_M / 2, dx=step, dy=step)


def delta():
    """The sample's terrain, as the application reads it."""
    from cim import raster
    from twin.frame import Frame
    from twin.layer import Source
    from twin.readers import Progress, Request
    return raster.read(Request(source=Source(path=str(SAMPLE)), kind="terrain", frame=Frame()), Progress())


def flight(grid) -> list[list]:
    """Cameras from the outline to the kerb, nearer, flatter and turning: at each position the frame before and those
    that are measured."""
    from twin.camera import Camera
    from twin.ground import Ground, Surface
    ground, box = Ground((Surface(grid),)), grid.bounds()
    middle = np.array([(box[0] + box[3]) / 2, (box[1] + box[4]) / 2])
    def camera(distance: float) -> Camera:
        share = math.log(OUTLINE_M / distance) / math.log(OUTLINE_M / KERB_M)
        x, y = middle + np.array([3000.0, -2000.0]) * share
        z = float(ground.height_at(np.array([[x, y]]))[0])
        return Camera.looking_at((x, y, z), distance=float(distance), azimuth_deg=30 + 300 * share,
                                 tilt_deg=60 - 45 * share)

    return [[camera(distance / NEARER ** before) for before in range(FRAMES, -1, -1)]
            for distance in np.geomspace(OUTLINE_M, KERB_M, STEPS)]


# -- what is drawn -----------------------------------------------------------------------------------------


def mesh_actor(surface, stride: int, look):
    """The regular mesh of every `stride`-th post."""
    from layers.geometry import actor_of, grid_triangles, poly_data
    from layers.ground_paint import paint, prepare
    from twin.pyramid import posts
    grid = surface.grid
    rows, cols = (posts(n, stride) for n in grid.heights.shape)
    x, y = np.meshgrid(grid.x0 + grid.dx * cols, grid.y0 + grid.dy * rows)
    points = np.stack([x, y, grid.heights[np.ix_(rows, cols)]], axis=-1).reshape(-1, 3)
    actor = actor_of(poly_data(points, triangles=grid_triangles(len(rows), len(cols)),
                               normals=np.broadcast_to(np.float32((0, 0, 1)), points.shape)))
    prepare(actor)
    paint(actor, look, [])
    return actor, 2 * (len(rows) - 1) * (len(cols) - 1)


@dataclass(eq=False)
class Scene:
    """A view of one terrain that shows its tiles or, in their place, a mesh."""

    view: object
    document: object
    assets: object
    surface: object
    meshes: dict = field(default_factory=dict)           # stride -> actor and triangles
    follow_s: float = 0.0                                # processor seconds spent on choosing and painting tiles

    def __post_init__(self):
        from layers.base import Moment
        self.moment, self.ground = Moment(), self.view.canvas.ground
        self.view.frame(self.document, self.assets, self.moment)
        self.tiles, self._follow = self.ground.tiles((self.view.stage.visual("t"), 0)), self.ground.follow
        self.ground.follow = self._timed_follow

    def _timed_follow(self) -> None:
        start = time.process_time()
        self._follow()
        self.follow_s += time.process_time() - start

    def draw(self, camera=None) -> float:
        """Processor milliseconds of a frame until it stands."""
        start = time.process_time()
        if camera is not None:
            self.view.set_camera(camera)
        self.view.due = True
        self.view.frame(self.document, self.assets, self.moment)
        self.view.window.WaitForCompletion()
        return (time.process_time() - start) * 1000

    def without_pixels(self) -> float:
        """What is shown now, into almost no pixels; the best of three."""
        size, follow, self.ground.follow = self.view.canvas.size, self.ground.follow, lambda: None
        self.view.window.SetSize(*TINY)
        self.draw()
        out = min(self.draw() for _ in range(3))
        self.view.window.SetSize(*size)
        self.ground.follow = follow
        self.draw()
        return out

    def show_mesh(self, stride: int | None) -> None:
        """None: the tiles; NOTHING: no ground. What is not shown is neither drawn nor followed."""
        from layers.drawing_order import insert_below
        if stride and stride not in self.meshes:
            self.meshes[stride] = mesh_actor(self.surface, stride, self.tiles.look)
            insert_below(self.view.canvas.scene, self.meshes[stride][0], before_backdrop=True)
        for own, (actor, _) in self.meshes.items():
            actor.SetVisibility(own == stride)
        self.ground.follow = self._timed_follow if stride is None else lambda: None
        for actor in self.tiles.actors:
            actor.SetVisibility(stride is None)


def flown(scene: Scene, flight, strides) -> tuple[np.ndarray, float, float]:
    """Milliseconds of a frame at each position, and on average of `follow` and of one more frame of the same camera;
    `strides` of its mesh, None = tiles, NOTHING = no ground."""
    out, followed, still = [], 0.0, 0.0
    for (before, *cameras), stride in zip(flight, strides):
        scene.show_mesh(stride)
        scene.draw(before)
        scene.follow_s = 0.0
        out.append(float(np.mean([scene.draw(camera) for camera in cameras])))
        followed += scene.follow_s * 1000
        still += scene.draw()
    return np.array(out), followed / STEPS / FRAMES, still / STEPS


def best(scene: Scene, flight, each: list, strides: list) -> tuple[list[np.ndarray], float, float]:
    """What `flown` says of tiles, of the mesh of each camera, and of each of `strides`; the better of two rounds, for a
    card that had nothing to do begins slowly."""
    kinds = [[None] * STEPS, each, *([stride] * STEPS for stride in strides)]
    rounds = [[flown(scene, flight, kind) for kind in kinds] for _ in range(ROUNDS)]
    return ([np.minimum.reduce([ms for ms, _, _ in flights]) for flights in zip(*rounds)],
            min(flights[0][1] for flights in rounds), min(flights[0][2] for flights in rounds))


def compared(scene: Scene, positions) -> tuple[float, int, list[int], dict]:
    """Pixels that the tiles are off at worst, stride of the one mesh, those of a mesh of each camera, and facts."""
    errors, tiles_px, mesh_px, triangles, bare = Errors(scene.surface), [], [], [], []
    for *_, camera in positions:
        scene.draw(camera)
        errors.look(scene.ground.sight())
        tiles_px.append(errors.of_tiles(scene.tiles.shown))
        mesh_px.append({stride: errors.of_mesh(stride) for stride in STRIDES})
        triangles.append(scene.tiles.triangles)
        bare.append(scene.without_pixels())
    one = max(stride for stride in STRIDES if all(px[stride] <= max(tiles_px) for px in mesh_px))
    each = [max(stride for stride in STRIDES if px[stride] <= own) for px, own in zip(mesh_px, tiles_px)]
    return max(tiles_px), one, each, {"triangles": round(float(np.mean(triangles))), "most_triangles": max(triangles),
                                      "frame_without_pixels_cpu_ms": round(float(np.mean(bare)), 2)}


def measure(name: str, grid, size) -> dict:
    from layers.terrain import Terrain
    from layers.view import offscreen
    from tests.layers.pictures import Loaded
    from twin.document import Document
    from twin.ground import Surface
    positions = flight(grid)
    scene = Scene(offscreen(*size), Document(layers=(Terrain(id="t", name="t"),)), Loaded({"t": grid}), Surface(grid))
    error_px, one, each, facts = compared(scene, positions)
    (tiles, floor, single, air), follow, still = best(scene, positions, each, [one, NOTHING])
    scene.show_mesh(one)
    bare = scene.without_pixels()
    scene.view.close()
    return {
        "ground": name, "size": list(size), "posts": int(grid.heights.size),
        "frames": STEPS * FRAMES, "error_px": round(error_px, 2), **facts, "one_mesh_stride": one,
        "one_mesh_triangles": scene.meshes[one][1], "strides_of_each_camera": each,
        "frame_cpu_ms": round(float(tiles.mean()), 1), "follow_cpu_ms": round(follow, 2),
        "still_frame_cpu_ms": round(still, 1),
        "one_mesh_cpu_ms": round(float(single.mean()), 1), "one_mesh_without_pixels_cpu_ms": round(bare, 1),
        "mesh_of_each_camera_cpu_ms": round(float(floor.mean()), 1),
        "frame_without_ground_cpu_ms": round(float(air.mean()), 1),
        "one_mesh_over_tiles": round(single.sum() / tiles.sum(), 1),
        "one_mesh_over_tiles_ground_alone": round((single - air).sum() / (tiles - air).sum(), 1),
        "one_mesh_over_tiles_outline_to_kerb": np.round(single / tiles, 1).tolist(),
        "one_mesh_over_tiles_without_pixels": round(bare / facts["frame_without_pixels_cpu_ms"], 1),
        "mesh_of_each_camera_over_tiles": round(floor.sum() / tiles.sum(), 1)}


GROUNDS = {"rough": lambda: hills(1024), "smooth": lambda: hills(128), "delta": delta,
           "fine": lambda: hills(2048, 2 * POSTS)}


def main(*arguments: str) -> None:
    size = tuple(int(word) for word in arguments if word.isdigit()) or SIZE
    names = [word for word in arguments if not word.isdigit()] or ["rough", "smooth", "delta"]
    print(json.dumps({"name": "terrain", "grounds": [measure(name, GROUNDS[name](), size) for name in names]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
