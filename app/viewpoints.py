"""From a BCF viewpoint to the scene and back: camera, selection, what shows, sections.

BCF speaks in the model's own metres. A model that stands somewhere has a matrix (twin/placing.py) from these to the
frame; everything here goes through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import numpy as np

from app.panels import model_actions as actions
from app.panels.model_results import ResultsModel
from app.session import Session
from bim.bcf_values import Eye, Header, Topic, Viewpoint
from bim.bcf_writing import new_guid
from layers.arrangement import HIDDEN, SHOWN, Paint, isolated, rules_for
from layers.building import Building, by_name
from layers.building_elements import OPENING, VOLUMES, Elements
from layers.sections import Cut
from twin.camera import Camera
from twin.data import Mesh
from twin.placing import matrix_of, place_of
from twin.selection import Selection

LEAST_M, MOST_M = 0.5, 20_000.0          # between an eye and what it looks at
Vector = tuple[float, float, float]


def model_matrix(session: Session, layer: Building) -> np.ndarray | None:
    """(4, 4) f8 from the metres that the IFC file speaks in to local metres; None while nothing is loaded."""
    mesh = mesh_of(session, layer)
    if mesh is None:
        return None
    back = np.eye(4)
    back[:3, 3] = -np.asarray(mesh.georeference.get("offset", (0.0, 0.0, 0.0)), np.float64)
    return matrix_of(mesh, place_of(layer, mesh), session.document.frame, layer.height_offset_m) @ back


def mesh_of(session: Session, layer: Building) -> Mesh | None:
    asset = session.asset(layer.id)
    return asset.payload if asset and isinstance(asset.payload, Mesh) and len(asset.payload.points) else None


def layer_for(session: Session, topic: Topic | None, view: Viewpoint, preferred: str = "") -> Building | None:
    """Whose coordinates a viewpoint is in: the model that the topic names, else one that holds its elements."""
    loaded = [layer for layer in by_name(actions.buildings(session)) if mesh_of(session, layer) is not None]
    loaded.sort(key=lambda layer: layer.id != preferred)
    for header in topic.files if topic else ():
        for layer in loaded:
            if _is(session, layer, header):
                return layer
    named = (*view.selection, *view.exceptions)
    return next((layer for layer in loaded if len(features_of(session, layer, named))), loaded[0] if loaded else None)


def _is(session: Session, layer: Building, header: Header) -> bool:
    if header.project and header.project == project_guid(session, layer):
        return True
    name = PureWindowsPath(header.name).name.casefold()
    return bool(name) and layer.source is not None and PureWindowsPath(layer.source.path).name.casefold() == name


def project_guid(session: Session, layer: Building) -> str:
    """GlobalId of the IfcProject; "" while the structure is not known."""
    model = session.models.of(layer, session.asset(layer.id))
    if model is None or model.structure is None:
        return ""
    nodes = model.structure.nodes.slice(0, 1).to_pylist()
    return nodes[0]["guid"] if nodes and nodes[0]["class"] == "IfcProject" else ""


def features_of(session: Session, layer: Building, guids) -> np.ndarray:
    """Rows of the feature table; what has no shape of its own stands for its parts."""
    import pyarrow as pa
    mesh = mesh_of(session, layer)
    if mesh is None or not guids:
        return np.zeros(0, np.int64)
    model = session.models.of(layer, session.asset(layer.id))
    found = ResultsModel()
    found.show(pa.table({"guid": pa.array(guids, pa.string())}), mesh.features, model.structure if model else None)
    return found.features()


# -- to the scene ----------------------------------------------------------------------------------------


def show(session: Session, topic: Topic | None, view: Viewpoint, preferred: str = "") -> Camera | None:
    """Arrange the buildings as the viewpoint has them (one edit), select, and give the camera to fly to.

    Raises LookupError where no model is loaded.
    """
    layer = layer_for(session, topic, view, preferred)
    if layer is None:
        raise LookupError
    matrix = model_matrix(session, layer)
    cuts = tuple(_cut(session, matrix, *plane) for plane in view.planes)
    document, items = session.document, []
    for one in actions.buildings(session):
        document = document.with_layer(_arranged(session, one, view, cuts))
        items += [(one.id, int(f)) for f in features_of(session, one, view.selection)]
    session.edits.commit(document, "Viewpoint")
    session.edits.seal()
    session.selection = Selection(tuple(items))
    return camera_of(view.eye, matrix, _aim(session, layer, matrix, view)) if view.eye else None


def _arranged(session: Session, layer: Building, view: Viewpoint, cuts: tuple[Cut, ...]) -> Building:
    mesh = mesh_of(session, layer)
    layer = replace(layer, cuts=cuts, painted=_paints(session, layer, view))
    if mesh is None or not view.components:
        return layer
    different = features_of(session, layer, view.exceptions)
    rules = rules_for(mesh.features, different, HIDDEN if view.default_visible else SHOWN) if len(different) else ()
    return replace(layer, arranged=rules if view.default_visible else isolated(rules), storey="",
                   storeys_below=False, spaces=layer.spaces if view.spaces is None else view.spaces)


def _paints(session: Session, layer: Building, view: Viewpoint) -> tuple[Paint, ...]:
    mesh, out = mesh_of(session, layer), []
    for color, guids in view.coloring:
        if mesh is not None and len(rows := features_of(session, layer, guids)):
            out += [Paint(label=f"BCF {color}", color=color, by=rule.by, values=rule.values)
                    for rule in rules_for(mesh.features, rows, SHOWN)]
    return tuple(out)


def _cut(session: Session, matrix: np.ndarray, place: Vector, direction: Vector) -> Cut:
    (easting, northing, height), = session.document.frame.to_project([moved(matrix, place)])
    normal = _turned(matrix, direction)
    return Cut(easting=round(float(easting), 4), northing=round(float(northing), 4), height=round(float(height), 4),
               normal=tuple(round(float(n), 9) for n in normal))


def _aim(session: Session, layer: Building, matrix: np.ndarray, view: Viewpoint) -> np.ndarray:
    """The middle of what the viewpoint is about, local metres: it gives the distance that one orbits at."""
    mesh = mesh_of(session, layer)
    points = mesh.points
    if len(chosen := features_of(session, layer, view.selection)):
        points = points[np.isin(mesh.vertex_feature, chosen)]
    middle = (points.min(axis=0).astype(np.float64) + points.max(axis=0)) / 2
    placed = matrix_of(mesh, place_of(layer, mesh), session.document.frame, layer.height_offset_m)
    return (placed @ [*middle, 1.0])[:3]


def camera_of(eye: Eye, matrix: np.ndarray, aim: np.ndarray) -> Camera:
    """`matrix` from the model to the frame; the focus is where the line of sight comes nearest to `aim`."""
    position, ahead, up = moved(matrix, eye.position), _turned(matrix, eye.direction), _turned(matrix, eye.up)
    reach = float(np.clip((np.asarray(aim) - position) @ ahead, LEAST_M, MOST_M))
    scale = float(np.cbrt(abs(np.linalg.det(matrix[:3, :3]))))
    return Camera(position=_plain(position), focus=_plain(position + reach * ahead), up=_plain(up),
                  view_angle_deg=eye.field_deg if eye.height_m <= 0 else 30.0, parallel_m=eye.height_m * scale)


# -- from the scene --------------------------------------------------------------------------------------


def taken(session: Session, viewport, which: str) -> tuple[Viewpoint, Header, np.ndarray | None] | None:
    """The view as it is, of the model `which` or else the first one, with its picture; None without a model."""
    layers = [layer for layer in actions.buildings(session) if mesh_of(session, layer)]
    layer = next((x for x in layers if x.id == which), layers[0] if layers else None)
    if layer is None:
        return None
    known = {}
    if viewport:
        visuals = {x.id: viewport.stage.visual(x.id) for x in layers}
        known = {id: v.elements for id, v in visuals.items() if v is not None and v.elements is not None}

    def elements(one, mesh):
        held = known.get(one.id)
        return held if held is not None and held.mesh is mesh else Elements(mesh)
    view = present(session, layer, viewport.camera() if viewport else session.view.camera, new_guid(), elements)
    header = Header(name=Path(layer.source.path).name if layer.source else layer.name,
                    project=project_guid(session, layer))
    return view, header, viewport.view.picture() if viewport else None


def present(session: Session, layer: Building, camera: Camera, guid: str,
            elements: Callable[[Building, Mesh], Elements] = lambda layer, mesh: Elements(mesh)) -> Viewpoint:
    """What is seen now, in the coordinates of `layer`'s file. `elements` of a layer, where they are known already.

    A viewpoint has the same planes for all models: those of `layer`, for another one, added later, may be whole.
    """
    back = np.linalg.inv(model_matrix(session, layer))
    default, exceptions = _visibility(session, elements)
    selection = [g for one in actions.buildings(session) if (mesh := mesh_of(session, one)) is not None
                 for g in _guids(mesh, session.selection.features(one.id))]
    planes = []
    for cut in layer.cuts:
        place = np.subtract((cut.easting, cut.northing, cut.height), session.document.frame.origin)
        planes.append((_plain(moved(back, place)), _plain(_turned(back, cut.normal))))
    return Viewpoint(guid=guid, eye=eye_of(camera, back), selection=tuple(selection), default_visible=default,
                     exceptions=exceptions, spaces=any(one.spaces for one in actions.buildings(session)),
                     planes=tuple(planes), components=True)


def eye_of(camera: Camera, back: np.ndarray) -> Eye:
    """`back` from the frame to the model."""
    ahead = np.subtract(camera.focus, camera.position)
    scale = float(np.cbrt(abs(np.linalg.det(back[:3, :3]))))
    direction = _turned(back, ahead)
    up = _turned(back, camera.up)
    up = up - (up @ direction) * direction                       # BCF wants it square to the line of sight
    up = up / np.linalg.norm(up) if np.linalg.norm(up) > 1e-6 else np.array([0.0, 1.0, 0.0])
    return Eye(position=_plain(moved(back, camera.position)), direction=_plain(direction), up=_plain(up),
               field_deg=camera.view_angle_deg, height_m=camera.parallel_m * scale)


def _visibility(session: Session, elements) -> tuple[bool, tuple[str, ...]]:
    """(default, exceptions): the shorter list of the two. Openings never show, rooms are told by their hint."""
    shown: list[str] = []
    hidden: list[str] = []
    for layer in actions.buildings(session):
        mesh = mesh_of(session, layer)
        if mesh is None:
            continue
        known = elements(layer, mesh)
        seen = known.alpha(layer) > 0 if session.document.shown(layer) else np.zeros(known.count, bool)
        solid = ~np.isin(known.classes, (OPENING, *VOLUMES))
        shown += _guids(mesh, np.flatnonzero(seen & solid))
        hidden += _guids(mesh, np.flatnonzero(~seen & solid))
    return (True, tuple(hidden)) if len(hidden) <= len(shown) else (False, tuple(shown))


def _guids(mesh: Mesh, features) -> list[str]:
    import pyarrow as pa
    rows = mesh.features.column("guid").take(pa.array(np.asarray(features, np.int64)))
    return list(dict.fromkeys(g for g in rows.to_pylist() if g))


# -- vectors ---------------------------------------------------------------------------------------------


def moved(matrix: np.ndarray, point) -> np.ndarray:
    return (matrix @ [*point, 1.0])[:3]


def _turned(matrix: np.ndarray, direction) -> np.ndarray:
    out = matrix[:3, :3] @ np.asarray(direction, np.float64)
    return out / max(float(np.linalg.norm(out)), 1e-12)


def _plain(vector) -> Vector:
    return tuple(float(v) for v in vector)
