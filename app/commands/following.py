"""The camera goes along with the selected vehicle."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def follow(window: Window, view: str) -> None:
    """Behind it or above it; the same again ends it."""
    from app.following import Following
    from twin.text import tr
    present, wanted = window.viewport.following, picked(window)
    if present is not None and present.view == view and wanted in (None, (present.layer, present.row)):
        window.viewport.follow(None)
        return
    following = Following(window.session, window.viewport, *(wanted or (present.layer, present.row)), view)
    window.viewport.follow(following)
    words = tr("Following {name}. Escape ends it.", name=following.name) if following.place() else \
        tr("Following {name}: it is not there at this time, and comes into view when it is.", name=following.name)
    window.tell(words)
    following.ended = lambda: window.notices.withdraw(words)


def follows(window: Window, view: str) -> bool:
    following = window.viewport.following if ready(window) else None
    return following is not None and following.view == view


def picked(window: Window) -> tuple[str, int] | None:
    """(layer, row) of the vehicle that was selected last."""
    last = window.session.selection.last
    layer = window.session.document.layer(last[0]) if last else None
    return last if layer is not None and layer.kind == "vehicles" and last[1] >= 0 else None


def chosen(window: Window) -> bool:
    """A vehicle is selected, or one is followed."""
    return ready(window) and (picked(window) is not None or window.viewport.following is not None)


def from_behind(window: Window) -> None:
    follow(window, "chase")


def from_above(window: Window) -> None:
    follow(window, "top")


COMMANDS = (
    Command("follow", "F&ollow the vehicle", from_behind, "follow", "F", "view", "scene", enabled=chosen,
            checked=lambda w: follows(w, "chase"), apart=True),
    Command("follow-top", "Follow it from abo&ve", from_above, "follow-top", "Shift+F", "view", "scene",
            enabled=chosen, checked=lambda w: follows(w, "top")),
)
