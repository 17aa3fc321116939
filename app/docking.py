"""The panels around the view, as data, and the docks that hold them.

A panel is made when it is first shown, so that what nobody looks at costs neither the start nor a tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QTabWidget, QWidget

from app.panels.dock_title import DockTitle
from twin.text import tr

Window = Any                                 # app.window.Window; not imported, it imports this
AREAS = {"left": Qt.DockWidgetArea.LeftDockWidgetArea, "right": Qt.DockWidgetArea.RightDockWidgetArea,
         "bottom": Qt.DockWidgetArea.BottomDockWidgetArea, "foot": Qt.DockWidgetArea.BottomDockWidgetArea}
SIDE_WIDTHS = (296, 320)                     # of the panels at the left and right, pixels


@dataclass(frozen=True)
class Panel:
    """`make(window)` imports and builds the widget; it has `refresh()`, `retheme()` and `retranslate()`.

    Panels of one side share it as tabs. `start`: "shown", "hidden" (until asked for, then remembered), or
    "called" (it belongs to something that is chosen, so a new start never shows it).
    """

    name: str
    label: str                               # English; "" has no heading and cannot be closed
    side: str
    make: Callable[[Window], QWidget]
    start: str = "hidden"


def _layers(w):
    from app.panels.layers import LayerPanel
    return LayerPanel(w.session, w.viewport, w.act, w._fill_layer_menu)


def _model(w):
    from app.panels.model_panel import ModelPanel
    return ModelPanel(w.session, w.viewport)


def _inspector(w):
    from app.panels.inspector import Inspector
    return Inspector(w.session, w.viewport)


def _find(w):
    from app.panels.model_find import FindPanel
    return FindPanel(w.session, w.viewport, lambda: w.model.id)


def _checks(w):
    from app.panels.checks import ChecksPanel
    return ChecksPanel(w.session, w.viewport, lambda: w.model.id)


def _measure(w):
    from app.panels.measure_panel import MeasurePanel
    return MeasurePanel(w.session, w.viewport)


def _issues(w):
    from app.panels.issues import IssuesPanel
    return IssuesPanel(w.session, w.viewport, lambda: w.model.id)


def _systems(w):
    from app.panels.systems import SystemsPanel
    return SystemsPanel(w.session, w.viewport)


def _table(w):
    from app.panels.table_panel import TablePanel
    return TablePanel(w.session, w.viewport)


def _incidents(w):
    from app.panels.incidents import IncidentPanel
    return IncidentPanel(w.session, w.viewport)
def _profile(w):
    from app.panels.profile_panel import ProfilePanel
    return ProfilePanel(w.session, w.viewport)


def _scenarios(w):
    from app.panels.scenarios import ScenarioPanel
    return ScenarioPanel(w.session, w.viewport)
def _found(w):
    from app.panels.found import FoundPanel
    return FoundPanel(w.session, w.viewport)


def _charts(w):
    from app.panels.charts import Charts
    return Charts(w.session, w.viewport, tell=w.tell)


def _store(w):
    from app.panels.store_panel import StorePanel
    return StorePanel(w.session, w.viewport, tell=w.tell)


def _feeds(w):
    from app.panels.feeds import FeedsPanel
    return FeedsPanel(w.session, w.save)


def _timeline(w):
    from app.panels.timeline import Timeline
    return Timeline(w.session, w.viewport, tell=w.tell)


def _vitals(w):
    from app.panels.vitals import VitalsPanel
    return VitalsPanel(w.session, w.viewport)
def _rooms(w):
    from app.panels.rooms import RoomsPanel
    return RoomsPanel(w.session, w.viewport)


def _indicators(w):
    from app.panels.indicators import IndicatorPanel
    return IndicatorPanel(w.session, w.viewport)
def _schedule(w):
    from app.panels.schedule import SchedulePanel
    return SchedulePanel(w.session, w.viewport, lambda: w.model.id)


PANELS: tuple[Panel, ...] = (
    Panel("layers", "Layers", "left", _layers, "shown"),
    Panel("model", "Model", "left", _model, "called"),
    Panel("systems", "Systems", "left", _systems),
    Panel("inspector", "Inspector", "right", _inspector, "shown"),
    Panel("issues", "Issues", "right", _issues),
    Panel("measure", "Measurements", "right", _measure),
    Panel("scenarios", "Scenarios", "right", _scenarios),
    Panel("vitals", "Vital signs", "right", _vitals),
    Panel("indicators", "Indicators", "right", _indicators),
    Panel("find", "Find in the model", "bottom", _find, "called"),
    Panel("checks", "Checks", "bottom", _checks),
    Panel("rooms", "Rooms and sensors", "bottom", _rooms),
    Panel("schedule", "Construction schedule", "bottom", _schedule),
    Panel("table", "Attribute table", "bottom", _table, "called"),
    Panel("incidents", "Incidents", "bottom", _incidents),
    Panel("feeds", "Live feeds", "bottom", _feeds),
    Panel("profile", "Profile section", "bottom", _profile, "called"),
    Panel("found", "Search results", "bottom", _found, "called"),
    Panel("charts", "Charts", "bottom", _charts),
    Panel("store", "Store of readings", "bottom", _store),
    Panel("timeline", "", "foot", _timeline, "shown"),
)
LABELS = {panel.name: panel.label for panel in PANELS if panel.label}


class Docks:
    """The dock of every panel by its name."""

    def __init__(self, window: Window):
        self.window = window
        self.of: dict[str, QDockWidget] = {}
        self.made: dict[str, QWidget] = {}

    def place(self, remembered) -> None:
        """`remembered`: the state that QMainWindow saved, or nothing."""
        for panel in PANELS:
            self._dock(panel)
        for area in set(AREAS.values()):
            self.window.setTabPosition(area, QTabWidget.TabPosition.North)
        self._arrange()
        for panel in PANELS:
            self.panel(panel.name) if panel.start == "shown" else self.of[panel.name].hide()
        if remembered:
            self.window.restoreState(remembered)
        for panel in PANELS:
            if panel.start == "called":
                self.of[panel.name].hide()
            self.of[panel.name].visibilityChanged.connect(
                lambda visible, name=panel.name: self.panel(name) if visible else None)
            if self.of[panel.name].isVisible():
                self.panel(panel.name)

    def panel(self, name: str) -> QWidget:
        """The panel itself, made if it was not yet."""
        if name not in self.made:
            panel = next(x for x in PANELS if x.name == name)
            widget = self.made[name] = panel.make(self.window)
            widget.setAutoFillBackground(True)
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.of[name].setWidget(widget)
            self.window.panels.append(widget)
        return self.made[name]

    def show(self, name: str, height_px: int = 0) -> QWidget:
        """Show it in front of its neighbours; `height_px` for one at the bottom that was hidden."""
        panel, dock = self.panel(name), self.of[name]
        fresh = dock.isHidden()
        dock.show()
        dock.raise_()
        if fresh and height_px:
            self.window.resizeDocks([dock], [height_px], Qt.Orientation.Vertical)
        return panel

    def in_front(self, name: str) -> bool:
        """Shown, and no other tab covers it: Qt moves those behind out of the window."""
        dock = self.of[name]
        return dock.isVisible() and self.window.rect().intersects(dock.geometry())

    def toggle(self, name: str, height_px: int = 0) -> None:
        """Show it; what is in front already goes away."""
        if self.in_front(name):
            self.of[name].hide()
        else:
            self.show(name, height_px)

    def name_headings(self) -> None:
        """A heading says what no tab says."""
        for panel in PANELS:
            title = self.of[panel.name].titleBarWidget()
            self.of[panel.name].setWindowTitle(tr(panel.label))            # what its tab says
            if isinstance(title, DockTitle):
                title.setText(tr(panel.label))
                together = [x for x in PANELS if x.side == panel.side and not self.of[x.name].isHidden()]
                title.be_quiet(len(together) > 1)

    def _arrange(self) -> None:
        first = {}
        for panel in PANELS:
            if panel.side in first:
                self.window.tabifyDockWidget(self.of[first[panel.side]], self.of[panel.name])
            else:
                first[panel.side] = panel.name
        self.window.splitDockWidget(self.of[first["bottom"]], self.of[first["foot"]], Qt.Orientation.Vertical)
        for panel in PANELS:
            if panel.side == "bottom" and panel.name != first["bottom"]:
                self.window.tabifyDockWidget(self.of[first["bottom"]], self.of[panel.name])
        self.window.resizeDocks([self.of["layers"], self.of["inspector"]], list(SIDE_WIDTHS),
                                Qt.Orientation.Horizontal)

    def _dock(self, panel: Panel) -> None:
        dock = self.of[panel.name] = QDockWidget(self.window, objectName=panel.name)
        dock.setWidget(QWidget())
        dock.setWindowTitle(tr(panel.label))
        feature = QDockWidget.DockWidgetFeature
        dock.setFeatures(feature.DockWidgetMovable | feature.DockWidgetClosable if panel.label
                         else feature.NoDockWidgetFeatures)
        title = DockTitle(tr(panel.label)) if panel.label else QWidget()
        title.setProperty("role", "title")
        title.setContentsMargins(12, 8, 12, 0) if panel.label else title.setFixedHeight(0)
        title.setAutoFillBackground(True)
        title.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock.setTitleBarWidget(title)
        dock.toggleViewAction().triggered.connect(lambda on: dock.raise_() if on else None)     # before its neighbours
        self.window.addDockWidget(AREAS[panel.side], dock)
