"""Help without a network: the guide that comes with the program, and every key; both can be searched."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage, QTextCharFormat, QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import keys, theme
from twin.text import language, tr

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = {"en": "guide.md", "zh": "guide_zh.md"}
GUIDE, KEYS = range(2)
CONTENTS_PX = 240
WIDE = "\u2e80-\u9fff\uff00-\uffef“”"                                  # Chinese letters and their punctuation
BROKEN = re.compile(rf"(?<=[{WIDE}])\n *(?=[{WIDE}]|\*{{1,2}}[^ *]|`[^`])")


class HelpWindow(QDialog):
    """Stays open beside the window; Escape closes it."""

    def __init__(self, parent: QWidget, page: int = GUIDE):
        super().__init__(parent)
        self.setWindowTitle(tr("Help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tabs, self.line, self.said = QTabBar(), QLineEdit(clearButtonEnabled=True), QLabel()
        self.guide, self.keys = Guide(), KeyList()
        self.pages = QStackedWidget()
        for widget, words in ((self.guide, tr("Guide")), (self.keys, tr("Keys"))):
            self.pages.addWidget(widget)
            self.tabs.addTab(words)
        self.tabs.setDrawBase(False)
        self.line.setPlaceholderText(tr("Search"))
        self.said.setProperty("role", "muted")
        top = QHBoxLayout()
        for widget, stretch in ((self.tabs, 0), (self.said, 1), (self.line, 0)):
            top.addWidget(widget, stretch)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.line.setFixedWidth(CONTENTS_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addLayout(top)
        column.addWidget(self.pages, 1)
        self.tabs.currentChanged.connect(self._turned)
        self.line.textChanged.connect(lambda _: self._search())
        self.line.returnPressed.connect(lambda: self.guide.next() if self.tabs.currentIndex() == GUIDE else None)
        free = parent.screen().availableGeometry()
        self.resize(min(920, free.width() - 80), min(680, free.height() - 80))
        self.tabs.setCurrentIndex(page)
        self._turned(page)

    def _turned(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.line.setFocus()
        self._search()

    def _search(self) -> None:
        count = self.pages.currentWidget().search(self.line.text().strip())
        none = not count and self.line.text().strip()
        self.said.setText(tr("Nothing found") if none else tr("{n} places · Enter: the next", n=count)
                          if count and self.tabs.currentIndex() == GUIDE else "")

    def keyPressEvent(self, event):
        """Enter in the search goes on; it is no button of a dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


class Guide(QSplitter):
    """The guide in the language that is spoken, where there is one; its headings at the left."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.contents, self.text = QTreeWidget(), Pages()
        self.contents.setHeaderHidden(True)
        self.contents.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.addWidget(self.contents)
        self.addWidget(self.text)
        self.setSizes([CONTENTS_PX, 3 * CONTENTS_PX])
        self.setChildrenCollapsible(False)
        self.home = next(name for name in (GUIDES[language()], GUIDES["en"]) if (DOCS / name).exists())
        self._read(self.home)
        self.contents.itemClicked.connect(self._chosen)
        self.text.anchorClicked.connect(self._follow)

    def _read(self, name: str) -> None:
        self.page = name
        self.text.setMarkdown(joined((DOCS / name).read_text(encoding="utf-8")))
        _tidy_tables(self.text.document())
        self._hits: list[QTextCursor] = []
        self._heads = self._headings()
        self._list(dict.fromkeys(range(len(self._heads)), 0))

    def _follow(self, url: QUrl) -> None:
        """A page beside the guide is shown in its place; its contents begin with the way back."""
        page = DOCS / url.path()
        if url.scheme():
            QDesktopServices.openUrl(url)
        elif page.suffix == ".md":
            self._read(url.path())
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page.resolve())))

    def _chosen(self, item: QTreeWidgetItem) -> None:
        position = item.data(0, Qt.ItemDataRole.UserRole)
        if position is None:
            self._read(self.home)
        else:
            self._show(position)

    def _headings(self) -> list[tuple[int, str, int]]:
        """(level, words, where in the text) in order."""
        found, block = [], self.text.document().begin()
        while block.isValid():
            if level := block.blockFormat().headingLevel():
                found.append((level, block.text(), block.position()))
            block = block.next()
        return found

    def _list(self, counts: dict[int, int]) -> None:
        """Headings by their numbers, with how often what is searched for stands below each; 0 = say nothing."""
        self.contents.clear()
        if self.page != self.home:
            self.contents.addTopLevelItem(QTreeWidgetItem([f"← {tr('Guide')}"]))
        above: QTreeWidgetItem | None = None
        for number, count in counts.items():
            level, words, position = self._heads[number]
            item = QTreeWidgetItem([f"{words}  ({count})" if count else words])
            item.setData(0, Qt.ItemDataRole.UserRole, position)
            item.setToolTip(0, words)
            if level > 2 and above is not None:
                above.addChild(item)
            else:
                self.contents.addTopLevelItem(item)
                above = item
        self.contents.expandAll()

    def search(self, typed: str) -> int:
        """Mark every place; returns how many."""
        self._hits = self._places(typed) if len(typed) > 1 or not typed.isascii() else []
        mark = QTextCharFormat()
        mark.setBackground(QColor(theme.colour("selected")))
        self.text.setExtraSelections([_selection(cursor, mark) for cursor in self._hits])
        if self._hits:
            self._list(self._counted())
            self._show(self._hits[0].selectionStart())
        else:
            self._list({} if typed and len(typed) > 1 else dict.fromkeys(range(len(self._heads)), 0))
        return len(self._hits)

    def _places(self, typed: str) -> list[QTextCursor]:
        out, document = [], self.text.document()
        cursor = document.find(typed)
        while not cursor.isNull():
            out.append(cursor)
            cursor = document.find(typed, cursor)
        return out

    def _counted(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for hit in self._hits:
            at = max((n for n, head in enumerate(self._heads) if head[2] <= hit.selectionStart()), default=0)
            counts[at] = counts.get(at, 0) + 1
        return counts

    def next(self) -> None:
        """The place after the one that is shown, from the start again after the last."""
        if self._hits:
            self._hits.append(self._hits.pop(0))
            self._show(self._hits[0].selectionStart())

    def _show(self, position: int) -> None:
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(position)
        self.text.moveCursor(QTextCursor.MoveOperation.End)           # then the place comes to the top, not the bottom
        self.text.setTextCursor(cursor)


class Pages(QTextBrowser):
    """Pictures as wide as the page at most; whoever shows it follows its links."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(16)

    def loadResource(self, kind: int, url: QUrl):
        if kind == QTextDocument.ResourceType.ImageResource.value:
            picture = QImage(str(DOCS / url.path()))
            width = 2 * CONTENTS_PX + 120
            return picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation) \
                if picture.width() > width else picture
        return super().loadResource(kind, url)


class KeyList(QTreeWidget):
    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.every = keys.keys()
        self.setHeaderLabels([tr("What it does"), tr("Keys")])
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setColumnWidth(0, 2 * CONTENTS_PX)

    def search(self, typed: str) -> int:
        found = keys.found(self.every, typed)
        self.clear()
        for place in dict.fromkeys(key.place for key in found):
            group = QTreeWidgetItem([place])
            self.addTopLevelItem(group)
            group.addChildren([QTreeWidgetItem([key.title, key.keys]) for key in found if key.place == place])
        self.expandAll()
        return len(found)


def joined(text: str) -> str:
    """Chinese has no space between words: where a line of it is wrapped in the file, Markdown would show one."""
    return BROKEN.sub("", text)


def _tidy_tables(document: QTextDocument) -> None:
    """Markdown asks every table for a head: an empty one goes; and no table sticks to the words around it."""
    for table in (frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)):
        if all(table.cellAt(0, column).firstCursorPosition().block().text() == "" for column in range(table.columns())):
            table.removeRows(0, 1)
        shape = table.format()
        shape.setTopMargin(8)
        shape.setBottomMargin(8)
        table.setFormat(shape)


def _selection(cursor: QTextCursor, mark: QTextCharFormat) -> QTextEdit.ExtraSelection:
    found = QTextEdit.ExtraSelection()
    found.cursor, found.format = cursor, mark
    return found
