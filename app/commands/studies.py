"""Studies: sun and shadow, reach on foot."""

from __future__ import annotations

from app.commands.command import Command, Window, ready
from twin.text import tr


def ask_sun(window: Window) -> None:
    from app.panels.sun_dialog import SunDialog
    SunDialog(window).open()


def ask_reach(window: Window) -> None:
    from app.panels.reach_dialog import ReachDialog
    ReachDialog(window).open()


def add_sun_path(window: Window) -> None:
    """About the middle of the view, as large as that shows."""
    from layers.sun_path import SunPath
    from twin.layer import new_id
    camera, document = window.viewport.camera(), window.session.document
    east, north = (round(float(a) + b, 1) for a, b in zip(camera.focus[:2], document.frame.origin[:2]))
    layer = SunPath(id=new_id("sun-path"), name=tr("Path of the sun"), easting=east, northing=north,
                    radius_m=round(min(max(camera.distance / 4.0, 5.0), 20_000.0), 0))
    window.session.edits.commit(document.with_layer(layer), "Add a study")


COMMANDS = (
    Command("sun-hours", "Hours &of sun…", ask_sun, "sun", "", "analysis", enabled=ready),
    Command("sun-path", "&Path of the sun", add_sun_path, "sun-path", "", "analysis", enabled=ready),
    Command("study-results", "Results of st&udies", lambda w: w.docking.show("results", w.height() // 3), "table", "",
            "analysis", enabled=ready),
    Command("reach", "&Reach on foot…", ask_reach, "reach", "", "analysis", enabled=ready),
)
