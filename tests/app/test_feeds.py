"""Live feeds in the window: entered, tried, recorded by a process of its own, seen in the layer."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from app import live as live_module
from app.live import LOOK_SECS
from app.panels.feed_form import FeedForm
from app.panels.feeds import FeedsPanel
from app.session import Session
from tests.twin.feeds.broker import Broker, Publisher, needs_broker
from twin.clock import FOLLOWING, PAUSED
from twin.document import Document
from twin.feeds.feed import Feed, Mapping
from twin.feeds.inbox import Message
from twin.feeds.recorder import Recorder
from twin.feeds.trial import made_of
from twin.frame import Frame
from twin.history.store import store_beside
from twin.project import Project, save

START = 1_784_000_000


@pytest.fixture
def session(tmp_path, qtbot):
    from app.discover import layer_types
    layer_types()
    path = tmp_path / "town.twin.json"
    project = Project(document=Document(name="town", frame=Frame(crs="EPSG:32651")), path=path)
    save(project, path)
    session = Session(project)
    yield session
    session.close()


def reading(recorder: Recorder, *payloads: str) -> None:
    for payload in payloads:
        recorder.inbox.put(Message("f", "t", payload.encode(), time.time_ns()))
    while len(recorder.inbox):
        recorder.step(0.0)


@pytest.fixture
def recorder(session):
    """Of the session's project; its messages come from the test."""
    recorder = Recorder(store_beside(session.path), session.path, "Asia/Shanghai")
    recorder.use((Feed(id="f", name="f", url="mqtt://127.0.0.1:9"),))
    yield recorder
    if recorder.writer:
        recorder.close()


def said(n: int, id: str = "a", value: float = 1.0) -> str:
    return f'{{"id": "{id}", "time": {START + n}, "value": {value}, "property": "noise", "lon": 121.3, "lat": 31.2}}'


def test_what_is_recorded_gets_a_layer_and_moves_it_and_live_follows(session, recorder, qtbot):
    session.live.layers.expected = True
    reading(recorder, said(0), said(10, value=2.0))

    def newest() -> float:
        session.tick(0.02)
        for layer in session.document.layers:
            session.asset(layer.id)                                  # as the stage asks
        timed = session.timed_layers()
        return timed[0][1].history.latest_at(session.newest_ns())[0][0] if timed else -1.0
    qtbot.waitUntil(lambda: newest() == 2.0)
    layer, = session.document.layers
    assert layer.observed == "noise" and session.newest_ns() == (START + 10) * 10 ** 9
    payload = session.timed_layers()[0][1]
    session.clock.follow()

    reading(recorder, said(20, value=3.0))
    qtbot.waitUntil(lambda: newest() == 3.0)
    session.tick(0.0)
    assert session.timed_layers()[0][1] is payload, "the layer was read again for one reading"
    assert session.clock.state == FOLLOWING and session.clock.now_ns == (START + 20) * 10 ** 9

    session.clock.go_to((START + 12) * 10 ** 9)                      # a scrub leaves LIVE,
    reading(recorder, said(5, value=7.0))                            # and what is late appears in the past
    history = payload.history
    qtbot.waitUntil(lambda: newest() == 3.0 and history.latest_at((START + 6) * 10 ** 9)[0][0] == 7.0)
    assert session.clock.state == PAUSED and session.clock.now_ns == (START + 12) * 10 ** 9

    recorder.seal()
    reading(recorder, said(30, "b", 9.0))                            # a new sensor: the source is read again
    qtbot.waitUntil(lambda: newest() is not None and len(session.timed_layers()[0][1].positions) == 2)
    assert session.timed_layers()[0][1].history.latest_at((START + 6) * 10 ** 9)[0].tolist()[0] == 7.0


def test_what_begins_to_arrive_beside_what_is_shown_gets_a_layer_once(session, recorder, qtbot):
    session.live.layers.expected = True
    reading(recorder, said(0))

    def kinds() -> list[str]:
        session.tick(0.02)
        for layer in session.document.layers:
            session.asset(layer.id)                                  # as the stage asks
        return [layer.observed for layer in session.document.layers]
    qtbot.waitUntil(lambda: kinds() == ["noise"])
    session.live.layers.expected = True                              # recorded into a store that is shown already
    reading(recorder, said(5, "w").replace("noise", "wind"))
    qtbot.waitUntil(lambda: kinds() == ["wind", "noise"])

    wind = session.document.layers[0].id
    session.edits.commit(session.document.without((wind,)), "Remove")
    session.live.layers.expected = True
    reading(recorder, said(9, "r").replace("noise", "rain"))
    qtbot.waitUntil(lambda: "rain" in kinds())
    assert kinds() == ["rain", "noise"], "who removes a layer meant it"


def test_a_store_into_which_nobody_writes_is_left_alone(session, recorder, qtbot, monkeypatch):
    session.live.layers.expected = True
    reading(recorder, said(0))
    recorder.close()
    recorder.writer = None

    def loaded() -> bool:
        session.tick(0.02)
        return any(session.asset(layer.id).payload for layer in session.document.layers)
    qtbot.waitUntil(loaded)
    still = [0.0]                                      # since when nothing has worked: longer than from look to look

    def quiet() -> bool:
        session.tick(0.02)
        if session.jobs.jobs:
            still[0] = 0.0
        still[0] = still[0] or time.monotonic()
        return time.monotonic() - still[0] > 3 * LOOK_SECS
    qtbot.waitUntil(quiet, timeout=60_000)
    started = []
    monkeypatch.setattr(session.jobs, "start", lambda *arguments, **named: started.append(arguments))
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        session.tick(0.02)
        qtbot.wait(20)
    assert started == []


@needs_broker
def test_a_look_that_took_long_is_followed_by_the_next_at_once(session, monkeypatch):
    """On a busy machine LIVE went on every two seconds, of which one was waiting."""
    now, marks, begun = [100.0], iter(range(99)), []
    monkeypatch.setattr(live_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(live_module, "is_store", lambda path: True)
    monkeypatch.setattr(live_module, "mark_of", lambda path: (next(marks),))
    live, asset = live_module.Live(session), SimpleNamespace(job=None)
    live.layers, live.fleets = SimpleNamespace(refresh=lambda: None), SimpleNamespace(take=lambda: None,
                                                                                      look=lambda now: None)
    live._stores = lambda: {"x": asset}

    def start(*_, **__):
        begun.append(now[0])
        return SimpleNamespace(active=True)
    monkeypatch.setattr(session.jobs, "start", start)
    live._watches["x"] = watch = live_module._Watch(asset, payload=SimpleNamespace(history=None))
    live._take_tail = lambda watch: setattr(watch, "tail", None)
    for at, done in ((100.0, False), (100.6, False), (101.3, True), (101.4, True), (101.7, False), (101.85, False)):
        now[0] = at
        if done:
            watch.tail.active = False
        live.refresh()
    assert begun == [100.0, 101.3, 101.85], "at once after a long one, and else half a second after the last look"


def test_the_panel_starts_a_recorder_that_outlives_it_and_stops_it(session, tmp_path, qtbot):
    broker = Broker(tmp_path / "broker")
    panel = FeedsPanel(session, save=lambda: (session.save(session.path), True)[1])
    qtbot.addWidget(panel)
    panel.show()
    panel.put(Feed(id="f", name="Noise", url=broker.url, topics=("noise/#",)))
    panel._looked = 0.0
    panel.refresh()
    assert panel.table.rowCount() == 1 and panel.record.isEnabled()
    panel.record.click()

    def cell(column: int) -> str:
        panel.refresh()
        return panel.table.item(0, column).text()
    qtbot.waitUntil(lambda: cell(1).startswith("connected"), timeout=60_000)
    sender = Publisher(broker)
    sender.send("noise/n1", said(0), b"nonsense")
    qtbot.waitUntil(lambda: (cell(4), cell(5)) == ("1", "1"))
    assert "nonsense" in panel.detail.toPlainText() and "s" in cell(6)
    again = FeedsPanel(session)                                       # another window joins
    qtbot.addWidget(again)
    again.show()
    again.refresh()
    assert again.running and "Stop" in again.record.text()
    panel.record.click()
    qtbot.waitUntil(lambda: cell(1).startswith("stopped"))
    sender.close()
    broker.stop()


@needs_broker
def test_a_mapping_is_tried_against_the_last_message(session, tmp_path, qtbot):
    broker = Broker(tmp_path / "broker")
    sender = Publisher(broker)
    sender.send("site/7/level", {"up": {"level": 2.5, "at": "2026-07-15T12:00:00Z"}}, retain=True)
    form = FeedForm(session, Feed(id="f", name="", url=broker.url, topics=("site/#",)))
    qtbot.addWidget(form)
    form.choices["form"].setCurrentIndex(form.choices["form"].findData("json"))
    for name, text in {"values": "up.level", "time": "up.at", "id": "site {topic[1]}", "unit": "m"}.items():
        form.paths[name].setText(text)
    form.test.click()

    def told() -> str:
        session.jobs.poll()
        return form.said.toPlainText()
    qtbot.waitUntil(lambda: "→ site 7" in told(), timeout=60_000)
    assert "2.5 m" in told() and form.feed().mapping.values == ("up.level",)
    form.paths["unit"].clear()
    qtbot.keyClicks(form.paths["unit"], "cm")                        # the message that came is read again at once
    assert "2.5 cm" in form.said.toPlainText()
    sender.close()
    broker.stop()


def test_who_maps_a_message_begins_with_what_was_found_in_it(session, qtbot):
    form = FeedForm(session, Feed(id="f", name="", url="mqtt://127.0.0.1:9"))
    qtbot.addWidget(form)
    message = Message("f", "t", b'{"sensor": "n0", "when": 1784000000, "laeq": 54.5}', time.time_ns())
    form._trial = made_of(message, Mapping(), "UTC")
    form.choices["form"].setCurrentIndex(form.choices["form"].findData("json"))
    found = form.feed().mapping
    assert (found.id, found.time, found.values) == ("{sensor}", "when", ("laeq",))
    form.paths["id"].setText("{topic}")                               # who has begun is not interrupted
    for form_ in ("auto", "json"):
        form.choices["form"].setCurrentIndex(form.choices["form"].findData(form_))
    assert form.feed().mapping.id == "{topic}"


def test_what_moves_in_a_store_is_a_layer_of_vehicles_and_new_fixes_come_in(session, tmp_path, qtbot):
    from twin.history.importing import bring
    session.live.layers.expected = True

    def come(first: int, last: int) -> None:
        rows = [f"bus,{START + s},{121.3 + s * 1e-4:.4f},31.2,36" for s in range(first, last)]
        (tmp_path / "fixes.csv").write_text("\n".join(["vehicle_id,time,lon,lat,speed_kmh", *rows]))
        bring(tmp_path / "fixes.csv", store_beside(session.path), "Asia/Shanghai")

    def fixes() -> int:
        session.tick(0.02)
        for layer in session.document.layers:
            session.asset(layer.id)                                  # as the stage asks
        return sum(len(payload.history.times_ns) for _, payload in session.timed_layers())
    come(0, 5)
    qtbot.waitUntil(lambda: fixes() == 5, timeout=60_000)
    layer, = session.document.layers
    assert (layer.kind, layer.source.reader) == ("vehicles", "track-store")
    assert (layer.name, layer.name_zh) == ("Vehicles", "车辆"), "whoever works in the other language reads it too"
    session.clock.follow()
    come(5, 9)
    qtbot.waitUntil(lambda: fixes() == 9, timeout=60_000)
    session.tick(0.0)
    assert session.clock.now_ns == (START + 8) * 10 ** 9
