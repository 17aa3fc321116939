"""What colours mean, as a value: the hud draws it, the inspector shows it, tests read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from twin.text import tr

Color = tuple[int, int, int]                                 # 0-255


@dataclass(frozen=True)
class Legend:
    """Either classes (`entries`) or a ramp (`ramp` of evenly spaced colours from `low` to `high`).

    `keys`: of each entry what edits of it are kept under; empty = its words. `alone`: one colour for the whole layer,
    whose name says what it is. `of`: what several layers may be coloured by alike; of these the one with the most
    `parts` tells it (0 = nothing is known of any). `counts`: of each entry and then of `missing`, what their words end
    with (`counted`); they are added up over all layers of one `whole`.
    """

    title: str
    unit: str = ""
    entries: tuple[tuple[Color, str], ...] = ()
    ramp: tuple[Color, ...] = ()
    low: float = 0.0
    high: float = 1.0
    missing: tuple[Color, str] | None = None                 # colour and words of "no data"
    keys: tuple[str, ...] = ()
    of: str = ""
    parts: int = 0
    note: str = ""                                           # "as of 06:41, 812 of 1,000 sensors"
    brief: tuple[str, ...] = ()                              # of each entry, for the line below another layer's
    also: tuple[str, ...] = ()                               # lines of other layers that are coloured alike
    alone: bool = False
    beyond: tuple[bool, bool] = (False, False)               # values lie below `low`, above `high`
    counts: tuple[int, ...] = ()
    whole: str = ""                                          # the title of them all
    seen: tuple[int, ...] = ()                               # entries in sight: told first where not all have room
    layers: tuple[str, ...] = field(default=(), compare=False)         # ids of all that it speaks of

    @property
    def by_sight(self) -> tuple[tuple[int, Color, str], ...]:
        """Number, colour and words of the entries, those in sight first."""
        told = ((n, *entry) for n, entry in enumerate(self.entries))
        return tuple(sorted(told, key=lambda entry: entry[0] not in self.seen))

    def ends(self, words: Callable[[float], str]) -> tuple[str, str]:
        """What stands at the ends of the ramp: a colour at an end means all that lies beyond it, too."""
        below, above = self.beyond
        return ("≤ " if below else "") + words(self.low), ("≥ " if above else "") + words(self.high)


def named(legend: Legend, name: str) -> Legend:
    """By its layer first."""
    if legend.title.startswith(name):
        return legend
    return replace(legend, title=" · ".join(filter(None, (name, legend.title))))


def gathered(legends: list[Legend]) -> list[Legend]:
    """Layers of one colour take a line of one legend, each by its name, behind the others, if there are any."""
    alone = tuple((legend.entries[0][0], legend.title) for legend in legends if legend.alone)
    rest = [legend for legend in legends if not legend.alone]
    return [*rest, Legend(title=tr("Also shown") if rest else tr("Layers"), entries=alone)] if alone else rest


def counted(words: str, count: int) -> str:
    return f"{words}  {count:,}"


def added_up(legends: list[tuple[str, Legend]]) -> list[tuple[str, Legend]]:
    """Layers that count the same (six models of one building site) have one legend of their sums. Pairs of layer and
    legend.
    """
    wholes = [legend.whole for _, legend in legends if legend.whole]
    out, told = [], set()
    for id, legend in legends:
        if wholes.count(legend.whole) > 1:
            if legend.whole in told:
                continue
            told.add(legend.whole)
            legend = _sum([other for _, other in legends if other.whole == legend.whole])
        out.append((id, legend))
    return out


def _sum(legends: list[Legend]) -> Legend:
    sums: dict[tuple[Color, str, bool], int] = {}
    for legend in sorted(legends, key=lambda one: -len(one.entries)):        # the longest knows the order
        missing = [legend.missing] if legend.missing else []
        for (color, words), count in zip([*legend.entries, *missing], legend.counts):
            key = color, words.removesuffix(counted("", count)), [color, words] == [*(legend.missing or ())]
            sums[key] = sums.get(key, 0) + count
    entries = tuple((color, counted(words, n)) for (color, words, missing), n in sums.items() if not missing)
    missing = next(((color, counted(words, n)) for (color, words, missing), n in sums.items() if missing), None)
    return replace(legends[0], title=legends[0].whole, entries=entries, missing=missing, counts=(), whole="",
                   layers=_layers(legends))


def _layers(legends: Iterable[Legend]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for legend in legends for id in legend.layers))


def told_once(legends: list[tuple[str, Legend]], names: dict[str, str]) -> list[tuple[str, Legend]]:
    """What layers of several sizes show alike (a sign of towns, blocks, buildings) is told once, by the one with the
    most parts, with a line for each other one of several. Pairs of layer and legend; `names` of the layers.
    """
    kept = []
    for id, legend in legends:
        alike = [(other, x) for other, x in legends if legend.of and x.of == legend.of]
        if id == max(alike, key=lambda one: one[1].parts, default=(id, legend))[0]:
            others = [(other, x) for other, x in alike if other != id and x.brief and x.parts > 1]
            also = tuple(f"{names[other]}: {'  '.join(x.brief)}" for other, x in others)
            kept.append((id, replace(legend, also=also, layers=_layers((legend, *(x for _, x in alike))))))
    return kept


def told_together(legends: list[tuple[str, Legend]]) -> list[tuple[str, Legend]]:
    """Legends that say the same are one under the names of all: that of the layer with the most classes. Pairs of layer
    and legend.
    """
    kept: list[tuple[str, Legend]] = []
    for id, legend in legends:
        for at, (of, other) in enumerate(kept):
            if tells(other, legend):
                kept[at] = of, named_together(other, legend)
                break
            if tells(legend, other):
                kept[at] = id, named_together(legend, other)
                break
        else:
            kept.append((id, legend))
    return kept


def tells(wide: Legend, narrow: Legend) -> bool:
    """Whether one legend says all that another one says but its name."""
    own = {name: getattr(wide, name) for name in ("title", "entries", "keys", "missing", "of", "parts")}
    return (replace(narrow, **own) == wide and not wide.alone and bool(wide.ramp or narrow.entries)
            and set(narrow.entries) <= set(wide.entries) and narrow.missing in (None, wide.missing))


def named_together(wide: Legend, narrow: Legend) -> Legend:
    """`wide` under both names, first the one that says no more than the classes: "Windows A, B" of "Windows A" and
    "Windows B".
    """
    wide = replace(wide, layers=_layers((wide, narrow)))
    first, second = (narrow, wide) if len(narrow.entries) < len(wide.entries) else (wide, narrow)
    if first.title == second.title:
        return wide
    (name, _, _), (other, _, last) = (x.title.rpartition(" ") for x in (first, second))
    return replace(wide, title=f"{first.title}, {last if name and name == other else second.title}")


def lit_first(legends: list[tuple[str, Legend]], lit: set[str], since: dict[str, int] | None = None,
              ) -> list[tuple[str, Legend]]:
    """Pairs of layer and legend; those of the layers that something is selected of (or that are current) are the last
    to be shortened, then those that came last (`since`, by layer), then what one asked the city to be coloured by.
    """
    came = since or {}
    return sorted(legends, key=lambda one: (one[0] not in lit, -came.get(one[0], 0), not one[1].of))
