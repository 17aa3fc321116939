"""Asking the scene: what is here, what lies in an area, what a buffer touches."""

from __future__ import annotations

import math

from app.commands.command import Command, one, ready

CORRIDOR_M = 10.0                          # to either side of a drawn line
REACH_PX = 8.0                             # how near to a point something is "here"


def panel(window):
    return window.docking.show("found", window.height() * 3 // 10)


def here(window, point) -> None:
    """Everything at a point of the scene, the highest first."""
    if point is not None and not window.session.document.layers:
        from twin.text import tr
        window.tell(tr("Nothing is open yet: open a file, or drop one here."))
    elif point is not None:
        camera = window.viewport.camera()
        metres_per_pixel = window.viewport.view.metres_per_pixel(camera)
        away = math.dist(camera.position, point) / max(camera.distance, 1e-6)
        panel(window).ask_here(point, max(0.3, REACH_PX * metres_per_pixel * away))


def _select_in(window, shape: str) -> None:
    from app.drawing import Drawing
    Drawing(window.session, window.viewport, shape, lambda points: _drawn(window, shape, points)).begin()


def _drawn(window, shape: str, points) -> None:
    from app.nearby import Area
    from twin.text import tr
    if points is not None:
        line = shape == "line"
        title = tr("Along the line") if line else tr("In the area")
        panel(window).ask(title, Area.along(points, CORRIDOR_M) if line else Area.inside(points))


def _touching(window) -> None:
    """What touches the selected features of the chosen layer, or all of it; a distance widens that."""
    from app.nearby import area_of
    from twin.text import language, tr
    session, layer = window.session, window.layers.chosen_layers()[0]
    area = area_of(session, layer, session.selection.features(layer.id))
    if area is None:
        window.tell(tr("This layer has no shapes that something could touch."), "warning")
        return
    panel(window).ask(layer.title(language()), area, frozenset([layer.id]))


def _buffer(window) -> None:
    from app.panels.buffer_dialog import BufferDialog
    BufferDialog(window, window.session, window.layers.chosen_layers()[0]).open()


def _surroundable(window) -> bool:
    if not one(window):
        return False
    from app.buffering import can_surround
    return can_surround(window.layers.chosen_layers()[0])


def _go_to(window) -> None:
    from app.hidden import tell_if_hidden
    from app.panels.go_to import GoTo
    window.palette_ = GoTo(window.session, window.viewport, window.places, window)
    window.palette_.went = lambda layer, feature: tell_if_hidden(window, layer, feature)
    window.palette_.open_over(window)


COMMANDS = (
    Command("go-to", "&Go to…", _go_to, "place", "Ctrl+J", "edit", enabled=ready),
    Command("select-rectangle", "Select in a rec&tangle…", lambda w: _select_in(w, "rectangle"), "select-area", "",
            "edit", enabled=ready, apart=True),
    Command("select-polygon", "Select in a &polygon…", lambda w: _select_in(w, "polygon"), "select-area", "", "edit",
            enabled=ready),
    Command("select-line", "Select &along a line…", lambda w: _select_in(w, "line"), "select-area", "", "edit",
            enabled=ready),
    Command("here", "&What is here…", lambda w: w.viewport.pick_once(lambda point: here(w, point)), "here", "", "edit",
            enabled=ready),
    Command("buffer", "&Buffer…", _buffer, "buffer", "", "layer", enabled=_surroundable, apart=True),
    Command("touching", "What &touches it", _touching, "select-area", "", "layer", enabled=one),
)
