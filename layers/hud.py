"""The flat layer over the scene: legends, north arrow, scale bar, time, and the synthetic-data mark.

It is drawn by VTK and not by Qt, so that pictures written without a window carry it too.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from layers import painting
from layers.base import Moment
from layers.canvas import Canvas
from layers.legend import Legend
from layers.legend_column import GAP_PX, legend_column
from layers.legend_picture import LEGEND_WIDTH, entry_at
from layers.paper import INK, MUTED, PANEL, WARN, on_panel
from layers.stamp import Stamp
from twin import times

LOW = 420                                        # logical pixels: a scene this high has no room below the clock


class Hud:
    """Pictures at the corners of the frame; each is repainted only when what it shows differs."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self._stamps: dict[str, Stamp] = {}
        self._told: list[Legend | None] = []                 # of each picture of a legend
        self._look = ("light", 1.0)                          # theme and pixel ratio that they were painted for

    def update(self, *, legends: list[Legend], azimuth_deg: float, metres_per_pixel: float, time_text: str,
               mark: str, theme: str, story: tuple[str, str] | None = None, halved: bool = False,
               split_px: int = 0) -> None:
        """Bring all corners up to date (cheap when nothing differs). `halved`: two sides are compared; `split_px`:
        where the second begins, if it stands beside the first: both bear legends then.
        """
        ratio, (width, height) = self.canvas.pixel_ratio, self.canvas.size
        margin = round(16 * ratio)
        turned = round(azimuth_deg)
        self._put("north", ("n", turned, theme, ratio), lambda: _north(turned, theme, ratio),
                  lambda s: (width - s[0] - margin, height - s[1] - margin))
        length = _nice(metres_per_pixel * 120 * ratio)
        bar = round(length / metres_per_pixel) if metres_per_pixel > 0 else 0
        self._put("scale", ("s", length, bar, theme, ratio),
                  lambda: _scale(length, bar, theme, ratio), lambda s: (width - s[0] - margin, margin))
        self._put("time", ("t", time_text, theme, ratio),
                  lambda: words_picture(time_text, INK[theme], theme, ratio, 15, True),
                  lambda s: (margin, height - s[1] - margin))
        low = height < LOW * ratio                   # there legends reach up to the clock: beside it then, not below
        right, below = ((size + round(8 * ratio) if time_text else 0) for size in self._size("time"))
        beside = low and (halved or not story)       # a chapter tells more beside the clock than the mark does
        at = (margin + right, margin) if beside else (margin, margin + below)
        self._put("mark", ("m", mark, theme, ratio), lambda: words_picture(mark, WARN[theme], theme, ratio, 12),
                  lambda s: (at[0], height - s[1] - at[1]))
        self._tell(story, theme, ratio, width, height, margin, low, halved)
        self._legends(legends, theme, ratio, margin, height, split_px)
        self.canvas.hud_boxes = [stamp.box for stamp in self._stamps.values() if stamp.size[0]]

    def _legends(self, legends: list[Legend], theme: str, ratio: float, margin: int, height: int, split_px: int,
                 ) -> None:
        """In one column, or in one of each of two sides."""
        self._look, self._told = (theme, ratio), []
        first = (len(legends) + 1) // 2 if split_px >= LEGEND_WIDTH * ratio + 2 * margin else len(legends)
        self._column(legends[:first], margin, height, margin)
        self._column(legends[first:], split_px + margin, height, margin)
        for number in range(len(self._told), sum(key.startswith("legend") for key in self._stamps)):
            self._stamp(f"legend{number}").lay(None, 0, 0)

    def _column(self, legends: list[Legend], left: int, height: int, margin: int) -> None:
        """From the foot (at the second side above the scale) up to the clock, or a chapter that lies over it."""
        (theme, ratio), foot = self._look, margin
        right, gap = left + round(LEGEND_WIDTH * ratio), round(GAP_PX * ratio)
        if left > margin and (scale := self._stamps["scale"]).size[0] and scale.box[0] < right + gap:
            foot = round(scale.box[3]) + gap
        above = [stamp.box[1] for stamp in map(self._stamps.get, ("time", "mark", "story"))
                 if stamp.size[0] and stamp.box[0] < right and stamp.box[2] > left]
        room = round(min(above, default=height)) - foot - gap
        for number, picture in enumerate(legend_column(legends, height, room, theme, ratio)):
            self._stamp(f"legend{len(self._told)}").lay(picture, left, foot)
            self._told.append(legends[number] if number < len(legends) else None)
            foot += picture.shape[0] + gap

    def legend_at(self, x: float, y: float) -> Legend | None:
        """The legend that covers a device pixel (origin at the lower left)."""
        return self._legend_at(x, y)[0]

    def entry_at(self, x: float, y: float) -> tuple[int, bool] | None:
        """Which entry of that legend (or `legend_picture.RAMP`), and whether it is its words."""
        legend, stamp = self._legend_at(x, y)
        if legend is None or stamp.picture is None:
            return None
        left, _, _, top = stamp.box
        return entry_at(stamp.picture, legend, *self._look, x - left, top - y)

    def _legend_at(self, x: float, y: float) -> tuple[Legend | None, Stamp | None]:
        for number, legend in enumerate(self._told):
            left, foot, right, top = self._stamps[f"legend{number}"].box
            if left <= x < right and foot <= y < top:
                return legend, self._stamps[f"legend{number}"]
        return None, None

    def _tell(self, story, theme: str, ratio: float, width: int, height: int, margin: int, low: bool,
              halved: bool) -> None:
        """The chapter of a scenario, at the top in the middle; in a narrow scene below the clock. A low scene has room
        for small lines only, else they lie over what they tell of; over two sides they take little of both.
        """
        from layers.story import LEAST, WIDTH, story_picture, strip_picture
        across = low and halved
        left = round(max(self._stamps[name].box[2] for name in ("time", "mark"))) + margin // 2
        right = width - margin - self._size("north")[0] - margin // 2
        top = height - margin
        if across:
            left = margin
            top = round(min((stamp.box[1] for stamp in map(self._stamps.get, ("time", "mark")) if stamp.size[0]),
                            default=height - margin // 2)) - margin // 2
        elif right - left < LEAST * ratio:
            left, right = margin, width - margin
            top = round(min(self._stamps[name].box[1] for name in ("time", "mark", "north")
                            if self._stamps[name].size[0])) - margin // 2
        paint = strip_picture if low else story_picture
        wide = max(1, right - left if across else min(round(WIDTH * ratio), right - left))
        self._put("story", ("y", story, theme, ratio, wide, low),
                  lambda: paint(story, wide, theme, ratio) if story else None,
                  lambda s: (max(left, min((width - s[0]) // 2, right - s[0])), top - s[1]))

    def _put(self, name: str, key, paint, place) -> None:
        stamp = self._stamp(name)
        if stamp.key != key:
            stamp.key = key
            stamp.paint(paint())
        if stamp.size[0]:
            stamp.actor.SetPosition(*place(stamp.size))

    def _stamp(self, name: str) -> Stamp:
        if name not in self._stamps:
            self._stamps[name] = Stamp(self.canvas)
        return self._stamps[name]

    def _size(self, name: str) -> tuple[int, int]:
        return self._stamps[name].size


def time_words(moment: Moment) -> str:
    """What the picture says about its time: an instant, a stretch ("06:00 – 07:00"), and what it is compared with."""
    zone, words = moment.shown_zone, times.readable(moment.now_ns, moment.shown_zone)
    if moment.since_ns is not None:
        since = times.readable(moment.since_ns, zone)
        same_day = since[:10] == words[:10]
        words = f"{since[:16]} – {words[11:] if same_day else words}"
    if moment.compare_ns is not None:
        words += f"  ·  B {times.readable(moment.compare_ns, zone)[:16]}"
    return words


def words_picture(words: str, color, theme: str, ratio: float, size: int, bold: bool = False) -> np.ndarray | None:
    if not words:
        return None
    line = painting.text(words, round(size * ratio), color, bold)
    pad = round(8 * ratio)
    content = np.zeros((line.shape[0] + pad, line.shape[1] + 2 * pad, 4), np.uint8)
    painting.paste(content, line, pad, pad // 2)
    return on_panel(content, theme, round(6 * ratio))


@lru_cache(512)                         # a camera that turns shows a new one with every degree
def _north(azimuth_deg: int, theme: str, ratio: float) -> np.ndarray:
    """A needle that points to grid north, with its letter."""
    size = round(44 * ratio)
    out = painting.panel(size, size, PANEL[theme], 0.88, size // 2)
    turn = math.radians(-azimuth_deg)
    half, long, wide = size / 2, size * 0.23, size * 0.10

    def at(x, y):
        return (half + x * math.cos(turn) - y * math.sin(turn), half + x * math.sin(turn) + y * math.cos(turn))

    tip, tail = at(0, -long), at(0, long)
    left, right = at(-wide, 0), at(wide, 0)
    painting.paste(out, painting.polygon(size, [tip, right, left], (222, 66, 60)), 0, 0)
    painting.paste(out, painting.polygon(size, [tail, left, right], MUTED[theme]), 0, 0)
    letter = painting.text("N", round(11 * ratio), INK[theme], True)
    x, y = at(0, -size * 0.36)
    painting.paste(out, letter, max(0, round(x - letter.shape[1] / 2)), max(0, round(y - letter.shape[0] / 2)))
    return out


@lru_cache(512)                         # and one that comes nearer, with every pixel of the bar
def _scale(length_m: float, bar_px: int, theme: str, ratio: float) -> np.ndarray | None:
    if bar_px <= 0:
        return None
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    line = painting.text(words, s(11), INK[theme])
    content = np.zeros((s(30), max(bar_px, line.shape[1]) + s(20), 4), np.uint8)
    painting.paste(content, line, s(10), s(3))
    painting.fill(content, s(10), s(21), bar_px, s(2), INK[theme])
    for x in (s(10), s(10) + bar_px - s(2)):
        painting.fill(content, x, s(17), s(2), s(6), INK[theme])
    return on_panel(content, theme, s(6))


def _nice(length: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `length`."""
    if not (length > 0 and math.isfinite(length)):
        return 0.0
    power = 10 ** math.floor(math.log10(length))
    return max(step * power for step in (1, 2, 5) if step * power <= length * (1 + 1e-9))
