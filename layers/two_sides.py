"""Legends while two sides are seen: what they count is said of both, and which side knows what."""

from __future__ import annotations

from dataclasses import replace

from layers.legend import Legend, named_together, tells
from twin.text import tr

BETWEEN = " · "                                  # stands before a count
Named = list[tuple[str, Legend]]                 # (layer id, legend)


def joined(a: Named, b: Named) -> Named:
    """The legends of A, each with B's beside it where the two differ; then those that B alone shows.

    What each side shows in a layer of its own and colours alike is one legend.
    """
    others, known = dict(b), {id for id, _ in a}
    alone = [(id, legend) for id, legend in b if id not in known]
    out: Named = []
    for id, legend in a:
        alike = next((x for x in alone if tells(legend, x[1]) and tells(x[1], legend)), None)
        if id in others:
            out.append((id, _both(legend, others[id])))
        elif alike:
            alone.remove(alike)
            out.append((id, named_together(legend, alike[1])))
        else:
            out.append((id, _one(legend, "A")))
    return [*out, *((id, _one(legend, "B")) for id, legend in alone)]


def _both(a: Legend, b: Legend) -> Legend:
    if a == b:
        return a
    note = a.note if a.note == b.note else "\n".join(f"{side} {x.note}" for side, x in (("A", a), ("B", b)) if x.note)
    if (a.ramp, a.low, a.high) != (b.ramp, b.low, b.high):
        note = "\n".join(filter(None, (note, tr("Colours of side A"))))
    return replace(a, note=note, entries=_entries(a, b), missing=_missing(a, b))


def _entries(a: Legend, b: Legend) -> tuple:
    """Classes of both, those of A first."""
    if [color for color, _ in a.entries] == [color for color, _ in b.entries]:
        return tuple((color, _words(mine, other)) for (color, mine), (_, other) in zip(a.entries, b.entries))
    mine = {words for _, words in a.entries}
    return (*a.entries, *((color, words) for color, words in b.entries if words not in mine))


def _missing(a: Legend, b: Legend):
    if a.missing is None or b.missing is None:
        return a.missing or b.missing
    return a.missing[0], _words(a.missing[1], b.missing[1])


def _words(a: str, b: str) -> str:
    """"Red · A 3 · B 5" of "Red · 3" and "Red · 5"; what is said of both already stays."""
    if a == b or f"{BETWEEN}B " in a:
        return a
    (name, _, mine), (other, _, count) = (words.rpartition(BETWEEN) for words in (a, b))
    return f"{name}{BETWEEN}A {mine}{BETWEEN}B {count}" if name and name == other else f"A {a}{BETWEEN}B {b}"


def _one(legend: Legend, side: str) -> Legend:
    return replace(legend, note="\n".join(filter(None, (tr("Side {side} only", side=side), legend.note))))
