"""The issues panel through its real widgets and real files."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app import dialogs
from app.discover import layer_types
from app.panels import issue_form
from app.panels.issue_details import when
from app.panels.issue_form import Filled, IssueForm
from app.panels.issues import IssuesPanel
from bim.bcf import read
from tests.app.made_models import SHAPES, model_session
from tests.bim.made_bcf import TOPIC, VIEW, write_bcf
from twin.camera import Camera
from twin.text import set_language

layer_types()


class Seen:
    """Stands for the viewport: it keeps where one flew."""

    def __init__(self):
        self.cameras = []

    def fly_to(self, camera):
        self.cameras.append(camera)


@pytest.fixture
def session():
    from dataclasses import replace
    made = model_session()
    made.view = replace(made.view, camera=Camera(position=(0.0, -40.0, 20.0), focus=(5.0, 5.0, 1.0)))
    yield made
    made.close()


@pytest.fixture
def panel(session, on_screen):
    return on_screen(IssuesPanel(session, None, lambda: "house"), 320, 760)


def wait(qtbot, panel):
    def answered():
        panel.session.tick(0.0)
        panel.refresh()
        return panel._job is None and panel._picture_job is None
    qtbot.waitUntil(answered, timeout=60_000)


def texts(layout):
    return [layout.itemAt(i).widget().text() for i in range(layout.count()) if layout.itemAt(i).widget()]


def test_topics_are_listed_with_all_they_say(qtbot, panel, tmp_path):
    panel.open(write_bcf(tmp_path / "a.bcf"))
    wait(qtbot, panel)
    assert [panel.list.topLevelItem(0).text(c) for c in (0, 1)] == ["Wall & door", "Open"]
    assert panel.details.title.text() == "Wall & door" and "Structural" in panel.details.facts.text()
    assert panel.details.status.currentText() == "Open" and panel.details.snapshot.pixmap().width() > 20
    assert texts(panel.details.views) == ["View 1"] and panel.details.comments.count() == 1
    panel.filter.setText("nothing like it")
    assert panel.list.topLevelItemCount() == 0 and panel.details.topic is None
    panel.filter.setText("structural")
    assert panel.list.topLevelItemCount() == 1


def test_a_viewpoint_arranges_the_scene_and_leads_there(qtbot, panel, session, tmp_path):
    panel.viewport = Seen()
    panel.open(write_bcf(tmp_path / "a.bcf"))
    wait(qtbot, panel)
    button = panel.details.views.itemAt(0).widget()
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(panel.viewport.cameras) == 1 and panel.viewport.cameras[0].view_angle_deg == 60
    assert session.document.layer("house").cuts and session.edits.undo_label == "Viewpoint"


def test_comments_and_status_go_into_the_file(qtbot, panel, tmp_path):
    path = write_bcf(tmp_path / "a.bcf", "3.0")
    panel.open(path)
    wait(qtbot, panel)
    panel.author = "me@here"
    panel.details.with_view.setChecked(True)
    panel.details.line.setText("Moved the door")
    QTest.keyClick(panel.details.line, Qt.Key.Key_Return)
    wait(qtbot, panel)
    assert panel.details.comments.count() == 2 and panel.details.line.text() == ""
    panel.details.status.setCurrentText("Closed")
    panel.details.status.textActivated.emit("Closed")
    wait(qtbot, panel)
    topic = read(str(path)).topic(TOPIC)
    assert topic.status == "Closed" and topic.comments[1].text == "Moved the door"
    assert topic.comments[1].author == "me@here" and topic.viewpoint(topic.comments[1].viewpoint).eye
    assert topic.viewpoint(VIEW) is not None


def test_a_topic_from_the_present_view_makes_a_file(qtbot, panel, session, tmp_path, monkeypatch):
    from app.panels import model_actions as actions
    from twin.selection import Selection
    session.selection = Selection((("house", SHAPES.index("W1")),))
    actions.arrange_chosen(session, "hidden")
    out = tmp_path / "new.bcf"
    monkeypatch.setattr(issue_form, "ask", lambda *_: Filled("A gap", "between", author="me", version="3.0"))
    monkeypatch.setattr(dialogs, "save_file", lambda *_: out)
    QTest.mouseClick(panel.new_button, Qt.MouseButton.LeftButton)
    wait(qtbot, panel)
    assert panel.details.title.text() == "A gap"
    found = read(str(out))
    topic, = found.topics
    view, = topic.viewpoints
    assert found.version == "3.0" and topic.files[0].name == "house.ifc" and topic.files[0].project == "P"
    assert view.selection == ("W1",) and view.default_visible and view.exceptions == ("W1",)
    assert view.eye.field_deg == 30 and view.eye.direction[1] > 0


def test_the_form_asks_for_a_title(qtbot):
    form = IssueForm(("Waiting",), "me", True)
    qtbot.addWidget(form)
    assert form.filled() == Filled("", author="me") and "Waiting" in [form.status.itemText(i) for i in range(5)]
    form.title.setText(" Gap ")
    form.version.setCurrentText("3.0")
    assert form.filled().title == "Gap" and form.filled().version == "3.0"


def test_words_of_the_form_are_chinese_in_a_chinese_window_and_english_in_the_file(qtbot, panel, tmp_path):
    """"Open" and "Issue" stood between Chinese words; "Waiting" is somebody's own and stays."""
    set_language("zh")
    form = IssueForm(("Waiting",), "me", True)
    qtbot.addWidget(form)
    assert [form.status.itemText(i) for i in range(3)] == ["Waiting", "未解决", "处理中"]
    assert form.filled() == Filled("", author="me"), "Issue and Open"
    path = write_bcf(tmp_path / "a.bcf")
    panel.open(path)
    wait(qtbot, panel)
    assert panel.list.topLevelItem(0).text(1) == panel.details.status.currentText() == "未解决"
    panel.details.status.textActivated.emit("未解决")
    assert panel._job is None, "the same status is no change"
    panel.details.status.setCurrentText("已关闭")
    panel.details.status.textActivated.emit("已关闭")
    wait(qtbot, panel)
    assert read(str(path)).topic(TOPIC).status == "Closed"
    set_language("en")
    panel.retranslate()
    assert panel.list.topLevelItem(0).text(1) == panel.details.status.currentText() == "Closed"


def test_a_chinese_status_that_a_file_brought_stays_as_it_is(qtbot, panel, tmp_path):
    """Leaving the field wrote "Closed" over another program's "已关闭"."""
    path = write_bcf(tmp_path / "a.bcf")
    panel.open(path)
    wait(qtbot, panel)
    panel.set_status("已关闭")
    wait(qtbot, panel)
    for language in ("zh", "en"):
        set_language(language)
        panel.retranslate()
        panel.details.status.lineEdit().editingFinished.emit()
        assert panel._job is None and panel.details.status.currentText() == "已关闭"
    assert read(str(path)).topic(TOPIC).status == "已关闭"
    form = IssueForm(("已关闭",), "me", False)
    qtbot.addWidget(form)
    form.status.setCurrentText("已关闭")
    assert form.filled().status == "已关闭", "as the file writes it"


def test_without_a_model_it_says_what_is_missing(qtbot, on_screen, tmp_path):
    from app.session import Session
    bare = Session()
    panel = on_screen(IssuesPanel(bare), 320, 700)
    panel.open(write_bcf(tmp_path / "a.bcf"))
    wait(qtbot, panel)
    QTest.mouseClick(panel.details.views.itemAt(0).widget(), Qt.MouseButton.LeftButton)
    assert "No building model is open" in panel.said.text()
    QTest.mouseClick(panel.new_button, Qt.MouseButton.LeftButton)
    assert "No building model is open" in panel.said.text()
    bare.close()


def test_a_bcf_file_that_is_dropped_opens_here_and_is_no_layer(tmp_path):
    from types import SimpleNamespace

    from app.opening import open_paths
    path, opened, added = write_bcf(tmp_path / "A.BCFzip"), [], []
    other = tmp_path / "a.ifc"
    window = SimpleNamespace(docking=SimpleNamespace(show=lambda name: SimpleNamespace(open=opened.append)),
                             filing=SimpleNamespace(opening=SimpleNamespace(
                                 add=lambda paths, at: added.extend(paths))))
    open_paths(window, [path, other])
    assert opened == [path] and added == [other]


def test_a_project_opens_with_its_issues(qtbot, panel, session, tmp_path):
    import json

    from app.session import Session
    panel.open(write_bcf(tmp_path / "a.bcf"))
    wait(qtbot, panel)
    session.save(tmp_path / "p.twin.json")
    assert json.loads((tmp_path / "p.twin.json").read_text())["view"]["issues"] == "a.bcf"
    other = Session()
    other.open(tmp_path / "p.twin.json")
    assert other.issues == str(tmp_path / "a.bcf")
    other.close()
    session.issues = ""
    panel.refresh()
    assert panel.bcf is None and panel.list.topLevelItemCount() == 0
    session.issues = str(tmp_path / "a.bcf")
    wait(qtbot, panel)
    assert panel.list.topLevelItemCount() == 1


@pytest.mark.parametrize("text, said", [
    ("2024-05-01T10:00:00+02:00", "2024-05-01 10:00 +02:00"), ("2017-05-22T09:48:36Z", "2017-05-22 09:48 UTC"),
    ("2024-05-01T10:00:00.123-05:00", "2024-05-01 10:00 -05:00"), ("2024-05-01T10:00", "2024-05-01 10:00"),
    ("next week", "next week"), ("", "")])
def test_a_date_says_whose_clock_it_was(text, said):
    assert when(text) == said
