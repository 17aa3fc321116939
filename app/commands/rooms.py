"""Rooms and their sensors."""

from __future__ import annotations

from app.commands.command import Command, Window, modelled


def show_rooms(window: Window) -> None:
    window.docking.show("rooms", window.height() // 3)


COMMANDS = (
    Command("room-sensors", "Rooms a&nd sensors…", show_rooms, "rooms", "Shift+R", "model", enabled=modelled),
)
