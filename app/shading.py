"""Sun and sky on the ground: asks a worker to bake them when the buildings or the sun have moved.

The last result stays in the picture until the next one is there, and in a window a coarse one comes before a fine one;
while the clock plays, a coarser raster follows the sun. Where the sun has jumped, its shadows are told at once by
heights, until the rays are there.
"""

from __future__ import annotations

import math
import time

import numpy as np

from app.local_sun import LocalSun
from app.once import Once
from app.session import Session
from app.shadow_casters import drawn
from layers.beside import Beside
from layers.canvas import Canvas
from layers.trees import tree_mesh, tree_sizes
from twin import times
from twin.camera import Camera
from twin.comparison import sides
from twin.data import Bounds, Mesh, Vectors
from twin.document import Document
from twin.frame import Frame
from twin.ground import Ground
from twin.jobs import DONE, Job
from twin.layer import Layer, Placement
from twin.placing import matrix_of, place_of
from twin.shade import Shade, ground_shade, relit
from twin.sun import Sun
from twin.text import tr

WIDE_M, CLOSE_M = 2500.0, 1000.0  # half the side of the square that is baked: fine shadows where one looks closely
CLOSER_M, FARTHER_M = 500.0, 700.0             # from what one looks at, where the square becomes the other
LEASH = 0.48                     # how far the camera's focus may go from its middle before it follows, of half the side
FAR_M = 8000.0                   # from farther away the shade is faded out (layers/atmosphere.py) and stays where it is
FINE, COARSE = 1000, 400         # posts a side
SUN_STEP_DEG, JUMP_DEG = 0.75, 3.0   # of its height, where rays are cast again, and where nobody waits for them
MOST_TRIANGLES = 3_000_000
FARTHEST_SECS = 360.0            # of the clock that a bake looks ahead: a degree and a half


class Shading:
    """One bake at a time. `tick` after the stage's frame, on the GUI thread."""

    def __init__(self, session: Session, canvas: Canvas | None = None, second: bool = False):
        """`canvas` of the window: its frames do not wait; None = nobody sees any. `second`: of what side B of a
        comparison shows, where other layers are visible there, or the sun stands elsewhere.
        """
        self.session, self.second, self._seen = session, second, canvas is not None
        self._gathering, self._relighting = Beside(canvas), Beside(canvas)
        self._job: Job | None = None
        self._asked: tuple | None = None          # what the running or last bake was asked for
        self._middle: tuple[float, float] | None = None
        self._reach_m = WIDE_M
        self._baked: Shade | None = None          # the last by rays
        self._known: tuple | None = None          # of what
        self._lit: Sun | None = None              # of the shade that is shown
        self._still_of: tuple | None = None       # which buildings and place the kept bakes belong to
        self._still: dict[int, tuple[np.ndarray, np.ndarray]] = {}       # by posts a side: what no sun changes
        self._kept: tuple = ()                    # while it plays: (things, posts) and what was gathered of them
        self._begun, self._took_secs = 0.0, 0.0   # of the running bake, of the last one
        self._coming = LocalSun()
        self._casters = Once(session)

    def tick(self, ground: Ground, camera: Camera) -> None:
        session, sun = self.session, self._sun()
        self._take(sun)
        self._start()
        self._relight(sun)
        if self._job or self._gathering.busy or _awaited(session):
            return
        document = shown_on(session.document, self.second, not _near(sun, session.sun(), SUN_STEP_DEG))
        meshes = self._casters.of(lambda: drawn(whole(casting(session, document)), session.yielding.now),
                                  document) if document is not None else []
        if not meshes:
            self._forget()
            return
        self._follow(camera)
        things = (tuple((id(mesh), place) for _, mesh, place in meshes), ground, self._middle, self._reach_m)
        due = self._due(sun)
        first_look = self._seen and self._known != things
        posts = COARSE if first_look or session.clock.state == "playing" else FINE
        if self._asked and self._asked[0] == things and self._asked[2] >= posts and _near(self._asked[1], due,
                                                                                          SUN_STEP_DEG):
            return
        self._ask(meshes, ground, things, due, posts)

    def _sun(self) -> Sun:
        return self.session.second_sun() if self.second else self.session.sun()

    def _due(self, sun: Sun) -> Sun:
        """The sun to bake for: while the clock plays that of the moment when the bake will be half over its time."""
        clock, frame = self.session.clock, self.session.document.frame
        if clock.state != "playing" or clock.hurries or (self.second and self.session.compare_ns is not None):
            self._kept = ()
            return sun
        ahead_secs = min(1.5 * self._took_secs * clock.speed, FARTHEST_SECS)
        return self._coming.over(frame, clock.now_ns + round(ahead_secs * times.SECOND))

    def _forget(self) -> None:
        """Nothing throws a shadow."""
        self._give(None)
        self._relighting.forget()
        self._asked = self._still_of = self._baked = self._known = self._lit = None
        self._still = {}

    def _relight(self, sun: Sun) -> None:
        """Where the sun has jumped, nobody waits for the rays."""
        if (made := self._relighting.take()) is not None:
            self._lit, shade = made
            self._give(shade)
        if self._seen and self._lit is not None and not self._relighting.busy and not _near(self._lit, sun, JUMP_DEG):
            self._ask_relit(sun)

    def _ask_relit(self, sun: Sun) -> None:
        baked = self._baked
        self._relighting.ask(lambda: (sun, relit(baked, sun)))

    def _follow(self, camera: Camera) -> None:
        """The square lies about what the camera looks at."""
        focus, away = camera.focus[:2], camera.distance
        reach = CLOSE_M if away < (CLOSER_M if self._reach_m == WIDE_M else FARTHER_M) else WIDE_M
        if self._middle is None or reach != self._reach_m or (
                away < FAR_M and math.dist(focus, self._middle) > LEASH * reach):
            self._middle, self._reach_m = focus, reach

    def settle(self, ground: Ground, camera: Camera, timeout_secs: float = 120.0) -> None:
        """Wait for the bake that is due (headless use)."""
        end = time.monotonic() + timeout_secs
        self.tick(ground, camera)
        while (self._job or self._gathering.busy) and time.monotonic() < end:
            self.session.jobs.poll()
            self.tick(ground, camera)
            time.sleep(0.002)

    def _ask(self, meshes, ground: Ground, things: tuple, sun: Sun, posts: int) -> None:
        if self._still_of != things:
            self._still_of, self._still = things, {}
        self._asked, self._begun = (things, sun, posts), time.monotonic()
        if self._kept and self._kept[0] == (things, posts):
            self._bake(*self._kept[1])
            return
        area, frame = around(*self._middle, self._reach_m), self.session.document.frame
        self._gathering.ask(lambda: (*gathered(meshes, ground, area, frame, posts), area))
        self._start()

    def _start(self) -> None:
        """Bake what was gathered."""
        if (found := self._gathering.take()) is not None:
            self._kept = (self._asked[0], self._asked[2]), found
            self._bake(*found)

    def _bake(self, points, triangles, heights, area) -> None:
        things, sun, posts = self._asked
        if not len(triangles) or len(triangles) > MOST_TRIANGLES:
            self._forget()
            self._asked = (things, sun, FINE)
            return
        self._job = self.session.jobs.start(bake, points, triangles, area, heights, sun, self._still.get(posts),
                                            label=tr("Sun and shadow"))

    def _take(self, sun: Sun) -> None:
        job = self._job
        if job is None or job.active:
            return
        self._job, self._took_secs = None, time.monotonic() - self._begun
        if job.state != DONE:
            return
        self._baked, (self._known, then, _) = job.result, self._asked
        self._still[job.result.sky.shape[0]] = job.result.sky, job.result.tops
        if self._seen and not _near(then, sun, JUMP_DEG):
            self._ask_relit(sun)                             # the sun has gone on meanwhile
            return
        self._relighting.forget()
        self._lit = then
        self._give(job.result)

    def _give(self, shade: Shade | None) -> None:
        if self.second:
            self.session.second_shade = shade
        else:
            self.session.shade = shade


def bake(points, triangles, area: Bounds, heights, sun: Sun, still: tuple | None, progress) -> Shade:
    """Runs in a worker."""
    return ground_shade(points, triangles, area, heights, sun, still, progress)


def _awaited(session: Session) -> bool:
    """Whether something that will throw a shadow, or carry one, is still being read."""
    if not session.assets.loading:
        return False
    assets = [session.held(layer.id) for layer in session.document.layers
              if (_casts(layer) or layer.kind == "terrain") and session.document.shown(layer)]
    return any(asset is not None and asset.job is not None for asset in assets)


def shown_on(document: Document, second: bool, own_light: bool = False) -> Document | None:
    """What one side of a comparison shows; None for a second side that shows the same things in the same light as the
    first; `own_light`: in another.
    """
    comparison = document.comparison
    if not comparison.halved or not (comparison.only_a or comparison.only_b):
        return None if second and not (own_light and comparison.halved) else document
    return sides(document)[int(second)]


def casting(session: Session, document: Document | None = None) -> list[tuple]:
    """(layer, payload, placement) of what throws shadows: shown buildings, placed models and trees."""
    found, document = [], document or session.document
    for layer in document.layers:
        if not _casts(layer) or not document.shown(layer) or layer.opacity <= 0.5:
            continue
        asset = session.asset(layer.id)
        payload = asset.payload if asset else None
        if isinstance(payload, Mesh) and len(payload.triangles):
            found.append((layer, payload, place_of(layer, payload)))
        elif isinstance(payload, Vectors) and len(payload.points):
            found.append((layer, payload, None))
    return found


def whole(casters: list[tuple]) -> list[tuple]:
    """Without the fine models that show near the camera only, unless simple ones stand for them farther away.

    Elsewhere nothing would stand where their shadows lie.
    """
    simple = any(layer.kind == "city" and not layer.reach_m for layer, _, _ in casters)
    return [caster for caster in casters if simple or caster[0].kind != "city" or not caster[0].reach_m]


def _casts(layer: Layer) -> bool:
    return layer.kind in ("city", "building") or (layer.kind == "vectors" and layer.symbol == "tree")


def around(x: float, y: float, reach_m: float) -> Bounds:
    return (x - reach_m, y - reach_m, 0.0, x + reach_m, y + reach_m, 0.0)


def gathered(casters: list[tuple], ground: Ground, area: Bounds, frame: Frame, posts: int) -> tuple:
    """(points, triangles, heights (posts, posts)) that a bake needs."""
    x, y = np.linspace(area[0], area[3], posts), np.linspace(area[1], area[4], posts)
    heights = ground.height_at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)).reshape(posts, posts)
    return *soup(casters, ground, area, frame), heights


def soup(casters: list[tuple], ground: Ground, area: Bounds, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """(points (n, 3) f4, triangles (m, 3) i4) of everything near the area, as it stands in the frame."""
    points, triangles, count = [], [], 0
    for layer, payload, placement in casters:
        if isinstance(payload, Vectors):
            placed, faces = _crowns(layer, payload, ground)
        else:
            placed, faces = standing(layer, payload, placement, ground, frame), payload.triangles
        near = ((placed[:, 0] > area[0] - 500) & (placed[:, 0] < area[3] + 500)
                & (placed[:, 1] > area[1] - 500) & (placed[:, 1] < area[4] + 500))
        used, kept = np.unique(faces[near[faces].all(axis=1)], return_inverse=True)
        points.append(placed[used])
        triangles.append(kept.reshape(-1, 3) + count)
        count += len(used)
    return np.concatenate(points).astype(np.float32), np.concatenate(triangles).astype(np.int32)


def _crowns(layer: Layer, data: Vectors, ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    feet = np.array(data.points, np.float64)
    if not data.has_z:
        feet[:, 2] = ground.height_at(feet)
    feet[:, 2] += layer.height_offset_m
    return tree_mesh(feet, *tree_sizes(data), crown=(0, 0, 0), trunk=(0, 0, 0), plain=True)[:2]


def standing(layer: Layer, mesh: Mesh, placement: Placement | None, ground: Ground, frame: Frame) -> np.ndarray:
    """(n, 3) f8 points in the frame: lifted onto the ground, or placed."""
    points = np.array(mesh.points, np.float64)
    if mesh.base is not None:
        points[:, 2] += ground.height_at(mesh.base)[mesh.vertex_feature]
    elif placement is not None:
        matrix = matrix_of(mesh, placement, frame)
        points = points @ matrix[:3, :3].T + matrix[:3, 3]
    points[:, 2] += layer.height_offset_m
    return points


def _near(a: Sun, b: Sun, step_deg: float) -> bool:
    """Whether they differ by less than `step_deg` in height, and twice as much in direction."""
    if max(a.elevation_deg, b.elevation_deg) < 0:
        return True                                         # both at night
    return (abs(a.elevation_deg - b.elevation_deg) < step_deg
            and abs((a.azimuth_deg - b.azimuth_deg + 180) % 360 - 180) < step_deg * 2)
