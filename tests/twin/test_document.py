"""The document and its edits: laws that hold for any tree of layers."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from twin.document import Document, Scene, changed
from twin.edits import Edits
from twin.layer import Group, Unread


@st.composite
def documents(draw):
    """Up to eight layers, some of them groups, each in a group that stands before it or in none."""
    layers, groups = [], [""]
    for number in range(draw(st.integers(1, 8))):
        group, shown = draw(st.sampled_from(groups)), draw(st.booleans())
        if draw(st.booleans()):
            layers.append(Group(id=f"g{number}", name=f"G{number}", group=group, visible=shown))
            groups.append(f"g{number}")
        else:
            layers.append(Unread(id=f"u{number}", name=f"U{number}", group=group, visible=shown))
    return Document(layers=tuple(layers))


@st.composite
def choices(draw):
    """A document and some of its ids."""
    document = draw(documents())
    return document, draw(st.lists(st.sampled_from([x.id for x in document]), unique=True))


def ids(document):
    return [layer.id for layer in document]


def no_cycles(document):
    return all(len(list(document.ancestors(layer))) < len(document.layers) for layer in document) and all(
        layer.group == "" or document.layer(layer.group) for layer in document)


def reaches_top(document):
    def top(layer):
        seen = set()
        while layer.group:
            if layer.id in seen:
                return False
            seen.add(layer.id)
            layer = document.layer(layer.group)
        return True
    return all(top(layer) for layer in document)


@given(documents(), st.randoms())
def test_the_tree_has_every_layer_once_each_behind_its_group_and_siblings_as_they_stand(document, random):
    layers = list(document)
    random.shuffle(layers)
    mixed = replace(document, layers=tuple(layers))
    order = [x.id for x in mixed.tree]
    assert sorted(order) == sorted(ids(mixed))
    for layer in mixed:
        inside = mixed.subtree([layer.id])
        start = order.index(layer.id)
        assert set(order[start:start + len(inside)]) == set(inside), "a group and all that lies in it stand together"
        assert [i for i in order if mixed.layer(i).group == layer.id] == [x.id for x in mixed.children(layer.id)]


def test_groups_that_lie_in_each_other_are_in_the_tree_too():
    document = Document(layers=(Group(id="a", name="A", group="b"), Group(id="b", name="B", group="a")))
    assert len(document.tree) == 2


def test_a_new_layer_lies_on_top():
    document = Document(layers=(Unread(id="a", name="A"),)).with_layer(Unread(id="b", name="B"))
    assert ids(document) == ["b", "a"]


@given(choices(), st.data())
def test_moving_keeps_every_layer_once_and_makes_no_circle(choice, data):
    document, chosen = choice
    groups = ["", *(x.id for x in document if x.kind == "group")]
    group, before = data.draw(st.sampled_from(groups)), data.draw(st.sampled_from(["", *ids(document)]))
    moved = document.moved(chosen, group, before)
    assert sorted(ids(moved)) == sorted(ids(document))
    assert reaches_top(moved) and no_cycles(moved)
    for layer in document:                                   # nothing but place and group differs
        assert replace(moved.layer(layer.id), group=layer.group) == layer
        if layer.id not in chosen:
            assert moved.layer(layer.id) is layer


@given(choices())
def test_grouping_keeps_every_layer_once_in_its_order(choice):
    document, chosen = choice
    grouped, group = document.grouped(chosen, "New")
    assert sorted(ids(grouped)) == sorted([*ids(document), group]) and reaches_top(grouped)
    inside = [x.id for x in grouped.children(group)]
    top = [x.id for x in document if x.id in chosen and not any(a.id in chosen for a in document.ancestors(x))]
    assert inside == top


@given(choices())
def test_duplicating_adds_the_subtree_once_with_new_ids(choice):
    document, chosen = choice
    copy = document.duplicated(chosen)
    assert len(set(ids(copy))) == len(copy.layers)
    assert len(copy.layers) == len(document.layers) + len(document.subtree(chosen))
    assert [x for x in copy if x.id in set(ids(document))] == list(document)
    assert reaches_top(copy)


@given(choices())
def test_removing_a_group_takes_its_members(choice):
    document, chosen = choice
    left = document.without(chosen)
    assert set(ids(left)) == set(ids(document)) - set(document.subtree(chosen))
    assert all(layer.group == "" or left.layer(layer.group) for layer in left)


@given(documents(), st.data())
def test_hiding_a_group_leaves_the_eyes_of_its_members_alone(document, data):
    groups = [x for x in document if x.kind == "group"]
    if not groups:
        return
    group = data.draw(st.sampled_from(groups))
    hidden = document.with_layer(replace(group, visible=False))
    for layer in document:
        if layer.id != group.id:
            assert hidden.layer(layer.id).visible == layer.visible
        if layer.id == group.id or group in document.ancestors(layer):
            assert not hidden.shown(hidden.layer(layer.id))
        else:
            assert hidden.shown(layer) == document.shown(layer)
    shown_again = hidden.with_layer(group)
    assert shown_again == document


@given(documents())
def test_layers_of_a_kind_are_those_that_a_search_finds(document):
    for kind in {"none-such", *(x.kind for x in document)}:
        assert document.of_kind(kind) == tuple(x for x in document if x.kind == kind)


@given(documents(), st.data())
def test_a_scene_shows_what_it_names(document, data):
    named = data.draw(st.lists(st.sampled_from(ids(document)), unique=True))
    at = document.at_scene(Scene(id="s", name="S", visible=tuple(named)))
    assert {x.id for x in at if x.visible} == set(named)
    assert document.at_scene(Scene(id="s", name="S")) is document


@given(st.lists(documents(), min_size=1, max_size=6))
def test_undoing_every_step_is_the_identity_and_redoing_too(steps):
    edits = Edits(Document())
    told = [edits.document]
    for step in steps:
        edits.commit(step, "edit")
        if step != told[-1]:
            told.append(step)
    for document in reversed(told[:-1]):
        edits.undo()
        assert edits.document == document
    assert edits.undo_label == "" and not edits.dirty
    for document in told[1:]:
        edits.redo()
        assert edits.document == document
    assert edits.redo_label == ""


def opacity(document, value):
    return document.with_layer(replace(document.layer("u"), opacity=value))


def test_one_drag_is_one_undo_and_a_seal_ends_it():
    start = Document(layers=(Unread(id="u", name="U"),))
    edits = Edits(start)
    for value in (0.9, 0.8, 0.7):
        edits.commit(opacity(edits.document, value), "Opacity", merge="u.opacity")
    edits.seal()
    edits.commit(opacity(edits.document, 0.5), "Opacity", merge="u.opacity")
    edits.undo()
    assert edits.document.layer("u").opacity == 0.7
    edits.undo()
    assert edits.document == start and edits.redo_label == "Opacity"


def test_what_is_dragged_away_and_back_is_no_step():
    edits = Edits(Document(layers=(Unread(id="u", name="U"),)))
    edits.commit(opacity(edits.document, 0.5), "One")
    for value in (0.4, 0.3, 0.5):
        edits.commit(opacity(edits.document, value), "Opacity", merge="u.opacity")
    edits.seal()
    assert edits.undo_label == "One"
    edits.commit(opacity(edits.document, 1.0), "Opacity", merge="u.opacity")
    edits.undo()                                  # back at 0.5, where "One" ended: that step stays
    assert edits.undo_label == "One" and edits.redo_label == "Opacity"


def test_an_edit_after_undo_forgets_what_was_undone():
    edits = Edits(Document(layers=(Unread(id="u", name="U"),)))
    edits.commit(opacity(edits.document, 0.5), "One")
    edits.undo()
    edits.commit(opacity(edits.document, 0.2), "Two")
    edits.redo()
    assert edits.document.layer("u").opacity == 0.2 and edits.undo_label == "Two"


def test_saved_is_clean_until_something_differs_and_clean_again_after_undo():
    edits = Edits(Document(layers=(Unread(id="u", name="U"),)))
    edits.commit(opacity(edits.document, 0.5), "One")
    edits.mark_saved()
    edits.commit(opacity(edits.document, 0.2), "Two")
    assert edits.dirty
    edits.undo()
    assert not edits.dirty


@given(documents(), st.data())
def test_changed_names_what_differs_and_nothing_else(document, data):
    victim = data.draw(st.sampled_from(ids(document)))
    other = document.with_layer(replace(document.layer(victim), name="another"))
    assert changed(other, document) == {victim}
    assert changed(document, document) == set() and changed(document, None) == set(ids(document))


def test_a_group_moved_together_with_its_child_keeps_it():
    document = Document(layers=(Group(id="g", name="g"), Group(id="inner", name="inner", group="g"),
                                Group(id="other", name="other")))
    moved = document.moved(["g", "inner"], "other")
    assert moved.layer("g").group == "other" and moved.layer("inner").group == "g"
    grouped, folder = document.grouped(["g", "inner"], "new")
    assert grouped.layer("g").group == folder and grouped.layer("inner").group == "g"
