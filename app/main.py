"""The windowed program: a window first, with nothing heavy imported; then everything else, into it."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QApplication

from app import qt_words, settings, theme
from twin import text

log = logging.getLogger("citytwin")


def run(paths: list[str], project: str | None = None, *, language: str = "",
        report: Callable[[str], None] = lambda mark: None, until: str = "") -> int:
    """Open the window on a project or on files; the exit status.

    `report` hears "window" (it stands), "filled" and "picture" (the first frame is drawn); the program
    ends after the mark `until`, for benchmarks.
    """
    _prepare()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    application.setApplicationName("citytwin")
    application.setDesktopFileName("citytwin")
    remembered = settings.load()
    text.set_language(language or remembered.language or _system_language())
    qt_words.speak(text.language())
    application.setFont(theme.font())
    theme.apply(application, theme.resolved(remembered.theme))
    from app.window import Window
    window = Window(remembered)
    _watch(window)
    window.show()
    application.processEvents()
    report("window")
    start = Start(window, [*([project] if project else []), *paths], report, until)
    QTimer.singleShot(0, start.fill)
    status = application.exec()
    return start.failed or status


class Start:
    """What happens after the window stands: imports, the session, the files, the first picture."""

    def __init__(self, window, paths: list[str], report: Callable[[str], None], until: str):
        self.window, self.paths, self.report, self.until = window, paths, report, until
        self.failed = 0

    def fill(self) -> None:
        try:
            self._fill()
        except Exception as error:
            log.exception("the program could not start")
            from app import dialogs
            from twin.trouble import Trouble
            dialogs.fatal(str(Trouble.of(error)) if isinstance(error, Trouble) else f"{type(error).__name__}: {error}")
            self.failed = 1
            QApplication.exit(1)

    def _fill(self) -> None:
        from app.discover import layer_types
        from app.session import Session
        from twin.arrow import spare_pandas
        from twin.frame import check_proj, start_proj
        start_proj()
        spare_pandas()
        layer_types()
        check_proj()
        session = Session()
        session.jobs.warm()
        self.window.fill(session)
        self._mark("filled")
        self.window.filing.offer_recovery() if not self.paths else self.window.open(self.paths)
        self._await_picture()

    def _await_picture(self) -> None:
        """Ask the loop after each of its ticks; nothing is drawn for this."""
        if self.window.loop is not None and self.window.loop.frames > 0:
            self._mark("picture")
        else:
            QTimer.singleShot(5, self._await_picture)

    def _mark(self, name: str) -> None:
        self.report(name)
        if name == self.until:
            if self.window.session:
                self.window.session.edits.mark_saved()             # a measured start asks nobody whether to save
            self.window.close()


def _prepare() -> None:
    """What must be set before Qt starts."""
    if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY") and os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")        # VTK's window is an X11 one
    _log_to_file()


def _log_to_file() -> None:
    """One rotating file; without a place to write, messages go to standard error alone."""
    try:
        folder = settings.log_folder()
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(folder / "citytwin.log", maxBytes=1_000_000, backupCount=2,
                                                       encoding="utf-8")
    except OSError as error:
        handler = logging.StreamHandler()
        log.warning("no log file: %s", error)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def _watch(window) -> None:
    """An error nobody caught is logged and told; the window lives on."""
    def hook(kind, error, trace):
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("not caught", exc_info=(kind, error, trace))
        from app.commands.help import show_log
        from twin.text import tr
        window.tell(tr("Something went wrong: {error}", error=f"{kind.__name__}: {error}"[:200]), "error",
                    ((tr("Show the log"), lambda: show_log(window)),))
    sys.excepthook = hook


def _system_language() -> str:
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"

