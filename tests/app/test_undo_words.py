"""What an undo says it will take back: the one layer by its name, or how many."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.commands.edits import redo_title, undo_title
from app.session import Session
from layers.vectors import VectorLayer
from twin.document import Document, moved


@pytest.fixture
def window():
    session = Session()
    session.edits.commit(Document(layers=tuple(VectorLayer(id=id, name=id.upper()) for id in "abcd")), "Add layers")
    yield SimpleNamespace(session=session, unfinished="")
    session.close()


def test_one_layer_is_named_and_several_are_counted(window):
    edits = window.session.edits
    assert undo_title(window) == "Undo: Add layers (4)"
    edits.commit(edits.document.with_each(["b"], lambda x: replace(x, visible=False, name="B & C")), "Hide")
    assert undo_title(window) == "Undo: Hide (B && C)", "no letter of a menu"
    edits.commit(edits.document.with_each(["a", "c"], lambda x: replace(x, visible=False)), "Hide")
    assert undo_title(window) == "Undo: Hide (2)"
    edits.undo()
    assert (undo_title(window), redo_title(window)) == ("Undo: Hide (B && C)", "Redo: Hide (2)")
    edits.commit(edits.document.moved(["d"], "", before="a"), "Move layers")
    assert undo_title(window) == "Undo: Move layers (D)" and redo_title(window) == "Redo"
    edits.commit(replace(edits.document, ground_opacity=0.5), "Underground")
    assert undo_title(window) == "Undo: Underground", "no layer's affair"


def test_the_fewest_layers_were_moved(window):
    document = window.session.document
    assert moved(document.moved(["a"], ""), document) == {"a"}
    assert moved(document.moved(["a", "b"], ""), document) in ({"a", "b"}, {"c", "d"})
    assert moved(document, document) == moved(document.without(["a"]), document) == frozenset()
