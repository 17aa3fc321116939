"""One topic: snapshot, viewpoints, what is said about it, comments, and a line for a new one."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.issue_words import shown, written
from bim.bcf_values import Comment, Topic, Viewpoint
from twin.text import tr

PICTURE_PX = 150                            # most height of a snapshot
OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


class Snapshot(QLabel):
    """A picture as wide as there is room; a click shows its viewpoint."""

    def __init__(self):
        super().__init__()
        self.clicked: Callable[[], None] = lambda: None
        self._whole: QPixmap | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumWidth(1)

    def show_picture(self, pixels) -> None:
        """(rows, columns, 3) u1, or None."""
        rows, columns = pixels.shape[:2] if pixels is not None else (0, 0)
        self._whole = None if pixels is None else QPixmap.fromImage(
            QImage(pixels.tobytes(), columns, rows, columns * 3, QImage.Format.Format_RGB888))
        self.setVisible(self._whole is not None)
        self._fit()

    def _fit(self) -> None:
        if self._whole is not None:
            ratio = self.devicePixelRatioF()
            room = QSize(int(self.width() * ratio), int(PICTURE_PX * ratio))
            fitted = self._whole.scaled(room, Qt.AspectRatioMode.KeepAspectRatio,
                                        Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(ratio)
            self.setPixmap(fitted)

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._fit()

    def mouseReleaseEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked()


class IssueDetails(QWidget):
    """The owner sets `show_view(viewpoint)`, `say(text, with the view)` and `set_status(text)`."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.show_view: Callable[[Viewpoint], None] = lambda view: None
        self.say: Callable[[str, bool], None] = lambda text, with_view: None
        self.set_status: Callable[[str], None] = lambda status: None
        self.topic: Topic | None = None
        self._asked = ""
        self._own: tuple[str, ...] = ()                       # statuses that the file knows
        self.title, self.facts, self.description = (QLabel(wordWrap=True) for _ in range(3))
        self.status, self.snapshot = QComboBox(editable=True), Snapshot()
        self.views, self.comments = QHBoxLayout(), QVBoxLayout()
        self.line, self.with_view, self.send = QLineEdit(), QCheckBox(), QPushButton()
        self._lay_out()
        self.line.returnPressed.connect(self._send)
        self.send.clicked.connect(self._send)
        self.status.textActivated.connect(lambda _: self._status_typed())
        self.status.lineEdit().editingFinished.connect(self._status_typed)
        self.show_topic(None, ())

    def _lay_out(self) -> None:
        self.title.setProperty("role", "heading")
        self.facts.setProperty("role", "muted")
        for label in (self.title, self.facts, self.description):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        self.views.setSpacing(4)
        self.comments.setSpacing(8)
        for part in (self.title, self.facts, self.status, self.snapshot, self.views, self.description, self.comments):
            column.addLayout(part) if isinstance(part, QHBoxLayout | QVBoxLayout) else column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.send)
        below = QHBoxLayout()
        below.setContentsMargins(12, 0, 12, 8)
        below.addWidget(self.with_view)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(area, 1)
        whole.addLayout(row)
        whole.addLayout(below)

    def show_topic(self, topic: Topic | None, statuses: tuple[str, ...]) -> None:
        self.topic = topic
        self.setEnabled(topic is not None)
        self.title.setText(topic.title if topic else tr("No topic is chosen."))
        self.facts.setText(facts(topic) if topic else "")
        self.description.setText(topic.description if topic else "")
        self.description.setVisible(bool(topic and topic.description))
        self.status.setVisible(topic is not None)
        self.status.blockSignals(True)
        self.status.clear()
        self.status.addItems([shown(status) for status in statuses])
        self.status.setCurrentText(shown(topic.status) if topic else "")
        self.status.blockSignals(False)
        self._asked = topic.status.strip() if topic else ""
        self._own = (self._asked, *statuses)
        self.snapshot.show_picture(None)
        _empty(self.views)
        _empty(self.comments)
        for at, view in enumerate(topic.viewpoints if topic else ()):
            button = QPushButton(tr("View {n}", n=at + 1))
            button.clicked.connect(lambda _=False, view=view: self.show_view(view))
            self.views.addWidget(button)
        self.views.addStretch(1)
        for comment in topic.comments if topic else ():
            self.comments.addWidget(self._comment(topic, comment))

    def _comment(self, topic: Topic, comment: Comment) -> QWidget:
        who = QLabel(" · ".join(filter(None, (comment.author, when(comment.date)))))
        who.setProperty("role", "muted")
        said = QLabel(comment.text or "—", wordWrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        out = QWidget()
        column = QVBoxLayout(out)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for label in (who, said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(1)
            column.addWidget(label)
        if view := topic.viewpoint(comment.viewpoint):
            button = QPushButton(tr("Show its view"))
            button.clicked.connect(lambda: self.show_view(view))
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        return out

    def _status_typed(self) -> None:
        text = written(self.status.currentText().strip(), self._own)
        if self.topic is not None and text and text != self._asked:
            self._asked = text                            # choosing and leaving the field both come here
            self.set_status(text)

    def _send(self) -> None:
        text = self.line.text().strip()
        if text and self.topic is not None:
            self.say(text, self.with_view.isChecked())

    def retranslate(self) -> None:
        self.line.setPlaceholderText(tr("Comment"))
        self.line.setAccessibleName(tr("Comment"))
        self.send.setText(tr("Send"))
        self.with_view.setText(tr("With the present view"))
        self.status.setAccessibleName(tr("Status"))


def facts(topic: Topic) -> str:
    """Type, priority, labels, who and when, on a line or two."""
    first = (shown(topic.kind), shown(topic.priority), topic.stage, *topic.labels)
    second = (topic.author, when(topic.created), f"→ {topic.assigned}" if topic.assigned else "",
              tr("due {date}", date=when(topic.due)) if topic.due else "")
    return "\n".join(filter(None, (" · ".join(filter(None, first)), " · ".join(filter(None, second)))))


def when(text: str) -> str:
    """"2017-05-22 09:48 +02:00" of an ISO date, with its offset from UTC where it states one; as it is written where it
    is none."""
    if len(text) < 16 or text[10] != "T":
        return text
    stated = OFFSET.search(text)
    return text[:16].replace("T", " ") + (f" {'UTC' if stated[0] in 'Zz' else stated[0]}" if stated else "")


def _empty(layout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        if item.widget():
            item.widget().deleteLater()
