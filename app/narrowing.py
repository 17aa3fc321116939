"""What is left of a search: of one layer, and what a condition holds for. No Qt."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.tabling import rows_where
from twin.trouble import Trouble
from twin.value_words import ValueWord

Found = dict[str, np.ndarray]                                # layer id -> its features


def narrowed(found: Found, tables: dict[str, Any], only: str = "", where: str = "",
             words: tuple[ValueWord, ...] = ()) -> tuple[Found, int]:
    """(what is left, how many layers cannot answer). `tables`: the Arrow table of a layer, row = feature.

    `only`: the id of a layer, "" = all; `where`: a condition as the attribute table takes it, with what
    values are called (`words`). A layer whose table
    lacks a column of it has nothing left. Raises Trouble where no layer can answer.
    """
    asked = {layer: features for layer, features in found.items() if only in ("", layer)}
    if not where.strip():
        return asked, 0
    left: Found = {}
    wrong: dict[str, Trouble] = {}
    mute = 0
    for layer, features in asked.items():
        if tables.get(layer) is None:
            mute += 1
            continue
        try:
            inside = np.isin(features, rows_where(tables[layer], where, words))
        except Trouble as trouble:
            wrong[layer] = trouble
            continue
        if inside.any():
            left[layer] = features[inside]
    if wrong and len(wrong) + mute == len(asked):
        raise wrong[max(wrong, key=lambda layer: len(asked[layer]))]
    return left, len(wrong) + mute
