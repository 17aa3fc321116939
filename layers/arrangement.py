"""What of a building is shown, hidden or a ghost: a short list of rules in the layer, the last that fits wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

SHOWN, GHOST, HIDDEN = "shown", "ghost", "hidden"
UNSAID, IS_SHOWN, IS_GHOST, IS_HIDDEN = 0, 1, 2, 3            # what `states` gives
_CODES = {SHOWN: IS_SHOWN, GHOST: IS_GHOST, HIDDEN: IS_HIDDEN}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`by` is a column of the feature table whose value must be one of `values`; "all" fits every element."""

    show: Literal["shown", "ghost", "hidden"]
    by: Literal["all", "guid", "class", "storey", "type", "material"] = "all"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paint:
    """A colour for what `by` and `values` mean, over whatever the layer is coloured by; `label` for the legend."""

    label: str
    color: str                                              # "#rrggbb"
    by: Literal["all", "guid", "class", "storey", "type", "material"] = "guid"
    values: tuple[str, ...] = ()


EVERYTHING_HIDDEN, EVERYTHING_GHOST = Rule(show=HIDDEN), Rule(show=GHOST)


def with_rule(rules: tuple[Rule, ...], new: Rule) -> tuple[Rule, ...]:
    """`rules` with one more, without what it makes void: any number of clicks stays a short list."""
    if new.by == "all":
        return () if new.show == SHOWN else (new,)
    asked = frozenset(new.values)
    kept = [old if old.by != new.by else replace(old, values=tuple(v for v in old.values if v not in asked))
            for old in rules]
    kept = [old for old in kept if old.by == "all" or old.values]
    if kept and (kept[-1].show, kept[-1].by) == (new.show, new.by):
        kept[-1] = replace(new, values=kept[-1].values + new.values)
    else:
        kept.append(new)
    while kept and kept[0].show == SHOWN:                    # everything is shown to begin with
        kept.pop(0)
    return tuple(kept)


def isolated(rules: Iterable[Rule], ghosts: bool = False) -> tuple[Rule, ...]:
    """Nothing but what `rules` name; the rest is hidden, or a ghost."""
    out: tuple[Rule, ...] = (EVERYTHING_GHOST if ghosts else EVERYTHING_HIDDEN,)
    for rule in rules:
        out = with_rule(out, rule)
    return out


def states(features, rules: tuple[Rule, ...], count: int) -> tuple[np.ndarray, np.ndarray]:
    """(count,) u1 of UNSAID, IS_SHOWN, IS_GHOST, IS_HIDDEN: the last rule that fits each feature; and (count,) bool:
    shown by class or GlobalId, which brings a space out even while spaces are put away.
    """
    out, named = np.full(count, UNSAID, np.uint8), np.zeros(count, bool)
    for rule in rules:
        fits = fitting(features, rule, count)
        out[fits] = _CODES[rule.show]
        if rule.by in ("guid", "class"):
            named[fits] = rule.show == SHOWN
    return out, named


def fitting(features, rule: Rule | Paint, count: int) -> np.ndarray:
    """(count,) bool: which features a rule means. A column that is not there fits nothing."""
    if rule.by == "all":
        return np.ones(count, bool)
    out = np.zeros(count, bool)
    if features is None or rule.by not in features.column_names:
        return out
    import pyarrow as pa
    import pyarrow.compute as pc
    found = pc.is_in(features.column(rule.by), value_set=pa.array(rule.values, pa.string()))
    hit = np.asarray(found.combine_chunks() if hasattr(found, "combine_chunks") else found)[:count].astype(bool)
    out[:len(hit)] = hit
    return out


def rules_for(features, rows: np.ndarray, show: str, *, by: str = "", values: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The shortest rules that mean exactly the features `rows`: by a whole column value, else by GlobalId.

    `by` and `values` say where the choice comes from (a class, a storey); they are used when they mean the same.
    """
    rows = np.unique(np.asarray(rows, np.intp))
    count = features.num_rows
    if by and values:
        rule = Rule(show=show, by=by, values=values)
        if np.array_equal(np.flatnonzero(fitting(features, rule, count)), rows):
            return (rule,)
    import pyarrow as pa
    guids = [g for g in features.column("guid").take(pa.array(rows)).to_pylist() if g]
    return (Rule(show=show, by="guid", values=tuple(dict.fromkeys(guids))),) if guids else ()
