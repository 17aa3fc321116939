"""One widget per kind of field. An editor shows a value and says `changed(value)` and `sealed()`; it keeps nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QWidget,
)

from app.panels.field_spec import FieldSpec
from app.panels.slider_scale import from_share, to_share
from twin.column_words import column_words, property_words
from twin.text import tr
from twin.vitals.catalogue import catalogue

SLIDER_TICKS = 1000


class Editor(QWidget):
    """`show_value` never calls `changed`; the caller sets `changed` and `sealed`."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None):
        super().__init__(parent)
        self.spec = spec
        self.changed: Callable[[Any], None] = lambda value: None
        self.sealed: Callable[[], None] = lambda: None
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def show_value(self, value: Any) -> None:
        raise TypeError(f"{type(self).__name__} must define show_value()")

    def offer(self, values: tuple[str, ...]) -> None:
        """What the layer's content offers for the field's role; most editors need nothing."""

    def put(self, widget: QWidget, stretch: int = 1) -> None:
        """Add a part; a wheel that scrolls past an unfocused part leaves it alone."""
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.setAccessibleName(tr(self.spec.label))
        widget.installEventFilter(unmoved_by_wheel())
        self.row.addWidget(widget, stretch)

    def take(self, value: Any, seal: bool = True) -> None:
        self.changed(value)
        if seal:
            self.sealed()


class SliderEditor(Editor):
    """A slider for the hand and a spin box for the number. Dragging is one edit, sealed on release."""

    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=SLIDER_TICKS,
                              pageStep=SLIDER_TICKS // 10)
        self.slider.setMinimumWidth(24)
        self.spin = spin_box(spec)
        self.spin.setFixedWidth(80)
        self.put(self.slider)
        self.put(self.spin, 0)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self.sealed())
        self.spin.valueChanged.connect(self._spun)
        self.spin.editingFinished.connect(lambda: self.sealed())

    def show_value(self, value: float) -> None:
        quietly(self.spin, self.spin.setValue, value)
        if not self.slider.isSliderDown():
            quietly(self.slider, self.slider.setValue, round(to_share(self.spec, value) * SLIDER_TICKS))

    def _slid(self, tick: int) -> None:
        value = from_share(self.spec, tick / SLIDER_TICKS)
        quietly(self.spin, self.spin.setValue, value)
        self.take(self.spin.value(), seal=not self.slider.isSliderDown())

    def _spun(self, value: float) -> None:
        quietly(self.slider, self.slider.setValue, round(to_share(self.spec, value) * SLIDER_TICKS))
        self.take(value, seal=False)


class NumberEditor(Editor):
    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.spin = spin_box(spec)
        self.put(self.spin)
        self.spin.valueChanged.connect(lambda value: self.take(value, seal=False))
        self.spin.editingFinished.connect(lambda: self.sealed())

    def show_value(self, value: float) -> None:
        quietly(self.spin, self.spin.setValue, value)


class OptionalNumberEditor(Editor):
    """Empty means automatic."""

    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.line = QLineEdit(placeholderText=tr("auto"), clearButtonEnabled=True)
        self.line.setValidator(_Number(self.line))
        self.put(self.line)
        self.line.editingFinished.connect(self._typed)
        self.line.textChanged.connect(self._cleared)

    def show_value(self, value: float | None) -> None:
        words = "" if value is None else f"{value:.10g}"
        if read_number(self.line.text()) != value:
            quietly(self.line, self.line.setText, words)
        self.line.setModified(False)

    def _typed(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            self.take(read_number(self.line.text()))

    def _cleared(self, text: str) -> None:
        if not text:
            self.line.setModified(False)
            self.take(None)


class SwitchEditor(Editor):
    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.box = QCheckBox()
        self.put(self.box)
        self.box.toggled.connect(self.take)

    def show_value(self, value: bool) -> None:
        quietly(self.box, self.box.setChecked, bool(value))


class ChoiceEditor(Editor):
    """A combo of fixed choices, or of what the content offers; the present value is always among them."""

    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.combo = QComboBox()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumWidth(96)             # a long name is elided rather than widening the panel
        self.put(self.combo)
        self._offered: tuple[str, ...] = ()
        self._value: str | None = None
        self._first_words = ""
        self.combo.activated.connect(self._picked)

    def offer(self, values: tuple[str, ...]) -> None:
        if values != self._offered:
            self._offered = values
            self._fill()

    def show_value(self, value: str) -> None:
        if value != self._value:
            self._value = value
            if self.combo.findData(value) < 0:
                self._fill()
            self.combo.setCurrentIndex(self.combo.findData(value))
        elif self.combo.currentData() != value:
            self.combo.setCurrentIndex(self.combo.findData(value))

    def name_first(self, words: str) -> None:
        """Other words for the first choice; "" = its own."""
        if words != self._first_words:
            self._first_words = words
            self._fill()

    def values(self) -> tuple[str, ...]:
        if self.spec.choices:
            return self.spec.choices
        first = ("",) if self.spec.optional or self.spec.base is str else ()
        return tuple(dict.fromkeys((*first, self.spec.default or "", *self._offered, self._value or "")))

    def words(self, value: str) -> str:
        if self._first_words and value == self.values()[0]:
            return self._first_words
        if self.spec.choices:
            return tr(value.replace("_", " ").capitalize()) if value else tr("auto")
        if self.spec.role == "property" and value:
            return property_words(value)
        if self.spec.role in ("column", "numeric_column") and value:
            return tr("Colours of the file") if value == self.spec.default == "style" else column_words(value)
        if self.spec.role == "sign" and value:
            sign = catalogue().sign(value)
            return sign.title() if sign else value
        if self.spec.role == "lod" and value == "distance":
            return tr("By distance")
        return value or tr({"property": "First in the file", "storey": "All storeys", "lod": "Highest"}.get(
            self.spec.role, "None"))

    def _fill(self) -> None:
        self.combo.clear()
        for value in self.values():
            self.combo.addItem(self.words(value), value)
        if self._value is not None:
            self.combo.setCurrentIndex(self.combo.findData(self._value))

    def _picked(self, at: int) -> None:
        self._value = self.combo.itemData(at)
        self.take(self._value)


class TextEditor(Editor):
    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.line = QLineEdit()
        self.put(self.line)
        self.line.textEdited.connect(lambda text: self.take(text, seal=False))
        self.line.editingFinished.connect(lambda: self.sealed())

    def show_value(self, value: str) -> None:
        if value != self.line.text():
            quietly(self.line, self.line.setText, value)


# -- numbers ----------------------------------------------------------------------------------------


def spin_box(spec: FieldSpec) -> QDoubleSpinBox:
    step = spec.step or 1.0
    spin = QDoubleSpinBox(decimals=0 if spec.base is int else decimals_of(step), singleStep=step)
    spin.setRange(-1e12 if spec.low is None else spec.low, 1e12 if spec.high is None else spec.high)
    spin.setSuffix(f" {spec.unit}" if spec.unit else "")
    spin.setKeyboardTracking(False)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    return spin


def decimals_of(step: float) -> int:
    """Fine enough for a tenth of a whole step, and for the step itself where it is a fraction."""
    return max(2, math.ceil(-math.log10(step))) if step < 1 else 1


def read_number(text: str) -> float | None:
    """The number, None for an empty or half-typed text."""
    try:
        value = float(text.strip().replace(",", ".")) if text.strip() else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


class _Number(QValidator):
    """Lets half-typed numbers stand while they are typed, and nothing but a number or nothing at the end."""

    def validate(self, text: str, at: int):
        if not text.strip() or read_number(text) is not None:
            return QValidator.State.Acceptable, text, at
        half = set(text) <= set("0123456789+-.,eE ")
        return (QValidator.State.Intermediate if half else QValidator.State.Invalid), text, at


# -- shared -----------------------------------------------------------------------------------------


def quietly(widget: QWidget, call: Callable, value: Any) -> None:
    """Set a widget without its signals: showing is no edit."""
    blocked = widget.blockSignals(True)
    call(value)
    widget.blockSignals(blocked)


class _EditorFilter(QObject):
    def eventFilter(self, widget, event):
        if event.type() == QEvent.Type.Wheel and not widget.hasFocus():
            event.ignore()
            return True
        return event.type() == QEvent.Type.ShortcutOverride and _is_of_window(widget, event)


def _is_of_window(widget: QWidget, event: QKeyEvent) -> bool:
    """Undo and redo are the window's where nothing that was typed can be taken back: a line keeps them otherwise."""
    line = widget.lineEdit() if isinstance(widget, QAbstractSpinBox) else widget
    return isinstance(line, QLineEdit) and (
        (event.matches(QKeySequence.StandardKey.Undo) and not line.isUndoAvailable())
        or (event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()))


_filter: list[_EditorFilter] = []


def unmoved_by_wheel() -> QObject:
    """One filter for all editors, made once there is an application; it gives undo to the window, too."""
    if not _filter:
        _filter.append(_EditorFilter())
    return _filter[0]
