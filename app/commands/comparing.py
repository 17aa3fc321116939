"""Two instants, or two choices of layers, compared in the scene."""

from __future__ import annotations

from app.commands.command import Command, Window, ready, some, timed


def _comparing():
    from app import comparing  # not at the start: the window stands before numpy is imported
    return comparing


def _command(view: str, label: str, icon: str, apart: bool = False) -> Command:
    def on(window: Window) -> bool:
        return ready(window) and _comparing().shown(window.session) == view
    return Command(f"compare-{view}", label, lambda w: _comparing().toggle(w.session, view), icon, "", "time/second",
                   enabled=_comparable if view != "difference" else timed, checked=on, apart=apart)


def _comparable(window: Window) -> bool:
    """Two instants, or layers that one side alone shows."""
    held = ready(window) and window.session.document.comparison
    return timed(window) or bool(held and (held.only_a or held.only_b))


def _side(side: str, label: str) -> Command:
    def on(window: Window) -> bool:
        return some(window) and all(_comparing().side_of(window.session, id) == side for id in window.layers.chosen())
    return Command(f"side-{side or 'both'}", label,
                   lambda w: _comparing().show_on(w.session, tuple(w.layers.chosen()), side), "compare-side", "",
                   "time/second", "window", some, checked=on, apart=side == "a")


COMMANDS = (
    _command("swipe", "Sw&ipe between A and B", "compare-swipe", apart=True),
    _command("side", "A and B side &by side", "compare-side"),
    _command("difference", "&Difference of A and B", "compare-difference"),
    _side("a", "Chosen layers on side &A only"),
    _side("b", "Chosen layers on side B o&nly"),
    _side("", "Chosen la&yers on both sides"),
)
