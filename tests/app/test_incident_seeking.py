"""From an incident to its sensors: also where their layer must be read and drawn first."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from app.incident_seeking import AWAY_M, Seeking
from tests.app.made_sessions import sensor_session
from twin.assets import LOADING, READY


class MadeViewport:
    """A scene in which a layer has a box once it is `drawn`."""

    def __init__(self):
        self.drawn, self.flown = set(), []
        self.stage = SimpleNamespace(box=lambda id: (0,) * 6 if id in self.drawn else None)

    def zoom_to_feature(self, *where):
        self.flown.append(where)


def test_the_camera_goes_there_once_the_layer_is_read_and_drawn():
    """The first jump to an incident of a hidden layer moved the clock and left the camera at home."""
    session, viewport = sensor_session(), MadeViewport()
    try:
        hidden = replace(session.document.layer("sensors"), visible=False)
        session.edits.commit(session.document.with_layer(hidden), "Hide")
        asset = session.asset("sensors")
        asset.state = LOADING
        seeking = Seeking(session, viewport)
        seeking.seek("sensors", ("t-2",), ("incidents", 3))
        seeking.refresh()
        assert not viewport.flown and not session.selection.items, "it is being read"
        asset.state = READY
        seeking.refresh()
        assert session.selection.items == (("sensors", 1),)
        assert session.document.shown(session.document.layer("sensors"))
        assert session.time_view._kept is session.document, "what the ribbon shows is left alone"
        assert not viewport.flown, "not drawn yet"
        viewport.drawn.add("sensors")
        seeking.refresh()
        seeking.refresh()
        assert viewport.flown == [("sensors", 1, AWAY_M)]
    finally:
        session.close()


def test_a_layer_that_is_hidden_before_it_is_drawn_takes_no_camera_along_later():
    session, viewport = sensor_session(), MadeViewport()
    try:
        seeking, shown = Seeking(session, viewport), session.document
        seeking.seek("sensors", ("t-2",), None)
        hidden = replace(shown.layer("sensors"), visible=False)
        session.edits.commit(shown.with_layer(hidden), "Hide")
        seeking.refresh()
        session.edits.commit(shown, "Show")
        viewport.drawn.add("sensors")
        seeking.refresh()
        assert not viewport.flown
    finally:
        session.close()


def test_where_no_sensor_is_known_the_incidents_own_place_is_flown_to():
    session, viewport = sensor_session(), MadeViewport()
    try:
        seeking = Seeking(session, viewport)
        seeking.seek("sensors", ("gone",), ("incidents", 3))
        seeking.seek("no layer", (), None)
        assert viewport.flown == [("incidents", 3)]
    finally:
        session.close()
