"""The command palette (Ctrl+K): every command and every layer by a few letters of its name, Pinyin too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import theme
from twin.text import tr

MOST, LEAST_SCORE = 40, 60.0


@dataclass(frozen=True)
class Entry:
    """`names` in every language; `hint` is shown at the right (a shortcut, a kind)."""

    title: str
    names: tuple[str, ...]
    act: Callable[[], None]
    icon: str = ""
    hint: str = ""


def ranked(entries: list[Entry], typed: str) -> list[Entry]:
    """Best first; all of them, as they stand, when nothing is typed."""
    typed = typed.strip().casefold()
    if not typed:
        return entries[:MOST]
    scored = [(max(_score(typed, form) for name in entry.names for form in forms(name)), -at, entry)
              for at, entry in enumerate(entries)]
    best = sorted((x for x in scored if x[0] >= LEAST_SCORE), key=lambda x: x[:2], reverse=True)
    return [entry for _, _, entry in best[:MOST]]


def _score(typed: str, form: str) -> float:
    """A beginning beats a word's beginning beats a middle beats a near miss."""
    from rapidfuzz import fuzz
    if form.startswith(typed):
        return 130.0
    if any(word.startswith(typed) for word in form.split()):
        return 120.0
    if typed in form:
        return 110.0
    return fuzz.partial_ratio(typed, form) * 0.9 if len(typed) > 2 else 0.0


@lru_cache(maxsize=20_000)
def forms(name: str) -> tuple[str, ...]:
    """The name, and for Chinese its Pinyin and the initials of it ("地形": "dixing", "dx")."""
    plain = name.casefold()
    if name.isascii():
        return (plain,)
    from pypinyin import lazy_pinyin
    syllables = lazy_pinyin(name)
    return plain, "".join(syllables).casefold(), "".join(s[:1] for s in syllables).casefold()


class CommandPalette(QFrame):
    """Opens over the window; Return runs, Escape leaves."""

    def __init__(self, entries: list[Entry], parent: QWidget):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setStyleSheet(f"#palette {{ background: {theme.colour('raised')}; border: 1px solid"
                           f" {theme.colour('line')}; }} QListWidget {{ background: transparent; }}")
        self.entries, self.found = entries, []
        self.line, self.list, self.none = QLineEdit(), QListWidget(), QLabel(tr("Nothing has a name like this."))
        self.line.setPlaceholderText(tr("Command or layer"))
        self.line.setAccessibleName(tr("Command or layer"))
        self.list.setIconSize(QSize(18, 18))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.none.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for widget in (self.line, self.none, self.list):
            column.addWidget(widget)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._search)
        self.list.itemClicked.connect(lambda item: self.run(self.list.row(item)))
        self._search("")

    def open_over(self, window: QWidget) -> None:
        width = min(560, window.width() - 64)
        self.setFixedSize(width, min(440, window.height() - 120))
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 80)
        self.show()
        self.line.setFocus()

    def _search(self, typed: str) -> None:
        self.found = ranked(self.entries, typed)
        self.list.clear()
        for entry in self.found:
            item = QListWidgetItem(theme.icon(entry.icon, "muted") if entry.icon else QIcon(), entry.title)
            if entry.hint:
                item.setText(f"{entry.title}    {entry.hint}")
            item.setSizeHint(QSize(0, 32))
            self.list.addItem(item)
        self.none.setVisible(not self.found)
        self.list.setCurrentRow(0)

    def run(self, row: int) -> None:
        if 0 <= row < len(self.found):
            entry = self.found[row]
            self.close()
            entry.act()

    def eventFilter(self, watched, event):
        """Arrows move in the list while the line keeps the focus."""
        if event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in steps:
                row = self.list.currentRow() + steps[event.key()]
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run(self.list.currentRow())
                return True
        return super().eventFilter(watched, event)
