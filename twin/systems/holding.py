"""What a layer of a system holds, counted from its content: things, observations, and the kind of its geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin import readers
from twin.data import HeightGrid, Imagery, Mesh, Payload, PointCloud, Sensors, Tracks, Vectors
from twin.layer import SYSTEM_COLUMN
from twin.network import Network
from twin.readers import Progress, Request
from twin.trouble import Trouble

# kind of a system -> what its layer may be made of
SUITS = {"point sensor": {"points"}, "point facility": {"points", "areas", "buildings"},
         "network line": {"lines"}, "zone polygon": {"areas"}, "building": {"buildings"}, "moving entity": {"tracks"},
         "raster": {"grid", "areas"}, "scene": {"group"}}


@dataclass(frozen=True)
class Held:
    """`geometry`: "points", "lines", "areas", "buildings", "tracks", "grid"; "" = nothing to draw."""

    features: int = 0
    observations: int = 0
    geometry: str = ""
    error: str = ""


@dataclass(frozen=True)
class Question:
    """What to count: the content of a source. Where layers share it, the rows of `system`, or of one property."""

    request: Request
    observed: str = ""
    system: str = ""


def count_in_worker(questions: dict[str, Question], progress: Progress) -> dict[str, Held]:
    """Runs in a worker: the answer of each layer. Sources that several layers share are read once."""
    readers.discover()
    read: dict[Request, Payload | str] = {}
    out = {}
    for done, (id, question) in enumerate(sorted(questions.items(), key=lambda asked: repr(asked[1].request))):
        progress(done, len(questions))
        if question.request not in read:
            read = {question.request: _content(question.request)}
        out[id] = _answer(read[question.request], question)
    return out


def _answer(content: Payload | str, question: Question) -> Held:
    return Held(error=content) if isinstance(content, str) else held_by(content, question.observed, question.system)


def _content(request: Request) -> Payload | str:
    try:
        return readers.read(request, Progress())
    except Trouble as trouble:
        return str(trouble)


def held_by(payload: Payload, observed: str = "", system: str = "") -> Held:
    if isinstance(payload, Sensors):
        return _of_sensors(payload, observed, system)
    if isinstance(payload, Tracks):
        motion = payload.history
        return Held(payload.count, len(motion.times_ns), "tracks" if len(motion.positions) else "")
    return Held(payload.count, 0, geometry_of(payload))


def _of_sensors(payload: Sensors, observed: str, system: str) -> Held:
    """All that a system observes; of a table that knows no systems, one property."""
    import pyarrow as pa
    import pyarrow.compute as pc
    shared = SYSTEM_COLUMN in payload.features.column_names
    column, wanted = (SYSTEM_COLUMN, system) if shared else ("property", observed)
    rows = np.flatnonzero(np.asarray(pc.equal(payload.features.column(column).cast(pa.string()), wanted)))
    things = payload.features.column("thing").take(rows).to_pylist()
    told = sum(len(payload.history.series(int(row))[0]) for row in rows) if payload.history else 0
    return Held(len(set(things)), told, _sensed_geometry(payload, rows))


def _sensed_geometry(payload: Sensors, rows: np.ndarray) -> str:
    if len(payload.building_of) and (payload.building_of[rows] >= 0).any():
        return geometry_of(payload.buildings)
    of = payload.shape_of[rows] if len(payload.shape_of) else np.zeros(0, np.int32)
    if (of >= 0).any():
        return "areas" if np.isin(payload.shapes.fill_feature, of).any() else "lines"
    return "points" if np.isfinite(payload.positions[rows, 0]).any() else ""


def geometry_of(payload: Payload) -> str:
    if isinstance(payload, Network):
        return "lines" if len(payload.line_points) else "areas" if len(payload.mesh.triangles) else ""
    if isinstance(payload, Mesh):
        return "buildings" if len(payload.triangles) else ""
    if isinstance(payload, Vectors):
        kinds = (("areas", payload.fill_triangles), ("lines", payload.line_points), ("points", payload.points))
        return next((name for name, held in kinds if len(held)), "")
    if isinstance(payload, HeightGrid | Imagery):
        return "grid"
    return "points" if isinstance(payload, PointCloud) and len(payload.points) else ""
