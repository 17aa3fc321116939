"""The clock."""

from __future__ import annotations

from app.commands.command import Command, ready, spanned, timed

COMMANDS = (
    Command("play", "&Play or pause", lambda w: w.timeline.toggle_play(), "play", "Space", "time", enabled=timed),
    Command("step-back", "Step &back", lambda w: w.session.clock.step(-1), "step-back", ",", "time", enabled=timed),
    Command("step-forward", "Step &forward", lambda w: w.session.clock.step(1), "step-forward", ".", "time",
            enabled=timed),
    Command("to-start", "To the &start", lambda w: w.session.clock.go_to(w.session.clock.span_ns[0]), "to-start",
            "Ctrl+Home", "time", enabled=spanned, apart=True),
    Command("to-end", "To the &end", lambda w: w.session.clock.go_to(w.session.clock.span_ns[1]), "to-end",
            "Ctrl+End", "time", enabled=spanned),
    Command("loop", "&Loop", lambda w: w.toggle_loop(), "loop", "", "time", enabled=spanned,
            checked=lambda w: ready(w) and w.session.clock.loop, apart=True),
    Command("live", "Follow the newest &reading", lambda w: w.timeline.toggle_live(), "live", "", "time",
            enabled=spanned, checked=lambda w: ready(w) and w.session.clock.state == "following"),
)
