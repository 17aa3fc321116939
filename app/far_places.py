"""Sensors of one layer of which some lie here and some so far away that no picture shows both."""

from __future__ import annotations

import numpy as np

from app import adding
from app.panels import facts
from layers.sensor_values import listed_rows
from twin.data import Sensors
from twin.frame import Frame
from twin.layer import Layer
from twin.text import enumerated, tr

NAMED = 3
MARGIN_M = 200.0                          # round the near ones, when they are framed


def near_and_far(layer: Layer, payload: Sensors) -> tuple[np.ndarray, np.ndarray]:
    """Rows (k,) of the sensors that the layer shows and that have a place: near the project (or, where none is, near
    the middle one), and more than FAR_M from there.

    A store has the sensors of other layers, too: theirs do not count.
    """
    rows = listed_rows(layer, payload)
    places = payload.positions[rows, :2].astype(np.float64)
    rows, places = rows[np.isfinite(places[:, 0])], places[np.isfinite(places[:, 0])]
    near = np.hypot(*places.T) <= adding.FAR_M
    if not near.any() and len(places):
        near = np.hypot(*(places - np.median(places, axis=0)).T) <= adding.FAR_M
    return rows[near], rows[~near]


def said_of(payload: Sensors, near: np.ndarray, far: np.ndarray, frame: Frame) -> str:
    """How many, how far, and which."""
    there = np.nan_to_num(payload.positions[far].astype(np.float64))
    here = np.median(np.nan_to_num(payload.positions[near].astype(np.float64)), axis=0)
    km = frame.between_m(here, there[np.argmax(np.hypot(*(there - here)[:, :2].T))]) / 1000
    names = list(dict.fromkeys(_name(payload.features, int(row)) for row in far[:100 * NAMED]))
    return tr("{names}: up to {km} km from the others ({n} of {total} sensors)", n=f"{len(far):,}",
              total=f"{len(near) + len(far):,}", km=f"{km:,.0f}",
              names=enumerated(names[:NAMED]) + ("…" if len(names) > NAMED or len(far) > 100 * NAMED else ""))


def _name(features, row: int) -> str:
    thing = features.column("thing")[row].as_py() if "thing" in features.column_names else ""
    return str(thing or facts.title_of(features, row))


def area_of(layer: Layer, payload: Sensors) -> tuple[float, float, float, float] | None:
    """Where the near ones lie, local metres: (x0, y0, x1, y1); None where there is none."""
    near, _ = near_and_far(layer, payload)
    if not len(near):
        return None
    low, high = payload.positions[near, :2].min(axis=0), payload.positions[near, :2].max(axis=0)
    return (*map(float, low - MARGIN_M), *map(float, high + MARGIN_M))
