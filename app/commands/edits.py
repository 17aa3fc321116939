"""Undo, redo, search."""

from __future__ import annotations

from app.commands.command import Command, Window, ready
from twin.text import language, tr


def undo_title(window: Window) -> str:
    edits = window.session.edits if ready(window) else None
    if edits and (begun := window.unfinished):
        return tr("Undo: {label}", label=tr(begun.label))
    if not edits or not edits.undo_label:
        return tr("Undo")
    return tr("Undo: {label}", label=_said(edits.undo_label, edits.undone(), window.session))


def redo_title(window: Window) -> str:
    edits = window.session.edits if ready(window) else None
    if not edits or not edits.redo_label:
        return tr("Redo")
    return tr("Redo: {label}", label=_said(edits.redo_label, edits.redone(), window.session))


def _said(label: str, touched: frozenset[str], session) -> str:
    """What was done, and to which layer or how many."""
    if not touched:
        return tr(label)
    layer = session.document.layer(next(iter(touched))) if len(touched) == 1 else None
    name = layer.title(language()).replace("&", "&&") if layer else len(touched)
    return f"{tr(label)} ({name})"


def _open_palette(window: Window) -> None:
    from app.finding import entries
    from app.panels.palette import CommandPalette
    window.actions_.refresh()
    window.palette_ = CommandPalette(entries(window), window)
    window.palette_.open_over(window)


def _ask_words(window: Window) -> None:
    from app.panels.words_dialog import ask
    ask(window, window.session)


def _focus_filter(window: Window) -> None:
    window.docks["layers"].show()
    window.layers.filter.setFocus()
    window.layers.filter.selectAll()


COMMANDS = (
    Command("undo", "&Undo", lambda w: w.undo(), "undo", "Ctrl+Z", "edit",
            enabled=lambda w: ready(w) and bool(w.unfinished or w.session.edits.undo_label), title=undo_title),
    Command("redo", "&Redo", lambda w: w.redo(), "redo", "Ctrl+Shift+Z", "edit",
            enabled=lambda w: ready(w) and bool(w.session.edits.redo_label), title=redo_title),
    Command("command", "&Commands and layers…", _open_palette, "search", "Ctrl+K", "edit", apart=True),
    Command("words", "Words for &values…", _ask_words, "rename", "", "edit", apart=True),
    Command("filter", "&Filter layers", _focus_filter, "filter", "Ctrl+F", "edit"),
)
