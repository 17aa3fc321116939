"""Water surfaces of sensor layers: made from a layer of depths or levels, and told as numbers."""

from __future__ import annotations

from app.session import Session
from layers.flood import Flood
from layers.flood_words import pool_facts
from layers.pools import Pools, metres_of
from layers.sensor_values import rows_of, unit_of
from twin.data import Sensors
from twin.document import Document
from twin.ground import Ground, surfaces_of
from twin.layer import Layer, new_id
from twin.text import tr
from twin.trouble import Trouble


def surface_of(document: Document, layer: Layer, payload: Sensors) -> Flood:
    """A layer of the water that `layer`'s sensors measure, with the limits of its alarm rule.

    Raises Trouble where they measure no length.
    """
    observed, rows = rows_of(payload, layer.observed, layer.system)
    unit = unit_of(payload, rows)
    if not metres_of(unit):
        raise Trouble(tr("These sensors measure no depth and no level of water."), cause=unit or tr("none stated"),
                      way_out=tr("Choose a layer whose values are metres, centimetres or millimetres."))
    rule = next((r for r in document.rules if r.layer == layer.id and r.observed in ("", observed)), None)
    limits = {name: getattr(rule, name) for name in ("yellow", "orange", "red")} if rule else {}
    level = unit == "m" and "depth" not in observed.lower()
    return Flood(id=new_id("flood"), name=tr("Water: {name}", name=layer.name), group=layer.group, source=layer.source,
                 observed=observed, system=layer.system, synthetic=layer.synthetic, stale_minutes=layer.stale_minutes,
                 measures="level" if level else "depth", reach_m=600.0 if level else 150.0, **limits)


def told(session: Session, layer: Flood) -> list[dict]:
    """What stands by each sensor of the layer at the clock's time."""
    payload = session.asset(layer.id).payload
    ground = Ground(tuple(surfaces_of(session.document, session.assets)))
    said = Pools(payload, layer, ground, session.document.frame)
    ids = payload.features.column("id").to_pylist()
    return [_row(pool, ids[pool.row], said) for pool in said.at(session.clock.now_ns)]


def _row(pool, id: str, said: Pools) -> dict:
    known, water = pool.level >= 0, pool.water
    return {"sensor": id, "value": round(pool.value, 4) if known else None, "unit": said.unit,
            "level": ("none", "yellow", "orange", "red")[pool.level] if known else None,
            "surface_m": round(pool.level_m + said.frame_z_m, 3) if water else None,
            "deepest_cm": round(water.deepest_m * 100, 2) if water else 0.0 if known else None,
            "area_m2": round(water.area_m2, 2) if water else 0.0 if known else None,
            "volume_m3": round(water.volume_m3, 3) if water else 0.0 if known else None,
            "complete": not water.open if water else True,
            "facts": [f"{name}: {value}" for name, value in pool_facts(pool, said)]}
