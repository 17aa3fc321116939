"""Marks of several providers, and the bookmarks of a project."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.document import Bookmark, Document
from twin.edits import Edits
from twin.marks import ALARM, Bookmarked, Mark, Marks
from twin.project import Project, load, save
from twin.text import set_language
from twin.times import HOUR, parse
from twin.trouble import Trouble

NOON = Bookmark(id="b", name="Noon", name_zh="正午", time="2026-07-15T12:00:00+08:00")
FLOOD = Bookmark(id="a", name="Flood", time="2026-07-15T07:00:00+08:00")


class Told:
    """A provider whose marks are a list; counts how often it is asked for them."""

    def __init__(self, *marks):
        self.told, self.asked = list(marks), 0

    def state(self):
        return len(self.told)

    def marks(self):
        self.asked += 1
        return self.told


def marks(*providers) -> Marks:
    out = Marks()
    out.providers.update({str(n): p for n, p in enumerate(providers)})
    return out


def test_providers_are_asked_again_only_when_they_have_news():
    first, second = Told(Mark(5, "b")), Told(Mark(3, "a", level=ALARM))
    both = marks(first, second)
    assert both.all() == (Mark(3, "a", level=ALARM), Mark(5, "b"))
    assert both.all() is both.all() and first.asked == 1
    first.told.append(Mark(1, "c"))
    assert [m.text for m in both.all()] == ["c", "a", "b"] and first.asked == 2


TIMES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=12)


@given(TIMES, st.integers(0, 60), st.integers(0, 30))
def test_between_after_and_before_are_as_brute_force(pairs, start, length):
    told = [Mark(at, str(n), end_ns=at + lasts if lasts else 0) for n, (at, lasts) in enumerate(pairs)]
    all_, end = marks(Told(*told)), start + length
    wanted = {m for m in told if m.time_ns <= end and max(m.end_ns, m.time_ns) >= start}
    assert set(all_.between(start, end)) == wanted
    later = [m.time_ns for m in told if m.time_ns > start]
    earlier = [m.time_ns for m in told if m.time_ns < start]
    assert (all_.after(start).time_ns if later else all_.after(start)) == min(later, default=None)
    assert (all_.before(start).time_ns if earlier else all_.before(start)) == max(earlier, default=None)


def test_bookmarks_are_marks_in_the_language_that_is_spoken():
    document = Document().with_bookmark(NOON).with_bookmark(FLOOD)
    held = marks(Bookmarked(lambda: document))
    assert [(m.text, m.kind, m.id) for m in held.all()] == [("Flood", "bookmark", "a"), ("Noon", "bookmark", "b")]
    try:
        set_language("zh")
        assert [m.text for m in held.all()] == ["Flood", "正午"]
    finally:
        set_language("en")
    assert held.after(parse(FLOOD.time)).time_ns == parse(NOON.time) == parse(FLOOD.time) + 5 * HOUR


def test_a_bookmark_is_an_edit_and_is_saved(tmp_path):
    edits = Edits(Document())
    edits.commit(edits.document.with_bookmark(NOON), "Bookmark")
    edits.commit(edits.document.with_bookmark(replace(NOON, name="Midday")), "Rename bookmark")
    edits.undo()
    assert edits.document.bookmarks == (NOON,)
    path = tmp_path / "p.twin.json"
    save(Project(document=edits.document), path)
    assert load(path).document.bookmarks == (NOON,)
    edits.commit(edits.document.without_bookmark("b"), "Remove bookmark")
    assert edits.document.bookmarks == ()


def test_a_bookmark_without_a_time_is_named_when_the_project_is_opened(tmp_path):
    path = tmp_path / "p.twin.json"
    save(Project(document=Document(bookmarks=(NOON,))), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["bookmarks"][0]["time"] = "tea time"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(Trouble, match="tea time"):
        load(path)
