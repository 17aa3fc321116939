"""A layer that the command line is told by its name."""

from __future__ import annotations

import pytest

from app.discover import layer_types
from app.edit_cli import any_layer, layer_named
from layers.vectors import VectorLayer
from twin.document import Document
from twin.layer import Group, Source
from twin.trouble import Trouble

SOURCE = Source(path="a.geojson")


def test_of_several_layers_of_one_name_none_answers_for_the_others():
    layer_types()
    document = Document(layers=(Group(id="g", name="Roads"), VectorLayer(id="a", name="Noise", source=SOURCE),
                                VectorLayer(id="b", name="x", name_zh="Noise", source=SOURCE),
                                VectorLayer(id="r", name="Roads", source=SOURCE, group="g")))
    for named in (lambda name: any_layer(document, name), lambda name: layer_named(document, name, ("vectors",))):
        with pytest.raises(Trouble) as told:
            named("Noise")
        assert "2 layers" in str(told.value) and "a, b" in told.value.way_out
        assert named("b").id == "b" and named("Roads").id == "r", "a group may have its layer's name"
    assert any_layer(document, "g").id == "g"
