"""Hidden, ghosts, isolated, pulled apart: the rules, what is drawn of them, and what can be picked."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.arrangement import (
    EVERYTHING_HIDDEN,
    IS_HIDDEN,
    IS_SHOWN,
    Rule,
    isolated,
    rules_for,
    states,
    with_rule,
)
from layers.building import Building
from layers.storeys import Storeys
from layers.view import offscreen
from tests.layers.made_stage import picture
from tests.layers.test_building import ABOVE, HOUSE
from twin.camera import Camera
from twin.document import Document
from twin.project import Project, load, save

TABLE = pa.table({"guid": list("abcdef"), "class": ["W", "W", "D", "D", "S", None],
                  "storey": ["0", "1", "0", "1", "1", None]})
SHOW = st.sampled_from(["shown", "ghost", "hidden"])
ONE = st.one_of(
    st.builds(lambda show: Rule(show=show), SHOW),
    st.builds(lambda show, v: Rule(show=show, by="guid", values=tuple(v)), SHOW,
              st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)),
    st.builds(lambda show, v: Rule(show=show, by="class", values=(v,)), SHOW, st.sampled_from("WDS")))
LIKE = HOUSE.features.append_column("guid", pa.array(list("abcd")))


@given(st.lists(ONE, max_size=12))
def test_a_shortened_list_means_the_same(rules):
    short: tuple[Rule, ...] = ()
    for rule in rules:
        short = with_rule(short, rule)
    plain, brief = states(TABLE, tuple(rules), 6)[0], states(TABLE, short, 6)[0]
    assert (np.maximum(plain, IS_SHOWN) == np.maximum(brief, IS_SHOWN)).all()
    assert len(short) <= len(rules) and not (short and short[0].show == "shown")


def test_hundred_clicks_are_one_rule():
    rules: tuple[Rule, ...] = ()
    for guid in "abcdef" * 20:
        rules = with_rule(rules, Rule(show="hidden", by="guid", values=(guid,)))
    assert rules == (Rule(show="hidden", by="guid", values=tuple("abcdef")),)
    assert with_rule(rules, Rule(show="shown")) == ()


def test_isolating_hides_the_rest():
    rules = isolated([Rule(show="shown", by="class", values=("W",))])
    assert rules[0] == EVERYTHING_HIDDEN
    assert states(TABLE, rules, 6)[0].tolist() == [IS_SHOWN, IS_SHOWN, *[IS_HIDDEN] * 4]


def test_a_whole_class_is_one_word_and_a_part_of_it_its_ids():
    whole, = rules_for(TABLE, np.array([0, 1]), "hidden", by="class", values=("W",))
    assert whole == Rule(show="hidden", by="class", values=("W",))
    part, = rules_for(TABLE, np.array([0]), "hidden", by="class", values=("W",))
    assert part == Rule(show="hidden", by="guid", values=("a",))


def test_storeys_go_by_height_and_unknown_ones_come_last():
    features = pa.table({"storey": ["OG", "EG", None, "?", "OG"], "storey_elevation_m": [3.0, 0.0, None, None, 3.0]})
    storeys = Storeys.of(type("M", (), {"features": features})(), 6)
    assert storeys.names == ("EG", "OG", "?") and storeys.level.tolist() == [1, 0, -1, 2, 1, -1]
    assert storeys.shown("OG", below=False).tolist() == [True, False, False, False, True, False]
    assert storeys.shown("OG", below=True).tolist() == [True, True, True, False, True, True]
    assert storeys.lift(0.0) is None and storeys.lift(2.0).tolist() == [2, 0, 0, 4, 2, 0]


def mesh():
    from dataclasses import replace
    return replace(HOUSE, features=LIKE)


def drawn(view=None, camera: Camera = ABOVE, **fields):
    layer = Building(id="b", name="b", edges=False, **fields)
    view, pixels = picture([layer], {"b": mesh()}, camera=camera, view=view)
    assert not [row.error for row in view.stage.rows.values() if row.error]
    view.stage.visual("b").solid.picker.wait()
    return view, pixels[120, 160].astype(int)


def rule(show, *guids):
    return Rule(show=show, by="guid", values=guids)


@pytest.mark.parametrize("shader", [True, False])
def test_what_is_hidden_is_not_seen_and_not_picked(shader):
    view = offscreen(320, 240)
    view.canvas.shader_tables = shader
    view, top = drawn(view, arranged=(rule("hidden", "b"),))
    assert top[0] > top[1] + 40, "the red walls below the green slab"
    assert view.pick(160, 120).feature == 0
    view, top = drawn(view)
    assert top[1] > top[0] + 40 and view.pick(160, 120).feature == 1
    view.close()


@pytest.mark.parametrize("shader", [True, False])
def test_a_ghost_is_faint_and_picks_go_through_it(shader):
    view = offscreen(320, 240)
    view.canvas.shader_tables = shader
    view, top = drawn(view, arranged=(rule("ghost", "b"),))
    plain = drawn(offscreen(320, 240), arranged=(rule("hidden", "b"),))[1]
    assert 2 < np.abs(top - plain).max() < 90, "something faint lies over the walls"
    assert view.pick(160, 120).feature == 0
    view, _ = drawn(view, arranged=(rule("ghost", "b"), rule("hidden", "a")))
    assert view.pick(160, 120).feature == 1, "a ghost is picked where nothing else is"
    view.close()


def test_a_space_that_is_named_shows_while_the_others_stay_away():
    view, _ = drawn(arranged=(Rule(show="hidden"), rule("shown", "c")))
    assert view.pick(160, 120).feature == 2
    view, _ = drawn(view, arranged=(Rule(show="hidden"), Rule(show="shown", by="storey", values=("OG",))))
    assert view.pick(160, 120).feature == 1
    view.close()


@pytest.mark.parametrize("shader", [True, False])
def test_storeys_that_are_pulled_apart_are_seen_and_picked_where_they_are(shader):
    view = offscreen(320, 240)
    view.canvas.shader_tables = shader
    view, _ = drawn(view, apart_m=20.0)
    assert view.stage.visual("b").bounds()[5] == pytest.approx(30.0, abs=1e-3)
    assert view.pick(160, 120).point[2] == pytest.approx(30.0, abs=0.05)
    side = Camera(position=(495.0, -240.0, 28.5), focus=(495.0, -195.0, 28.5), up=(0.0, 0.0, 1.0))
    view, lifted = drawn(view, camera=side, apart_m=20.0)
    assert lifted[1] > lifted[0] + 30, "the green storey hangs there"
    assert view.pick(160, 120).feature == 1
    view, _ = drawn(view, camera=side)
    assert view.stage.visual("b").bounds()[5] == pytest.approx(10.0, abs=1e-3)
    assert view.pick(160, 120) is None
    view.close()


def test_the_arrangement_comes_back_with_the_project(tmp_path):
    layer = Building(id="b", name="b", storey="EG", storeys_below=True, apart_m=2.0,
                     arranged=(Rule(show="hidden"), rule("shown", "a", "b")))
    save(Project(document=Document(layers=(layer, Building(id="c", name="c")))), tmp_path / "a.twin.json")
    assert load(tmp_path / "a.twin.json").document.layers[0] == layer
    assert (tmp_path / "a.twin.json").read_text().count("arranged") == 1
