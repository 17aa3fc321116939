"""Go to a place: a coordinate in any CRS, or a name of the project's own features, by a few letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app import navigation, theme
from app.panels.facts import title_of
from app.panels.palette import CommandPalette, Entry
from app.picked_marks import place_mark
from app.place_names import Place, PlaceNames
from app.seen_above import middle_of
from app.session import Session
from twin.coordinates import Read, readings
from twin.frame import crs_label
from twin.selection import Selection
from twin.text import language, tr

NEAR_M = 400.0                             # from where one looks at a coordinate
FEATURE_M = 120.0                          # from where one looks at a feature, at least
MOST_LAYERS = 3                            # that a row names
WAIT_MS = 200


class GoTo(CommandPalette):
    """The palette with places instead of commands."""

    def __init__(self, session: Session, viewport, names: PlaceNames, parent: QWidget):
        self.session, self.viewport, self.names = session, viewport, names
        self.went: Callable[[str, int], None] = lambda layer, feature: None       # to a feature, seen or not
        names.want()
        super().__init__([], parent)
        self.line.setPlaceholderText(tr("Name, or coordinate: 121.25 31.35 · 618946 3470454 · EPSG:4528 …"))
        self.line.setAccessibleName(tr("Go to"))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look_again)
        if not names.complete:
            self._timer.start(WAIT_MS)
        self._search("")

    def _look_again(self) -> None:
        """More names may be ready: hidden layers are read one by one."""
        before, row = self.names.ready, self.list.currentRow()
        meant = self.found[row] if 0 <= row < len(self.found) else None
        self.names.want()
        if self.names.complete:
            self._timer.stop()
        if self.names.complete or self.names.ready is not before:
            self._search(self.line.text())
            self.list.setCurrentRow(self._row_of(meant, row))

    def _row_of(self, meant: Entry | None, before: int) -> int:
        """Where the row stands now that was current: Enter goes where one saw that it would, or, who did not choose,
        to what is called as was typed.
        """
        titles = [entry.title for entry in self.found]
        typed = self.line.text().strip()
        if meant is None or (before == 0 and typed in titles):
            return titles.index(typed) if typed in titles else 0
        return titles.index(meant.title) if meant.title in titles else min(before, len(titles) - 1)

    def _search(self, typed: str) -> None:
        found = self._coordinates(typed) + self._names(typed)
        self.entries = found
        self._fill(found)

    def _missing(self) -> str:
        """What is not found yet is not said to be nowhere, nor what stands already to be all."""
        if not self.names.complete:
            return tr("Names are being gathered…")
        if self.found:
            return ""
        return tr("Nothing has a name like this.") if self.line.text().strip() else tr("Type a name or a coordinate.")

    def _coordinates(self, typed: str) -> list[Entry]:
        return [Entry(f"{read.x:.10g}, {read.y:.10g}", (), lambda read=read: self._fly(read), "place",
                      crs_label(read.crs)) for read in readings(typed, self.session.document.frame)[:4]]

    def _names(self, typed: str) -> list[Entry]:
        return [self._entry(place) for place in self.names.places(typed)]

    def _entry(self, place: Place) -> Entry:
        """One row a place; at the right the layers that have it."""
        layers = [self.session.document.layer(id) for id in place.layers]
        named = " · ".join(layer.title(language()) for layer in layers[:MOST_LAYERS])
        more = f" +{len(layers) - MOST_LAYERS}" if len(layers) > MOST_LAYERS else ""
        icon = layers[0].kind if theme.has_icon(layers[0].kind) else "opaque"
        return Entry(self._title(place), (), lambda: self._show(place), icon, named + more)

    def _title(self, place: Place) -> str:
        """The name in the language of the window, and the one that was found where that is another."""
        layer, feature = place.members[0]
        asset = self.session.held(layer)
        table = asset.payload.features if asset and asset.payload is not None else None
        own = title_of(table, feature, self.session.document.words) if table is not None else place.title
        return place.title if own == place.title else f"{own} · {place.title}"

    def _fly(self, read: Read) -> None:
        x, y = read.local
        z = float(self.viewport.stage.ground.height_at([[x, y]])[0])
        camera = self.viewport.camera().moved_to((x, y, z))
        self.viewport.fly_to(navigation.zoom(camera, camera.focus, NEAR_M / max(camera.distance, 1e-6)))
        self.session.gone_to = place_mark(self.session, (x, y, z), f"{read.x:.10g}, {read.y:.10g}")

    def _show(self, place: Place) -> None:
        """Select what of it is shown, the best alone where nothing is, and go there."""
        document = self.session.document
        shown = [member for member in place.members if document.shown(document.layer(member[0]))]
        chosen = shown or [place.members[0]]
        self.session.selection = Selection(tuple(reversed(chosen)))          # the newest, that one reads of, last
        middle = middle_of(self.session, document.layer(chosen[0][0]), chosen[0][1])
        if middle and (not shown or self.viewport.stage.visual(chosen[0][0]) is None):     # nothing is drawn of it
            x, y = middle[:2]
            self.viewport.zoom_to_area(x - FEATURE_M / 2, y - FEATURE_M / 2, x + FEATURE_M / 2, y + FEATURE_M / 2)
        else:
            self.viewport.zoom_to_feature(*chosen[0], FEATURE_M)
        self.went(*chosen[0])
