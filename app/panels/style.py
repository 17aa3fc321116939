"""The style form: generated from the fields of the layer's dataclass. Every change is an edit of the document."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app import legend_edits, theme
from app.federation import colored_by, pulled_apart
from app.panels import color_editors, editors
from app.panels.dem_list import DemList
from app.panels.field_spec import FieldSpec, effective, field_specs, idle_for_words, offered
from app.panels.legend_view import LegendView
from app.panels.network_sections import NetworkSections
from app.panels.rule_list import RuleList
from app.session import Session
from layers.base import VISUALS
from layers.legend_picture import RAMP
from twin.layer import SYSTEM_COLUMN, Layer
from twin.text import language, tr

LABEL_PX = 76
FURTHER = {"apart_m": pulled_apart, "color_by": colored_by}          # fields that change more than themselves
EDITORS = {
    "slider": editors.SliderEditor, "number": editors.NumberEditor, "optional_number": editors.OptionalNumberEditor,
    "switch": editors.SwitchEditor, "choice": editors.ChoiceEditor, "column": editors.ChoiceEditor,
    "numeric_column": editors.ChoiceEditor, "property": editors.ChoiceEditor, "storey": editors.ChoiceEditor,
    "lod": editors.ChoiceEditor, "sign": editors.ChoiceEditor,
    "colormap": color_editors.RampEditor, "color": color_editors.ColorEditor, "text": editors.TextEditor,
}
SECTIONS = {"terrain": DemList, **dict.fromkeys(("vectors", "city", "tiles"), RuleList), "networks": NetworkSections}
BENEATH = {RuleList: "ruled", NetworkSections: "ruled"}      # this field of the form; else beneath all of them


class StylePanel(QWidget):
    """The form of one layer, its legend beneath. Undo, redo and other panels' edits show at the next tick."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.layer: Layer | None = None
        self.form: StyleForm | None = None
        self.section: QWidget | None = None
        self.legend = LegendView(session.theme)
        self.empty = QLabel(wordWrap=True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.legend)
        self._legend_key: tuple | None = None
        self._built: tuple | None = None
        self._named: tuple = (None, None)            # form and content whose words its choices have
        self._own: tuple = (None, "", None)          # features of a shared table, a system, its rows of them
        self.retheme()

    def show_layer(self, id: str) -> None:
        """Called every tick with the id of the layer that the inspector is about ("" = none)."""
        layer = self.session.document.layer(id) if id else None
        styled = layer if layer is not None and layer.kind in VISUALS else None
        built = (type(styled), styled.id if styled else "", layer is None, language())
        if built != self._built:
            self._built = built
            self._build(styled, layer)
        self.layer = styled
        if styled is not None and self.form is not None:
            asset = self.session.asset(styled.id)
            features = self._features(styled, asset)
            idle = VISUALS[styled.kind].idle_fields(styled, asset.payload if asset else None)
            self.form.show_layer(styled, features, idle)
            self._name_choices(styled, asset.payload if asset else None)
            if self.section is not None:
                self.section.show_layer(styled, features)
        self._show_legend()

    def _name_choices(self, layer: Layer, payload) -> None:
        if self._named[0] is not self.form or self._named[1] is not payload:
            self._named = (self.form, payload)
            self.form.say(VISUALS[layer.kind].choice_words(payload))

    def _features(self, layer: Layer, asset):
        """The table that the form's choices come from: of one that several systems share, the rows of the layer's."""
        features = asset.payload.features if asset and asset.payload else None
        if features is None or not layer.system or SYSTEM_COLUMN not in features.column_names:
            return features
        if self._own[0] is not features or self._own[1] != layer.system:
            import pyarrow as pa
            import pyarrow.compute as pc
            mine = pc.equal(features.column(SYSTEM_COLUMN).cast(pa.string()), layer.system)
            self._own = (features, layer.system, features.filter(mine))
        return self._own[2]

    def _build(self, styled: Layer | None, layer: Layer | None) -> None:
        for old in filter(None, (self.form, self.section)):
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.form = self.section = None
        self.empty.setVisible(styled is None)
        self.empty.setText(tr("Choose a layer to style it.") if layer is None else tr("This has no style of its own."))
        if styled is not None:
            self.form = StyleForm(type(styled), self.commit, self.session.edits.seal)
            self.column.insertWidget(1, self.form)
            if styled.kind in SECTIONS:
                self.section = SECTIONS[styled.kind](self.session)
                field = BENEATH.get(type(self.section))
                self.form.put_beneath(field, self.section) if field else self.column.insertWidget(2, self.section)

    def commit(self, spec: FieldSpec, value) -> None:
        """One edit; changes of the same field merge until they are sealed."""
        layer = self.session.document.layer(self.layer.id) if self.layer else None
        if layer is not None and getattr(layer, spec.name) != value:
            document = (FURTHER[spec.name](self.session, layer.id, value) if spec.name in FURTHER else
                        self.session.document.with_layer(replace(layer, **{spec.name: value})))
            self.session.edits.commit(document, spec.label, merge=f"{layer.id}.{spec.name}")

    def edit_entry(self, entry: int, words: bool) -> QWidget:
        """Ask for another colour or other words of an entry of the legend; of a ramp (`RAMP`) or a layer of one colour,
        show the field that it follows from; of fixed colours nothing. Returns what to look at.
        """
        view, legend, editors = self.legend, self.legend.legend, self.form.editors if self.form else {}
        name = "colormap" if entry == RAMP else "color" if legend is not None and legend.alone else ""
        if not name and legend is not None and view.changeable:
            view.edit(entry, words)
        field = editors.get(name)
        if field is None or field.isHidden():
            return view
        field.begin()
        return field

    def edit_field(self, name: str) -> QWidget:
        """Give the keys to a field. Returns what to look at."""
        field = self.form.editors[name]
        field.row.itemAt(0).widget().setFocus()
        return field

    def recolor(self, key: str, color: str) -> None:
        """Another colour for an entry of the legend, tried in the scene while it is chosen; "" = automatic again."""
        before = legend_edits.colors_of(self.layer)
        if not color:
            self._legend_edit(legend_edits.recolored(self.layer, key, ""))
            return
        dialog = QColorDialog(QColor(color), self)
        dialog.setWindowTitle(self.legend.words(key))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(lambda c: self._legend_edit(
            legend_edits.recolored(self._present(), key, c.name()), seal=False))
        dialog.rejected.connect(lambda: self._legend_edit(legend_edits.with_colors(self._present(), before)))
        dialog.accepted.connect(lambda: self.session.edits.seal())
        dialog.open()

    def relabel(self, key: str, words: str) -> None:
        self._legend_edit(legend_edits.relabelled(self.layer, key, words))

    def _present(self) -> Layer | None:
        return self.session.document.layer(self.layer.id) if self.layer else None

    def _legend_edit(self, fresh: Layer | None, seal: bool = True) -> None:
        if fresh is not None:
            self.session.edits.commit(self.session.document.with_layer(fresh), "Colours", merge=f"{fresh.id}.legend")
        if seal:
            self.session.edits.seal()

    def _show_legend(self) -> None:
        layer, session = self.layer, self.session
        self.legend.recolor = self.recolor if hasattr(layer, "own_colors") else None
        self.legend.relabel = self.relabel if hasattr(layer, "own_labels") else None
        visual = self.viewport.stage.visual(layer.id) if layer and self.viewport else None
        if visual is None or not visual.shown:
            self.legend.show_legend(None, session.theme)
            self._legend_key = None
            return
        asset = session.asset(layer.id)
        key = (layer, asset.revision if asset else -1, session.clock.now_ns, session.compare_ns,
               session.document.comparison, session.theme, language())
        if key != self._legend_key:
            self._legend_key = key
            both = dict(self.viewport.view.legends()).get(layer.id) if session.document.comparison.halved else None
            self.legend.show_legend(both or visual.legend(layer, asset, session.moment()), session.theme)

    def retranslate(self) -> None:
        self._built = None

    def retheme(self) -> None:
        self.empty.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        for part in filter(None, (self.form, self.section)):
            part.retheme()


class StyleForm(QWidget):
    """Labels, editors and a way back to the default, for one layer type."""

    def __init__(self, layer_type: type[Layer], commit, seal, parent: QWidget | None = None):
        super().__init__(parent)
        self.specs = field_specs(layer_type)
        self.editors: dict[str, editors.Editor] = {}
        self.labels: dict[str, QLabel] = {}
        self.resets: dict[str, QToolButton] = {}
        self._layer: Layer | None = None
        self._idle: frozenset[str] = frozenset()
        self._features: object = self                        # nothing was offered yet, not even for no features
        grid = self.grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for n, spec in enumerate(self.specs):
            self._add(grid, 2 * n, spec, commit, seal)           # between two fields is room for what belongs to one
        self.retheme()

    def put_beneath(self, name: str, widget: QWidget) -> None:
        """Across the form, under this field."""
        row = 2 * [spec.name for spec in self.specs].index(name) + 1
        self.grid.addWidget(widget, row, 0, 1, 3)

    def _add(self, grid: QGridLayout, row: int, spec: FieldSpec, commit, seal) -> None:
        editor = self.editors[spec.name] = EDITORS[spec.editor](spec)
        editor.changed = lambda value: commit(spec, value)
        editor.sealed = lambda: seal()
        label = self.labels[spec.name] = QLabel(_label(spec), toolTip=tr(spec.help) if spec.help else "", wordWrap=True)
        label.setFixedWidth(LABEL_PX)
        editor.setToolTip(tr(spec.help) if spec.help else "")
        reset = self.resets[spec.name] = QToolButton(autoRaise=True, toolTip=tr("Back to the default"))
        reset.setAccessibleName(tr("Back to the default"))
        reset.setIconSize(QSize(12, 12))
        reset.setFixedSize(20, 20)
        reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(policy)
        reset.clicked.connect(lambda: (seal(), commit(spec, spec.default), seal()))
        grid.addWidget(label, row, 0)
        grid.addWidget(editor, row, 1)
        grid.addWidget(reset, row, 2)

    def show_layer(self, layer: Layer, features, idle: frozenset[str] = frozenset()) -> None:
        """Bring every widget up to what the layer says; untouched widgets keep focus and cursor. `idle` fields do
        nothing with the layer's content."""
        if layer is self._layer and features is self._features and idle == self._idle:
            return
        if features is not self._features:
            self._features = features
            for spec in self.specs:
                self.editors[spec.name].offer(offered(spec.role, features))
        self._layer, self._idle = layer, idle
        idle = idle | idle_for_words(layer, features)
        for spec in self.specs:
            value = getattr(layer, spec.name)
            self.editors[spec.name].show_value(value)
            used = spec.name not in idle and effective(spec.name, layer)
            self.labels[spec.name].setVisible(used)
            self.editors[spec.name].setVisible(used)
            self.resets[spec.name].setVisible(used and value != spec.default)
            retained = self.resets[spec.name].sizePolicy()
            if retained.retainSizeWhenHidden() != used:          # a row that is not there keeps no room
                retained.setRetainSizeWhenHidden(used)
                self.resets[spec.name].setSizePolicy(retained)

    def say(self, words: dict[str, str]) -> None:
        """What the first choice of these fields comes to with this content."""
        for name, said in words.items():
            self.editors[name].name_first(said)

    def retheme(self) -> None:
        for reset in self.resets.values():
            reset.setIcon(theme.icon("reset"))


def _label(spec: FieldSpec) -> str:
    """The unit stands here only where the widget has no place for it."""
    unit = f" ({spec.unit})" if spec.unit and spec.editor == "optional_number" else ""
    return tr(spec.label) + unit
