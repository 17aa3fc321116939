"""Buildings that a finer city layer shows near the camera give way in the other layers: the same ones by their ids.

Where the other layer is coloured by what it knows of them, its own stay, and the finer ones give way.
"""

from __future__ import annotations

import math

from layers.city import City
from layers.nearness import GivingWay
from twin.assets import LOADING

ID = "id"


class Yielding:
    """`now`: {city layer: GivingWay}; another dict where any differs. Found anew when the document or content does."""

    def __init__(self, session):
        self.session = session
        self.now: dict[str, GivingWay] = {}
        self._followed: tuple = ()
        self._found: dict[tuple, tuple] = {}         # (id of a table, id of the finer one) -> tables, mask

    def tick(self) -> None:
        document, assets = self.session.document, self.session.assets
        followed = (document, assets.revision)
        if followed == self._followed:
            return
        self._followed = followed
        shown = {x.id: (x, table) for x in document.layers if isinstance(x, City) and document.shown(x)
                 if (table := self._table(x)) is not None}
        fine = [(layer, table) for layer, table in shown.values() if layer.reach_m > 0]
        now = {}
        for id, (layer, table) in shown.items():
            for finer, its in fine:
                if layer.reach_m > 0:
                    continue
                if layer.color_by or (layer.ruled and layer.rules):
                    now[finer.id] = self._giving(finer.id, its, table, math.inf)
                else:
                    now[id] = self._giving(id, table, its, finer.reach_m)
        if now != self.now:
            self.now = now

    def _table(self, layer: City):
        asset = self.session.assets.held(layer, self.session.document.frame, self.session.document.time_zone)
        there = asset is not None and asset.state != LOADING and asset.payload is not None
        table = asset.payload.features if there else None
        return table if table is not None and ID in table.column_names else None

    def _giving(self, id: str, table, finer, reach_m: float) -> GivingWay:
        """The same value as long as nothing of it changes."""
        key = (id, reach_m)
        held = self._found.get(key)
        if held is None or held[0] is not table or held[1] is not finer:
            import pyarrow as pa
            import pyarrow.compute as pc
            mine, its = (t.column(ID).cast(pa.string()) for t in (table, finer))
            mask = pc.is_in(mine, value_set=pc.unique(its)).to_numpy(zero_copy_only=False)
            self._found = {key: (table, finer, GivingWay(mask.astype(bool), reach_m))} | {
                k: v for k, v in self._found.items() if k[0] != id}
            held = self._found[key]
        return held[2]
