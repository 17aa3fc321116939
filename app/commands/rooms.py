"""Rooms and their sensors, and construction in time."""

from __future__ import annotations

from app.commands.command import Command, Window, modelled


def show_rooms(window: Window) -> None:
    window.docking.show("rooms", window.height() // 3)


def show_schedule(window: Window) -> None:
    window.docking.show("schedule", window.height() // 3)


COMMANDS = (
    Command("room-sensors", "Rooms a&nd sensors…", show_rooms, "rooms", "Shift+R", "model", enabled=modelled),
    Command("schedule", "Cons&truction schedule…", show_schedule, "calendar", "", "model", enabled=modelled),
)
