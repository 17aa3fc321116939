"""What a row of the layer tree says about its layer: state, message with a way out, count, marks."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np

from app import adding, far_places
from app.panels.heights_dialog import said_of
from app.relinking import is_missing
from app.session import Session
from app.siting import box_of
from app.whereabouts import nearer_otherwise
from layers.layer_row import Row
from twin import assets as content
from twin.assets import Asset
from twin.data import DOTS, LEAST_M, HeightGrid, Imagery, Mesh, Payload, Sensors
from twin.frame import crs_label
from twin.layer import Group, Layer
from twin.network import Network
from twin.placing import adrift
from twin.text import language, tr
from twin.tile_tree import TileTree
from twin.told import anew
from twin.trouble import Nowhere, Trouble

ACTION_LABELS = {"place": "Place…", "move": "Move the project here",
                 "near": "Show the others", "reload": "Reload", "find": "Find the file…",
                 "heights": "Say which…", "crs": "Coordinates…"}

GRIDS = (HeightGrid, Imagery)               # one surface: it has no features to count


@dataclass(frozen=True)
class Facts:
    """`fraction` 0 to 1 while loading, None where unknown. `action` is a key of ACTION_LABELS or ""."""

    state: str = ""
    fraction: float | None = None
    message: str = ""
    tone: str = ""                       # "danger" | "warn" | ""
    action: str = ""
    count: int = 0
    notes: tuple[str, ...] = ()


def facts_of(session: Session, layer: Layer, row: Row | None) -> Facts:
    if isinstance(layer, Group):
        return Facts()
    document = session.document
    asset = session.assets.held(layer, document.frame, document.time_zone)
    state = (row.state if row else "") or (asset.state if asset else "")
    payload = asset.payload if asset else None
    count = _count(payload, row.features if row else 0)
    notes = tuple(map(anew, payload.notes)) if payload is not None else ()
    if state == content.LOADING:
        return Facts(state, asset.fraction if asset else None, count=count, notes=notes)
    message, tone, action = _said(session, layer, row, asset, state)
    return Facts(state, None, message, tone, action, count, notes)


def _count(payload: Payload | None, drawn: int) -> int:
    """What is drawn, or where nothing is what is there. Tiles come and go with the camera: of them, what is there."""
    if isinstance(payload, GRIDS):
        return 0
    there = payload.count if payload else 0
    return there or drawn if isinstance(payload, TileTree) else drawn or there


def _said(session: Session, layer: Layer, row: Row | None, asset: Asset | None, state: str) -> tuple[str, str, str]:
    """(message, tone, action): the one line under the name."""
    if state in (content.ERROR, content.CANCELLED) or (state == content.INCOMPLETE and asset and asset.error):
        text = _short(asset.error) if asset and asset.error else (row.error if row else "")
        way = "reload" if layer.source and state != content.INCOMPLETE else ""
        if way and is_missing(layer):
            way = "find"
        elif way and asset and isinstance(asset.error, Nowhere):
            way = "crs"
        return text, "danger" if state == content.ERROR else "warn", way
    if asset is None or asset.payload is None:
        return "", "", ""
    missing = asset.payload.notes[:1] if state == content.INCOMPLETE else ()
    by_hand = getattr(layer, "placement", None) is not None
    if missing and (by_hand or not _unplaced(session, layer, asset.payload)):
        return anew(missing[0]), "warn", "place" if by_hand else ""
    if unplaced := _unplaced(session, layer, asset.payload):
        return unplaced, "" if layer.placement else "warn", "place"
    if adrift(asset.payload, layer):
        return tr("It does not say where it lies: put at the project's origin."), "warn", "crs"
    centre = adding.centre_of(layer, asset.payload, session.document.frame)
    if centre is None and _carried(session, layer, asset.payload):
        return "", "", ""                                      # all of them stand at elements of a model
    if centre is None:
        return tr("Nothing in it can be drawn."), "warn", ""
    if isinstance(asset.payload, Sensors):
        near, far = far_places.near_and_far(layer, asset.payload)
        if len(near) and len(far):
            return far_places.said_of(asset.payload, near, far, session.document.frame), "warn", "near"
        if len(near) or len(far):                              # of places in two lands the middle would be in neither
            at = asset.payload.positions[near if len(near) else far[:1], :2]
            centre = np.append(np.median(at, axis=0), 0.0)
    away_m = math.hypot(centre[0], centre[1])
    if away_m > adding.FAR_M or (away_m > adding.APART_M and _is_dot(session, layer, away_m)):
        km = session.document.frame.from_origin_m(centre) / 1000
        way = "crs" if _may_be_mislabelled(session, layer, asset.payload) else "move"
        return tr("It lies {km} km from the project.", km=f"{km:,.0f}"), "warn", way
    if isinstance(asset.payload, Network) and (words := said_of(layer, asset.payload)):
        return words, "warn", "heights"
    return "", "", ""


def _may_be_mislabelled(session: Session, layer: Layer, payload: Payload) -> bool:
    box = None if layer.kind in ("building", "sensors") else box_of(session, layer)
    return box is not None and nearer_otherwise(tuple(map(float, box)), payload.crs, session.document.frame,
                                                adding.APART_M)


def _is_dot(session: Session, layer: Layer, away_m: float) -> bool:
    """Whether nothing of it would be seen in a picture that reaches from the project to it."""
    box = box_of(session, layer)
    return box is not None and away_m > DOTS * max(box[3] - box[0], box[4] - box[1], LEAST_M)


def _carried(session: Session, layer: Layer, payload) -> bool:
    """Sensors of the layer are on elements."""
    return isinstance(payload, Sensors) and session.hosts.stands(layer.id, payload) is not None


def _unplaced(session: Session, layer: Layer, payload) -> str:
    """Why the user has to say where a layer stands (or had to); "" where its file says it well enough."""
    if layer.kind == "sensors" and isinstance(payload, Sensors) and layer.placement is None:
        known = adding.centre_of(layer, payload, session.document.frame) or _carried(session, layer, payload)
        return "" if known else tr("These sensors have no place yet.")
    if layer.kind != "building" or not isinstance(payload, Mesh) or payload.placement is not None:
        return ""
    if layer.placement is None and layer.georeference in payload.placements:
        return ""
    if payload.georeference.get("candidates"):
        return tr("Put here: where the file puts it is too far away.") if layer.placement else tr(
            "Where the file puts it is too far away.")
    return tr("Put here: the file does not say where it stands.") if layer.placement else tr(
        "The file does not say where it stands.")


def _short(error: Trouble) -> str:
    """What happened and why, without the path that the tooltip shows."""
    return str(Trouble(error.what, cause=error.cause))


def tip_of(session: Session, layer: Layer, facts: Facts) -> str:
    """Everything about a row as plain lines."""
    lines = [layer.title(language()), tr(layer.kind.capitalize())]
    if facts.count:
        lines[-1] += " · " + tr("{n} features", n=f"{facts.count:,}")
    if layer.source:
        lines.append(layer.source.path + (f" ({layer.source.table})" if layer.source.table else ""))
    asset = session.held(layer.id)
    if asset and asset.payload is not None and asset.payload.crs:
        lines.append(tr("CRS {crs}", crs=_label(asset.payload.crs)))
    if layer.synthetic:
        lines.append(tr("Synthetic: made up, not measured"))
    if facts.message and asset and asset.error:
        lines += ["", str(asset.error)]
    elif facts.message:
        lines += ["", facts.message]
    if facts.notes:
        lines += ["", *(f"• {note}" for note in facts.notes[:12])]
    return "\n".join(lines)


def summary_of(session: Session, layer: Layer, facts: Facts) -> str:
    """One line for the foot of the panel: count, CRS, source."""
    if isinstance(layer, Group):
        inside = len(session.document.subtree([layer.id])) - 1
        return tr("{n} layers", n=inside)
    parts = [tr("{n} features", n=f"{facts.count:,}")] if facts.count else []
    asset = session.held(layer.id)
    if asset and asset.payload is not None and asset.payload.crs:
        crs = asset.payload.crs
        parts.append(crs if len(crs) < 16 else _label(crs))
    if layer.source:
        parts.append(os.path.basename(layer.source.path))
    return "  ·  ".join(parts)


def _label(crs: str) -> str:
    try:
        return crs_label(crs)
    except Trouble:
        return crs[:40]
