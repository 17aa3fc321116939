"""Two instants, or two choices of layers, compared in the scene."""

from __future__ import annotations

from app.commands.command import Command, Window, ready, timed


def _comparing():
    from app import comparing  # not at the start: the window stands before numpy is imported
    return comparing


def _command(view: str, label: str, icon: str, apart: bool = False) -> Command:
    def on(window: Window) -> bool:
        return ready(window) and window.session.document.comparison.view == view
    return Command(f"compare-{view}", label, lambda w: _comparing().toggle(w.session, view), icon, "", "time/second",
                   enabled=timed, checked=on, apart=apart)


COMMANDS = (
    _command("swipe", "Sw&ipe between A and B", "compare-swipe", apart=True),
    _command("side", "A and B side &by side", "compare-side"),
    _command("difference", "&Difference of A and B", "compare-difference"),
)
