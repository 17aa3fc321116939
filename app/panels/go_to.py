"""Go to a place: a coordinate in any CRS, or a name of the project's own features, by a few letters."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app import navigation, theme
from app.panels.palette import CommandPalette, Entry
from app.place_names import PlaceNames
from app.session import Session
from twin.coordinates import Read, readings
from twin.frame import crs_label
from twin.text import language, tr

NEAR_M = 400.0                             # from where one looks at a coordinate
FEATURE_M = 120.0                          # from where one looks at a feature, at least
WAIT_MS = 200


class GoTo(CommandPalette):
    """The palette with places instead of commands."""

    def __init__(self, session: Session, viewport, names: PlaceNames, parent: QWidget):
        self.session, self.viewport, self.names = session, viewport, names
        names.want()
        super().__init__([], parent)
        self.line.setPlaceholderText(tr("Name, or coordinate: 121.25 31.35 · 618946 3470454 · EPSG:4528 …"))
        self.line.setAccessibleName(tr("Go to"))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look_again)
        if names.busy:
            self._timer.start(WAIT_MS)
        self._search("")

    def _look_again(self) -> None:
        """The names are ready."""
        self.names.refresh()
        if not self.names.busy:
            self._timer.stop()
            self._search(self.line.text())

    def _search(self, typed: str) -> None:
        found = self._coordinates(typed) + self._names(typed)
        self.entries = found
        self._fill(found)
        if not typed.strip():
            self.none.setText(tr("Names are being gathered…") if self.names.busy
                              else tr("Type a name or a coordinate."))
        else:
            self.none.setText(tr("Nothing has a name like this."))

    def _coordinates(self, typed: str) -> list[Entry]:
        return [Entry(f"{read.x:.10g}, {read.y:.10g}", (), lambda read=read: self._fly(read), "place",
                      crs_label(read.crs)) for read in readings(typed, self.session.document.frame)[:4]]

    def _names(self, typed: str) -> list[Entry]:
        if self.names.ready is None:
            return []
        out = []
        for title, id, feature in self.names.ready.search(typed):
            layer = self.session.document.layer(id)
            if layer is not None:
                out.append(Entry(title, (), lambda id=id, feature=feature: self._show(id, feature),
                                 layer.kind if theme.has_icon(layer.kind) else "opaque", layer.title(language())))
        return out

    def _fly(self, read: Read) -> None:
        x, y = read.local
        z = float(self.viewport.stage.ground.height_at([[x, y]])[0])
        camera = self.viewport.camera().moved_to((x, y, z))
        self.viewport.fly_to(navigation.zoom(camera, camera.focus, NEAR_M / max(camera.distance, 1e-6)))

    def _show(self, id: str, feature: int) -> None:
        self.session.selection = self.session.selection.only(id, feature)
        self.viewport.zoom_to_feature(id, feature, FEATURE_M)
