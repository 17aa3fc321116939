"""Projects, files and pictures."""

from __future__ import annotations

from pathlib import Path

from app.commands.command import Command, Window, always
from twin.text import tr
from twin.trouble import Trouble


def ask_open(window: Window) -> None:
    from app import dialogs
    window.open(dialogs.open_files(window, window.settings.folder, projects=True))


def _ask_add(window: Window) -> None:
    from app import dialogs
    window.open(dialogs.open_files(window, window.settings.folder, projects=False))


def _ask_folder(window: Window) -> None:
    from app import dialogs
    window.open(dialogs.open_folder(window, window.settings.folder))


def _open_sample(window: Window) -> None:
    from app.sampling import open_sample
    open_sample(window)


def _ask_import(window: Window) -> None:
    """Readings of sensors into the project's store."""
    from app import dialogs
    paths = dialogs.open_files(window, window.settings.folder, projects=False, title=tr("Import readings"))
    if paths:
        window.remember(folder=str(Path(paths[0]).parent))
        window.assistant.open_files(paths)


def ask_picture(window: Window) -> None:
    """As large as it is seen, or finer; first what the machine draws at once."""
    from app import dialogs
    from app.viewport import FINE
    width, height = window.viewport.canvas.size
    kinds = {tr("As in the window, {size} pixels", size=f"{width} × {height}"): False,
             tr("For a report, {size} pixels", size=f"{FINE * width} × {FINE * height}"): True}
    order = sorted(kinds, key=kinds.get, reverse=window.viewport.canvas.has_card)
    path, kind = dialogs.save_as(window, window.settings.folder, window.filing.name() + ".png",
                                 ";;".join(f"{words} (*.png)" for words in order))
    if path and window.viewport.save_picture(path, fine=kinds[kind.removesuffix(" (*.png)")]):
        window.tell(tr("The picture was saved: {path}", path=path))
    elif path:
        window.tell(str(Trouble(tr("The picture could not be written."), path=str(path),
                                way_out=tr("Choose a folder that you may write to."))), "error")


COMMANDS = (
    Command("new", "&New project", lambda w: w.filing.new(), "new", "Ctrl+N", "file"),
    Command("open", "&Open…", ask_open, "open", "Ctrl+O", "file"),
    Command("sample", "Open the sample pro&ject", _open_sample, "scene", "", "file"),
    Command("add", "&Add files…", _ask_add, "add", "Ctrl+Shift+A", "file", apart=True),
    Command("add-folder", "Add a &folder…", _ask_folder, "group", "", "file"),
    Command("import", "&Import readings…", _ask_import, "import", "Ctrl+I", "file"),
    Command("connect", "Connect to readin&gs…", lambda w: w.connecting.ask(), "store", "", "file"),
    Command("save", "&Save", lambda w: w.filing.save(), "save", "Ctrl+S", "file", apart=True),
    Command("save-as", "Sa&ve as…", lambda w: w.filing.save_as(), "save-as", "Ctrl+Shift+S", "file"),
    Command("picture", "Save &picture…", ask_picture, "picture", "Ctrl+P", "file", apart=True),
    Command("quit", "&Quit", lambda w: w.close(), "quit", "Ctrl+Q", "file", enabled=always, apart=True),
)
