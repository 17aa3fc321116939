"""Sections of a session: what of its layers a line meets, worked out in a thread. No Qt."""

from __future__ import annotations

import csv
import io
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.panels.facts import title_of
from app.session import Session
from app.shading import standing
from layers.networks import reading_of
from twin.assets import LOADING
from twin.course import Course
from twin.data import Mesh
from twin.frame import Frame
from twin.ground import Ground, Surface, surfaces_of
from twin.layer import Layer
from twin.network import Network, axes, lying, placed, unsaid_of
from twin.placing import place_of
from twin.profile import COLUMNS, Pipes, Profile, Trench, profile, rows
from twin.profile_solids import SolidCut, Solids
from twin.text import tr
from twin.tile_tree import Detail, TileTree
from twin.trouble import Trouble

WHAT = {"building": "model", "city": "building"}
NO_TILES = Detail()


def course_of(layer: Layer, frame: Frame) -> Course:
    """Of a profile layer, in local metres."""
    line = np.asarray(layer.line, np.float64).reshape(-1, 2)
    return Course.through(line - frame.origin[:2], grid_scale(frame, line))


def grid_scale(frame: Frame, line: np.ndarray) -> float:
    """Of the grid in the middle of a line (n, 2) of the project's CRS; a section measures true metres as a measure
    does."""
    return _scale_at(frame, *line.mean(axis=0).tolist()) if len(line) else 1.0


@lru_cache(maxsize=64)
def _scale_at(frame: Frame, easting: float, northing: float) -> float:
    return frame.grid_scale(easting, northing)


def trench_of(layer: Layer) -> Trench:
    return Trench(layer.trench_depth_m, layer.trench_width_m if layer.trench_depth_m > 0 else 0.0)


def true_ground(session: Session) -> Ground:
    """The visible terrains without the exaggeration that the scene draws them with."""
    return Ground(tuple(Surface(s.grid, 1.0, s.offset_m) for s in surfaces_of(session.document, session.assets)))


@dataclass(frozen=True, eq=False)
class Content:
    """What a section may meet; `key` differs when any of it does. `awaited`: layers that are not read yet."""

    ground: Ground
    layers: tuple[tuple[Layer, object], ...]
    frame: Frame
    key: tuple
    awaited: tuple[Layer, ...] = ()

    @property
    def tiled(self) -> int:
        """Layers in tiles: of them what is drawn is cut."""
        return sum(isinstance(payload, Detail) for _, payload in self.layers)


def content_of(session: Session) -> Content:
    """The shown layers with something in them, as they are now."""
    document, found, awaited = session.document, [], []
    for layer in document.layers:
        if layer.kind in ("networks", "city", "building", "tiles") and document.shown(layer):
            asset = session.asset(layer.id)
            if asset and isinstance(asset.payload, TileTree):
                found.append((layer, asset.detail or NO_TILES))
            if asset and isinstance(asset.payload, Network | Mesh):
                found.append((layer, asset.payload))
            if asset and asset.state == LOADING:
                awaited.append(layer)
    surfaces = tuple((id(s.grid), s.offset_m) for s in surfaces_of(document, session.assets))
    key = (surfaces, document.frame, tuple((layer, id(payload)) for layer, payload in found))
    return Content(true_ground(session), tuple(found), document.frame, key, tuple(awaited))


def cut(content: Content, course: Course, trench: Trench) -> Profile:
    """The section. Raises Trouble for a line without length."""
    if len(course.points) < 2:
        raise Trouble(tr("A profile needs a line of at least two points."), way_out=tr("Draw it again."))
    pipes, solids = [], []
    for layer, payload in content.layers:
        if isinstance(payload, Network):
            pipes.append(_pipes(layer, payload, content.ground))
            solids.append(_volumes(layer, payload, content.ground))
        elif isinstance(payload, Detail):
            solids += _tiles(layer, payload, content)
        else:
            solids.append(_mesh(layer, payload, content))
    return profile(course, content.ground, pipes, solids, trench)


def _pipes(layer: Layer, network: Network, ground: Ground) -> Pipes:
    features = network.features
    level = lying(network)[network.line_feature]
    kept = level[network.line_of_point]
    sizes = np.diff(network.line_offsets)[level]
    return Pipes(layer.id, axes(network, reading_of(layer), ground)[kept], np.concatenate([[0], np.cumsum(sizes)]),
                 network.line_feature[level], network.diameter_m.astype(np.float64)[network.line_feature[level]],
                 lambda row: title_of(features, row) if features is not None else str(row + 1), network.kinds,
                 np.logical_or(*unsaid_of(network, reading_of(layer))))


def _volumes(layer: Layer, network: Network, ground: Ground) -> Solids:
    """Shafts and volumes, of which the section shows the outline."""
    mesh = network.mesh
    standing_ones = ~lying(network)[mesh.vertex_feature]
    kept = standing_ones[mesh.triangles[:, 0]]
    points = placed(network, reading_of(layer), ground).astype(np.float64)
    return Solids(layer.id, "volume", points, mesh.triangles[kept], mesh.vertex_feature, network.kinds)


def _mesh(layer: Layer, mesh: Mesh, content: Content) -> Solids:
    points = standing(layer, mesh, place_of(layer, mesh), content.ground, content.frame)
    return Solids(layer.id, WHAT[layer.kind], points, mesh.triangles, mesh.vertex_feature)


def _tiles(layer: Layer, detail: Detail, content: Content) -> list[Solids]:
    """The houses of the tiles that are drawn."""
    return [Solids(layer.id, "building", standing(layer, tile.mesh, None, content.ground, content.frame),
                   tile.mesh.triangles, tile.rows[tile.mesh.vertex_feature])
            for tile in detail.tiles if len(tile.mesh.triangles)]


class Cutter:
    """One section at a time in a thread of its own. `ask` starts it, `result` is the newest finished one."""

    def __init__(self) -> None:
        self.result: Profile | None = None
        self.error: Trouble | None = None
        self._asked: tuple = ()
        self._content: Content | None = None        # of what was asked: its key tells payloads apart while they live
        self._thread: threading.Thread | None = None
        self._waiting: tuple | None = None

    def ask(self, content: Content, course: Course, trench: Trench) -> None:
        """Work it out unless that was the last thing asked for."""
        asked = (content.key, course.points.tobytes(), course.grid_scale, trench)
        if asked == self._asked:
            return
        self._asked, self._content = asked, content
        self._waiting = (content, course, trench)
        self.poll()

    def forget(self) -> None:
        self.result = self.error = self._waiting = self._content = None
        self._asked = ()

    @property
    def busy(self) -> bool:
        return self._waiting is not None or (self._thread is not None and self._thread.is_alive())

    def poll(self) -> None:
        """Start what waits once the thread is free."""
        if self._waiting is None or (self._thread is not None and self._thread.is_alive()):
            return
        work, self._waiting = self._waiting, None
        self._thread = threading.Thread(target=self._run, args=(work, self._asked), name="profile", daemon=True)
        self._thread.start()

    def _run(self, work: tuple, asked: tuple) -> None:
        result = error = None
        try:
            result = cut(*work)
        except Exception as trouble:
            error = Trouble.of(trouble)
        if asked == self._asked:
            self.result, self.error = result, error

    def wait(self, timeout_secs: float = 60.0) -> None:
        """Until nothing is under way. Raises TimeoutError where something still is then (tests)."""
        end = time.monotonic() + timeout_secs
        while self.busy:
            self.poll()
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"The section takes longer than {timeout_secs:g} s.")
            if self._thread is not None:
                self._thread.join(left)


def project_rows(found: Profile, frame: Frame) -> list[dict]:
    return rows(found, frame.to_project)


def csv_text(found: Profile, frame: Frame) -> str:
    """A row per pipe, with a header; what is not known stays empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{k: "" if v is None else v for k, v in row.items()} for row in project_rows(found, frame)])
    return out.getvalue()


def as_json(found: Profile, frame: Frame) -> dict:
    """The whole section for other programs."""
    known = np.where(np.isfinite(found.ground_m), np.round(found.ground_m, 3), np.nan).tolist()
    return {"length_m": round(found.course.length_m, 3),
            "points": [[round(float(v), 3) for v in p] for p in found.course.points + np.array(frame.origin[:2])],
            "terrain": [[round(d, 3), z if z == z else None] for d, z in zip(found.distance_m.tolist(), known)],
            "trench": {"depth_m": found.trench.depth_m, "width_m": found.trench.width_m},
            "pipes": project_rows(found, frame),
            "solids": [row for cut in found.solids for row in _solid_rows(cut)]}


def _solid_rows(cut: SolidCut) -> list[dict]:
    said = {"layer": cut.layer, "feature": cut.feature, "what": cut.what, "kind": cut.kind}
    return [said | {"from_m": start, "to_m": end, "bottom_m": bottom, "top_m": top}
            for start, end, bottom, top in np.round(cut.spans, 3).tolist()]
