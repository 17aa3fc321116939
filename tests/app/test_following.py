"""The camera goes along with a vehicle, in the real window; and what the inspector says of it."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import dialogs, settings, theme
from app.commands import COMMANDS
from app.discover import layer_types
from app.session import Session
from app.window import Window
from twin import times
from twin.selection import Selection
from twin.text import set_language
from twin.times import SECOND

layer_types()
START = times.parse("2026-07-15T07:30:00+08:00")
RUN = {command.id: command for command in COMMANDS}


def drives() -> str:
    """North at 10 m/s for a minute, nothing for two minutes, then east; an eighth fix a minute later stands alone."""
    rows, lat = ["vehicle_id,time,lon,lat,speed_kmh,soc"], 10 / 110_860
    rows += [f"A,{times.iso(START + s * SECOND)},121.25,{31.35 + s * lat:.8f},36,80" for s in range(0, 61, 5)]
    rows += [f"A,{times.iso(START + s * SECOND)},{121.25 + (s - 180) * 1.05e-4:.8f},31.3654,36,70"
             for s in range(180, 241, 5)]
    return "\n".join(rows)


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    patch, folder = pytest.MonkeyPatch(), tmp_path_factory.mktemp("following")
    patch.setattr(settings, "state_folder", lambda: folder / "state")
    patch.setattr(dialogs, "ask_to_save", lambda parent, name: "discard")
    set_language("en")
    theme.apply(QApplication.instance() or QApplication([]), "light")
    made = Window(settings.Settings(theme="light"), folder / "config")
    made.setGeometry(0, 0, 1280, 720)
    made.show()
    made.fill(Session())
    made.loop.stop()                                 # the test is the clock
    (folder / "drive.csv").write_text(drives())
    made.open([folder / "drive.csv"])
    yield made
    made.close()
    patch.undo()


@pytest.fixture
def vehicle(window, qtbot):
    """The only vehicle, selected, at its start, seen from far."""
    def read() -> bool:
        window.loop.tick()
        return bool(window.session.document.layers) and not window.session.assets.loading
    qtbot.waitUntil(read, timeout=60_000)
    layer = window.session.document.layers[0].id
    window.session.selection = Selection().only(layer, 0)
    window.session.clock.pause()
    at(window, 1)
    window.viewport.home()
    landed(window, qtbot)
    return layer


def at(window, secs: float) -> None:
    window.session.clock.go_to(START + round(secs * SECOND))
    window.loop.tick()


def landed(window, qtbot) -> None:
    def there() -> bool:
        window.loop.tick()
        return window.viewport.travel.aim is None
    qtbot.waitUntil(there, timeout=60_000)


def off_centre_px(window, layer) -> float:
    """How far from the middle of the picture the vehicle is."""
    place = window.viewport.stage.visual(layer).mesh.places[:1]
    width, height = window.viewport.canvas.size
    x, y, _ = window.viewport.view.ray(0, 0).project(place)[0]
    return math.hypot(x - width / 2, y - height / 2)


def test_it_stays_in_the_middle_while_the_clock_goes_on(window, qtbot, vehicle):
    assert RUN["follow"].enabled(window)
    RUN["follow"].run(window)
    assert RUN["follow"].checked(window) and any("Following A" in n.text for n in window.notices.shown)
    landed(window, qtbot)
    for secs in (5, 12.5, 30, 45):
        at(window, secs)
        assert off_centre_px(window, vehicle) < 40
    camera = window.viewport.camera()
    assert camera.distance < 400 and abs((camera.azimuth_deg + 180) % 360 - 180) < 2
    QTest.keyClick(window.viewport, Qt.Key.Key_Escape)
    assert window.viewport.following is None and window.session.selection.last == (vehicle, 0)
    assert not any("Following A" in n.text for n in window.notices.shown)
    at(window, 20)
    assert window.viewport.camera() == camera


def test_a_vehicle_that_was_not_drawn_yet_is_waited_for(window, qtbot, vehicle, monkeypatch):
    """A story follows one whose file is just read: each frame ended in an error."""
    RUN["follow"].run(window)
    following, visual = window.viewport.following, window.viewport.stage.visual(vehicle)
    monkeypatch.setattr(visual, "_ground", None)
    assert following.place() is None and following.move(0.1)
    monkeypatch.undo()
    assert following.place() is not None
    window.viewport.follow(None)


def test_it_waits_over_a_gap_and_goes_on_from_above(window, qtbot, vehicle):
    RUN["follow-top"].run(window)
    landed(window, qtbot)
    assert window.viewport.camera().tilt_deg > 85
    at(window, 58)
    landed(window, qtbot)
    before = window.viewport.camera()
    at(window, 150)                                  # gone
    assert window.viewport.camera() == before and window.viewport.following is not None
    at(window, 200)
    landed(window, qtbot)
    assert off_centre_px(window, vehicle) < 40
    assert math.dist(window.viewport.camera().focus, before.focus) > 500
    RUN["follow-top"].run(window)                    # the same again ends it
    assert window.viewport.following is None


def test_it_turns_after_the_vehicle_and_home_ends_it(window, qtbot, vehicle):
    RUN["follow"].run(window)
    landed(window, qtbot)
    window.session.clock.play()                      # playing, a jump is no reason to fly
    window.session.clock.set_speed(1.0)
    window.session.clock.go_to(START + 200 * SECOND)

    def turned() -> bool:
        window.loop.tick()
        return abs(window.viewport.camera().azimuth_deg - 90.0) < 3.0
    qtbot.waitUntil(turned, timeout=60_000)
    assert window.viewport.following is not None
    window.viewport.home()
    assert window.viewport.following is None


def test_the_inspector_says_how_it_is(window, qtbot, vehicle):
    inspector = window.inspector

    def said(secs) -> dict[str, str]:
        at(window, secs)
        inspector.refresh()
        return {row.key: row.value for row in inspector.attributes.table.facts.rows}
    now = said(12)
    assert now["state"] == "between two fixes" and now["value"] == "36.0 km/h" and now["charge"] == "80 %"
    assert now["heading"] in ("359°", "0°") and now["fix"] == "2026-07-15 07:30:10 +08:00"
    assert said(70)["state"] == "held at its last fix" and said(170)["state"].startswith("gone")
    assert said(170)["value"] == "—" and said(-5)["state"] == "not seen yet"
