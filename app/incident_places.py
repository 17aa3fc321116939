"""Where the datastreams of an incident stand: rows of their layer, and a place."""

from __future__ import annotations

from app.session import Session
from twin.data import Sensors


def rows_of(session: Session, layer: str, streams: tuple[str, ...]) -> list[int]:
    """Of the layer that are these datastreams; only what the layer's rule observes, where it says."""
    asset = session.asset(layer)
    payload = asset.payload if asset else None
    if not isinstance(payload, Sensors) or payload.features is None or "id" not in payload.features.column_names:
        return []
    ids = payload.features.column("id").to_pylist()
    kinds = payload.features.column("property").to_pylist() if "property" in payload.features.column_names else ids
    rule = next((rule for rule in session.document.rules if rule.layer == layer), None)
    return [row for row, id in enumerate(ids)
            if id in streams and (rule is None or not rule.observed or kinds[row] == rule.observed)]


def place_of(session: Session, layer: str, rows: list[int]) -> tuple[float, float, float] | None:
    """Of the first row, in the project's own coordinates; None where nobody knows it."""
    if not rows:
        return None
    x, y, z = map(float, session.hosts.positions(layer, session.asset(layer).payload)[rows[0]])
    e, n, h = session.document.frame.origin
    return (x + e, y + n, z + h) if x == x else None
