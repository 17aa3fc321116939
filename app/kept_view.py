"""What the project file keeps of a session beside its document: the clock, the second instant, what is folded."""

from __future__ import annotations

from twin import times
from twin.camera import Camera
from twin.clock import Clock
from twin.project import Project, View


def clock_of(project: Project) -> tuple[Clock, int | None]:
    """The clock as it was saved, and the second instant."""
    view, zone = project.view, project.document.time_zone
    clock = Clock(speed=view.speed, loop=view.loop, mode=view.mode,
                  length_ns=max(times.SECOND, round(view.length_secs * times.SECOND)),
                  anchor_ns=times.parse(view.since, zone) if view.since else 0)
    if view.time:
        clock.now_ns = times.parse(view.time, zone)
    return clock, times.parse(view.compare, zone) if view.compare else None


def view_of(session, camera: Camera | None) -> View:
    """As it is now (`session`: an app.session.Session), looked at through `camera`."""
    clock, document, zone = session.clock, session.document, session.document.time_zone
    return View(camera=camera, speed=clock.speed, loop=clock.loop, mode=clock.mode,
                time=times.iso(clock.now_ns, zone) if clock.now_ns else "",
                length_secs=clock.length_ns / times.SECOND,
                since=times.iso(clock.anchor_ns, zone) if clock.anchor_ns else "", snap=session.snap,
                compare="" if session.compare_ns is None else times.iso(session.compare_ns, zone),
                rows=session.rows_by, counted_zone=session.counted_zone,
                folded=tuple(x.id for x in document.layers if x.id in session.folded), issues=session.issues)
