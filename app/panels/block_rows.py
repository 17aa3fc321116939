"""What the inspector says of a block: not a building, but what stands for several from afar. No Qt."""

from __future__ import annotations

from typing import Any

from app.panels.facts import MISSING, Row, heading, words_of
from twin.column_words import column_words
from twin.text import tr
from twin.tile_tree import AREA, COUNT, VOLUME


def block_title(block: dict[str, Any]) -> str:
    count = block.get(COUNT) or 1
    return tr("Block of {n} features", n=f"{count:,}") if count > 1 else tr("Block of one feature")


def block_rows(block: dict[str, Any], time_zone: str) -> list[Row]:
    """Sums first; then of every attribute the mean or the commonest value."""
    area, volume = block.get(AREA) or 0.0, block.get(VOLUME) or 0.0
    rows = [Row(tr("Features"), f"{block.get(COUNT) or 1:,}", key=COUNT),
            Row(tr("Footprint"), f"{area:,.0f} m²", key=AREA), Row(tr("Volume"), f"{volume:,.0f} m³", key=VOLUME),
            Row(tr("Mean height"), f"{volume / area:,.1f} m" if area else MISSING, key="_height_m"),
            heading(tr("Mean or commonest, by footprint area"))]
    for name, value in block.items():
        if name not in (COUNT, AREA, VOLUME):
            said = f"{value:.6g}" if isinstance(value, float) else words_of(value, time_zone)
            rows.append(Row(column_words(name), said, key=name))
    return rows
