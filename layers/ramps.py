"""Colour maps by name, and colours for classes. Names that are safe for colour-blind eyes come first."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

# Name shown to people -> name in the cmap library (crameri: Crameri 2018, MIT; ColorBrewer: Apache 2.0).
_CMAP = {
    "batlow": "crameri:batlow",
    "cividis": "cividis:cividis",
    "viridis": "bids:viridis",
    "lapaz": "crameri:lapaz",
    "lajolla": "crameri:lajolla",
    "oslo": "crameri:oslo",
    "bamako": "crameri:bamako",
    "vik": "crameri:vik",
    "roma": "crameri:roma",
    "berlin": "crameri:berlin",
    "inferno": "bids:inferno",
    "magma": "bids:magma",
    "thermal": "cmocean:thermal",
    "deep": "cmocean:deep",
    "turbo": "google:turbo",
}
NAMES: tuple[str, ...] = tuple(_CMAP)
DIVERGING = frozenset({"vik", "roma", "berlin"})
CHANGE = "vik"                        # of a difference: its middle is none

# Nine hues that stay apart for the three common kinds of colour blindness (after Tol's "muted" scheme).
CLASSES = ((68, 119, 170), (221, 170, 51), (17, 119, 51), (204, 102, 119), (136, 204, 238), (136, 34, 85),
           (153, 153, 51), (68, 170, 153), (170, 68, 153))


@lru_cache(maxsize=128)
def ramp(name: str, n: int = 256) -> np.ndarray:
    """`n` evenly spaced colours of the map as (n, 3) u1, read-only; an unknown name gives batlow."""
    from cmap import Colormap
    table = Colormap(_CMAP.get(name, _CMAP["batlow"]))
    colors = (np.asarray(table(np.linspace(0.0, 1.0, n)))[:, :3] * 255).round().astype(np.uint8)
    colors.flags.writeable = False
    return colors


@lru_cache(maxsize=4)
def cyclic(n: int = 256) -> np.ndarray:
    """`n` colours around a circle as (n, 3) u1, for directions: the last meets the first."""
    from cmap import Colormap
    return (np.asarray(Colormap("crameri:romao")(np.linspace(0.0, 1.0, n)))[:, :3] * 255).round().astype(np.uint8)


def colored(values: np.ndarray, name: str, low: float, high: float,
            missing: tuple[int, int, int]) -> np.ndarray:
    """(n,) numbers to (n, 3) u1; beyond `low` and `high` the end colours, NaN the missing colour."""
    values = np.asarray(values, np.float64)
    known = np.isfinite(values)
    span = high - low if high > low else 1.0
    share = np.clip((np.where(known, values, low) - low) / span, 0.0, 1.0)
    out = ramp(name, 256)[(share * 255).round().astype(np.intp)]
    out[~known] = missing
    return out


def categorical(n: int) -> np.ndarray:
    """(n, 3) u1: a colour per class. The hues repeat after nine, each round paler, so that none is the same."""
    base = np.array(CLASSES, np.float64)
    index = np.arange(n)
    paler = 1.0 - 0.72 ** (index // len(base))
    colors = base[index % len(base)]
    return (colors + (245.0 - colors) * paler[:, None]).round().astype(np.uint8)


def reach_of(values: np.ndarray) -> float:
    """The least of 1, 2, 5 times a power of ten that no value is beyond; 1 where none differs."""
    most = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    if not most > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(most))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= most * (1 - 1e-9)))
