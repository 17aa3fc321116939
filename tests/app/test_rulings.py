"""Which rule holds for what: asked once everything that the rules speak of is there."""

from __future__ import annotations

from concurrent.futures import wait
from types import SimpleNamespace

import pyarrow as pa

from app.rulings import Rulings
from layers.city import City
from layers.vectors import VectorLayer
from twin.assets import ERROR, LOADING, READY
from twin.document import Document
from twin.ruling import ColorRule

HOUSES = pa.table({"id": ["a", "b"], "people": [2, 3]})
MINUTES = pa.table({"building": ["b", "a"], "walk_min": [20.0, 5.0]})
RULES = (ColorRule(where="walk_min <= 15", color="#2c7fb8"), ColorRule(color="#b4b4b4"))


def read(table, state=READY) -> SimpleNamespace:
    return SimpleNamespace(state=state, payload=None if table is None else SimpleNamespace(features=table))


class Held(dict):
    revision = 0

    def held(self, layer, frame, time_zone):
        return self.get(layer.id)


def test_what_a_layer_is_joined_with_is_awaited_and_not_taken_for_columns_that_nobody_knows():
    """The legend of dwellings by minutes on foot said "not understood" until the minutes were read."""
    assets = Held(houses=read(HOUSES), minutes=read(None, LOADING))
    layers = (City(id="houses", name="Houses", ruled=True, rules=RULES, joined="minutes"),
              VectorLayer(id="minutes", name="Minutes"))
    session = SimpleNamespace(document=Document(layers=layers), assets=assets, asset=assets.get)
    rulings = Rulings(session)

    def told():
        assets.revision += 1
        rulings.tick()
        wait([future for _, future in rulings._asked.values()], timeout=60)
        rulings.tick()
        return rulings.now.get("houses")
    try:
        assert told() is None and not rulings.searching
        assets["minutes"] = read(MINUTES)
        assert told().of.tolist() == [0, 1] and told().errors == ("", "")
        assets["minutes"] = read(None, LOADING)                 # read anew: what was known stays
        assert told().errors == ("", "")
        assets["minutes"] = read(None, ERROR)
        assert told().errors[0], "now it will not come"
    finally:
        rulings.close()
