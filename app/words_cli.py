"""`citytwin words`: what codes in the tables of a project are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("words",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser("words", parents=[shared], help="what codes in the tables of a project are called",
                                  description="Without --set and --remove the words are printed.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--set", action="append", default=[], dest="told", metavar="VALUE=ENGLISH|CHINESE|COLUMNS",
                         help="COLUMNS, separated by commas, may be left out (may be repeated)")
    command.add_argument("--remove", action="append", default=[], metavar="VALUE", help="may be repeated")
    command.set_defaults(run=_words)


def _words(options) -> int:
    from app.discover import layer_types
    from twin.project import load, save
    from twin.text import tr
    from twin.trouble import Trouble
    layer_types()
    project = load(options.project)
    words = {(w.value, w.columns): w for w in project.document.words}
    for value in options.remove:
        mine = [key for key in words if key[0] == value]
        if not mine:
            raise Trouble(tr("The project has no words for “{value}”.", value=value),
                          way_out=tr("citytwin words PROJECT lists those it has."))
        for key in mine:
            del words[key]
    for text in options.told:
        word = _told(text)
        words[word.value, word.columns] = word
    found = tuple(words.values())
    if options.told or options.remove:
        save(replace(project, document=replace(project.document, words=found)), options.project)
    if options.json:
        print_json({"words": [{"value": w.value, "name": w.name, "name_zh": w.name_zh, "columns": list(w.columns)}
                              for w in found]})
    else:
        for w in found:
            print(f"{w.value:24} {w.name:28} {w.name_zh:20} {', '.join(w.columns)}".rstrip())
    return 0


def _told(text: str):
    """"residential=homes|住宅|use,kind". Raises Trouble where there is no value."""
    from twin.text import tr
    from twin.trouble import Trouble
    from twin.value_words import ValueWord
    value, separated, said = text.partition("=")
    if not value.strip() or not separated:
        raise Trouble(tr("“{text}” does not say which value is called what.", text=text),
                      way_out=tr("Write VALUE=ENGLISH|CHINESE|COLUMNS."))
    name, name_zh, columns, *_ = (*said.split("|"), "", "", "")
    return ValueWord(value=value.strip(), name=name.strip(), name_zh=name_zh.strip(),
                     columns=tuple(c.strip() for c in columns.split(",") if c.strip()))
