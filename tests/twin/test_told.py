"""A kept text has no language: it is told in that of whoever reads it."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import text
from twin.told import Told, anew, from_kept, to_keep, told

ENGLISH = "It comes nearest to the city: {distance}."


@pytest.fixture(autouse=True)
def in_english():
    text.set_language("en")
    yield
    text.set_language("en")


def test_it_is_a_plain_text_in_the_language_of_its_making():
    assert told(ENGLISH, distance="4 m") == "It comes nearest to the city: 4 m."
    text.set_language("zh")
    assert told(ENGLISH, distance="4 m") == text.tr(ENGLISH, distance="4 m") != "It comes nearest to the city: 4 m."


@pytest.mark.parametrize("carried", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t, protocol=5)),
                                     lambda t: from_kept(json.loads(json.dumps(to_keep(t))))])
def test_it_is_told_anew_wherever_it_was_carried(carried):
    one = carried(told("{unit} and {n} [n:layer|layers]", unit=told("metres"), n=1))
    assert isinstance(one, Told) and one == "metres and 1 layer"
    text.set_language("zh")
    assert anew(one).startswith(text.tr("metres")) and text.tr("metres") != "metres"


def test_what_was_never_told_stays_as_it_is():
    assert anew("Wall {1}") == "Wall {1}" and not isinstance(anew("x"), Told)


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                      lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES)
def test_other_values_are_kept_as_they_are(value):
    if "told" not in json.dumps(value):
        assert from_kept(to_keep(value)) == value


@pytest.mark.parametrize("odd", [{"told": "{a}", "with": {}}, {"told": "{a.b.c}", "with": {"a": 1}},
                                 {"told": "{", "with": {}}, {"told": "{0}", "with": {}}])
def test_a_kept_text_that_does_not_fit_is_refused(odd):
    with pytest.raises((LookupError, ValueError, AttributeError)):
        from_kept(odd | {"with": odd["with"] or {"other": 1}})
