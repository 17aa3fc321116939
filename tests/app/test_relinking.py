"""Files that moved: one is shown where it lies now, the others of its folder are found with it."""

from __future__ import annotations

from types import SimpleNamespace

from app.discover import layer_types
from app.panels.layer_facts import facts_of
from app.relinking import find, is_missing
from app.session import Session
from layers.layer_row import Row
from layers.vectors import VectorLayer
from twin.document import Document
from twin.layer import Source
from twin.trouble import Trouble

layer_types()


def test_a_moved_folder_is_found_by_one_of_its_files(tmp_path, monkeypatch):
    was, now = tmp_path / "was", tmp_path / "now"
    (now / "deep").mkdir(parents=True)
    here = tmp_path / "here.geojson"
    for path in (now / "a.geojson", now / "deep" / "b.geojson", here):
        path.write_text('{"type": "FeatureCollection", "features": []}')
    sources = {"a": was / "a.geojson", "b": was / "deep" / "b.geojson", "lost": was / "lost.geojson", "here": here}
    session = Session()
    session.edits.commit(Document(layers=tuple(
        VectorLayer(id=id, name=id, source=Source(path=str(path))) for id, path in sources.items())), "Add layers")
    assert [x.id for x in session.document.layers if is_missing(x)] == ["a", "b", "lost"]
    row = Row("error", "There is no such file.")
    assert [facts_of(session, x, row).action for x in session.document.layers] == ["find"] * 3 + ["reload"]

    from app import dialogs
    window = SimpleNamespace(session=session, settings=SimpleNamespace(folder=""))
    monkeypatch.setattr(dialogs, "find_file", lambda parent, folder, name: None)
    before = session.document
    find(window, "a")
    assert session.document is before, "the dialog was left"
    monkeypatch.setattr(dialogs, "find_file", lambda parent, folder, name: now / name)
    find(window, "a")
    paths = {x.id: x.source.path for x in session.document.layers}
    assert paths == {"a": str(now / "a.geojson"), "b": str(now / "deep" / "b.geojson"),
                     "lost": str(was / "lost.geojson"), "here": str(here)}
    session.edits.undo()
    assert session.document == before
    session.close()


def test_a_file_that_was_never_recognised_is_found_and_looked_at(window, qtbot, tmp_path, monkeypatch):
    from app import dialogs
    from twin.layer import Unread
    there = tmp_path / "line.geojson"
    there.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": '
                     '{"type": "LineString", "coordinates": [[121.24, 31.35], [121.25, 31.36]]}}]}')
    gone = Unread(id="u", name="line", source=Source(path=str(tmp_path / "gone" / "line.geojson")))
    window.session.edits.commit(Document(layers=(gone,)), "Add layers")
    assert is_missing(gone)
    monkeypatch.setattr(dialogs, "find_file", lambda parent, folder, name: there)
    window.filing.act("find", "u")
    qtbot.waitUntil(lambda: [x.kind for x in window.session.document.layers] == ["vectors"])


def test_a_broken_project_names_its_autosaved_copy_and_offers_it(tmp_path):
    from app.filing import Filing
    from twin.autosave import autosave
    from twin.project import Project
    path, told = tmp_path / "city.twin.json", []
    copy = autosave(Project(document=Document(), path=path), tmp_path)
    window = SimpleNamespace(tell=lambda words, tone, ways=(): told.append((words, ways)))
    filing = SimpleNamespace(window=window, state_folder=tmp_path, open_project=told.append)
    trouble = Trouble("It is damaged.", path=str(path))
    Filing._not_opened(filing, path, trouble)
    words, ((_, act),) = told.pop()
    assert str(copy) in words
    act()
    assert told.pop() == copy
    copy.unlink()
    Filing._not_opened(filing, path, trouble)
    assert told == [(str(trouble), ())]
