"""The menu of the zone panel: what is listed, a drawn zone's name, and which other polygons are zones."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QMenu

from app import dialogs, zone_edits
from twin.data import Vectors
from twin.text import language, tr


def fill(menu: QMenu, panel) -> None:
    """`panel`: an app.panels.vitals.VitalsPanel."""
    document = panel.session.document
    menu.clear()
    every = menu.addAction(tr("Signs without sensors too"), lambda: setattr(panel, "every", not panel.every))
    every.setCheckable(True)
    every.setChecked(panel.every)
    layer = document.layer(zone_edits.LAYER)
    if layer is not None and any(z.id == panel.zone for z in layer.drawn):
        menu.addAction(tr("Name this zone…"), lambda: name_zone(panel))
        menu.addAction(tr("Remove this zone"), lambda: panel.session.edits.commit(
            zone_edits.without_zone(panel.session.document, panel.zone), "Remove zone"))
    others = menu.addMenu(tr("Polygons of other layers are zones"))
    for other in document.layers:
        asset = panel.session.asset(other.id) if other.kind == "vectors" else None
        if asset and isinstance(asset.payload, Vectors) and len(asset.payload.fill_triangles):
            action = others.addAction(other.title(language()), lambda id=other.id: toggle_layer(panel.session, id))
            action.setCheckable(True)
            action.setChecked(other.id in document.vitals.zone_layers)
    others.setEnabled(not others.isEmpty())


def name_zone(panel) -> None:
    """Of a drawn one, which is "Zone 1" until somebody says what it is."""
    session = panel.session
    zone = next(z for z in session.document.layer(zone_edits.LAYER).drawn if z.id == panel.zone)
    held = zone.name_zh if language() == "zh" and zone.name_zh else zone.name
    name = dialogs.ask_name(panel, tr("Name this zone…").rstrip("…"), held)
    if name and session.document.layer(zone_edits.LAYER) is not None:        # frames go on while a name is typed
        session.edits.commit(zone_edits.renamed(session.document, zone.id, name), "Name zone")


def toggle_layer(session, id: str) -> None:
    """Whether the polygons of a layer are zones."""
    document = session.document
    held = document.vitals.zone_layers
    layers = tuple(x for x in held if x != id) if id in held else (*held, id)
    session.edits.commit(replace(document, vitals=replace(document.vitals, zone_layers=layers)), "Zones")
