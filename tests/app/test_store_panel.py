"""The panel of the store: sizes, days, and letting go of old ones."""

from __future__ import annotations

import numpy as np
import pytest

from app import dialogs
from app.panels.store_panel import StorePanel, size_words
from app.session import Session
from layers.sensor_points import SensorPoints
from twin.document import Document
from twin.history.store import Store
from twin.history.writer import Writer
from twin.layer import Source
from twin.project import Project
from twin.sensors import Batch, Datastream
from twin.times import DAY

FIRST = 20_000


@pytest.fixture
def panel(tmp_path, on_screen, qtbot):
    folder = tmp_path / "town.history"
    with Writer(folder) as writer:
        writer.append(Batch(ids=("a",), streams=np.zeros(10, np.int32), times_ns=(FIRST + np.arange(10)) * DAY,
                            values=np.arange(10.0)), [Datastream(id="a", property="noise.leq")])
        writer.seal()
    session = Session(Project(document=Document(layers=(
        SensorPoints(id="s", name="Noise", source=Source(path=str(folder))),))))
    told = []
    made = on_screen(StorePanel(session, tell=lambda words, tone="note": told.append((tone, words))), 900, 240)
    made.told = told
    qtbot.waitUntil(lambda: made.refresh() is None and bool(made.facts))
    yield made
    made.close()
    session.close()


def test_it_shows_properties_and_beneath_them_their_days(panel):
    item = panel.tree.topLevelItem(0)
    assert (item.text(0), item.text(1), item.text(4), item.text(5)) == ("Noise level Leq", "10", "2024-10-04",
                                                                        "2024-10-13")
    assert "10 readings of 1 datastream" in panel.said.text() and panel.days.text() == "for ever"
    item.setExpanded(True)
    assert item.childCount() == 10 and item.child(0).text(0) == "2024-10-13"


@pytest.mark.parametrize("sure", [True, False])
def test_old_days_go_only_when_the_user_is_sure(panel, qtbot, monkeypatch, sure):
    asked = []
    monkeypatch.setattr(dialogs, "ask_to_forget", lambda *told: asked.append(told[1:]) or sure)
    panel.days.setValue(4)
    panel.apply.click()
    qtbot.waitUntil(lambda: panel.refresh() is None and bool(asked) and panel._keeping is None)
    assert asked == [(4, 6, "2024-10-04", "2024-10-09")]
    with Store(panel.folder) as store:
        assert len(store.series("a")[0]) == (4 if sure else 10)
    if sure:
        qtbot.waitUntil(lambda: panel.refresh() is None and panel.facts["readings"] == 4)
        assert panel.told == [("note", "6 readings were let go of.")] and panel.days.value() == 4
    else:
        assert panel.days.value() == 0 and not panel.told


def test_what_a_check_finds_is_told_and_put_in_order_when_asked(panel, qtbot):
    def pressed() -> tuple[str, str]:
        panel.told.clear()
        qtbot.waitUntil(lambda: panel.refresh() is None and panel.check.isEnabled())
        panel.check.click()
        qtbot.waitUntil(lambda: panel.refresh() is None and bool(panel.told))
        return panel.told[0]
    assert pressed() == ("note", "All of 10 readings are there, each once.") and panel.check.text() == "Check"
    with Writer(panel.folder) as writer, writer.ledger.writing():
        writer.ledger.recount([], [])                              # as if it had forgotten
    tone, words = pressed()
    assert tone == "error" and "1 datastream " in words and panel.check.text() == "Put in order"
    tone, words = pressed()
    assert tone == "note" and words.startswith("Put in order") and panel.check.text() == "Check"


def test_a_store_that_is_being_written_says_so(panel, qtbot, monkeypatch):
    monkeypatch.setattr(dialogs, "ask_to_forget", lambda *_: True)
    monkeypatch.setattr("twin.history.writer.Writer.__init__.__defaults__", (0.1,), raising=False)
    with Writer(panel.folder):
        panel.days.setValue(4)
        panel.apply.click()
        qtbot.waitUntil(lambda: panel.refresh() is None and bool(panel.told), timeout=60_000)
    assert panel.told[0][0] == "error" and "Another program" in panel.told[0][1]


def test_sizes_read_as_people_say_them():
    assert [size_words(s) for s in (0, 999, 1500, 2_500_000, 45e9, 4.5e13)] == ["0 B", "999 B", "1.5 kB", "2.5 MB",
                                                                                "45.0 GB", "45,000.0 GB"]


def test_without_a_store_it_says_so(empty_session, on_screen):
    panel = on_screen(StorePanel(empty_session), 900, 240)
    assert panel.said.text() == "No layer of this project shows a store of readings."
    panel.close()
