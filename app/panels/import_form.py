"""What an import was understood to be, to be put right: encoding, zone, sentinels, and what each column is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.editors import unmoved_by_wheel
from twin.history.plan import ROLE_NAMES, Choice
from twin.history.preview import Preview
from twin.text import tr

ZONES = ("Asia/Shanghai", "UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles",
         "Asia/Tokyo", "Asia/Singapore")
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "cp1252")
DELIMITERS = {",": ",", ";": ";", "\t": "Tab", "|": "|"}
COUNTS = {"ms": "Milliseconds", "s": "Seconds", "min": "Minutes", "h": "Hours", "d": "Days"}
COLUMN_PX, LEAST_PX = 190, 64
COMBOS = ("time_zone", "counts", "encoding", "delimiter", "decimal", "sheet")
FIELDS = {"time_zone": "Time zone", "start": "Begins at", "counts": "Times count", "encoding": "Encoding",
          "delimiter": "Delimiter", "decimal": "Decimal mark", "sheet": "Sheet",
          "sentinels": "Numbers that mean missing", "thing": "Readings belong to"}
ROLES = {"": "Not used", "time": "Time", "clock": "Time of day", "year": "Year", "month": "Month", "day": "Day",
         "hour": "Hour", "minute": "Minute", "second": "Second", "id": "Sensor", "value": "Value (long table)",
         "reading": "Readings (wide table)", "observed": "Observed property", "unit": "Unit", "quality": "Quality",
         "lon": "Longitude", "lat": "Latitude", "x": "Easting", "y": "Northing", "above": "Height above ground",
         "elevation": "Elevation", "name": "Name", "name_zh": "Chinese name", "thing": "Thing", "interval": "Interval",
         "element": "On the element (GlobalId)", "row": "Row number"}


class ImportForm(QWidget):
    """The owner sets `changed(choice)` and `complain(words)`, and gives it what was understood with `show_preview`."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.changed: Callable[[Choice], None] = lambda choice: None
        self.complain: Callable[[str], None] = lambda words: None
        self.choice = Choice()
        self.labels = {name: QLabel() for name in FIELDS}
        self.combos = {name: QComboBox() for name in COMBOS}
        self.texts = {name: QLineEdit() for name in ("start", "sentinels", "thing")}
        self.columns = QTableWidget(0, 4)
        self._preview: Preview | None = None
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(FIELDS):
            widget = self.combos.get(name) or self.texts[name]
            grid.addWidget(self.labels[name], row, 0)
            grid.addWidget(widget, row, 1)
        self.combos["time_zone"].setEditable(True)
        for name, combo in self.combos.items():
            combo.installEventFilter(unmoved_by_wheel())
            combo.textActivated.connect(lambda _, name=name: self._chose(name))
        self.combos["time_zone"].lineEdit().editingFinished.connect(lambda: self._chose("time_zone"))
        self.texts["sentinels"].editingFinished.connect(self._typed_sentinels)
        self.texts["start"].editingFinished.connect(lambda: self._say(start=self.texts["start"].text().strip()))
        self.texts["thing"].editingFinished.connect(lambda: self._say(thing=self.texts["thing"].text().strip()))
        self.columns.verticalHeader().hide()
        self.columns.setWordWrap(False)
        self.columns.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        header = self.columns.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(COLUMN_PX)
        header.setMinimumSectionSize(LEAST_PX)
        self.columns.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.columns.itemChanged.connect(self._typed_unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addWidget(self.columns, 1)

    def retranslate(self) -> None:
        for name, label in self.labels.items():
            label.setText(tr(FIELDS[name]))
        self.texts["thing"].setPlaceholderText(tr("as the table says"))
        self.texts["start"].setPlaceholderText(tr("for example {text}", text="2018-10-24 08:30"))
        self.columns.setHorizontalHeaderLabels([tr("Column"), tr("First values"), tr("What it is"), tr("Unit")])

    # -- what was understood -----------------------------------------------------------------------------

    def start(self) -> None:
        """For another file: nothing is chosen."""
        self.choice, self._preview = Choice(), None
        self.columns.setRowCount(0)
        self.texts["start"].clear()
        self.texts["thing"].clear()
        for name in FIELDS:
            self._show_field(name, False)

    def show_helpless(self) -> None:
        """No table was found in the file: what may mend that."""
        if self._preview is None:
            self._fill("encoding", ENCODINGS, self.choice.encoding or "utf-8")
            self._fill("delimiter", tuple(DELIMITERS), self.choice.delimiter or ",", DELIMITERS)

    def show_preview(self, preview: Preview) -> None:
        """Fill in what was understood; what the user is typing stays."""
        before, self._preview = self._preview, preview
        self._fill("time_zone", ZONES, preview.time_zone)
        self._fill("counts", tuple(COUNTS), preview.counts, {unit: tr(word) for unit, word in COUNTS.items()})
        self._show_field("start", preview.relative or bool(self.choice.start))
        if preview.start and not self.texts["start"].hasFocus():
            self.texts["start"].setText(preview.start)
        for name in ("sentinels", "thing"):
            self._show_field(name, preview.timetable is None)
        self._fill("encoding", ENCODINGS, preview.encoding)
        self._fill("delimiter", tuple(DELIMITERS), preview.delimiter, DELIMITERS)
        self._fill("decimal", (".", ","), preview.decimal if preview.delimiter else "")
        self._fill("sheet", preview.sheets, self.choice.sheet or (preview.sheets[0] if preview.sheets else ""))
        if not self.texts["sentinels"].hasFocus():
            self.texts["sentinels"].setText(", ".join(f"{n:g}" for n in preview.sentinels))
        self.columns.setVisible(bool(preview.columns))
        if before is None or before.columns != preview.columns:
            self._fill_columns()

    def _fill(self, name: str, offered: tuple[str, ...], now: str, words: dict[str, str] | None = None) -> None:
        """A field that means nothing for this form of file is hidden."""
        combo = self.combos[name]
        self._show_field(name, bool(now))
        if name == "time_zone" and combo.lineEdit().hasFocus():
            return
        combo.clear()
        for value in dict.fromkeys((*offered, now)):
            combo.addItem((words or {}).get(value, value), value)
        combo.setCurrentIndex(max(0, combo.findData(now)))

    def _show_field(self, name: str, shown: bool) -> None:
        for widget in (self.combos.get(name) or self.texts[name], self.labels[name]):
            widget.setVisible(shown)

    def _fill_columns(self) -> None:
        self.columns.blockSignals(True)
        self.columns.setRowCount(len(self._preview.columns))
        for row, column in enumerate(self._preview.columns):
            for place, text in ((0, column.name), (1, column.sample), (3, column.unit)):
                item = QTableWidgetItem(text)
                unit = place == 3 and column.role in ("reading", "value")
                item.setToolTip(tr("Click to say the unit: µg/m3, degC, dB, or a code of UCUM") if unit else text)
                if not unit:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.columns.setItem(row, place, item)
            self.columns.setCellWidget(row, 2, self._role_box(row, column.role))
        self.columns.blockSignals(False)

    def _role_box(self, row: int, role: str) -> QComboBox:
        box = QComboBox()
        for key, label in ROLES.items():
            box.addItem(tr(label), key)
        box.setCurrentIndex(box.findData(role))
        box.installEventFilter(unmoved_by_wheel())
        box.activated.connect(lambda _, row=row, box=box: self.set_role(row, box.currentData()))
        return box

    # -- what the user says -------------------------------------------------------------------------------

    def _say(self, **values) -> None:
        choice = replace(self.choice, **values)
        if choice != self.choice:
            self.choice = choice
            self.changed(choice)

    def _chose(self, name: str) -> None:
        combo = self.combos[name]
        value = combo.currentText().strip() if name == "time_zone" else combo.currentData()
        if value != getattr(self._preview, name, None):
            self._say(**{name: value})

    def _typed_sentinels(self) -> None:
        words = self.texts["sentinels"].text().replace(";", ",").split(",")
        try:
            numbers = tuple(float(w) for w in words if w.strip())
        except ValueError:
            return self.complain(tr("The numbers that mean missing are numbers with commas between them."))
        if self._preview is None or numbers != tuple(self._preview.sentinels):
            self._say(sentinels=numbers)

    def _typed_unit(self, item: QTableWidgetItem) -> None:
        column = self._preview.columns[item.row()]
        self._say(units={**self.choice.units, column.name: item.text().strip()})

    def set_role(self, row: int, role: str) -> None:
        """Make a column play a role; the column that played it plays none, and it gives up its own."""
        column = self._preview.columns[row]
        roles = dict(self.choice.roles)
        readings = [c.name for c in self._preview.columns if c.role == "reading" and c.name != column.name]
        if column.role in ROLE_NAMES:
            roles[column.role] = ""
        if role in ROLE_NAMES:
            roles[role] = column.name
        elif role == "reading":
            readings.append(column.name)
            roles["value"] = ""
        changed = role == "reading" or column.role == "reading"
        self._say(roles=roles, values=tuple(readings) if changed else self.choice.values)
