"""Two pictures in one frame: A at the left of a divider, B at its right, one camera for both.

The stage draws B first, the frame of it is kept, and the stage goes back to A, over which B's part lies as a picture.
So every layer is compared, whatever it is, and nothing is held twice: going from A to B is a step of the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from layers import painting
from layers.base import Moment
from layers.canvas import Canvas
from layers.hud import words_picture
from layers.paper import INK, PANEL
from layers.stamp import Stamp
from twin import times
from twin.comparison import SIDE, Comparison, sides
from twin.document import Document

HALF = 0.5
HANDLE_PX = (22, 38)
Box = tuple[float, float, float, float]           # left, foot, right, top
REACH_PX = 9.0                         # from the divider, logical pixels, where a press takes hold of it


@dataclass(frozen=True, eq=False)
class Side:
    """What one side shows."""

    document: Document
    moment: Moment
    words: str


class Panes:
    """`of` says what is drawn, `aside`, `take` and `dress` how; nothing of it costs anything while nobody compares."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self.comparison = Comparison()
        self._made: tuple = ()
        self._stamps = {name: Stamp(canvas) for name in ("picture", "line", "handle", "a", "b")}     # over each other

    def of(self, document: Document, moment: Moment) -> tuple[Side, Side] | None:
        """A and B; None where one picture is enough."""
        comparison = document.comparison
        if not comparison.halved or (moment.compare_ns is None and not (comparison.only_a or comparison.only_b)):
            self.comparison = Comparison()
            return None
        self.comparison = comparison
        made = (document, moment)
        if not self._made or self._made[0][0] is not document or self._made[0][1] != moment:
            self._made = (made, _pair(document, moment))
        return self._made[1]

    # -- where ---------------------------------------------------------------------------------------

    @property
    def divider_px(self) -> int | None:
        """Device pixels from the left; None where there is none."""
        if not self.comparison.view:
            return None
        share = HALF if self.comparison.view == SIDE else self.comparison.divider
        return round(share * self.canvas.size[0])

    def share_at(self, x: float) -> float:
        """The divider that a device pixel means."""
        return x / max(self.canvas.size[0], 1)

    def takes(self, x: float) -> bool:
        """Whether a press at a device pixel takes hold of the divider."""
        return self.comparison.view not in ("", SIDE) and abs(x - self.divider_px) <= REACH_PX * self.canvas.pixel_ratio

    def in_a(self, x: float) -> float:
        """The device pixel of A's picture that shows what B's shows at `x`: both halves are moved where they stand side
        by side.
        """
        half = self.canvas.size[0] / 2
        return x - half if self.comparison.view == SIDE and x >= half else x

    def look(self, second: bool) -> None:
        """Side by side, what the camera looks at stands in the middle of the half."""
        self.canvas.look_aside((-HALF if second else HALF) if self.comparison.view == SIDE else 0.0)

    def part(self, second: bool) -> tuple[float, float]:
        """What one side has of the width, in shares; a pixel at least."""
        width = max(self.canvas.size[0], 1)
        if not self.comparison.view:
            return 0.0, 1.0
        at = min(max(self.divider_px, 1), max(width - 1, 1))
        return (at / width, 1.0) if second else (0.0, at / width)

    def taken_by_other(self, second: bool) -> tuple[float, float, float, float]:
        """The part of the frame that the other picture has: no label begins there."""
        width, height = self.canvas.size
        return (0.0, 0.0, float(self.divider_px), float(height)) if second else (
            float(self.divider_px), 0.0, float(width), float(height))

    # -- what is drawn -------------------------------------------------------------------------------

    def take(self, picture: np.ndarray) -> None:
        """B's frame, (rows, columns, 3) u1."""
        at = self.divider_px
        self._stamps["picture"].lay(picture[:, at:], at, 0)

    def dress(self, pair: tuple[Side, Side] | None, theme: str, taken: list[Box] = ()) -> None:
        """Divider, handle and what each side is, at the foot but above what is `taken`; all away without a pair."""
        if pair is None:
            for stamp in self._stamps.values():
                if stamp.size[0]:
                    stamp.paint(None)
            return
        ratio, (width, height), at = self.canvas.pixel_ratio, self.canvas.size, self.divider_px
        line = round(3 * ratio)
        self._put("line", (height, theme, ratio), lambda: _line(line, height, theme), (at - line // 2, 0))
        if self.comparison.view == SIDE:
            self._put("handle", (), lambda: None, (0, 0))
        else:
            size = tuple(round(px * ratio) for px in HANDLE_PX)
            self._put("handle", (theme, ratio), lambda: _handle(*size, theme),
                      (at - size[0] // 2, (height - size[1]) // 2))
        gap, foot = round(15 * ratio), round(60 * ratio)          # beside the handle, above the scale
        left = {}
        for name, side in zip("ab", pair):
            self._put(name, (side.words, theme, ratio), lambda s=side: words_picture(s.words, INK[theme], theme, ratio,
                                                                                     14, True), (0, 0))
            wide = self._stamps[name].size[0]
            left[name] = max(0, min(at - gap - wide if name == "a" else at + gap, width - wide))
        foot = _above(taken, [(x, self._stamps[name].size) for name, x in left.items()], foot, gap, height)
        for name, x in left.items():
            self._stamps[name].actor.SetPosition(x, foot)

    def boxes(self) -> list[Box]:
        """What stands over the pictures."""
        return [self._stamps[name].box for name in ("handle", "a", "b") if self._stamps[name].size[0]]

    def _put(self, name: str, key, paint, at: tuple[float, float]) -> None:
        stamp = self._stamps[name]
        if stamp.key != key or not stamp.size[0]:
            stamp.key = key
            stamp.paint(paint())
        stamp.actor.SetPosition(*at)


def _above(taken: list[Box], labels: list, foot: int, gap: int, height: int) -> int:
    """The lowest foot from `foot` on at which no label lies on a box; `foot` where there is none."""
    at = foot
    for left, low, right, top in sorted(taken, key=lambda box: box[1]):
        if any(x < right and left < x + wide and at < top and low < at + high for x, (wide, high) in labels):
            at = round(top) + gap
    return at if at + max(high for _, (_, high) in labels) <= height else foot


def _pair(document: Document, moment: Moment) -> tuple[Side, Side]:
    of_a, of_b = sides(document)
    then = moment if moment.second_shade is None else replace(moment, shade=moment.second_shade)
    then = then if moment.compare_ns is None else replace(
        then, now_ns=moment.compare_ns, compare_ns=moment.now_ns, sun=moment.second_sun or moment.sun,
        vitals=moment.compared, compared=moment.vitals,
        since_ns=None if moment.since_ns is None else moment.compare_ns - (moment.now_ns - moment.since_ns))
    return (Side(of_a, moment, _words("A", document, document.comparison.only_a, moment)),
            Side(of_b, then, _words("B", document, document.comparison.only_b, then)))


def _words(letter: str, document: Document, only: tuple[str, ...], moment: Moment) -> str:
    """"A  2026-07-15 06:41"; where layers are compared their names too."""
    names = [layer.title(moment.language) for id in only if (layer := document.layer(id))]
    clock = times.readable(moment.now_ns, moment.shown_zone)[:16] if moment.now_ns else ""
    return "  ".join(filter(None, (letter, " + ".join(names[:2]), "" if names else clock)))


def _line(width: int, height: int, theme: str) -> np.ndarray:
    out = np.zeros((height, width, 4), np.uint8)
    out[...] = (*PANEL[theme], 255)
    out[:, :1] = out[:, -1:] = (*INK[theme], 90)
    return out


def _handle(width: int, height: int, theme: str) -> np.ndarray:
    """A grip with two arrows."""
    out = painting.panel(height, width, PANEL[theme], 1.0, width // 2)
    middle, reach = width / 2, width * 0.30
    for way in (-1, 1):
        foot = middle + way * 2
        corners = [(middle + way * reach, middle), (foot, middle - way * -reach), (foot, middle - way * reach)]
        painting.paste(out, painting.polygon(width, corners, INK[theme]), 0, (height - width) // 2)
    return out
