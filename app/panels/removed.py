"""What a new issue of a model has no more: shown out of the older file in a layer of its own, and led to."""

from __future__ import annotations

from typing import Any

import numpy as np

from app import model_update
from app.panels import model_actions as actions
from app.panels.model_shapes import own_shapes
from app.session import Session
from twin.assets import LOADING


class Removed:
    """`layer`: id of the layer that shows it, "" = none was made."""

    def __init__(self, session: Session, viewport):
        self.session, self.viewport = session, viewport
        self.layer = ""
        self._table: Any = None
        self._lead = False                             # to it, once it is read

    @property
    def shown(self) -> bool:
        """It is in the document: an undo takes it away."""
        return bool(self.layer) and self.session.document.layer(self.layer) is not None

    def show(self, id: str, older: str, table: Any) -> None:
        """One edit; the new layer is the current one from here on. `table` is that of bim.diff about the layer `id`."""
        document = model_update.with_removed(self.session.document, id, older, table)
        self.session.edits.commit(document, "Show the removed")
        self.session.edits.seal()
        self.layer, self._table, self._lead = document.layers[0].id, table, True
        self.session.asset(self.layer)                 # it is read now
        self.session.current_layer = self.layer

    def follow(self) -> int | None:
        """Once it is read, select it and fly there: how many there are. None at any other tick."""
        asset = self.session.held(self.layer) if self._lead else None
        if asset is None or asset.state == LOADING:
            return None
        self._lead = False
        found = self.features(model_update.guids_of(self._table, "removed"))
        if len(found):
            actions.select(self.session, self.layer, found)
            if self.viewport:
                self.viewport.zoom_to_feature(self.layer, found)
        return len(found)

    def features(self, guids: Any) -> np.ndarray:
        """Where these elements stand in its layer; those that do not are left out."""
        import pyarrow as pa
        asset = self.session.held(self.layer) if self.layer else None
        if asset is None or asset.payload is None:
            return np.zeros(0, np.int32)
        found = own_shapes(pa.array(guids, pa.string()), asset.payload.features)
        return found[found >= 0]
