"""The panels around the view, as data, and the docks that hold them.

A panel is made when it is first shown, so that what nobody looks at costs neither the start nor a tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QTabWidget, QWidget

from app.dock_tabs import DockTabs
from app.panels.dock_title import DockTitle
from app.panels.roomy import Roomy
from twin.text import tr

Window = Any                                 # app.window.Window; not imported, it imports this
AREAS = {"left": Qt.DockWidgetArea.LeftDockWidgetArea, "right": Qt.DockWidgetArea.RightDockWidgetArea,
         "bottom": Qt.DockWidgetArea.BottomDockWidgetArea, "foot": Qt.DockWidgetArea.BottomDockWidgetArea}
# Pixels that a panel may ask for: all of them together fit into 1280x720. Beneath that they scroll.
LEAST = {"left": (260, 150), "right": (360, 150), "bottom": (600, 110)}
BOTTOM_SHARE = 0.45                         # of scene and panel together, for a panel at the bottom
SIDE_WIDTHS = (296, 320)                     # of the panels at the left and right, pixels


@dataclass(frozen=True)
class Panel:
    """`make(window)` imports and builds the widget; it has `refresh()`, `retheme()` and `retranslate()`.

    Panels of one side share it as tabs. `start`: "shown", "hidden" (until asked for, then remembered), or
    "called" (it belongs to something that is chosen, so a new start never shows it).
    """

    name: str
    label: str                               # English; "" has no heading and cannot be closed
    icon: str
    side: str
    make: Callable[[Window], QWidget]
    start: str = "hidden"
    letters: bool = False                    # the scene's letters work in it too

    @property
    def crossed(self) -> bool:
        """It has a cross to put it away: what is there from the start has none."""
        return self.start != "shown"


def _panel(module: str, name: str, *more: Callable[[Window], Any], **named: Callable[[Window], Any]):
    """Makes the class `name` of `app.panels.<module>`, imported then; besides session and viewport it gets what
    `more` and `named` take from the window."""
    def make(window: Window) -> QWidget:
        made = getattr(import_module(f"app.panels.{module}"), name)
        return made(window.session, window.viewport, *(take(window) for take in more),
                    **{key: take(window) for key, take in named.items()})
    return make


def _model_id(window: Window) -> Callable[[], str]:
    return lambda: window.model.id


def _tell(window: Window) -> Callable[..., None]:
    return window.tell


def _save(window: Window) -> Callable[[], bool]:
    return window.filing.save


def _zone_of(window: Window) -> Callable[[], str]:
    """The zone that is chosen in the zone panel, as far as that was ever shown."""
    return lambda: window.docking.made["vitals"].zone if "vitals" in window.docking.made else ""


def _feeds(window: Window) -> QWidget:
    from app.panels.feeds import FeedsPanel
    return FeedsPanel(window.session, window.filing.save)


PANELS: tuple[Panel, ...] = (
    Panel("layers", "Layers", "rows", "left",
          _panel("layers", "LayerPanel", lambda w: w.filing.act, lambda w: w._fill_layer_menu), "shown", letters=True),
    Panel("model", "Model", "model", "left", _panel("model_panel", "ModelPanel"), "called", letters=True),
    Panel("systems", "Systems", "system-facility", "left", _panel("systems", "SystemsPanel")),
    Panel("inspector", "Inspector", "about", "right", _panel("inspector", "Inspector"), "shown"),
    Panel("issues", "Issues", "issues", "right", _panel("issues", "IssuesPanel", _model_id)),
    Panel("measure", "Measurements", "measure", "right", _panel("measure_panel", "MeasurePanel")),
    Panel("scenarios", "Scenarios", "scenarios", "right", _panel("scenarios", "ScenarioPanel")),
    Panel("vitals", "Vital signs", "vitals", "right", _panel("vitals", "VitalsPanel")),
    Panel("indicators", "Indicators", "indicators", "right", _panel("indicators", "IndicatorPanel")),
    Panel("find", "Find in the model", "search", "bottom", _panel("model_find", "FindPanel", _model_id), "called"),
    Panel("checks", "Checks", "checks", "bottom", _panel("checks", "ChecksPanel", _model_id)),
    Panel("rooms", "Rooms and sensors", "rooms", "bottom", _panel("rooms", "RoomsPanel")),
    Panel("schedule", "Construction schedule", "calendar", "bottom", _panel("schedule", "SchedulePanel", _model_id)),
    Panel("table", "Attribute table", "table", "bottom", _panel("table_panel", "TablePanel"), "called"),
    Panel("incidents", "Incidents", "incidents", "bottom", _panel("incidents", "IncidentPanel", save=_save)),
    Panel("feeds", "Live feeds", "live", "bottom", _feeds),
    Panel("profile", "Profile section", "profile", "bottom", _panel("profile_panel", "ProfilePanel"), "called"),
    Panel("found", "Search results", "filter", "bottom", _panel("found", "FoundPanel"), "called"),
    Panel("charts", "Charts", "chart", "bottom", _panel("charts", "Charts", tell=_tell)),
    Panel("statistics", "Statistics", "statistics", "bottom",
          _panel("statistics", "StatisticsPanel", tell=_tell, zone_of=_zone_of)),
    Panel("results", "Results of studies", "table", "bottom", _panel("study_results", "StudyResultsPanel"), "called"),
    Panel("store", "Store of readings", "store", "bottom", _panel("store_panel", "StorePanel", tell=_tell)),
    Panel("timeline", "", "", "foot", _panel("timeline", "Timeline", tell=_tell), "shown"),
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
        crossed = {panel.name for panel in PANELS if panel.crossed}
        self.tabs = DockTabs(self.window, self.of, {panel.name: panel.icon for panel in PANELS}, self.name_headings,
                             crossed)
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
            self.of[name].setWidget(Roomy(widget, QSize(*LEAST[panel.side])) if panel.side in LEAST else widget)
            self.window.panels.append(widget)
            if panel.letters:
                self.window.actions_.hear("scene", widget, letters=True)
        return self.made[name]

    def show(self, name: str, height_px: int = 0, share: float = BOTTOM_SHARE) -> QWidget:
        """Show it in front of its neighbours; `height_px` for one at the bottom that was hidden, as far as it takes no
        more than `share` of what it and the scene have.
        """
        panel, dock = self.panel(name), self.of[name]
        fresh, most_px = dock.isHidden(), self._most_px(share)   # before it is laid out
        dock.show()
        dock.raise_()
        if fresh and height_px:
            height_px = min(max(height_px, panel.minimumSizeHint().height()), most_px)
            self.window.resizeDocks([dock], [height_px], Qt.Orientation.Vertical)
        return panel

    def _most_px(self, share: float) -> int:
        """Of a panel at the bottom. What was closed just now has given its room to the scene."""
        self.window.layout().activate()
        heights = (self.of[x.name].height() for x in PANELS if x.side == "bottom" and self.in_front(x.name))
        return round(share * (self.window.centralWidget().height() + max(heights, default=0)))

    def uncover(self, name: str) -> None:
        """In front of its neighbours, where it is shown at all: who closed it keeps it closed."""
        if not self.of[name].isHidden():
            self.of[name].raise_()

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
        labels = {panel.name: tr(panel.label) for panel in PANELS}
        nameless = self.tabs.fit(labels)
        for panel in PANELS:
            dock, title = self.of[panel.name], self.of[panel.name].titleBarWidget()
            words = "" if panel.name in nameless else labels[panel.name]        # what its tab says
            if dock.windowTitle() != words:          # Qt lays the window out anew for a title that is empty again
                dock.setWindowTitle(words)
            dock.toggleViewAction().setText(labels[panel.name])
            if isinstance(title, DockTitle):
                title.say(labels[panel.name])
                beside = self.window.tabifiedDockWidgets(self.of[panel.name])
                title.be_quiet(any(not dock.isHidden() for dock in beside))

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
        title = DockTitle(tr(panel.label), dock.hide if panel.crossed else None) if panel.label else QWidget()
        if not panel.label:
            title.setFixedHeight(0)
        title.setAutoFillBackground(True)
        title.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock.setTitleBarWidget(title)
        dock.toggleViewAction().triggered.connect(lambda on: dock.raise_() if on else None)     # before its neighbours
        self.window.addDockWidget(AREAS[panel.side], dock)
