"""Projects, files and pictures."""

from __future__ import annotations

from app.commands.command import Command, always

COMMANDS = (
    Command("new", "&New project", lambda w: w.new_project(), "new", "Ctrl+N", "file"),
    Command("open", "&Open…", lambda w: w.ask_open(), "open", "Ctrl+O", "file"),
    Command("add", "&Add files…", lambda w: w.ask_add(), "add", "Ctrl+Shift+A", "file", apart=True),
    Command("add-folder", "Add a &folder…", lambda w: w.ask_folder(), "group", "", "file"),
    Command("import", "&Import readings…", lambda w: w.ask_import(), "import", "Ctrl+I", "file"),
    Command("connect", "Connect to readin&gs…", lambda w: w.connecting.ask(), "store", "", "file"),
    Command("save", "&Save", lambda w: w.save(), "save", "Ctrl+S", "file", apart=True),
    Command("save-as", "Sa&ve as…", lambda w: w.save_as(), "save-as", "Ctrl+Shift+S", "file"),
    Command("picture", "Save &picture…", lambda w: w.ask_picture(), "picture", "Ctrl+P", "file", apart=True),
    Command("quit", "&Quit", lambda w: w.close(), "quit", "Ctrl+Q", "file", enabled=always, apart=True),
)
