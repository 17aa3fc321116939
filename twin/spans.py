"""Where data exist in time, in pieces: what lies years apart is not one stretch of time to look at."""

from __future__ import annotations

from twin.times import DAY

Span = tuple[int, int]                       # first and last reading, ns
NEAR = 10                                    # times the shorter of two spans that the gap between them may be


def pieces(spans: list[Span]) -> list[Span]:
    """The spans joined where they overlap or lie near each other, ascending.

    Near is a day, or so little that the shorter one can still be seen beside the gap.
    """
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start - out[-1][1] <= max(DAY, NEAR * min(end - start, out[-1][1] - out[-1][0])):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def around(spans: list[Span], now_ns: int) -> Span:
    """The piece that now lies in, or the nearest one; (0, 0) where nothing is known."""
    return min(pieces(spans), key=lambda s: (max(s[0] - now_ns, now_ns - s[1], 0), s[0]), default=(0, 0))


def whole(spans: list[Span]) -> Span:
    return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else (0, 0)
