"""The layer panel: filter, tree, an empty state that says how to begin, and a line about the current row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.panels.layer_facts import summary_of
from app.panels.layer_model import LayerModel, topmost
from app.panels.layer_tree import LayerTree
from app.panels.loupe import show_loupe
from app.panels.opacity_popover import OpacityPopover
from app.session import Session
from twin.document import Document
from twin.layer import Group, Layer
from twin.text import tr

EVERY_TICKS = 6                    # what loads is looked at ten times a second, edits at once


class LayerPanel(QWidget):
    """Shows the document's layers and commits edits to them. `act(command, layer id)` runs what the window owns:
    "place", "move", "reload", "open", "inspect". `fill_menu(QMenu)` fills the right-click menu."""

    def __init__(self, session: Session, viewport=None, act: Callable[[str, str], None] | None = None,
                 fill_menu: Callable[[QMenu], None] | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.act = act or (lambda command, id: None)
        self.fill_menu = fill_menu or (lambda menu: None)
        self.model = LayerModel(session, lambda: viewport.stage.rows if viewport else {}, self)
        self.tree = LayerTree(self.model)
        self.filter = QLineEdit(clearButtonEnabled=True, objectName="layer-filter")
        self.hint, self.nothing, self.foot = QLabel(), QLabel(), QLabel()
        self.open_button, self.sample_button = QPushButton(), QPushButton()
        self._shown: Document | None = None
        self._open_groups: set[str] = set()
        self._edits = session.edits
        self._current, self._ticks = "", 0
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()
        self.model.sync()
        self._expand_as_saved()

    def _lay_out(self) -> None:
        self.setMinimumWidth(240)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("role", "muted")
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(24, 24, 24, 24)
        self.nothing.setWordWrap(True)
        column.addStretch(2)
        column.addWidget(self.hint)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.sample_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        self.pages = QStackedWidget()
        for page in (self.tree, empty, self.nothing):
            self.pages.addWidget(page)
        self.foot.setProperty("role", "muted")
        self.foot.setContentsMargins(12, 4, 12, 8)
        self.foot.setMinimumWidth(40)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.addWidget(self.filter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.foot)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.open_button.clicked.connect(lambda: self.act("open", ""))
        self.sample_button.clicked.connect(lambda: self.act("sample", ""))
        self.tree.selectionModel().currentChanged.connect(self._current_changed)
        self.tree.clicked.connect(self._meant)
        self.tree.expanded.connect(lambda index: self._folded(index, False))
        self.tree.collapsed.connect(lambda index: self._folded(index, True))
        self.tree.toggle = self.toggle
        self.tree.part_clicked = self._part_clicked
        self.tree.menu_asked = self._menu
        self.tree.gone_to = self._meant

    # -- what is chosen ----------------------------------------------------------------------------------

    def chosen(self) -> list[str]:
        """Ids of the selected rows, in document order."""
        ids = {self.model.id_of(index) for index in self.tree.selectionModel().selectedIndexes()}
        return [layer.id for layer in self.session.document.layers if layer.id in ids] if ids else []

    def chosen_layers(self) -> list[Layer]:
        return [layer for id in self.chosen() if (layer := self.session.document.layer(id))]

    def choose(self, ids: list[str]) -> None:
        """Select these rows and bring the last into view."""
        self.model.sync()
        self.tree.choose(ids)

    def _meant(self, index) -> None:
        """By mouse or key; also the current row, to which the inspector comes back then."""
        self._current_changed(index)
        self.act("inspect", self._current)

    def _current_changed(self, current, _before=None) -> None:
        if current.isValid() and not self.tree.selectionModel().isSelected(current):
            return                                         # Qt makes the first row current when the focus comes
        self._current = self.session.current_layer = self.model.id_of(current)
        self._show_foot()

    # -- commands: each is one edit ------------------------------------------------------------------------

    def toggle(self, ids: list[str]) -> None:
        """All of them to what the first is not; members of groups keep their own eyes."""
        document = self.session.document
        first = document.layer(ids[0]) if ids else None
        if first is not None:
            label = "Hide" if first.visible else "Show"
            self._commit(document.with_each(ids, lambda x: replace(x, visible=not first.visible)), label)

    def rename(self) -> None:
        if self.tree.currentIndex().isValid():
            self.tree.setFocus()
            self.tree.edit(self.tree.currentIndex())

    def remove(self) -> None:
        self._commit(self.session.document.without(self.chosen()), "Remove layers")

    def duplicate(self) -> None:
        document, ids = self.session.document, self._topmost()
        before = {layer.id for layer in document.layers}
        after = document.duplicated(ids, suffix=tr(" copy"))
        self._commit(after, "Duplicate layers")
        self.choose([x.id for x in after.layers if x.id not in before and x.group not in _new(after, before)])

    def group(self) -> None:
        """Put the selection into a new group, or make an empty one."""
        document, id = self.session.document.grouped(self._topmost(), tr("Group"))
        self._commit(document, "Group layers")
        self.choose([id])
        self.tree.expand(self.model.index_of(id))
        self.rename()

    def ungroup(self) -> None:
        """Dissolve the selected groups; what they hold takes their place."""
        document = self.session.document
        groups = [x for x in self.chosen_layers() if isinstance(x, Group)]
        held = [member.id for group in groups for member in document.children(group.id)]
        for group in groups:
            members = [member.id for member in document.children(group.id)]
            document = document.moved(members, group.group, before=group.id).without([group.id])
        self._commit(document, "Ungroup")
        self.choose(held)

    def reload(self) -> None:
        for id in self.chosen():
            self.act("reload", id)

    def zoom_to(self) -> None:
        ids = set(self.session.document.subtree(self.chosen()))
        if self.viewport and ids:
            self.viewport.zoom_to(ids)

    def set_opacity(self, at=None) -> None:
        """Open the slider for the selected layers."""
        ids = [x.id for x in self.chosen_layers() if not isinstance(x, Group)]
        if ids:
            index = self.tree.currentIndex()
            point = at or self.tree.viewport().mapToGlobal(self.tree.visualRect(index).bottomRight())
            self.popover = OpacityPopover(self.session, ids, self)
            self.popover.open_at(point)

    def _topmost(self) -> list[str]:
        return topmost(self.session.document, self.chosen())

    def _commit(self, document, label: str) -> None:
        self.session.edits.commit(document, label)
        self.session.edits.seal()
        self.model.sync()

    # -- gestures of the tree --------------------------------------------------------------------------------

    def _part_clicked(self, part: str, id: str, point) -> None:
        """A click on the eye or the opacity of a selected row means all selected rows."""
        chosen = self.chosen()
        if part == "eye":
            self.toggle([id, *(x for x in chosen if x != id)] if id in chosen else [id])
        elif part == "opacity":
            if id not in chosen:
                self.choose([id])
            self.set_opacity(point)
        elif part == "cancel":
            document = self.session.document
            self.session.assets.cancel(document.layer(id), document.frame, document.time_zone)
        elif part == "action":
            self.act(self.model.facts(id).action, id)

    def _menu(self, point) -> None:
        menu = QMenu(self)
        self.fill_menu(menu)
        if menu.actions():
            menu.exec(point)
        menu.deleteLater()

    def _folded(self, index, folded: bool) -> None:
        """Kept with the project, but no edit. While filtering every group is open, which says nothing."""
        if not self.model.filter:
            (self.session.folded.add if folded else self.session.folded.discard)(self.model.id_of(index))

    def _filter(self, text: str) -> None:
        """While filtering every group is open; afterwards they are as they were."""
        if text and not self.model.filter:
            self._open_groups = self.tree.open_groups()
        self.model.set_filter(text)
        if text.strip():
            self.tree.expandAll()
        else:
            self.tree.set_open(self._open_groups)
        self._show_page()

    # -- the tick --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self._ticks += 1
        if self._edits is not self.session.edits:              # another project
            self._edits = self.session.edits
            self.filter.clear()                                # its layers are looked for anew
            self.model.sync()
            self._expand_as_saved()
        if self.session.document is not self._shown:
            self._shown = self.session.document
            known = set(self.model.groups())
            self.model.sync()
            for id in set(self.model.groups()) - known:
                self.tree.expand(self.model.index_of(id))
            self._look()
        elif self._ticks % EVERY_TICKS == 0:
            self._look()
        if self.session.current_layer != self._current and self.session.document.layer(self.session.current_layer):
            self.choose([self.session.current_layer])

    def _look(self) -> None:
        if self.model.look_again():
            self.tree.scheduleDelayedItemsLayout()             # a message may have come or gone
        self._show_page()
        self._show_foot()

    def _show_page(self) -> None:
        empty = not self.session.document.layers
        nothing = not empty and self.model.rowCount() == 0
        self.pages.setCurrentIndex(1 if empty else 2 if nothing else 0)
        if empty:
            self._hint()

    def _hint(self) -> None:
        """Files that were named at the start are on their way before there is a layer."""
        coming = any(job.active for job in self.session.jobs.jobs)
        words = tr("Opening…") if coming else tr(
            "Nothing is open yet.\n\nDrop files or a folder here: terrain, imagery, city models, IFC, vectors, sensor "
            "tables.")
        if self.hint.text() != words:
            self.hint.setText(words)

    def _show_foot(self) -> None:
        chosen = self.chosen_layers()
        if len(chosen) > 1:
            text = tr("{n} layers selected", n=len(chosen))
        elif chosen and self.model.layer(chosen[0].id):
            text = summary_of(self.session, chosen[0], self.model.facts(chosen[0].id))
        else:
            text = ""
        self.foot.setVisible(bool(text))
        self.foot.setText(self.foot.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, self.width() - 24))
        self.foot.setToolTip(text)

    def _expand_as_saved(self) -> None:
        self.tree.set_open(set(self.model.groups()) - self.session.folded)

    def retranslate(self) -> None:
        self.filter.setPlaceholderText(tr("Filter layers"))
        self.filter.setAccessibleName(tr("Filter layers"))
        self._hint()
        self.open_button.setText(tr("Open…"))
        self.sample_button.setText(tr("Open the sample project"))
        self.nothing.setText(tr("No layer has a name like this."))
        self.tree.setAccessibleName(tr("Layers"))
        self.model.look_again(everything=True)
        self._show_foot()

    def retheme(self) -> None:
        show_loupe(self.filter)
        self.tree.viewport().update()


def _new(document, before: set[str]) -> set[str]:
    return {x.id for x in document.layers if x.id not in before}
