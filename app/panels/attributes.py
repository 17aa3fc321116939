"""What is selected: all its attributes, live values, property sets; or the facts of the current layer."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app import alarms, theme
from app.panels import facts
from app.panels import model_actions as actions
from app.panels.block_rows import block_rows, block_title
from app.panels.carried_rows import WAITING, Carried, carried_in, carried_rows, whereabouts
from app.panels.element_properties import KIND, ElementProperties
from app.panels.fact_table import FactTable
from app.panels.facts import Row, heading
from app.panels.layer_rows import layer_rows
from app.panels.load_report import report_rows
from app.panels.room_counts import rooms_among, selected_words
from app.panels.vehicle_rows import vehicle_rows
from app.session import Element, Session
from layers.level_colors import LEVEL_WORDS
from layers.mesh_sizes import sizes
from layers.networks import facts_of as network_facts
from twin.assets import Asset
from twin.class_words import full_class, short_class
from twin.data import Mesh, RasterSeries, Sensors, Tracks
from twin.history.motion import Motion
from twin.layer import Layer
from twin.network import Network
from twin.selection import Selection
from twin.text import language, tr
from twin.tile_tree import TileTree
from twin.times import SECOND
from twin.told import anew
from twin.trouble import Trouble
from twin.units import shown


def breakable(words: str) -> str:
    """Lines may break in names of files, too, which have no spaces."""
    return words.replace("_", "_\u200b")


def session_element(session: Session, layer: Layer | None) -> Element | None:
    """What the model tree looks at, while nothing else was selected since."""
    element = session.looked_at
    return element if element and layer and element.layer == layer.id and element.selection is session.selection \
        else None


class AttributePanel(QWidget):
    """Shows the last selected feature; of several, what they share; of none, the layer itself."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.properties = ElementProperties(session)
        self.title, self.subtitle = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.filter, self.copy = QLineEdit(clearButtonEnabled=True), QToolButton(autoRaise=True)
        self.table, self.notes = FactTable(), QLabel(wordWrap=True)
        self.error = QLabel(wordWrap=True)
        self._shown: tuple | None = None
        self._static: list[Row] = []
        self._sizes: list[Row] = []
        self._series: tuple[Future, str] | None = None       # what is read of the selected datastream, its unit
        self._inside: list[Carried] = []
        self._vehicle: Motion | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inspector")
        self._element: tuple[Layer | None, str] = (None, "")    # that is asked for; "" = several, or none
        self._lay_out()
        self.filter.textChanged.connect(self.table.set_filter)
        self.copy.clicked.connect(self.table.copy_all)
        self.table.followed, self.table.coloured, self.table.likened = self._go_to, self._color_by, self._select_alike
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        for label in (self.title, self.subtitle, self.error, self.notes):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, label.sizePolicy().verticalPolicy())     # no word widens it
        search = QHBoxLayout()
        search.setSpacing(4)
        search.addWidget(self.filter, 1)
        search.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        column.addWidget(self.error)
        column.addSpacing(4)
        column.addLayout(search)
        column.addWidget(self.table)
        column.addWidget(self.notes)

    # -- the tick --------------------------------------------------------------------------------------

    def show_layer(self, id: str) -> None:
        """Called every tick with the id of the layer that the inspector is about ("" = none)."""
        session = self.session
        layer = session.document.layer(id) if id else None
        asset = session.asset(id) if layer else None
        shown = (session.selection, session.looked_at, layer, asset, asset.revision if asset else -1,
                 session.document.shown_zone, session.document.frame, session.document.words, session.rooms.now,
                 session.hosts.now, language())
        fresh = shown != self._shown
        if fresh:
            self._shown = shown
            self._show_static(layer, asset)
        loaded = self.properties.poll()
        judged = bool(getattr(layer, "sign", "")) and len(session.selection.features(id)) == 1
        if fresh or loaded or self._series or self._inside or self._vehicle is not None or judged:
            static = [] if self.properties.complete else self._static
            self.table.set_rows(self._live_rows(layer) + static + self.properties.rows() + self._sizes)
        if fresh:
            self.properties.ask(*self._element)        # what comes back shows at a later tick

    def _show_static(self, layer: Layer | None, asset: Asset | None) -> None:
        """What does not change with the clock."""
        chosen = self.session.selection.features(layer.id) if layer else ()
        features = asset.payload.features if asset and asset.payload is not None else None
        block = self._block(asset, chosen)
        cell = chosen[0] if asset and isinstance(asset.payload, RasterSeries) and len(chosen) == 1 else -1
        chosen = tuple(row for row in chosen if features is not None and row < features.num_rows)
        self._series, self._static, self._sizes, self._element = None, [], [], (None, "")
        self._inside, self._vehicle = [], None
        element = session_element(self.session, layer)
        if element:
            self._show_element(layer, element)
        elif layer is None:
            self._say(tr("Nothing is selected"), tr("Click something in the scene, or choose a layer."))
        elif block is not None:
            self._say(block_title(block), layer.title(language()))
            self._static = block_rows(block, self.session.document.shown_zone)
        elif cell >= 0:
            self._show_cell(layer, asset.payload, cell)
        elif not chosen:
            self._show_facts(layer, asset)
        elif len(chosen) == 1:
            self._show_feature(layer, asset, chosen[0])
        else:
            document, every = self.session.document, len(self.session.selection.items)
            more = " · " + tr("{n} in all layers", n=f"{every:,}") if every > len(chosen) else ""
            self._say(selected_words(features, chosen), layer.title(language()) + more)
            common = facts.common_rows(features, chosen, document.shown_zone, document.words)
            self._static = facts.in_element_words(common) if layer.kind == KIND else common
            self._element = (layer, "")
        about_layer = asset if layer and not chosen and not element and block is None and cell < 0 else None
        self._show_notes(about_layer)
        self._show_error(about_layer)
        for widget in (self.filter, self.copy, self.table):
            widget.setVisible(bool(self._static))

    @staticmethod
    def _block(asset: Asset | None, chosen: tuple[int, ...]) -> dict | None:
        """What stands for several features from afar, where just one such is selected."""
        tree = asset.payload if asset else None
        return tree.block(chosen[0]) if isinstance(tree, TileTree) and len(chosen) == 1 else None

    def _show_element(self, layer: Layer, element: Element) -> None:
        """An element or container of the model tree, with or without a shape."""
        self._say(element.name or short_class(element.kind),
                  " · ".join((full_class(element.kind), layer.title(language()))))
        self._static = [Row("GlobalId", element.guid, key="guid"),
                        Row(tr("IFC class"), full_class(element.kind), key="class")]
        self._element = (layer, element.guid)
        chosen = self.session.selection.features(layer.id)
        if len(chosen) == 1:
            self._sizes = facts.size_rows(sizes(self.session.asset(layer.id).payload, chosen[0]))

    def _show_facts(self, layer: Layer, asset: Asset | None) -> None:
        self._say(layer.title(language()), "")
        document = self.session.document
        report = getattr(asset.payload, "report", {}) if asset else {}
        self._static = layer_rows(layer, asset, document.frame, document.shown_zone) + report_rows(
            report, rooms_among(getattr(asset.payload, "features", None)) if report else 0)

    def _show_feature(self, layer: Layer, asset: Asset, row: int) -> None:
        features, document = asset.payload.features, self.session.document
        kind = facts.class_of(features, row, document.words)
        name = facts.title_of(features, row, document.words)
        self._say(name, " · ".join(x for x in (kind, layer.title(language())) if x))
        rows = facts.element_rows if layer.kind == KIND else facts.feature_rows
        self._static = facts.folded(rows(features, row, document.shown_zone, document.words))
        if isinstance(asset.payload, Network):
            drawn = [Row(name, value, key=f"drawn.{n}") for n, (name, value) in enumerate(
                network_facts(layer, asset.payload, row))]
            if drawn:
                self._static = [heading(tr("Attributes")), *self._static, heading(tr("As drawn")), *drawn]
        elif isinstance(asset.payload, Tracks) and asset.payload.history is not None:
            self._vehicle = asset.payload.history.only(row)
            self._static = [heading(tr("Attributes")), *self._static]
        elif isinstance(asset.payload, Sensors) and asset.payload.history is not None:
            unit = shown(str(features.column("unit")[row].as_py() or "")) if "unit" in features.column_names else ""
            self._series = (self._thread.submit(asset.payload.history.series, row), unit, facts.stale_secs_of(layer))
            self._static = [*whereabouts(self.session, layer.id, row), heading(tr("Attributes")), *self._static]
        self._element = (layer, self._guid(features, row))
        if layer.kind == KIND and isinstance(asset.payload, Mesh):
            self._inside = carried_in(self.session, self._thread, layer.id, row)
            self._sizes = facts.size_rows(sizes(asset.payload, row))

    def _show_cell(self, layer: Layer, series: RasterSeries, cell: int) -> None:
        """A cell of a raster over time; its value holds as long as its step does."""
        words = facts.cell_words(series, cell, self.session.document.frame)
        self._say(words, layer.title(language()))
        self._series = (self._thread.submit(series.history.series, cell), shown(series.unit),
                        series.history.step_ns / SECOND)
        self._static = [heading(tr("Attributes")), Row(tr("Middle of the cell"), words, key="cell")]

    def _go_to(self, row: Row) -> None:
        """Show what the row names: a feature, or an element of the same model; in the scene where it has a shape, here
        in any case.
        """
        layer = self._element[0]
        if row.target:
            self.session.selection = Selection((row.target,))
        elif layer is not None:
            self.session.look_at(layer.id, row.link)

    def _color_by(self, column: str) -> None:
        """Show this property of every element of the model."""
        layer = self.session.document.layer(self._element[0].id) if self._element[0] else None
        if layer is not None:
            actions.color_by(self.session, layer.id, column)

    def _select_alike(self, column: str) -> None:
        """All elements, of every model, that say of this property what the inspected ones say."""
        layer, guid = self._element
        if layer is None or self.session.document.layer(layer.id) is None:
            return
        if guid:
            guids = (guid,)
        else:
            features = self.session.asset(layer.id).payload.features
            guids = tuple(self._guid(features, row) for row in self.session.selection.features(layer.id))
        self.session.alike.ask(column, {layer.id: guids})

    @staticmethod
    def _guid(features, row: int) -> str:
        return str(features.column("guid")[row].as_py() or "") if "guid" in features.column_names else ""

    def _live_rows(self, layer: Layer | None) -> list[Row]:
        """The reading at now; the series is read once per selection, in a thread, so a tick costs one bisection."""
        if self._inside and layer is not None:
            return carried_rows(self._inside, self.session.clock.now_ns)
        if self._vehicle is not None and layer is not None:
            return vehicle_rows(self._vehicle, layer, self.session.clock.now_ns, self.session.document.shown_zone)
        if layer is not None and not self._series and getattr(layer, "sign", "") and self._static:
            said = self._drawn_facts(layer)
            return [heading(tr("Now")), *said, heading(tr("Attributes"))] if said else []
        if not self._series or layer is None:
            return []
        series, unit, stale_secs = self._series
        if not series.done():
            return [heading(tr("Now")), Row(tr("Value now"), WAITING, key="value")]
        reading = facts.reading_at(series.result(), self.session.clock.now_ns, stale_secs)
        return [heading(tr("Now")), *facts.reading_rows(reading, unit), *self._alarms(layer), *self._drawn_facts(layer)]

    def _alarms(self, layer: Layer) -> list[Row]:
        """A reading that is up to date may well be an alarm."""
        now_ns = self.session.clock.now_ns
        rules = {rule.id: rule for rule in self.session.document.rules}
        row = self.session.selection.features(layer.id)[0]
        return [Row(tr("Alarm"), f"{tr(LEVEL_WORDS[event.level_at(now_ns)])} · {rules[event.rule].title(language())}",
                    key=f"alarm.{event.rule}")
                for event in alarms.open_at(self.session, layer.id, row, now_ns) if event.rule in rules]

    def _drawn_facts(self, layer: Layer) -> list[Row]:
        """What the scene worked out about the selected feature."""
        visual = self.viewport.stage.visual(layer.id) if self.viewport else None
        if visual is None or not visual.shown:
            return []
        chosen = self.session.selection.features(layer.id)
        if len(chosen) != 1:
            return []
        row = chosen[0]
        return [Row(name, value, key=f"drawn.{n}") for n, (name, value) in enumerate(visual.facts(row))]

    def _say(self, title: str, subtitle: str) -> None:
        self.title.setText(breakable(title))
        self.title.setToolTip(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))

    def _show_notes(self, asset: Asset | None) -> None:
        notes = asset.payload.notes if asset and asset.payload is not None else ()
        self.notes.setVisible(bool(notes))
        self.notes.setText("\n".join([tr("Notes"), *(f"•  {breakable(anew(note))}" for note in notes)]))

    def _show_error(self, asset: Asset | None) -> None:
        """All of it, over as many lines as it takes: the way out stands at its end. The path is a row below."""
        error = asset.error if asset else None
        self.error.setVisible(error is not None)
        self.error.setText(str(Trouble(error.what, cause=error.cause, way_out=error.way_out)) if error else "")

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(tr("Filter attributes"))
        self.filter.setAccessibleName(tr("Filter attributes"))
        self.copy.setToolTip(tr("Copy all (tab-separated)"))
        self.copy.setAccessibleName(tr("Copy all (tab-separated)"))
        self.table.retranslate()
        self._shown = None

    def retheme(self) -> None:
        scheme = self.session.theme
        self.title.setStyleSheet("font-weight: 600; font-size: 15px;")
        muted = theme.colour("muted", scheme)
        self.subtitle.setStyleSheet(f"color: {muted};")
        self.notes.setStyleSheet(f"color: {muted};")
        self.error.setStyleSheet(f"color: {theme.colour('danger', scheme)};")
        self.copy.setIcon(theme.icon("copy"))
        self.copy.setIconSize(QSize(16, 16))
        self.table.retheme(scheme)
