"""Pictures without a window: the same session, stage and hud, drawn off-screen."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from app import comparing, siting, timing, zone_edits
from app.adding import add_files, is_project
from app.binding import color_rooms
from app.detail import Detail
from app.discover import layer_types
from app.edit_cli import layer_named
from app.scheduling import absolute, parsed_rule, set_schedule
from app.session import Session
from app.shading import Shading
from app.streaming import Streaming
from twin import times
from twin.assets import INCOMPLETE
from twin.camera import Camera
from twin.data import union
from twin.layer import Group
from twin.project import FORMAT, load
from twin.readers import Progress
from twin.schedule import ScheduleView
from twin.text import tr
from twin.told import anew
from twin.trouble import Trouble


def render(project: Path | None, add: list[Path], out: Path, *, time_text: str = "",
           size: tuple[int, int] = (1600, 1000), scene: str = "", theme: str = "light", storey: str = "",
           color_by: str = "", since_text: str = "", compare_text: str = "", only: tuple[str, ...] = (),
           scenario: str = "", sign: str = "", rooms: str = "", elements: str = "", view: str = "",
           divider: float = 0.0, only_a: tuple[str, ...] = (), only_b: tuple[str, ...] = (),
           tasks: Path | None = None, rules: tuple[str, ...] = ()) -> dict:
    """Write a PNG and report what went into it. Raises Trouble; a broken layer is reported, not raised.

    `storey`, `color_by`, `rooms` and `elements` (the observed property that colours them) are of the buildings, `sign`
    of the zones. `since_text`: look at the stretch of time from there to the clock's; `compare_text`: the second
    instant, since when sensors show their change, unless `view` (twin.comparison.VIEWS) shows both instants. Times may
    be names of bookmarks; `only_a`, `only_b`: names of layers that one side alone shows. `only`: GlobalIds of the
    elements that show, and fill the picture. `tasks`: a construction plan for the buildings, `rules` what its tasks are
    about.
    """
    if not out.absolute().parent.is_dir():
        raise Trouble(tr("There is no folder for the picture."), way_out=tr("Make the folder first, or name another."),
                      path=str(out.parent))
    layer_types()
    session = Session(load(project) if project else None)
    session.theme = theme
    new: list[str] = []
    try:
        if add:
            new = add_files(session, add)
            session.settle()
            siting.sited_all(session, new)
        _arrange_buildings(session, storey, color_by, rooms, elements)
        if tasks:
            _schedule(session, tasks, rules)
        shown = _isolate(session, only) if only else {}
        camera = _scene_camera(session, scene) if scene else session.view.camera
        session.settle()
        _set_times(session, time_text, since_text, compare_text, view)
        if scenario:
            camera = _scenario_camera(session, scenario, bool(time_text)) or camera
        if sign:
            session.edits.commit(zone_edits.colored_by(session.document, sign), "Coloured by vital sign")
        _compare(session, view, divider, only_a, only_b)
        session.vitals.settle_shown()
        return _picture(session, out, size, camera, shown)
    finally:
        session.close()


def told_apart(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """(the project among them, the files that are added to it). Raises Trouble for two projects."""
    projects = [path for path in paths if is_project(path) or _says_so(path)]
    if len(projects) > 1:
        raise Trouble(tr("A picture shows one project."), cause=tr("There are {n}", n=len(projects)),
                      way_out=tr("Name one project, and files of other kinds."), path=str(projects[1]))
    return next(iter(projects), None), [path for path in paths if path not in projects]


def _says_so(path: Path) -> bool:
    """A project under another name: its first lines give the format."""
    if path.suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return re.search(rb'"format"\s*:\s*"%s"' % FORMAT.encode(), file.read(4096)) is not None


def picture_of(path: str, out: str, guids: tuple[str, ...], theme: str, progress: Progress) -> dict:
    """Runs in a worker: a picture of these elements of a building alone."""
    progress(0.0, 0.0, tr("Drawing"))
    return render(None, [Path(path)], Path(out), theme=theme, only=guids)


def _arrange_buildings(session: Session, storey: str, color_by: str, rooms: str, elements: str) -> None:
    """Raises Trouble for a storey or a property that no building has, and for a property that is measured in no room or
    on no element.
    """
    ids = [layer.id for layer in session.document.layers if layer.kind == "building"]
    if color_by:
        session.edits.commit(session.document.with_each(ids, lambda x: replace(x, color_by=color_by)), "Colour by")
        session.settle()
        if ids and color_by not in ("class", "style") and not any(_tells(session, id, color_by) for id in ids):
            raise Trouble(tr("No element has the property {name}.", name=color_by), way_out=tr(
                "Write it as SET.PROPERTY, as the inspector shows it: Pset_WallCommon.FireRating, for example."))
    for of, observed in (("rooms", rooms), ("elements", elements)):
        if observed:
            session.settle()
            color_rooms(session, ids, observed, of)
    if not storey:
        return
    session.settle()
    known = list(dict.fromkeys(name for id in ids for name in _storeys(session, id)))
    if storey not in known:
        raise Trouble(tr("No building has a storey called {name}.", name=storey),
                      way_out=tr("Storeys: {known}.", known=", ".join(known) or tr("none")))
    holding = [id for id in ids if storey in _storeys(session, id)]
    session.edits.commit(session.document.with_each(ids, lambda x: replace(
        x, storey=storey, visible=x.visible and x.id in holding)), "Only storey")


def _schedule(session: Session, tasks: Path, rules: tuple[str, ...]) -> None:
    """Raises Trouble for a plan that cannot be read."""
    said = ScheduleView(path=absolute(tasks), rules=tuple(map(parsed_rule, rules)))
    ids = [layer.id for layer in session.document.layers if layer.kind == "building"]
    set_schedule(session, ids, said)
    session.settle()
    for id in ids:
        if error := session.schedules.error(session.document.layer(id)):
            raise error
        if (made := session.schedules.now.get(id)) is not None and (gone := made.unknown):
            raise Trouble(tr("Rules name tasks that are not in it: {names}", names=", ".join(gone)))


def _isolate(session: Session, guids: tuple[str, ...]) -> dict[str, np.ndarray]:
    """{layer: features} of what is left. Raises Trouble where nothing is."""
    from app.panels import model_actions as actions
    from app.viewpoints import features_of
    session.settle()
    found = {layer.id: features_of(session, layer, guids) for layer in actions.buildings(session)}
    found = {id: features for id, features in found.items() if len(features)}
    if not found:
        raise Trouble(tr("None of these elements has a shape."), way_out=tr("Choose others, or write .csv or .ifc."))
    for id, features in found.items():
        actions.isolate(session, id, features)
    return found


def _tells(session: Session, id: str, column: str) -> bool:
    """Whether any element of a building has a value there; one that cannot be read says so itself."""
    asset = session.asset(id)
    features = asset.payload.features if asset and asset.payload is not None else None
    if features is None:
        return True
    return column in features.column_names and features.column(column).null_count < features.num_rows


def _storeys(session: Session, id: str) -> list[str]:
    """From the lowest up: which of its elements was made first says nothing."""
    asset = session.asset(id)
    features = asset.payload.features if asset and asset.payload is not None else None
    if features is None:
        return []
    lowest: dict[str, float] = {}
    for name, level in zip(features.column("storey").to_pylist(), features.column("storey_elevation_m").to_pylist()):
        if name:
            lowest[name] = min(lowest.get(name, float("inf")), float("inf") if level is None else level)
    return sorted(lowest, key=lambda name: (lowest[name], name))


def _picture(session: Session, out: Path, size: tuple[int, int], camera, only: dict[str, np.ndarray]) -> dict:
    from layers.png import save_png
    from layers.view import offscreen
    view = offscreen(*size)
    try:
        view.stage.frame(session.shown, session.assets, session.moment())
        view.set_camera(camera or (_framed(view, only) if only else view.home()))
        if Detail(session).settle(view.stage.ground, view.camera()):
            view.stage.frame(session.shown, session.assets, session.moment())
        if Streaming(session).settle(view.canvas.ground.sight(), view.stage.ground):
            session.settle()                                  # colour rules of what came
        if session.document.comparison.halved:
            view.frame(session.shown, session.assets, session.moment())      # each side stands on its own ground
        for second in (False, True):
            Shading(session, second=second).settle(view.ground_of(second), view.camera())
        moment = session.moment()
        view.frame(session.shown, session.assets, moment)
        view.render(session.shown, moment)                    # compiles shaders, uploads
        start = time.perf_counter()
        view.render(session.shown, moment)
        frame_ms = (time.perf_counter() - start) * 1000.0
        save_png(view.picture(), out)
        return {"out": str(out), "size": list(size), "frame_ms": round(frame_ms, 2),
                "time": times.iso(session.clock.now_ns, session.document.time_zone) if session.clock.now_ns else None,
                **({"elements": sum(map(len, only.values()))} if only else {}),
                "layers": [_row(session, view, layer) for layer in session.document.layers
                           if not isinstance(layer, Group)]}
    finally:
        view.close()


def _set_times(session: Session, time_text: str, since_text: str, compare_text: str, view: str) -> None:
    if time_text:
        session.clock.go_to(timing.instant(session.document, time_text))
    if since_text:
        since_ns = timing.instant(session.document, since_text)
        if since_ns >= session.clock.now_ns:
            raise Trouble(tr("The stretch of time begins after it ends."), way_out=tr("Give an earlier --since."))
        session.clock.look_since(since_ns)
    if compare_text:
        timing.compare_with(session, timing.instant(session.document, compare_text))
        if not view:
            timing.show_change(session, True)


def _compare(session: Session, view: str, divider: float, only_a: tuple[str, ...], only_b: tuple[str, ...]) -> None:
    kinds = tuple({layer.kind for layer in session.document.layers})
    for side, names in (("a", only_a), ("b", only_b)):
        if names:
            comparing.show_on(session, tuple(layer_named(session.document, x, kinds).id for x in names), side)
    if view:
        comparing.show_comparison(session, view)
    if divider:
        comparing.move_divider(session, divider)


def _framed(view, only: dict[str, np.ndarray]) -> Camera:
    boxes = [box for id, features in only.items() if (box := view.stage.visual(id).feature_bounds(features))]
    return Camera.framing(union(boxes), aspect=view.canvas.size[0] / max(view.canvas.size[1], 1))


def _scene_camera(session: Session, name: str):
    document = session.document
    if not any(name in (s.id, s.name, s.name_zh) for s in document.scenes):
        known = ", ".join(s.name for s in document.scenes) or tr("none")
        raise Trouble(tr("There is no scene called {name}.", name=name), way_out=tr("Scenes: {known}.", known=known))
    return session.go_to_scene(name)


def _scenario_camera(session: Session, id: str, timed: bool):
    """Stage the scenario, at the clock's instant or (not `timed`) at its beginning; the camera that is held then."""
    from app.scenario_player import ScenarioPlayer
    scenarios, now_ns = session.document.scenarios, session.clock.now_ns
    found = next((s for s in scenarios if id in (s.id, s.name, s.name_zh)), None)
    if found is None:
        raise Trouble(tr("There is no scenario called {name}.", name=id),
                      way_out=tr("Scenarios: {known}.", known=", ".join(s.id for s in scenarios) or tr("none")))
    player = ScenarioPlayer(session)
    player.play(found.id)
    session.settle()
    player.refresh()                                           # all is read: the clock would start now
    session.clock.pause()
    if timed:
        session.clock.go_to(now_ns)
    player.refresh(again=True)
    player.study.settle()
    player.sun.settle()
    player.refresh()
    session.settle()
    player.refresh()                                           # what came out is read: nothing is computed any more
    told = [c for c in found.chapters
            if c.camera and times.parse(c.time, session.document.time_zone) <= session.clock.now_ns]
    return told[-1].camera if told else None


def _row(session: Session, view, layer) -> dict:
    row = view.stage.rows.get(layer.id)
    asset = session.held(layer.id)
    error = (row.error if row else "") or (str(asset.error) if asset and asset.error else "")
    cut = anew(asset.payload.notes[0]) if asset and asset.state == INCOMPLETE and asset.payload.notes else ""
    return {"id": layer.id, "name": layer.name, "kind": layer.kind, "features": row.features if row else 0,
            "triangles": row.triangles if row else 0,
            "load_ms": round(asset.load_ms, 1) if asset else 0.0, "error": error or None, "incomplete": cut or None}
