"""Rooms, elements and their sensors, and construction in time."""

from __future__ import annotations

from app.commands.command import Command, Window, modelled


def show_rooms(window: Window) -> None:
    window.docking.toggle("rooms", window.height() // 3)


def show_schedule(window: Window) -> None:
    window.docking.show("schedule", window.height() // 3)


def bind_sensors(window: Window) -> None:
    from app import binding
    from twin.text import tr
    session, element = window.session, binding.chosen_element(window.session)
    sensors = binding.chosen_sensors(session)
    if element is None or not sensors:
        window.tell(tr("Select sensors and one element of a model: with Ctrl held, in the scene, the model tree or the "
                       "table."), "warning")
        return
    binding.put_on(session, sensors, *element)
    window.tell(tr("{n} sensors are on this element now.", n=f"{len(sensors):,}"))


def unbind_sensors(window: Window) -> None:
    from app import binding
    from twin.text import tr
    session, element = window.session, binding.chosen_element(window.session)
    sensors = binding.chosen_sensors(session) or (binding.on_element(session, *element) if element else [])
    n = binding.take_off(session, sensors) if sensors else 0
    window.tell(tr("{n} sensors were taken off their element.", n=f"{n:,}") if n else
                tr("Select sensors that are on an element, or the element."), "note" if n else "warning")


COMMANDS = (
    Command("room-sensors", "Rooms a&nd sensors…", show_rooms, "rooms", "Shift+R", "model", enabled=modelled),
    Command("bind-sensors", "&Put sensors on the element", bind_sensors, "pin", "", "model/sensors", enabled=modelled),
    Command("unbind-sensors", "&Take sensors off the element", unbind_sensors, "remove", "", "model/sensors",
            enabled=modelled),
    Command("schedule", "Cons&truction schedule…", show_schedule, "calendar", "", "model", enabled=modelled),
)
