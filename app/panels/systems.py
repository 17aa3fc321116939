"""The systems of the plan: all of them by item, what of each the project shows, and why the others have no place."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.panels.loupe import show_loupe
from app.panels.palette import forms
from app.panels.systems_rows import SAID, TONE, said_of, tip_of
from app.session import Session
from app.systems import Shown, questions, shown
from twin.document import Document
from twin.layer import Group
from twin.systems.catalogue import items
from twin.systems.holding import Held, count_in_worker
from twin.text import language, sentences, tr

KEY = Qt.ItemDataRole.UserRole
ROW_PX, ITEM_PX, ICON_PX = 40, 28, 18
MOST_AT_ONCE = 12                            # layers of a group that one click shows
COUNT_STALL_SECS = 600.0


class SystemsPanel(QWidget):
    """A click shows a system's layer and flies there, another one hides it, a double click always flies. A worker
    counts once it is looked at.
    """

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.line, self.tree, self.summary = QLineEdit(clearButtonEnabled=True), QTreeWidget(), QLabel(wordWrap=True)
        self.rows: dict[str, Shown] = {}
        self.held: dict[str, Held] = {}
        self._of: dict[str, QTreeWidgetItem] = {}
        self._asked, self._job = {}, None            # questions by layer
        self._asked_of: Document | None = None
        self._seen: tuple = ()
        self._flying: set[str] = set()
        self._visited = False
        self._lay_out()
        self.retheme()

    def _lay_out(self) -> None:
        self.tree.setHeaderHidden(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setIndentation(14)
        self.tree.setIconSize(QSize(ICON_PX, ICON_PX))
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setVerticalScrollMode(self.tree.ScrollMode.ScrollPerPixel)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setItemDelegate(TwoLines(self.tree))
        self.summary.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for widget, stretch in ((self.line, 0), (self.tree, 1), (self.summary, 0)):
            column.addWidget(widget, stretch)
        self.line.textChanged.connect(self._filter)
        self.tree.itemClicked.connect(lambda item, _: self.use(item.data(0, KEY)))
        self.tree.itemActivated.connect(self._activated)
        self.tree.itemDoubleClicked.connect(self._double_clicked)

    # -- what it shows ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        self._fly()
        if not self.isVisible():
            return
        document = self.session.document
        self._count(document)
        job = (self._job.revision, self._job.active) if self._job else ()
        seen = (id(document), len(self.held), job, self.session.assets.revision, language())
        if seen != self._seen:
            self._seen = seen
            self._show(document)

    def _count(self, document: Document) -> None:
        """Ask a worker for what nobody counted yet, one question at a time."""
        if self._job is not None and not self._job.active:
            job, self._job = self._job, None
            self.held = {**self.held, **(job.result or {})}
            self._asked_of = None
        if self._job is not None or document is self._asked_of:
            return                                   # nothing new to ask: every tick comes by here
        self._asked_of = document
        asked = questions(document)
        fresh = {id: q for id, q in asked.items() if self._asked.get(id) != q}
        if fresh:
            self._asked = asked
            self._job = self.session.jobs.start(count_in_worker, fresh, label=tr("Counting the systems"),
                                                stall_secs=COUNT_STALL_SECS)

    def _show(self, document: Document) -> None:
        held = {id: h for id, h in self.held.items() if document.layer(id)}
        self.rows = {one.system.key: one for one in shown(document, held)}
        for key, one in self.rows.items():
            item = self._of[key]
            said, tone = said_of(one, document, self._error(one))
            for role, value in ((SAID, said), (TONE, tone), (Qt.ItemDataRole.ToolTipRole, tip_of(one, said))):
                if item.data(0, role) != value:
                    item.setData(0, role, value)
        self._summarise()

    def _error(self, one: Shown) -> str:
        """What the scene says about the main layer, where it failed to draw it."""
        row = self.viewport.stage.rows.get(one.layers[0]) if self.viewport and one.layers else None
        return row.error if row else ""

    def _summarise(self) -> None:
        spatial = [one for one in self.rows.values() if one.system.spatial]
        words = tr("{n} systems: {drawn} of {spatial} with a place can be drawn, {rest} have none.", n=len(self.rows),
                   drawn=sum(bool(one.drawn) for one in spatial), spatial=len(spatial),
                   rest=len(self.rows) - len(spatial))
        if not any(one.layers for one in spatial):
            words = sentences(words, tr("The sample project shows them: open it from the menu File."))
        if self.line.text().strip() and all(self._of[str(number)].isHidden() for number in items()):
            words = tr("No system has such words: a name, its pinyin, a number, a kind or what it observes.")
        elif self._job is not None:
            words = tr("Counting: {done} of {total} layers", done=int(self._job.done), total=int(self._job.total))
        self.summary.setText(words)

    def _build(self) -> None:
        from twin.systems.catalogue import systems
        closed = {key for key, item in self._of.items() if key.isdigit() and not item.isExpanded()}
        self.tree.clear()
        self._of = {}
        for number, item in items().items():
            top = self._of[str(number)] = QTreeWidgetItem([f"{number}  {item.title(language())}"])
            top.setData(0, KEY, str(number))
            self.tree.addTopLevelItem(top)
            for system in (s for s in systems().values() if s.item == number):
                row = self._of[system.key] = QTreeWidgetItem([system.title(language())])
                row.setData(0, KEY, system.key)
                row.setIcon(0, theme.icon(f"system-{system.icon}", "text") if system.spatial else QIcon())
                top.addChild(row)
            top.setExpanded(str(number) not in closed)

    def _filter(self, text: str) -> None:
        """Systems whose name, item, kind, department or properties hold the words."""
        wanted = text.strip().casefold()
        for number in items():
            top = self._of[str(number)]
            whole = wanted in top.text(0).casefold()
            for at in range(top.childCount()):
                child = top.child(at)
                child.setHidden(bool(wanted) and not whole and wanted not in self._words(child.data(0, KEY)))
            top.setHidden(all(top.child(at).isHidden() for at in range(top.childCount())))
            top.setExpanded(top.isExpanded() or bool(wanted))
        self._summarise()

    @staticmethod
    def _words(key: str) -> str:
        from twin.systems.catalogue import systems
        one = systems()[key]
        return " ".join((one.key, *(form.text for form in forms(one.name_zh)), one.name_en, one.what, one.kind,
                         one.department, one.zone, tr(one.reason), *(name for name, _ in one.properties),
                         *(tr(name) for name, _ in one.properties))).casefold()

    # -- what a click does -------------------------------------------------------------------------------

    def use(self, key: str) -> None:
        """Show the system and fly there; hide it again when it is shown already."""
        if key.isdigit():
            item = self._of[key]
            item.setExpanded(not item.isExpanded())
            return
        one = self.rows.get(key)
        if one is None or not one.layers:
            return
        document = self.session.document
        ids = self._meant(document, one)
        visible = all(document.shown(document.layer(id)) for id in ids)
        self._commit(hidden(document, ids) if visible else revealed(document, ids), "Hide" if visible else "Show")
        self.session.current_layer = one.layers[0]
        self._flying = set() if visible else set(ids)

    def visit(self, key: str) -> None:
        """Show the system, if it is not shown, and fly there."""
        one = self.rows.get(key)
        if one is not None and one.layers:
            ids = self._meant(self.session.document, one)
            self._commit(revealed(self.session.document, ids), "Show")
            self._flying = set(ids)

    def _double_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        self.visit(item.data(0, KEY))
        self._visited = True                         # it activates next
        QTimer.singleShot(0, lambda: setattr(self, "_visited", False))

    def _activated(self, item: QTreeWidgetItem, _column: int) -> None:
        """By a key; what a double click activates was visited already."""
        if not self._visited:
            self.use(item.data(0, KEY))

    def _meant(self, document: Document, one: Shown) -> list[str]:
        """The main layer; of a scene the layers in its group, where they are not too many to look at."""
        main = document.layer(one.layers[0])
        if not isinstance(main, Group):
            return [main.id]
        inside = [id for id in document.subtree([main.id]) if not isinstance(document.layer(id), Group)]
        return inside if 0 < len(inside) <= MOST_AT_ONCE else [main.id]

    def _commit(self, document: Document, label: str) -> None:
        self.session.edits.commit(document, label)
        self.session.edits.seal()

    def _fly(self) -> None:
        """Once what was asked for stands in the scene."""
        if self._flying and self.viewport:
            ready = {id for id in self._flying if self.viewport.stage.box(id)}
            if ready == self._flying or (ready and not self.session.assets.loading):
                self.viewport.zoom_to(ready)
                self._flying = set()

    # -- language and theme --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.line.setPlaceholderText(tr("Filter the systems"))
        self.line.setAccessibleName(tr("Filter the systems"))
        self.tree.setAccessibleName(tr("Systems of the plan"))
        self._build()
        self._seen = ()
        if self.rows:
            self._show(self.session.document)
        self._filter(self.line.text())

    def retheme(self) -> None:
        show_loupe(self.line, "filter")
        self.retranslate()


def revealed(document: Document, ids: list[str]) -> Document:
    """The layers and every group they lie in, visible."""
    above = {group.id for id in ids for group in document.ancestors(document.layer(id))}
    return document.with_each({*ids, *above}, lambda x: replace(x, visible=True))


def hidden(document: Document, ids: list[str]) -> Document:
    return document.with_each([id for id in ids if not isinstance(document.layer(id), Group)],
                              lambda x: replace(x, visible=False))


class TwoLines(QStyledItemDelegate):
    """A name, and below it in small what is known of it."""

    def sizeHint(self, option, index):
        return QSize(120, ROW_PX if index.parent().isValid() else ITEM_PX)

    def paint(self, painter, option, index):
        self.initStyleOption(option, index)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        below = index.data(SAID) or ""
        left, top = option.rect.left() + 2, option.rect.top()
        inside = index.parent().isValid()
        if inside:
            option.icon.paint(painter, left, top + 4, ICON_PX, ICON_PX)
            left += ICON_PX + 6
        width = option.rect.right() - left - 4
        font = option.font
        font.setBold(not inside)
        painter.save()
        painter.setFont(font)
        tone = index.data(TONE) or ""
        painter.setPen(QColor(theme.colour("muted" if tone == "none" else "text")))
        room = option.rect.adjusted(left - option.rect.left(), 3 if inside else 0, 0, -ROW_PX // 2 if inside else 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter,
                         painter.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, width))
        if inside:
            font.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
            painter.setFont(font)
            painter.setPen(QColor(theme.colour({"": "muted", "none": "muted"}.get(tone, tone))))
            painter.drawText(option.rect.adjusted(left - option.rect.left(), ROW_PX // 2 - 1, 0, -3),
                             Qt.AlignmentFlag.AlignVCenter,
                             painter.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, width))
        painter.restore()
