"""What a water surface says in words: its facts, its warnings, its label. `layer`: a layers.flood.Flood."""

from __future__ import annotations

import numpy as np

from layers.pools import Pool, Pools
from layers.verdict_colors import SHAPES, level_colors
from twin import times
from twin.text import tr


def pool_facts(pool: Pool, said: Pools) -> tuple[tuple[str, str], ...]:
    """What stands by a sensor now, in words."""
    if pool.water is None:
        return ()
    z = said.frame_z_m
    rows = [(tr("Water surface at"), f"{pool.level_m + z:.2f} m"),
            (tr("Deepest"), f"{pool.water.deepest_m * 100:.1f} cm"),
            (tr("Area under water"), f"{pool.water.area_m2:,.0f} m²"),
            (tr("Volume of water"), f"{pool.water.volume_m3:,.1f} m³")]
    if pool.water.open:
        rows.append((tr("Edge"), tr("more lies beyond the edge")))
    return tuple(rows)


def warns(layer) -> bool:
    return any(limit is not None for limit in (layer.yellow, layer.orange, layer.red))


def warnings(layer, unit: str, theme: str):
    """Entries of the warnings that the layer has, each with its shape."""
    found = [(n, name, getattr(layer, name)) for n, name in ((1, "yellow"), (2, "orange"), (3, "red"))]
    return tuple((tuple(map(int, level_colors(theme)[n + 1])),
                  f"{SHAPES[n + 1]} {tr(name.capitalize())} ≥ {limit:g} {unit}".strip())
                 for n, name, limit in found if limit is not None)


def words_of(pool: Pool, unit: str, warns: bool) -> str:
    """The value with its unit, and the shape of its warning for whoever does not see its colour."""
    if not np.isfinite(pool.value):
        return ""
    return f"{SHAPES[pool.level + 1] + ' ' if warns and pool.level else ''}{pool.value:.4g} {unit}".strip()


def note_of(pools: list[Pool], as_of_ns: int, zone: str) -> str:
    """Below the legend: as of when, of how many sensors, and how much water all of them stand for."""
    wet = [pool for pool in pools if pool.water]
    told = sum(pool.level >= 0 for pool in pools)
    time = times.readable(as_of_ns, zone).split()[1][:5]
    note = [tr("As of {time}, {n} of {total}", time=time, n=f"{told:,}", total=f"{len(pools):,}")]
    if wet:
        note.append(tr("{area} m² under water, {volume} m³", area=f"{sum(p.water.area_m2 for p in wet):,.0f}",
                       volume=f"{sum(p.water.volume_m3 for p in wet):,.1f}"))
    if any(pool.water.open for pool in wet):
        note.append(tr("more lies beyond the edge"))
    return "; ".join(note)
