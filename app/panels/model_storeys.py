"""The storey bar: a slider from all storeys to the highest one, and buttons for what is selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.federation import together
from app.hidden import tell_put_away
from app.panels import model_actions as actions
from app.panels.editors import quietly
from app.session import Session
from layers.arrangement import EVERYTHING_GHOST, EVERYTHING_HIDDEN, HIDDEN
from layers.building import Building
from twin.text import tr

BUTTONS = {"isolate": "Isolate the selection", "ghost": "Ghost the rest", "eye-off": "Hide the selection",
           "eye": "Show all"}


class StoreyBar(QWidget):
    """Slider at 0: all storeys. Every step is an edit of the layer; one drag is one undo."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.layer: Building | None = None
        self.names: tuple[str, ...] = ()
        self.slider, self.words = QSlider(Qt.Orientation.Horizontal, minimum=0, pageStep=1), QLabel()
        self.below = QToolButton(checkable=True, autoRaise=True)
        self.buttons = {name: QToolButton(autoRaise=True) for name in BUTTONS}
        self._lay_out()
        self.slider.valueChanged.connect(lambda _: self._slid())
        self.slider.sliderReleased.connect(self.session_seal)
        self.below.toggled.connect(lambda _: (self._slid(), self.session_seal()))
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.words.setMinimumWidth(40)
        self.words.setProperty("role", "muted")
        storeys = QHBoxLayout()
        storeys.setSpacing(8)
        storeys.addWidget(self.slider, 1)
        storeys.addWidget(self.below)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.words, 1)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self._press(name))
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(2)
        column.addLayout(storeys)
        column.addLayout(row)
        for button in (self.below, *self.buttons.values()):
            button.setIconSize(QSize(16, 16))

    def session_seal(self) -> None:
        self.session.edits.seal()

    def show_layer(self, layer: Building, names: tuple[str, ...]) -> None:
        """Bring the slider up to what the layer says."""
        self.layer, self.names = layer, names
        at = names.index(layer.storey) + 1 if layer.storey in names else 0
        quietly(self.slider, self.slider.setMaximum, len(names))
        if not self.slider.isSliderDown():
            quietly(self.slider, self.slider.setValue, at)
        quietly(self.below, self.below.setChecked, layer.storeys_below)
        self.slider.setEnabled(bool(names))
        self.below.setEnabled(bool(names))
        self._say()

    def _slid(self) -> None:
        if self.layer is not None:
            at = self.slider.value()
            storey = self.names[at - 1] if at else ""
            actions.show_storey(self.session, self.layer.id, storey, self.below.isChecked())
            if not self.slider.isSliderDown():
                self.session_seal()
            self._say()

    def _say(self) -> None:
        at, asked = self.slider.value(), self.layer.storey if self.layer else ""
        text = (asked if asked and asked not in self.names else
                _whole_words(self.layer) if not at or at > len(self.names) else
                tr("Up to {storey}", storey=self.names[at - 1]) if self.below.isChecked() else self.names[at - 1])
        self.words.setText(self.words.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle,
                                                               max(40, self.words.width())))
        self.words.setToolTip(text)

    def _press(self, name: str) -> None:
        match name:
            case "isolate":
                tell_put_away(self.window(), actions.isolate_chosen(self.session))
            case "ghost":
                tell_put_away(self.window(), actions.isolate_chosen(self.session, ghosts=True))
            case "eye-off":
                actions.arrange_chosen(self.session, HIDDEN)
            case _ if self.layer is not None:
                actions.show_all(self.session, together(self.session, [self.layer.id]))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._say()

    def retranslate(self) -> None:
        for name, button in self.buttons.items():
            button.setToolTip(tr(BUTTONS[name]))
            button.setAccessibleName(tr(BUTTONS[name]))
        self.slider.setToolTip(tr("Storey"))
        self.slider.setAccessibleName(tr("Storey"))
        self.below.setToolTip(tr("Storeys below too"))
        self.below.setAccessibleName(tr("Storeys below too"))
        self._say()

    def retheme(self) -> None:
        self.below.setIcon(theme.icon("storeys-below"))
        for name, button in self.buttons.items():
            button.setIcon(theme.icon(name))


def _whole_words(layer: Building | None) -> str:
    """What is seen while the slider stands at its beginning: all storeys only where nothing is put away."""
    rules = layer.arranged if layer else ()
    if rules and rules[0] in (EVERYTHING_HIDDEN, EVERYTHING_GHOST):
        return tr("Isolated parts only")
    return tr("All storeys, parts of them hidden") if rules else tr("All storeys")
