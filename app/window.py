"""The main window. It stands at once, empty; `fill` brings the session, the view and the panels into it."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QMenu, QVBoxLayout, QWidget

from app import menus, qt_words, settings, theme
from app.actions import LAYER_MENU, Actions
from app.commands import queries
from app.docking import Docks
from app.panels.notice import Notices, Together, Ways
from app.unfinished import Unfinished
from twin import text
from twin.text import tr

log = logging.getLogger("citytwin")
ACTIONS_EVERY_TICKS = 6
FIRST_SIZE, TITLE_PX = QSize(1440, 900), 32      # the system's title bar comes on top of the size


class Window(QMainWindow):
    """Menus, toolbar, docks. Opening and saving are the business of `app/filing.py`."""

    def __init__(self, remembered: settings.Settings, folder: Path | None = None):
        # The view alone is a native window: docks that were some too, because they stand beside it, could own no menus.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
        super().__init__()
        self.settings, self.settings_folder = remembered, folder
        self.session = self.viewport = self.loop = self.filing = None
        self.docking = Docks(self)
        self.notices = Notices()
        self._hidden: list[QDockWidget] = []
        self._ticks, self._closing = 0, False
        self._title: tuple | None = None
        self._with_models = False
        self.setWindowIcon(theme.icon("city", "accent"))
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.actions_ = Actions(self)
        self._build_centre()
        self.toolbar = menus.toolbar(self)
        self.menus = menus.fill(self)
        self._show_title()
        self._take_place()

    def _take_place(self) -> None:
        """As it was left; the first time in the middle of what the screen has free, never larger than that."""
        free = self.screen().availableGeometry().adjusted(0, TITLE_PX, 0, 0)
        size = FIRST_SIZE.boundedTo(free.size())
        self.setGeometry(QRect(free.center() - QRect(QPoint(), size).center(), size))
        if self.settings.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode()))

    # -- before anything heavy is imported -------------------------------------------------------------

    def _build_centre(self) -> None:
        centre = QWidget()
        self.centre = QVBoxLayout(centre)
        self.centre.setContentsMargins(0, 0, 0, 0)
        self.centre.setSpacing(0)
        self.waiting = QLabel(tr("Starting…"), alignment=Qt.AlignmentFlag.AlignCenter)
        self.waiting.setProperty("role", "muted")
        self.centre.addWidget(self.notices)
        self.centre.addWidget(self.waiting, 1)
        self.setCentralWidget(centre)

    # -- the session comes in --------------------------------------------------------------------------

    def fill(self, session) -> None:
        """Import the view and the panels and put them in place; the loop starts."""
        from app.connecting import Connecting
        from app.exporting import Exporting
        from app.filing import Filing
        from app.loop import Loop
        from app.panels.ground_slider import GroundSlider
        from app.panels.import_assistant import ImportAssistant
        from app.panels.status import StatusBar
        from app.place_names import PlaceNames
        from app.viewport import Viewport
        self.setUpdatesEnabled(False)                    # until the first tick filled what is placed here
        self.session = session
        session.theme = theme.current()
        session.alike.tell = self.tell
        self.viewport = Viewport(session, self.centralWidget())
        self.places = PlaceNames(session)
        self.viewport.asked = lambda point: queries.here(self, point)
        self.viewport.chose_entry = lambda *entry: self.docking.show("inspector").edit_legend(*entry)
        self.status = StatusBar(session, self.viewport)
        self.filing = Filing(self)
        self.assistant = ImportAssistant(session, self)
        self.exporting = Exporting(self)
        self.connecting = Connecting(self)
        self.panels = [self.status, self.assistant, self.filing, self.exporting, self.connecting, self]
        self.ground_slider = GroundSlider(session, self.toolbar, self.actions_.of["underground"])
        self.panels.append(self.ground_slider)
        self._place_panels()
        self.loop = Loop(session, self.viewport, self.panels, self)
        self.loop.start()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme_changed)

    def _place_panels(self) -> None:
        self.centre.removeWidget(self.waiting)
        self.waiting.deleteLater()
        self.centre.addWidget(self.viewport, 1)
        self.docking.place(QByteArray.fromBase64(self.settings.docks.encode()) if self.settings.docks else None)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(0, 0, 0, 0)
        self.statusBar().addWidget(self.status, 1)
        self.actions_.hear("layers", self.layers)
        self.actions_.hear("scene", self.viewport)
        self.menus = menus.fill(self)
        self.actions_.refresh()
        self.viewport.setFocus()

    @property
    def docks(self) -> dict[str, QDockWidget]:
        return self.docking.of

    def panel(self, name: str) -> QWidget:
        """A panel of `app/docking.py`, made if nobody saw it yet."""
        return self.docking.panel(name)

    layers = property(lambda self: self.panel("layers"))
    model = property(lambda self: self.panel("model"))
    find = property(lambda self: self.panel("find"))
    table = property(lambda self: self.panel("table"))
    inspector = property(lambda self: self.panel("inspector"))
    timeline = property(lambda self: self.panel("timeline"))

    def _dressed(self) -> list[QWidget]:
        return [panel for panel in self.panels if hasattr(panel, "retranslate")]

    def _fill_layer_menu(self, menu: QMenu) -> None:
        self.actions_.refresh()
        self.actions_.fill(menu, LAYER_MENU if self.layers.chosen() else ("add", "add-folder", "group"))

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Title and what can be done, ten times a second."""
        self._ticks += 1
        if not self.updatesEnabled():
            self.setUpdatesEnabled(True)
        if self._ticks % ACTIONS_EVERY_TICKS == 0:
            self.actions_.refresh()
            self._show_title()
            self._offer_model()

    def _offer_model(self) -> None:
        """The model panel comes with the first building and goes with the last; in between it is the user's."""
        some = bool(self.session.document.of_kind("building"))
        if some != self._with_models:
            self._with_models = some
            self.docks["model"].setVisible(some)
            self.docks["layers"].raise_()
        self.docking.name_headings()

    def _show_title(self) -> None:
        document = self.session.document if self.session else None
        dirty, path = (self.session.dirty, self.session.path) if self.session else (False, None)
        seen = (document, dirty, path, text.language())
        if self._title and all(a is b or a == b for a, b in zip(seen, self._title)):
            return
        self._title = seen
        self.setWindowTitle(f"{self.filing.title('[*]')} — citytwin" if self.filing else "citytwin[*]")
        self.setWindowFilePath(str(path) if path else "")
        self.setWindowModified(dirty)

    def tell(self, words: str, tone: str = "note", ways: Ways = (), together: Together | None = None) -> None:
        """A notice above the view, in one with all of the same `together`; the log has it too."""
        log.log({"error": logging.ERROR, "warning": logging.WARNING}.get(tone, logging.INFO), "%s", words)
        self.notices.tell(words, tone, ways, together)

    # -- files, edits, places -------------------------------------------------------------------------------

    def open(self, paths: list) -> None:
        """Open projects and add files; in the middle of the view where they have no place."""
        if paths and self.filing:
            from app.opening import open_paths
            self.remember(folder=str(Path(paths[0]).parent))
            open_paths(self, paths)

    @property
    def opening(self):
        return self.filing.opening

    @property
    def unfinished(self) -> Unfinished | None:
        """What undo takes back before any edit."""
        drawing = self.viewport.drawing if self.viewport else None
        if drawing is not None and drawing.begun:
            return Unfinished("Picked point", drawing.back)
        return self.session.unfinished if self.session else None

    def undo(self) -> None:
        begun = self.unfinished
        begun.back() if begun else self.session.edits.undo()
        self.actions_.refresh()

    def redo(self) -> None:
        self.session.edits.redo()
        self.actions_.refresh()

    def go_to_layer(self, id: str) -> None:
        self.layers.choose([id])
        self.docking.uncover("inspector")
        self.layers.zoom_to()

    def go_to_scene(self, id: str) -> None:
        camera = self.session.go_to_scene(id)
        if camera is not None:
            self.viewport.fly_to(camera)

    # -- how it looks --------------------------------------------------------------------------------

    def toggle_panels(self) -> None:
        """All panels away, so that only the scene is left; the same ones come back."""
        showing = [dock for dock in self.docks.values() if dock.isVisible()]
        if showing:
            self._hidden = showing
        for dock in showing or self._hidden:
            dock.setVisible(not showing)
        self.toolbar.setVisible(not showing)
        self.statusBar().setVisible(not showing)

    def choose_theme(self, choice: str) -> None:
        self.remember(theme=choice)
        self.wear(theme.resolved(choice))

    def _system_theme_changed(self) -> None:
        if self.settings.theme == "system":
            self.wear(theme.resolved("system"))

    def wear(self, name: str) -> None:
        """Dress everything in "light" or "dark"."""
        theme.apply(QApplication.instance(), name)
        if self.session:
            self.session.theme = name
            for panel in self._dressed():
                panel.retheme()
        self.notices.retheme()
        self.actions_.retheme()
        self.menus = menus.fill(self)

    def choose_language(self, language: str) -> None:
        self.remember(language=language)
        text.set_language(language)
        qt_words.speak(language)
        QApplication.setFont(theme.font())
        self.actions_.retranslate()
        if self.session:
            self.docking.name_headings()
            for panel in self._dressed():
                panel.retranslate()
        self.menus = menus.fill(self)
        self._show_title()

    def remember(self, **values) -> None:
        """Keep a setting, now and for the next start."""
        from dataclasses import replace
        self.settings = replace(self.settings, **values)
        settings.save(self.settings, self.settings_folder)

    # -- Qt ----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event):
        if self.filing and event.mimeData().hasUrls() and _local(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event):
        event.acceptProposedAction()
        self.activateWindow()
        self.open(_local(event.mimeData()))

    def closeEvent(self, event):
        if self.filing and not self._closing and not self.filing.may_leave():
            event.ignore()
            return
        if self.filing and not self._closing:
            self._closing = True
            self._shut_down()
        event.accept()

    def _shut_down(self) -> None:
        if not self._hidden or any(dock.isVisible() for dock in self.docks.values()):
            self.remember(docks=bytes(self.saveState().toBase64()).decode())
        self.remember(geometry=bytes(self.saveGeometry().toBase64()).decode())
        self.loop.stop()
        self.filing.autosave.forget()
        for name in ("timeline", "charts", "store"):
            if name in self.docking.made:
                self.docking.made[name].close()              # they end their threads
        self.viewport.close_view()
        self.session.close()


def _local(data) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
