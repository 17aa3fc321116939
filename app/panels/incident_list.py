"""Incidents and events as a quiet table: level, what, since when, how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QTableView

from app import theme
from app.panels.row_table import as_rows
from layers.level_colors import LEVEL_COLORS, LEVEL_WORDS
from twin import times
from twin.incidents.events import Event
from twin.incidents.incident import STATE_WORDS, Incident
from twin.incidents.rule import AlarmRule
from twin.text import language, once, tr
from twin.units import with_unit

HEADS = {"incidents": ("Level", "No.", "Incident", "State", "Found", "Duration"),
         "events": ("Level", "Sensor", "Rule", "Raised", "Until", "Worst")}
WIDTHS = {"incidents": (84, 104, 120, 72, 130, 84), "events": (84, 120, 120, 130, 130, 84)}
WIDE = ("Incident", "Sensor", "Rule")            # columns of names


@dataclass(frozen=True)
class Line:
    """A row: `level` 0 to 3, `dim` when it is over at the clock's time, `about` the incident or event."""

    cells: tuple[str, ...]
    level: int
    dim: bool
    about: Incident | Event


def incident_lines(incidents: list[Incident], now_ns: int, time_zone: str, only_open: bool) -> list[Line]:
    """Those found by `now_ns`, the newest first, in the state they were in then."""
    lines = []
    for incident in incidents:
        state = incident.state_at(now_ns)
        if not state or (only_open and state == "closed"):
            continue
        end_ns = incident.time_of("closed") if state == "closed" else now_ns
        found_ns = incident.steps[0].time_ns
        lines.append(Line((tr(LEVEL_WORDS[incident.level]), incident.id, once(incident.title), tr(STATE_WORDS[state]),
                           times.readable(found_ns, time_zone)[:16], duration(end_ns - found_ns)),
                          incident.level, state == "closed", incident))
    return lines[::-1]


def event_lines(events: tuple[Event, ...], rules: dict[str, AlarmRule], name_of: Callable[[Event], str],
                unit_of: Callable[[Event], str], now_ns: int, time_zone: str, only_open: bool) -> list[Line]:
    """Those raised by `now_ns`, the newest first, with the level they had reached by then."""
    lines = []
    for event in events:
        rule = rules.get(event.rule)
        if rule is None or event.raised_ns > now_ns:
            continue
        level = event.level_at(now_ns)
        if only_open and not level:
            continue
        until = "" if level else times.readable(event.end_ns, time_zone)[:16] + (" ?" if event.lost else "")
        shown = level or event.level
        worst = with_unit(event.peak_at(now_ns), unit_of(event))
        lines.append(Line((tr(LEVEL_WORDS[shown]), name_of(event), rule.title(language()),
                           times.readable(event.raised_ns, time_zone)[:16], until, worst), shown, not level, event))
    return lines[::-1]


def duration(length_ns: int) -> str:
    """"1 h 19 min"."""
    minutes = max(0, length_ns) // times.MINUTE
    if minutes < 60:
        return tr("{n} min", n=minutes)
    if minutes < 48 * 60:
        return tr("{h} h {n} min", h=minutes // 60, n=minutes % 60)
    return tr("{n} days", n=minutes // 1440)


class IncidentModel(QAbstractTableModel):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.kind = "incidents"
        self.lines: list[Line] = []

    def show(self, kind: str, lines: list[Line]) -> bool:
        """True where anything differs."""
        if kind == self.kind and lines == self.lines:
            return False
        same = kind == self.kind and [_key(a) for a in lines] == [_key(b) for b in self.lines]
        if same:
            self.lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, self.columnCount() - 1))
        else:
            self.beginResetModel()
            self.kind, self.lines = kind, lines
            self.endResetModel()
        return True

    def row_of(self, key) -> int:
        return next((row for row, line in enumerate(self.lines) if _key(line) == key), -1)

    def key(self, row: int):
        """What a row stands for, the same after a refresh."""
        return _key(self.lines[row])

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(HEADS[self.kind])

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADS[self.kind][section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return line.cells[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return level_icon(line.level)
        if role == Qt.ItemDataRole.ForegroundRole and line.dim:
            return QColor(theme.colour("muted"))
        return None


class IncidentView(QTableView):
    """The columns of names take what is left, and give way first."""

    def __init__(self, model: IncidentModel):
        super().__init__()
        self.setModel(model)
        as_rows(self, 26, single=True)
        self.horizontalHeader().setMinimumSectionSize(56)

    def show_lines(self, kind: str, lines: list[Line]) -> None:
        model, header = self.model(), self.horizontalHeader()
        fresh = kind != model.kind
        model.show(kind, lines)
        if not fresh and self.columnWidth(0) == WIDTHS[kind][0]:
            return
        for column, width in enumerate(WIDTHS[kind]):
            mode = header.ResizeMode.Stretch if HEADS[kind][column] in WIDE else header.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            self.setColumnWidth(column, width)


def _key(line: Line):
    about = line.about
    return about.id if isinstance(about, Incident) else (about.rule, about.stream, about.start_ns)


@cache
def level_icon(level: int) -> QIcon:
    """A disc in the level's colour: one, two or three bars cut into it say the level without hue."""
    size, scale = 14, 3
    picture = QPixmap(size * scale, size * scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*LEVEL_COLORS[level]))
    painter.drawEllipse(0, 0, size, size)
    painter.setBrush(QColor("white" if level == 3 else "black"))
    for bar in range(level):
        painter.drawRect(QRectF(size / 2 - (3 * level - 1.5) / 2 + 3 * bar, 3.5, 1.5, size - 7))
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)         # else the style tints it: another level
    return icon
