"""The model panel: the tree of one building model, its storeys, and what of it is shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.hidden import tell_put_away
from app.panels import model_actions as actions
from app.panels.loupe import show_loupe
from app.panels.model_forest import PLACE, WAYS
from app.panels.model_sections import SectionBar
from app.panels.model_storeys import StoreyBar
from app.panels.model_tree import ModelTree
from app.panels.model_tree_model import ModelTreeModel
from app.session import Element, Session
from layers.arrangement import GHOST, HIDDEN, SHOWN
from layers.building import Building
from layers.building_elements import Elements
from twin.data import Mesh
from twin.selection import Selection
from twin.text import language, tr

EVERY_TICKS = 6
OPEN_UP_TO = 400                   # rows that a filter opens by itself
COMPACT = {"class": "class", "type": "type", "material": "material"}      # ways whose groups are a column


class ModelPanel(QWidget):
    """About the building that was selected last, else the current layer, else the first one."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.model = ModelTreeModel(self)
        self.model.toggled = self._ticked
        self.which, self.way = QComboBox(), QComboBox()
        self.filter = QLineEdit(clearButtonEnabled=True, objectName="model-filter")
        self.tree, self.message = ModelTree(self.model), QLabel(wordWrap=True)
        self.storeys, self.sections = StoreyBar(session), SectionBar(session, viewport)
        self._id = self._listed = ""
        self.elements: Elements | None = None
        self._ticks = 0
        self._built: tuple = ()
        self._shown: tuple = ()
        self._selection = None
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.setMinimumWidth(240)
        for combo in (self.which, self.way):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.way.setMinimumWidth(96)
        self.message.setProperty("role", "muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setContentsMargins(24, 16, 24, 16)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.message)
        self.pages.addWidget(self.tree)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.filter, 3)
        top.addWidget(self.way, 2)
        second = QHBoxLayout()
        second.setContentsMargins(12, 8, 12, 0)
        second.addWidget(self.which)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(second)
        whole.addLayout(top)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.sections)
        whole.addWidget(self.storeys)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.way.activated.connect(lambda: self._rebuild())
        self.which.activated.connect(lambda: self._choose_model(self.which.currentData()))
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.tree.doubleClicked.connect(lambda index: self.zoom())
        self.tree.customContextMenuRequested.connect(
            lambda point: self._menu(self.tree.viewport().mapToGlobal(point)))

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self.isVisible():
            return
        self._ticks += 1
        self.sections.refresh()
        id = self.id
        if id != self._listed or self._ticks % EVERY_TICKS == 0:
            self._listed = id
            self._list_models()
        layer = self.session.document.layer(id) if id else None
        asset = self.session.asset(id) if layer else None
        model = self.session.models.of(layer, asset)
        built = (id, model.structure if model else None, model.error if model else None, asset,
                 model is not None, language())
        if not _same(built, self._built):
            self._built = built
            self._rebuild()
        if model is not None and model.structure is not None and isinstance(asset.payload, Mesh):
            self._show_state(layer, asset.payload)
            self._follow_scene()

    @property
    def id(self) -> str:
        """The model that this is about, "" = there is none. Others ask, also while this panel is behind a tab.

        As in the inspector, of what was selected and the row of a layer the newer one.
        """
        last, document = self.session.selection.last, self.session.document
        first = next(iter(actions.buildings(self.session)), None)
        asked = (self.session.about, last[0] if last else "", self.session.current_layer, self._id,
                 first.id if first else "")
        self._id = next((id for id in asked if isinstance(document.layer(id), Building)), "")
        return self._id

    def _list_models(self) -> None:
        """The choice of models, where there is one."""
        names = [(layer.title(language()), layer.id) for layer in actions.buildings(self.session)]
        if names != [(self.which.itemText(i), self.which.itemData(i)) for i in range(self.which.count())]:
            self.which.clear()
            for name, id in names:
                self.which.addItem(name, id)
        self.which.setCurrentIndex(self.which.findData(self.id))
        self.which.setVisible(len(names) > 1)

    def _choose_model(self, id: str) -> None:
        self.session.selection = Selection()
        self.session.current_layer = id

    def _rebuild(self) -> None:
        """Another model, language or way of arranging: the tree begins anew, open as far as its containers go."""
        _, structure, error, asset, asked, _ = self._built
        features = asset.payload.features if asset is not None and asset.payload is not None else None
        self.model.show_structure(structure, features, self.way.currentData())
        self._shown, self._selection = (), None
        if structure is None:
            self.message.setText(str(error) if error else tr("Reading the structure…") if asked
                                 else tr("Loading") if self.id else tr("No building model is open."))
        self.pages.setCurrentIndex(structure is not None)
        for widget in (self.filter, self.way):
            widget.setEnabled(structure is not None)
        self._open()

    def _open(self) -> None:
        """What is filtered shows all it found; by place the containers down to the storeys, otherwise the groups."""
        forest = self.model.forest
        if forest is None:
            return
        if self.model.text and forest.size <= OPEN_UP_TO:
            self.tree.expandAll()
        elif self.model.way == PLACE:
            self.tree.expandToDepth(2)

    def _filter(self, text: str) -> None:
        self.model.set_filter(text)
        self._selection = None
        self._open()

    def _show_state(self, layer: Building, mesh: Mesh) -> None:
        """Check boxes and storeys follow the layer: undo and other panels arrange too."""
        if _same((layer, mesh), self._shown):
            return
        self._shown = (layer, mesh)
        self.model.show_visible(self._elements(layer, mesh).alpha(layer) > 0)
        self.storeys.show_layer(layer, self.elements.storeys.names)
        self.tree.viewport().update()

    def _elements(self, layer: Building, mesh: Mesh) -> Elements:
        """The scene has counted them already; without a scene they are counted here."""
        visual = self.viewport.stage.visual(layer.id) if self.viewport else None
        drawn = getattr(visual, "elements", None)
        if drawn is not None and drawn.mesh is mesh:
            self.elements = drawn
        elif self.elements is None or self.elements.mesh is not mesh:
            self.elements = Elements(mesh)
        return self.elements

    # -- scene and tree ----------------------------------------------------------------------------------

    def _follow_scene(self) -> None:
        """What is selected in the scene is selected here and brought into view."""
        if self.session.selection is self._selection:
            return
        self._selection = self.session.selection
        self.tree.show_features(np.array(self.session.selection.features(self.id), np.int32))

    def nodes(self) -> list[int]:
        """The selected nodes of the tree."""
        return self.tree.nodes()

    def _chosen(self) -> None:
        """What is selected here is selected in the scene, with all that lies in it. With Ctrl what is selected of
        other layers stays: sensors are put on an element of the tree.
        """
        nodes = self.nodes()
        more = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
        actions.select(self.session, self.id, self.model.features_in(nodes) if nodes else np.zeros(0, np.int32), more)
        self._selection = self.session.selection
        self.session.looked_at = self._looked_at(nodes[0]) if len(nodes) == 1 else None
        self.session.current_layer = self.id

    def _looked_at(self, node: int) -> Element | None:
        row = int(self.model.forest.row[node])
        if row < 0:
            return None
        guid, name, kind = (self.model.cell(row, column) for column in ("guid", "name", "class"))
        return Element(self.id, guid, name, kind, self.session.selection)

    def zoom(self) -> None:
        features = self.model.features_in(self.nodes())
        if len(features) and self.viewport:
            self.viewport.zoom_to_feature(self.id, features)

    # -- what shows ----------------------------------------------------------------------------------------

    def _ticked(self, node: int, shown: bool) -> None:
        actions.arrange(self.session, self.id, self.model.features_in([node]), SHOWN if shown else HIDDEN,
                        **self._said([node]))

    def _said(self, nodes: list[int]) -> dict:
        """The column that says the same as these nodes, where they are groups of one."""
        by = COMPACT.get(self.model.way)
        if by and all(self.model.forest.row[node] < 0 for node in nodes):
            return {"by": by, "values": tuple(self.model.forest.labels[node] for node in nodes)}
        if self.model.way == PLACE and all(self._class(node) == "IfcBuildingStorey" for node in nodes):
            return {"by": "storey", "values": tuple(self.model.label(node) for node in nodes)}
        return {}

    def _class(self, node: int) -> str:
        row = int(self.model.forest.row[node])
        return self.model.cell(row, "class") if row >= 0 else ""

    def isolate(self, ghosts: bool = False) -> None:
        nodes = self.nodes()
        if nodes:
            tell_put_away(self.window(), actions.isolate(
                self.session, self.id, self.model.features_in(nodes), ghosts, **self._said(nodes)))

    def arrange(self, show: str) -> None:
        nodes = self.nodes()
        if nodes:
            actions.arrange(self.session, self.id, self.model.features_in(nodes), show, **self._said(nodes))

    def _menu(self, point) -> None:
        menu = QMenu(self)
        for words, icon, act in (
                ("Zoom to", "zoom-to", self.zoom), ("", "", None),
                ("Isolate", "isolate", self.isolate), ("Ghost the rest", "ghost", lambda: self.isolate(True)),
                ("Hide", "eye-off", lambda: self.arrange(HIDDEN)), ("Ghost", "ghost", lambda: self.arrange(GHOST)),
                ("Show", "eye", lambda: self.arrange(SHOWN)), ("", "", None),
                ("Show all", "building", lambda: actions.show_all(self.session, [self.id])), ("", "", None),
                ("Copy GlobalId", "copy", self.copy_guids)):
            menu.addAction(theme.icon(icon), tr(words), act) if words else menu.addSeparator()
        alike = QMenu(tr("Select similar"), menu)
        for column in actions.ALIKE:
            alike.addAction(tr("Same " + column), lambda column=column: self.session.alike.by_column(column))
        menu.insertMenu(menu.actions()[-2], alike)
        menu.exec(point)
        menu.deleteLater()

    def copy_guids(self) -> None:
        rows = [self.model.forest.row[node] for node in self.nodes()]
        QGuiApplication.clipboard().setText("\n".join(self.model.cell(int(row), "guid") for row in rows if row >= 0))

    # -- language and theme ----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(tr("Filter elements"))
        self.filter.setAccessibleName(tr("Filter elements"))
        self.way.setAccessibleName(tr("Arrange by"))
        self.way.setToolTip(tr("Arrange by"))
        self.which.setAccessibleName(tr("Model"))
        self.tree.setAccessibleName(tr("Model tree"))
        at = max(0, self.way.currentIndex())
        self.way.clear()
        for way, words in WAYS.items():
            self.way.addItem(tr(words), way)
        self.way.setCurrentIndex(at)
        self.storeys.retranslate()
        self.sections.retranslate()
        self._built = ()

    def retheme(self) -> None:
        show_loupe(self.filter)
        self.storeys.retheme()
        self.sections.retheme()
        self.tree.viewport().update()


def _same(a: tuple, b: tuple) -> bool:
    return len(a) == len(b) and all(x is y or (isinstance(x, str) and x == y) for x, y in zip(a, b))
