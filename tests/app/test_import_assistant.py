"""The import assistant through its widgets: understood, put right, imported, reported."""

from __future__ import annotations

import time

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.discover import layer_types
from app.panels.import_assistant import ImportAssistant
from app.session import Session
from tests.twin.history.test_timetable import feed
from twin import times
from twin.history.store import Store

layer_types()
TABLE = ("Zeit;Pegel;Wert;lon;lat\n" + "".join(f"2026-07-15 {h:02}:00;P{p};{h},5;121.2{p};31.35\n"
                                             for h in range(10) for p in (1, 2))
         + "2026-07-15 11:00;P1;-1;121.21;31.35\n2026-07-15 12:00;P1;kaputt;121.21;31.35\n")


@pytest.fixture
def assistant(qtbot, tmp_path):
    session = Session()
    session.save(tmp_path / "town.twin.json")
    made = ImportAssistant(session)
    qtbot.addWidget(made)
    yield made
    session.close()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "levels.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def settle(assistant, done, secs=60.0):
    end = time.monotonic() + secs
    while not done() and time.monotonic() < end:
        assistant.session.tick(0.0)
        assistant.refresh()
        time.sleep(0.002)
    assert done()


def looked(assistant):
    settle(assistant, lambda: assistant._looking is None)


def imported_noise(assistant, path, date):
    """Two readings of a day, through the assistant."""
    path.write_text(f"time,id,noise\n{date} 06:00,A,50\n{date} 07:00,A,51\n")
    assistant.open_files([path])
    looked(assistant)
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing is None)


def role(assistant, column, name):
    row = next(n for n, c in enumerate(assistant.form._preview.columns) if c.name == column)
    box = assistant.form.columns.cellWidget(row, 2)
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    looked(assistant)


def test_a_table_with_unknown_words_is_put_right_and_imported(assistant, table):
    assistant.open_files([table])
    looked(assistant)
    role(assistant, "Pegel", "id")
    if next(c for c in assistant.form._preview.columns if c.name == "Wert").role != "value":
        role(assistant, "Wert", "value")
    shown = assistant.preview.table
    assert shown.item(0, 4).text() == "the value is no number" and "kaputt" in shown.item(0, 2).text()
    assert shown.item(1, 1).text() == "P1" and shown.item(1, 2).text() == "0.5"
    assert assistant.preview._preview.places == ((121.21, 31.35), (121.22, 31.35))
    assistant.form.texts["sentinels"].setText("-1")
    assistant.form.texts["sentinels"].editingFinished.emit()
    looked(assistant)
    row = next(n for n, c in enumerate(assistant.form._preview.columns) if c.name == "Wert")
    assistant.form.columns.item(row, 3).setText("m")
    looked(assistant)

    assistant.bring.click()
    settle(assistant, lambda: assistant._importing is None)
    assert assistant.pages.currentWidget() is assistant.report
    assert {n: w.text() for n, w in assistant.report.numbers.items()} == {
        "rows": "22", "kept": "20", "duplicates": "0", "out_of_order": "0", "missing": "1", "rejected": "1",
        "datastreams": "2", "trips": "0"}
    assert assistant.report.rejects.item(0, 0).text() == "23"
    layer, = assistant.session.document.layers
    assert layer.kind == "sensors" and layer.name == "Wert" and layer.stale_minutes == 180.0
    with Store(assistant.session.path.with_name("town.history")) as store:
        stream = store.look().number_of("P1").stream
        assert (stream.unit, stream.x) == ("m", 121.21) and len(store.series("P1")[0]) == 10
    assistant.session.edits.undo()
    assert assistant.session.document.layers == ()


def test_a_second_import_shows_in_the_same_layer(assistant, tmp_path):
    for name, day in (("a", 15), ("b", 16)):
        path = tmp_path / f"{name}.csv"
        imported_noise(assistant, path, f"2026-07-{day}")
    layer, = assistant.session.document.layers
    assistant.session.settle(60.0)
    history = assistant.session.asset(layer.id).payload.history
    assert len(history.series(0)[0]) == 4 and assistant.session.clock.span_ns == history.span_ns


def test_readings_of_another_year_are_shown_where_they_lie(assistant, tmp_path):
    for name, year in (("now", 2026), ("then", 2015)):
        path = tmp_path / f"{name}.csv"
        imported_noise(assistant, path, f"{year}-07-15")
        assistant.session.settle(60.0)
        assistant.session.time_view.refresh()
    clock, view = assistant.session.clock, assistant.session.time_view
    assert times.iso(clock.now_ns, "UTC").startswith("2026") and not assistant.report.show_them.isHidden()
    assistant.report.show_them.click()
    span = tuple(times.parse(f"2015-07-15T{h}:00", "Asia/Shanghai") for h in ("06", "07"))
    assert (clock.now_ns, view.span_ns) == (span[1], span)


def test_what_cannot_be_read_is_told_and_a_cancel_imports_nothing(assistant, table, tmp_path):
    wrong = tmp_path / "tasks.csv"
    wrong.write_text("task,cost\ndig,3\n")
    assistant.open_files([wrong])
    looked(assistant)
    assert "no readings with a time" in assistant.state.text() and not assistant.bring.isEnabled()
    assistant.close()
    rows = "".join(f"2026-07-{1 + n // 86400:02} {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02},A,{n}\n"
                   for n in range(200_000))
    wrong.write_text("time,id,value\n" + rows)
    assistant.open_files([wrong])
    looked(assistant)
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing.state == "running")
    assistant.stop.click()
    settle(assistant, lambda: assistant._importing is None)
    assert "nothing was imported" in assistant.state.text() and assistant.session.document.layers == ()
    assert {path.name for path in tmp_path.iterdir()} == {"town.twin.json", "levels.csv", "tasks.csv"}
    assert assistant.bring.isEnabled() is True


def test_an_import_whose_process_is_killed_leaves_nothing_and_says_what_to_do(assistant, table, tmp_path):
    assistant.open_files([table])
    looked(assistant)
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing.state == "running")
    worker, = assistant.session.jobs._running.values()
    (tmp_path / f"town.history.staging-{worker.process.pid}").mkdir()      # as if it had spilled
    worker.process.kill()
    settle(assistant, lambda: assistant._importing is None)
    assert "died" in assistant.state.text() and "Import it again" in assistant.state.text()
    assert {path.name for path in tmp_path.iterdir()} == {"town.twin.json", "levels.csv"}


def test_the_assistant_fits_its_screen(assistant):
    free = assistant.screen().availableGeometry()
    assert assistant.width() <= max(free.width() - 80, assistant.minimumSizeHint().width())
    assert assistant.height() <= max(free.height() - 80, assistant.minimumSizeHint().height())


def test_seconds_since_a_start_wait_for_that_start(assistant, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("sensor,elapsed_s,value\n" + "".join(f"A,{s},{s * 2}\n" for s in range(0, 300, 60)))
    assistant.open_files([path])
    looked(assistant)
    assert not assistant.bring.isEnabled() and "when it begins" in assistant.state.text()
    assert assistant.form.texts["start"].isVisibleTo(assistant.form)
    assert assistant.preview.table.item(1, 0).text() == "+00:01:00.000"
    assistant.form.texts["start"].setText("2026-07-15 08:00")
    assistant.form.texts["start"].editingFinished.emit()
    looked(assistant)
    assert assistant.bring.isEnabled()
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing is None)
    with Store(tmp_path / "town.history") as store:
        first = store.series("A")[0][0]
    assert times.iso(int(first), "Asia/Shanghai") == "2026-07-15T08:00:00+08:00"


def test_a_timetable_becomes_a_layer_and_its_report_counts_trips(assistant, tmp_path):
    assistant.open_files([feed(tmp_path / "bus.zip")])
    looked(assistant)
    assert assistant.preview.timetable is not None and assistant.preview.table.rowCount() == 1
    assistant.bring.click()
    assert [x.kind for x in assistant.session.document.layers] == ["vehicles"]
    shown = {n: w.text() for n, w in assistant.report.numbers.items() if w.isVisibleTo(assistant.report)}
    assert shown == {"trips": "1"} and not (tmp_path / "town.history").exists()


def test_escape_forgets_the_file_and_the_next_one_is_shown(assistant, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"time,id,noise\n2026-07-15 06:00,{name},50\n")
    assistant.open_files([tmp_path / "a.csv"])
    looked(assistant)
    assistant.reject()
    assert not assistant.isVisible() and assistant.files == []
    assistant.open_files([tmp_path / "b.csv"])
    looked(assistant)
    assert assistant.title.text().endswith("b.csv") and assistant.preview.table.item(0, 1).text() == "b/noise"


def test_files_that_were_opened_together_come_in_as_the_first_and_one_report_names_them(assistant, tmp_path):
    hours = "".join(f"0{h}:00,A,{h}\n" for h in range(9))
    for name, rows in (("a", hours + "09:00,A,x"), ("b", "06:00,B,2\n"), ("c", "06:00,C,3\n")):
        (tmp_path / f"{name}.csv").write_text("when,where,how much\n" + "".join(
            f"2026-07-15 {row}\n" for row in rows.split("\n") if row))
    (tmp_path / "b.csv").write_text("nothing,of this\n1,2\n")
    assistant.open_files([tmp_path / f"{name}.csv" for name in "abc"])
    looked(assistant)
    role(assistant, "where", "id")
    assert assistant.bring_all.text() == "Import all 3 files" and assistant.title.text().endswith("(file 1 of 3)")
    assistant.bring_all.click()
    settle(assistant, lambda: assistant._importing is None)
    numbers = {n: w.text() for n, w in assistant.report.numbers.items()}
    assert (numbers["rows"], numbers["kept"], numbers["rejected"]) == ("11", "10", "1")
    assert "b.csv was left out" in assistant.report.notes.text()
    assert assistant.report.rejects.item(0, 2).text().startswith("a.csv: ")
    with Store(tmp_path / "town.history") as store:
        assert {s.stream.thing for s in store.look().known} == {"A", "C"}


def test_the_report_of_a_file_stays_until_the_next_one_is_asked_for(assistant, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"time,id,noise\n2026-07-15 06:00,{name},50\n")
    assistant.open_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    looked(assistant)
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing is None)
    assert assistant.pages.currentWidget() is assistant.report and assistant.bring.text() == "Next file"
    assistant.bring.click()
    looked(assistant)
    assert assistant.preview.table.item(0, 1).text() == "b/noise" and assistant.bring.text() == "Import"


def test_a_table_that_is_not_understood_shows_its_columns_to_be_said(assistant, tmp_path):
    (tmp_path / "odd.csv").write_text("Messzeit;Ort;Betrag\n2026-07-15 06:00;A;3,5\n2026-07-15 07:00;A;4,5\n")
    assistant.open_files([tmp_path / "odd.csv"])
    looked(assistant)
    if not assistant.bring.isEnabled():
        role(assistant, "Messzeit", "time")
    role(assistant, "Ort", "id")
    role(assistant, "Betrag", "value")
    assert assistant.bring.isEnabled() and assistant.preview.table.item(0, 2).text() == "3.5"


def test_the_chart_never_puts_two_units_on_one_axis(assistant, tmp_path):
    rows = "".join(f"2026-07-15 {h:02}:00,{20 + h},{400 + h}\n" for h in range(6))
    (tmp_path / "room.csv").write_text("time,temperature (degC),CO2 (ppm)\n" + rows)
    assistant.open_files([tmp_path / "room.csv"])
    looked(assistant)
    assert [line.name for line in assistant.preview.charted()] == ["temperature"]
    assistant.preview.table.selectRow(1)
    assert [(line.name, line.unit) for line in assistant.preview.charted()] == [("CO2", "ppm")]
    shown = assistant.preview.map
    assert not shown.map.isVisibleTo(assistant) and "no coordinates" in shown.words.text()


def test_an_import_into_a_project_without_a_file_saves_it_first(window, tmp_path, monkeypatch):
    from app import dialogs
    (tmp_path / "a.csv").write_text("time,id,noise,lon,lat\n2026-07-15 06:00,A,50,121.25,31.35\n")
    assistant = window.assistant
    assistant.open_files([tmp_path / "a.csv"])
    settle(assistant, lambda: assistant._looking is None)
    assert assistant.preview.map.words.text() == "1 place"
    monkeypatch.setattr(dialogs, "save_file", lambda *_: None)
    assistant.bring.click()
    assert assistant._importing is None and "save it first" in assistant.state.text()
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "new.twin.json")
    assistant.bring.click()
    settle(assistant, lambda: assistant._importing is None)
    assert (tmp_path / "new.twin.json").exists() and (tmp_path / "new.history").exists()
    assert assistant.report.numbers["kept"].text() == "1"


def test_all_of_it_is_seen_within_a_small_window(qtbot, tmp_path, table):
    """It was 740 px high over a window of 720, with its buttons below the edge."""
    session, window = Session(), QWidget()
    qtbot.addWidget(window)
    made = ImportAssistant(session, window)
    window.resize(1280, 720)
    made.preview.map.project = lambda: ([], (0.0, 0.0))
    made.open_files([table])
    settle(made, lambda: made._looking is None)
    QApplication.processEvents()
    assert made.height() <= 640 and made.width() <= 1200
    for button in (made.leave, made.bring):
        assert made.rect().contains(button.geometry())
    made.close()
    session.close()
