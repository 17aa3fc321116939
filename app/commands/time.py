"""The clock: how it runs, what of time is looked at, where it jumps to."""

from __future__ import annotations

from app.commands.command import Command, Window, ready, spanned, timed


def _timing():
    from app import timing  # not at the start: the window stands before numpy is imported
    return timing


def _compared(window: Window) -> bool:
    return ready(window) and window.session.compare_ns is not None


def _marked(window: Window) -> bool:
    return ready(window) and bool(window.session.marks.all())


def _bookmark(window: Window) -> None:
    """Keep the instant, and say so: the mark over the ribbon alone is easily overlooked."""
    from twin.text import language, tr
    kept = _timing().bookmark(window.session, window.session.clock.now_ns)
    window.status.tell(tr("Bookmarked: {name}", name=kept.title(language())))


def _toggle_snap(window: Window) -> None:
    window.session.snap = not window.session.snap


def toggle_charts(window: Window) -> None:
    """The charts of what is selected; of those that are in front already, away with them."""
    window.docking.toggle("charts", window.height() // 3)


def _mode(mode: str, label: str, icon: str, apart: bool = False) -> Command:
    return Command(f"look-{mode}", label, lambda w: _timing().look_at(w.session, mode), icon, "", "time/look",
                   enabled=spanned, checked=lambda w: ready(w) and w.session.clock.mode == mode, apart=apart)


def _jump(what: str, direction: int, label: str, key: str, enabled=spanned, apart: bool = False) -> Command:
    name = f"{'next' if direction > 0 else 'previous'}-{what}"
    return Command(name, label, lambda w: w.timeline.jumps.go(what, direction), "jump", key, "time/jump",
                   enabled=enabled, apart=apart)


def _rows(name: str, by: str, label: str) -> Command:
    def toggle(window: Window) -> None:
        window.session.rows_by = "" if window.session.rows_by == by else by
    return Command(f"readings-by-{name}", label, toggle, "rows", "", "time/rows", enabled=spanned,
                   checked=lambda w: ready(w) and w.session.rows_by == by)


def _toggle_loop(window: Window) -> None:
    window.session.clock.loop = not window.session.clock.loop


COMMANDS = (
    Command("play", "&Play or pause", lambda w: w.timeline.toggle_play(), "play", "Space", "time", enabled=timed),
    Command("step-back", "Step &back", lambda w: w.timeline.jumps.step(-1), "step-back", ",", "time", enabled=timed),
    Command("step-forward", "Step &forward", lambda w: w.timeline.jumps.step(1), "step-forward", ".", "time",
            enabled=timed),
    Command("to-start", "To the &start", lambda w: w.session.clock.go_to(w.session.clock.span_ns[0]), "to-start",
            "Ctrl+Home", "time", enabled=spanned),
    Command("to-end", "To the &end", lambda w: w.session.clock.go_to(w.session.clock.span_ns[1]), "to-end",
            "Ctrl+End", "time", enabled=spanned),
    Command("loop", "&Loop", _toggle_loop, "loop", "", "time", enabled=spanned,
            checked=lambda w: ready(w) and w.session.clock.loop),
    Command("live", "Follow the newest &reading", lambda w: w.timeline.toggle_live(), "live", "", "time",
            enabled=spanned, checked=lambda w: ready(w) and w.session.clock.state == "following"),
    _jump("data", 1, "&Next reading", "Ctrl+.", apart=True),
    _jump("data", -1, "&Previous reading", "Ctrl+,"),
    _jump("change", 1, "Next &change", ">"),
    _jump("change", -1, "Previous c&hange", "<"),
    _jump("event", 1, "Next &event", "]", _marked),
    _jump("event", -1, "Previous e&vent", "[", _marked),
    Command("snap", "&Snap to readings", _toggle_snap, "jump", "", "time/jump", enabled=spanned,
            checked=lambda w: ready(w) and w.session.snap, apart=True),
    _mode("instant", "Look at an ins&tant", "time-instant"),
    _mode("span", "Look at a span &of time", "time-span"),
    _mode("cumulative", "Look at everything since the start", "time-cumulative"),
    Command("bookmark", "Book&mark this instant", _bookmark, "bookmark", "Ctrl+B", "time/bookmarks", enabled=timed),
    Command("second", "&Compare with this instant (B)",
            lambda w: _timing().compare_with(w.session, w.session.clock.now_ns), "second", "Ctrl+Shift+B",
            "time/second", enabled=timed),
    Command("second-swap", "S&wap the two instants", lambda w: _timing().swap(w.session), "second", "", "time/second",
            enabled=_compared),
    Command("second-clear", "&Remove the second instant", lambda w: _timing().compare_with(w.session, None), "second",
            "", "time/second", enabled=_compared),
    Command("show-change", "C&olour sensors by their change since B",
            lambda w: _timing().show_change(w.session, not _timing().shows_change(w.session)), "second", "",
            "time/second", enabled=spanned, checked=lambda w: ready(w) and _timing().shows_change(w.session),
            apart=True),
    Command("charts", "C&harts", toggle_charts, "chart", "F9", "time",
            checked=lambda w: ready(w) and w.docks["charts"].isVisible(), apart=True),
    _rows("layer", "layers", "Readings la&yer by layer"),
    _rows("zone", "zones", "Readings &zone by zone"),
    Command("statistics", "S&tatistics…", lambda w: w.docking.show("statistics", w.height() // 3), "statistics", "",
            "time", enabled=ready),
    Command("store", "Store of readin&gs…", lambda w: w.docking.show("store", w.height() // 3), "store", "", "time",
            apart=True),
)
