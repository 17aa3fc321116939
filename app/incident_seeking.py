"""From an incident or event to the sensors that say so: their layer shown, they selected, the camera there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.incident_places import rows_of
from app.session import Session
from twin.assets import LOADING
from twin.selection import Selection

AWAY_M = 150.0                                   # of the camera


@dataclass(frozen=True)
class Sought:
    """`streams`: ids of datastreams; `instead` (layer, feature): where to fly if the layer has none of them."""

    layer: str
    streams: tuple[str, ...]
    instead: tuple[str, int] | None


class Seeking:
    """A layer that nobody showed before is read, then drawn: `refresh` goes on with every tick."""

    def __init__(self, session: Session, viewport=None):
        self.session, self.viewport = session, viewport
        self._sought: Sought | None = None       # until its layer is read
        self._going: tuple[str, int] | None = None   # until its layer is drawn

    def seek(self, layer: str, streams: tuple[str, ...], instead: tuple[str, int] | None) -> None:
        self._sought, self._going = Sought(layer, streams, instead), None
        self.refresh()

    def refresh(self) -> None:
        if self._sought is not None and not self._loading(self._sought.layer):
            sought, self._sought = self._sought, None
            self._light_up(sought)
        if self._going and not self._shown(self._going[0]):              # somebody hid it: it is looked for no more
            self._going = None
        if self.viewport and self._going and self.viewport.stage.box(self._going[0]):
            self.viewport.zoom_to_feature(*self._going, AWAY_M)
            self._going = None

    def _shown(self, id: str) -> bool:
        document = self.session.document
        layer = document.layer(id)
        return layer is not None and document.shown(layer)

    def _loading(self, layer: str) -> bool:
        asset = self.session.asset(layer) if self.session.document.layer(layer) else None
        return asset is not None and asset.state == LOADING

    def _light_up(self, sought: Sought) -> None:
        rows = rows_of(self.session, sought.layer, sought.streams)
        if not rows:
            if sought.instead and self.viewport:
                self.viewport.zoom_to_feature(*sought.instead)
            return
        document, layer = self.session.document, sought.layer
        if not self._shown(layer):
            above = [group.id for group in document.ancestors(document.layer(layer))]
            self.session.edits.commit(document.with_each({layer, *above}, lambda x: replace(x, visible=True)), "Show")
            self.session.time_view.keep()
        self.session.selection = Selection(tuple((layer, row) for row in rows))
        self._going = (layer, rows[-1])
