"""The inspector: what is selected, the style of its layer, and the chart of selected sensors."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.panels.attributes import AttributePanel
from app.panels.chart import ChartPanel
from app.panels.passport import PassportPanel
from app.panels.section import Section
from app.panels.style import StylePanel
from app.session import Session
from twin.text import tr


class Inspector(QScrollArea):
    """About what was chosen last: a feature in the scene, or a row of the layer panel."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.attributes = AttributePanel(session, viewport)
        self.style_panel = StylePanel(session, viewport)
        self.passport = PassportPanel(session, viewport)
        self.chart = ChartPanel(session)
        self.sections = {"Selected": Section(self.attributes), "Position": Section(self.passport),
                         "Chart": Section(self.chart), "Style": Section(self.style_panel)}
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(316)
        sheet = QWidget(objectName="inspector")
        column = QVBoxLayout(sheet)
        column.setContentsMargins(12, 8, 12, 16)
        column.setSpacing(16)
        for section in self.sections.values():
            column.addWidget(section)
        column.addStretch(1)
        self.setWidget(sheet)

    @property
    def about(self) -> str:
        """Id of the layer that is inspected; "" = none."""
        return self.session.about

    def edit_legend(self, layer: str, entry: int, words: bool) -> None:
        """The form of a layer with one entry of its legend being edited (see `StylePanel.edit_entry`)."""
        self._show_style(layer)
        self.ensureWidgetVisible(self.style_panel.edit_entry(entry, words))

    def edit_field(self, layer: str, field: str) -> None:
        """The form of a layer with the keys in one of its fields."""
        self._show_style(layer)
        self.ensureWidgetVisible(self.style_panel.edit_field(field))

    def _show_style(self, layer: str) -> None:
        self.session.current_layer = layer
        self.sections["Style"].button.setChecked(True)
        self.refresh()
        self.widget().layout().activate()

    def refresh(self) -> None:
        """Collapsed sections cost nothing."""
        about = self.about
        if self.sections["Selected"].open:
            self.attributes.show_layer(about)
        placeable = self.passport.concerns(about)
        self.sections["Position"].setVisible(placeable)
        if placeable and self.sections["Position"].open:
            self.passport.show_layer(about)
        if self.sections["Style"].open:
            self.style_panel.show_layer(about)
        if self.sections["Chart"].open:
            self.chart.refresh()
        self.sections["Chart"].setVisible(bool(self.chart.lines) or self._may_chart(about))

    def _may_chart(self, about: str) -> bool:
        """Whether the hint how to come by a chart is of use: not below a wall or a tree."""
        layer = self.session.document.layer(about)
        return layer is None or layer.timed

    def retranslate(self) -> None:
        for name, section in self.sections.items():
            section.name(tr(name))
        for panel in (self.attributes, self.passport, self.style_panel, self.chart):
            panel.retranslate()

    def retheme(self) -> None:
        scheme = self.session.theme
        for section in self.sections.values():
            section.retheme(theme.colour("muted", scheme), theme.colour("text", scheme))
        for panel in (self.attributes, self.passport, self.style_panel, self.chart):
            panel.retheme()
