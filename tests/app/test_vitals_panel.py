"""The zone panel through its real widgets: zones, signs, causes, colours, limits, drawing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from app.panels.limits_dialog import LimitsDialog
from app.panels.vital_detail import _member
from app.panels.vital_list import Line, said_in
from app.panels.vitals import VitalsPanel, _in_order
from app.session import Session
from app.zone_edits import LAYER
from layers.sensor_points import SensorPoints
from layers.zones import Zones
from tests.app.made_sessions import put
from twin import times
from twin.data import Sensors
from twin.document import Document
from twin.frame import Frame
from twin.history.replay import build
from twin.layer import Source
from twin.project import Project, load, save
from twin.selection import Selection
from twin.text import set_language
from twin.vitals import board
from twin.vitals.catalogue import catalogue
from twin.vitals.choices import DrawnZone, SignChoice
from twin.vitals.groups import Group

NOW = times.parse("2026-07-15T06:41:00+08:00")
ORIGIN = Frame().origin


class MadeViewport:
    """Remembers where it was asked to go, and gives the clicks that a test makes."""

    def __init__(self):
        self.areas, self.drawing = [], None

    def zoom_to_area(self, *area):
        self.areas.append(area)

    def draw(self, drawing):
        self.drawing = drawing

    def cancel_pick(self):
        return False


def zone(id: str, x: float, y: float, side: float) -> DrawnZone:
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    return DrawnZone(id=id, name=id.title(), name_zh="区" + id, corners=tuple((a + ORIGIN[0], b + ORIGIN[1])
                                                                              for a, b in corners))


def underpasses() -> Sensors:
    """Three depths and a dead one, in the west and the east."""
    courses = [[(-20, 0), (-10, 16), (-5, 30)], [(-5, 0.2)], [(-5, 3)], []]
    streams = np.array([n for n, c in enumerate(courses) for _ in c], np.int32)
    instants = np.array([NOW + m * times.MINUTE for c in courses for m, _ in c], np.int64)
    values = np.array([v for c in courses for _, v in c], np.float32)
    history, _ = build(streams, instants, values, 4)
    features = pa.table({"id": ["up-1", "up-2", "up-3", "up-4"], "name": ["First", "Second", "Third", "Fourth"],
                         "property": ["flood.underpass_depth"] * 4, "unit": ["cm"] * 4})
    places = np.array([[10, 10, 0], [20, 20, 0], [110, 10, 0], [120, 10, 0]], np.float32)
    return Sensors(features=features, positions=places, history=history, count=4)


@pytest.fixture
def session():
    sensors = SensorPoints(id="depth", name="Depth", visible=False, source=Source(path="/made.csv"))
    zones = Zones(id="areas", name="Areas", visible=False,
                  drawn=(zone("west", 0, 0, 50), zone("east", 100, 0, 50), zone("empty", 500, 500, 50)))
    made = Session(Project(document=Document(layers=(sensors, zones))))
    put(made, sensors, underpasses())
    made.clock.go_to(NOW)
    yield made
    made.close()
    set_language("en")


@pytest.fixture
def panel(session, on_screen):
    panel = on_screen(VitalsPanel(session, MadeViewport()), 340, 800)
    ticked(panel)
    return panel


def ticked(panel, often: int = 12) -> None:
    """At least so often, and until nothing is left to prepare."""
    vitals = panel.session.vitals
    while often > 0 or vitals.preparing or (course := vitals.course()) is None or course.done < len(course.values):
        panel.session.tick(0.0)
        panel.refresh()
        often -= 1


def lines(panel) -> dict:
    return {x.sign: x for x in panel.list.lines.lines if x.sign}


def test_a_zone_tells_its_signs_at_the_clocks_time(panel):
    assert [panel.zones.itemText(n) for n in range(3)] == ["West", "East", "Empty"] and panel.zone == "west"
    depth = lines(panel)["flood.underpass_depth"]
    assert (depth.value, depth.unit, depth.level, depth.online) == ("30", "cm", 4, "2 of 2")
    assert np.nanmax(depth.spark) == 16 or np.nanmax(depth.spark) == 30
    assert "2 of 2 sensors report" in panel.summary.text() and "■" in panel.summary.text()
    panel.session.clock.go_to(NOW - 15 * times.MINUTE)
    ticked(panel)
    assert lines(panel)["flood.underpass_depth"].value == "0"
    panel.choose_zone("east")
    ticked(panel)
    assert lines(panel)["flood.underpass_depth"].level == 0


def test_where_room_is_short_the_words_give_way_and_the_sensors_that_report_stay(panel):
    metrics = panel.list.fontMetrics()
    line = Line("Air quality index", "air.aqi", "46.86", level=2, online="123/132", word="attention, worst 73.2",
                remark="since 06:00")
    wide, short = (said_in(line, metrics, px) for px in (2000, 150))
    assert all("123/132" in said_in(line, metrics, px) for px in range(80, 400, 3))
    assert wide == "attention, worst 73.2 · 123/132 · since 06:00"
    assert "123/132" in short and short.startswith("att") and metrics.horizontalAdvance(short) <= 150


def test_two_instants_stand_beside_each_other_with_the_difference(panel):
    panel.session.compare_ns = NOW - 10 * times.MINUTE
    ticked(panel)
    panel.list.choose("flood.underpass_depth")
    ticked(panel)
    assert lines(panel)["flood.underpass_depth"].other == (3, "16", "+14")
    assert "A 2026-07-15 06:41 · B 2026-07-15 06:31" in panel.summary.text() and "A − B +14 cm" in panel.opened.text()
    panel.session.compare_ns = None
    ticked(panel)
    assert lines(panel)["flood.underpass_depth"].other is None


def test_an_opened_sign_says_its_verdict_at_every_level_and_a_click_goes_there(panel):
    document = panel.session.document
    areas = document.layer("areas")
    document = document.with_layer(replace(areas, drawn=(*areas.drawn, zone("district", -900, -900, 2000))))
    panel.session.edits.commit(document, "Draw zone")
    ticked(panel)
    panel.list.choose("flood.underpass_depth")
    ticked(panel)
    told = panel.opened.text()
    assert told.count("30, alarm") == 2, "the district is judged by the same worst member"
    assert told.index("District") < told.index("<b>West</b>") and 'href="#group/district"' in told
    panel.opened.linkActivated.emit("#group/district")
    ticked(panel)
    assert panel.zone == "district" and panel.list.chosen() == "flood.underpass_depth"
    assert "<b>District</b>" in panel.opened.text() and 'href="#group/west"' in panel.opened.text()


def test_grey_where_sensors_are_dead_and_the_rest_of_the_catalogue_on_request(panel):
    panel.choose_zone("east")
    ticked(panel)
    depth = lines(panel)["flood.underpass_depth"]
    assert (depth.level, depth.online) == (2, "1 of 2")               # half is what the sign asks for
    panel.choose_zone("empty")
    ticked(panel)
    assert lines(panel) == {}
    panel.every = True
    ticked(panel)
    assert len(lines(panel)) == 81 and {x.level for x in lines(panel).values()} == {0}


def test_storeys_and_rooms_stand_below_their_building():
    def indoors(kind, layer, number=-1):
        return Group(f"{layer}/{number}", f"{kind} {number}", kind=kind, layer=layer, feature=number)
    office, school = indoors("building", "office"), indoors("building", "school")
    rooms = [indoors("room", "office", 1), indoors("room", "school", 2), indoors("room", "elsewhere", 3)]
    floor, town = replace(indoors("storey", "office"), id="office/1F"), Group("town", "Town")
    assert _in_order((town, office, school, floor, *rooms)) == [town, office, floor, rooms[0], school, *rooms[1:]]


def test_what_is_shown_first_is_the_zone_with_the_most_sensors(panel):
    document = panel.session.document
    drawn = (zone("small", 0, 0, 15), zone("all", -50, -50, 400))
    panel.session.edits.commit(document.with_layer(replace(document.layer("areas"), drawn=drawn)), "Zones")
    ticked(panel)
    panel.zone = ""
    ticked(panel)
    assert panel.zone == "all" and panel.zones.currentText() == "All"


def test_an_opened_sign_says_how_why_and_since_when(panel):
    panel.list.choose("flood.underpass_depth")
    text = panel.opened.text()
    assert "the highest member" in text and "First" in text and "since 06:31" in text and "xinmin.cn" in text
    assert "25 cm verified" in text and "≥ 25" in text
    set_language("zh")
    ticked(panel)
    assert "成员最大值" in panel.opened.text() and panel.list.chosen() == "flood.underpass_depth"
    assert panel.zones.currentText() == "区west"


def test_the_chosen_sign_stays_in_sight_when_it_opens_below(panel, qtbot):
    panel.every = True                                         # a long list
    ticked(panel)
    model = panel.list.lines
    row = max(n for n, line in enumerate(model.lines) if line.sign)
    panel.list.resize(panel.list.width(), 700)
    panel.list.setCurrentIndex(model.index(row))
    panel.list.verticalScrollBar().setValue(0)
    panel.list.scrollTo(model.index(row))
    panel.list.resize(panel.list.width(), 200)
    seen = panel.list.visualRect(model.index(row))
    assert panel.list.viewport().rect().intersects(seen)


def test_causes_are_selected_shown_and_flown_to(panel):
    panel.list.choose("flood.underpass_depth")
    panel.causes.click()
    session = panel.session
    assert session.selection == Selection((("depth", 0),)) and session.document.layer("depth").visible
    x0, y0, x1, y1 = panel.viewport.areas[-1]
    assert x0 < 10 < x1 and y0 < 10 < y1
    session.edits.undo()
    assert not session.document.layer("depth").visible


def test_a_click_on_a_zone_in_the_scene_chooses_it(panel):
    panel.session.selection = Selection((("areas", 1),))
    ticked(panel)
    assert panel.zone == "east" and panel.zones.currentText() == "East"


def test_zones_are_coloured_by_the_chosen_sign_and_back(panel):
    panel.list.choose("flood.underpass_depth")
    panel.paint_zones.click()
    layer = panel.session.document.layer("areas")
    assert layer.sign == "flood.underpass_depth" and layer.visible
    state = panel.session.moment().vitals
    assert state.verdict[state.row("flood.underpass_depth")].tolist() == [4, 2, 0]
    panel.paint_zones.click()
    assert panel.session.document.layer("areas").sign == "" and panel.session.moment().vitals is None


def test_the_projects_own_limits_are_an_edit_that_is_saved(panel, tmp_path, monkeypatch):
    sign = catalogue().sign("flood.underpass_depth")
    dialog = LimitsDialog(sign, None, panel)
    assert dialog.choice() is None, "nothing was changed"
    assert [box.text() for box in dialog.levels][1:] == ["15 cm", "25 cm"], "no decimals that say nothing"
    assert LimitsDialog(catalogue().sign("air.pm25"), None, panel).levels[0].text() == "35 µg/m³"
    dialog.levels[2].setValue(10)
    dialog._accept()
    assert "follow each other" in dialog.wrong.text() and not dialog.result()
    for box, value in zip(dialog.levels, (5, 32, 40)):
        box.setValue(value)
    dialog.source.setText("District order 7")
    panel._keep_limits(dialog.choice())
    with monkeypatch.context() as still:
        still.setattr("app.slices.MOST_SECS", -1.0)
        panel.session.tick(0.0)
        panel.refresh()
        assert "Being computed" in panel.summary.text(), "the verdicts are still those of the old limits"
    ticked(panel)
    assert "Being computed" not in panel.summary.text()
    assert lines(panel)["flood.underpass_depth"].level == 2
    panel.list.choose("flood.underpass_depth")
    assert "District order 7" in panel.opened.text()
    before = panel.session.document
    again = LimitsDialog(panel.session.vitals.board.names.sign(sign.id), before.vitals.sign(sign.id), panel)
    again._accept()
    panel._keep_limits(again.choice())
    assert panel.session.document is before, "OK without a change is no edit"
    assert before.vitals.sign(sign.id).source == "District order 7"
    save(panel.session.project(), tmp_path / "p.twin.json")
    assert load(tmp_path / "p.twin.json").document.vitals == panel.session.document.vitals
    panel.session.edits.undo()
    ticked(panel)
    assert lines(panel)["flood.underpass_depth"].level == 4


def test_a_zone_is_drawn_by_clicks_and_one_undo_takes_it_back(panel):
    panel.draw.click()
    for x, y in ((90, -10), (130, -10), (130, 30), (90, 30)):
        panel.viewport.drawing.click((x, y, 0.0))
    ticked(panel)
    assert "corners" in panel.summary.text()
    panel.draw.click()
    ticked(panel)
    drawn, = panel.session.document.layer(LAYER).drawn
    assert panel.zone == drawn.id and panel.drawing is None and len(drawn.corners) == 4
    assert lines(panel)["flood.underpass_depth"].online == "1 of 2"
    panel.session.edits.undo()
    assert panel.session.document.layer(LAYER) is None


def test_a_drawn_zone_gets_a_name_of_ones_own(panel, monkeypatch):
    panel.draw.click()
    for x, y in ((90, -10), (130, -10), (130, 30)):
        panel.viewport.drawing.click((x, y, 0.0))
    panel.draw.click()
    ticked(panel)
    monkeypatch.setattr("app.dialogs.ask_name", lambda parent, title, held: "Lake shore" if held == "Zone 1" else "")
    panel.more.menu().aboutToShow.emit()
    next(a for a in panel.more.menu().actions() if a.text() == "Name this zone…").trigger()
    ticked(panel)
    assert "Lake shore" in [panel.zones.itemText(n) for n in range(panel.zones.count())]
    panel.session.edits.undo()
    assert panel.session.document.layer(LAYER).drawn[0].name == "Zone 1"


def test_two_corners_are_no_zone(panel):
    before = panel.session.document
    panel.draw.click()
    panel.viewport.drawing.click((0, 0, 0))
    panel.viewport.drawing.click((1, 1, 0))
    panel.draw.click()
    assert panel.session.document is before and panel.drawing is None and panel.viewport.drawing is None


def test_a_quiet_panel_costs_nothing(panel, monkeypatch):
    ticked(panel, 30)
    monkeypatch.setattr(panel, "_lines", lambda *_: pytest.fail("nothing has changed"))
    ticked(panel, 3)
    assert not panel.session.vitals.preparing


def test_sensors_that_the_scene_does_not_show_are_read_for_the_panel(panel):
    hidden = SensorPoints(id="other", name="Other", visible=False, source=Source(path="/nowhere.csv"))
    session = panel.session
    session.edits.commit(session.document.with_layer(hidden), "x")
    ticked(panel, 3)
    assert session.assets.held(hidden, session.document.frame, session.document.time_zone) is not None


def test_nobody_asks_and_nothing_is_computed(session):
    for _ in range(5):
        session.tick(0.0)
    assert session.vitals.board is None
    layer = session.document.layer("areas")
    session.edits.commit(session.document.with_layer(replace(layer, sign="sys.online", visible=True)), "x")
    session.moment()
    session.tick(0.0)
    while session.vitals.preparing:
        session.moment()
        session.tick(0.0)
    assert session.vitals.board is not None


def test_warmth_below_a_heat_alarm_is_not_called_normal():
    sign = catalogue().sign("fire.temp")
    member = {"sensor": "s", "name": "Detector", "name_zh": "探测器", "value": 38.0, "level": "green"}
    assert _member(member, "dark", sign).endswith("38 °C, no heat alarm")
    assert _member({**member, "value": 60.0, "level": "orange"}, "dark", sign).endswith("60 °C, warning")
    assert _member({**member, "level": "green"}, "dark", catalogue().sign("bld.temp_summer")).endswith("normal")


def test_zones_that_arrive_or_change_do_not_have_the_sensors_prepared_again(session, monkeypatch):
    went, of = [], board.feed_of
    monkeypatch.setattr(board, "feed_of", lambda sign, *rest: (went.append(sign.id), of(sign, *rest))[1])

    def prepared(pieces: int | None = None) -> None:
        session.vitals.state()
        session.vitals.tick()
        while session.vitals.preparing and pieces != 0:
            session.vitals._advance()
            pieces = None if pieces is None else pieces - 1

    session.vitals._slices.end = lambda: 0.0                     # no piece but those that are asked for
    prepared(20)
    assert session.vitals.preparing and went, "in the middle of it"
    layer = session.document.layer("areas")
    changed = replace(layer, drawn=(*layer.drawn, zone("both", 0, 0, 200)))
    session.edits.commit(session.document.with_layer(changed), "a zone comes")
    prepared()
    assert len(went) == len(set(went)) == len(catalogue().signs)
    state = session.vitals.state()
    at = next(n for n, g in enumerate(state.groups.groups) if g.id == "both")
    assert state.members[state.row("flood.underpass_depth"), at] == 4
    assert float(state.value[state.row("flood.underpass_depth"), at]) == 30.0
    judged = replace(session.document.vitals, signs=(SignChoice(id="flood.underpass_depth", levels=(1.0, 2.0, 50.0)),))
    session.edits.commit(replace(session.document, vitals=judged), "other limits")
    prepared()
    assert len(went) == 2 * len(catalogue().signs), "judged otherwise, they are prepared anew"


def test_a_zone_that_comes_while_changed_readings_are_gone_through_keeps_nothing_of_the_old_ones(session, monkeypatch):
    vitals, kept = session.vitals, []
    regrouped = board.Board.regrouped
    monkeypatch.setattr(board.Board, "regrouped", lambda self, groups, keep_windows=True: (
        kept.append(keep_windows), regrouped(self, groups, keep_windows))[1])

    def zone_comes(name: str) -> None:
        layer = session.document.layer("areas")
        changed = replace(layer, drawn=(*layer.drawn, zone(name, 0, 0, 200)))
        session.edits.commit(session.document.with_layer(changed), "a zone comes")
        vitals._follow()
        while vitals.preparing:
            vitals._advance()

    zone_comes("one")
    revision = [100]
    monkeypatch.setattr(vitals, "_readings", lambda: tuple(revision))
    zone_comes("two")                                            # the readings have changed, too
    revision[0] += 1
    vitals._follow()
    assert vitals.preparing, "the windows of the new readings"
    zone_comes("three")
    zone_comes("four")
    assert kept == [False, False, True]
