"""The command palette (Ctrl+K): every command and every layer by a few letters of its name, Pinyin too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import theme
from twin.text import tr

MOST = 40
ROW_PX, HIGH_PX = 32, 440                    # of one find; of all of it at most
START, WORD, INSIDE, INITIALS, TYPO = 130.0, 120.0, 110.0, 100.0, 60.0
TYPO_LETTERS = 5                             # a shorter word with one wrong letter is another word


@dataclass(frozen=True)
class Entry:
    """`names` in every language; `hint` is shown at the right (a shortcut, a kind). One that is not
    `usable` now is shown, grey and last, so that one sees it exists."""

    title: str
    names: tuple[str, ...]
    act: Callable[[], None]
    icon: str = ""
    hint: str = ""
    usable: bool = True


@dataclass(frozen=True)
class Form:
    """One way to write a name. `starts`: where words or syllables begin; `best`: the most a match is worth."""

    text: str
    starts: tuple[int, ...]
    best: float


def ranked(entries: list[Entry], typed: str) -> list[Entry]:
    """Best first, what cannot be used last; all of them, as they stand, when nothing is typed."""
    words = typed.casefold().split()
    scored = [(entry.usable, _score(words, entry.names), -at, entry) for at, entry in enumerate(entries)]
    best = sorted((x for x in scored if x[1] > 0), key=lambda x: x[:3], reverse=True)
    return [entry for *_, entry in best[:MOST]]


def _score(words: list[str], names: tuple[str, ...]) -> float:
    """Every word must be found in the same name; 1 where there are no words."""
    def of(name: str) -> float:
        found = [max(_found(word, form) for form in forms(name)) for word in words]
        return sum(found) / len(found) if found and all(found) else float(not found)
    return max((of(name) for name in names), default=0.0)


def _found(word: str, form: Form) -> float:
    """The beginning beats a word's beginning beats a middle beats one wrong letter; 0 where it is not in it.

    Pinyin counts from the beginning of a syllable only: "yan" is not in "tianqi yanse" by accident.
    """
    closeness = len(word) / (len(form.text) + 1.0)                # a short name is nearer to what was typed
    if form.text.startswith(word):
        return form.best + closeness
    if any(form.text.startswith(word, at) for at in form.starts) and (
            len(word) > 1 or not word.isascii() or (form.best == START and word in re.findall(r"\w+", form.text))):
        return form.best - (START - WORD) + closeness                 # a lone letter is a word, not a beginning
    if form.best < START:
        return 0.0
    if (len(word) > 1 or not word.isascii()) and word in form.text:
        return INSIDE + closeness
    return TYPO + closeness if _mistyped(word, form.text) else 0.0


def _mistyped(word: str, text: str) -> bool:
    from rapidfuzz.distance import OSA
    return (len(word) >= TYPO_LETTERS and word.isascii()
            and any(OSA.distance(word, part, score_cutoff=1) <= 1 for part in text.split() if part[0] == word[0]))


@lru_cache(maxsize=20_000)
def forms(name: str) -> tuple[Form, ...]:
    """The name, and for Chinese its Pinyin and the initials of it ("地形": "dixing", "dx")."""
    plain = name.casefold()
    written = Form(plain, tuple(found.start() for found in re.finditer(r"\w+", plain)), START)
    if name.isascii():
        return (written,)
    from pypinyin import lazy_pinyin
    syllables = [part.casefold() for part in lazy_pinyin(name)]
    begins = tuple(accumulate((len(part) for part in syllables[:-1]), initial=0))
    return (written, Form("".join(syllables), begins, WORD),
            Form("".join(part[:1] for part in syllables), tuple(range(len(syllables))), INITIALS))


class CommandPalette(QFrame):
    """Opens over the window; Return runs, Escape leaves."""

    def __init__(self, entries: list[Entry], parent: QWidget):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setStyleSheet(f"#palette {{ background: {theme.colour('raised')}; border: 1px solid"
                           f" {theme.colour('line')}; }} QListWidget {{ background: transparent; }}")
        self.entries, self.found, self._high = entries, [], HIGH_PX
        self.line, self.list, self.none = QLineEdit(), QListWidget(), QLabel()
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
        self.setFixedWidth(width)
        self._high = min(HIGH_PX, window.height() - 120)
        self._fit()
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 80)
        self.show()
        self.line.setFocus()

    def _search(self, typed: str) -> None:
        self._fill(ranked(self.entries, typed))

    def _fill(self, found: list[Entry]) -> None:
        self.found = found
        self.list.clear()
        for entry in self.found:
            item = QListWidgetItem(theme.icon(entry.icon, "muted") if entry.icon else QIcon(), entry.title)
            if entry.hint:
                item.setText(f"{entry.title}    {entry.hint}")
            item.setSizeHint(QSize(0, ROW_PX))
            if not entry.usable:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.none.setText(self._missing())
        self.none.setVisible(bool(self.none.text()))
        self.list.setVisible(bool(self.found))
        self.list.setCurrentRow(0)
        self._fit()

    def _missing(self) -> str:
        """What to say of what is not in the list, "" = nothing."""
        return "" if self.found else tr("Nothing has a name like this.")

    def _fit(self) -> None:
        """As high as what was found."""
        column = self.layout()
        below = [len(self.found) * ROW_PX + 2 * self.list.frameWidth()] if self.found else []
        below += [self.none.sizeHint().height()] if self.none.text() else []
        high = [self.line.sizeHint().height(), *below]
        around = (len(high) - 1) * column.spacing() + 2 * column.contentsMargins().top() + 2
        self.setFixedHeight(min(self._high, sum(high) + around))

    def run(self, row: int) -> None:
        if 0 <= row < len(self.found) and self.found[row].usable:
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
