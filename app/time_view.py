"""The visible part of time: shared by the time ribbon, its rows and the linked charts. No Qt.

At first the data around now. Zooming moves no clock, and what is looked at is not shrunk by data that come in later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin import times
from twin.clock import FOLLOWING

if TYPE_CHECKING:
    from app.session import Session
    from twin.document import Document

LEAST_SPAN_NS = 2 * times.SECOND
MOST_TIMES = 20                           # as long as what one looks at: what is longer does not replace it

Span = tuple[int, int]


class TimeView:
    """`span_ns` is what is visible."""

    def __init__(self, session: Session):
        self.session = session
        self.span_ns: Span = (0, 0)
        self._own = False                       # the user zoomed: the data's span no longer decides
        self._home: Span = (0, 0)               # the data around now, …
        self._settled = None                    # … and the edits they were complete for
        self._last_now = session.clock.now_ns
        self._kept: Document | None = None      # whose data do not change what is visible

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The data around now until the user zooms; after that, turn the page when *now* runs out of it."""
        now, moved = self.session.clock.now_ns, self.session.clock.now_ns != self._last_now
        self._last_now = now
        self._take_home(self.home_ns)
        if not self._own:
            self.span_ns = self._home
        if self._own and moved and now and not _holds(self.span_ns, now):
            self.span_ns = self._page(now, 9 if self.session.clock.state == FOLLOWING else 1)

    def _page(self, now_ns: int, before: int = 1) -> Span:
        """As long as what is visible, with so many tenths before now: who follows looks back, others ahead."""
        lo, hi = self.span_ns
        shift = now_ns - (lo + (hi - lo) * before // 10)
        return lo + shift, hi + shift

    def _take_home(self, home: Span) -> None:
        """Years of data that come to a day one looks at do not shrink it to a line; they go again with an undo."""
        before, self._home = self._home, home
        kept = self._kept is self.session.document and _holds(before, self.session.clock.now_ns)
        if home != before and (kept or (self._settled is self.session.edits and _hides(home, before))):
            self._own = True
        if self.span_ns == home or (_covers(self.span_ns, home) and not _covers(self.all_ns, self.span_ns)):
            self._own = False
        if self.session.data_span_ns[1] and not self.session.assets.loading:
            self._settled = self.session.edits

    @property
    def home_ns(self) -> Span:
        """The data around now; the day around now where there are no data."""
        (start, end), now = self.session.clock.span_ns, self.session.clock.now_ns
        if end > start:
            return start, end
        return (now - times.DAY // 2, now + times.DAY // 2) if now else (0, 0)

    @property
    def all_ns(self) -> Span:
        """From the first reading of all to the last."""
        start, end = self.session.data_span_ns
        return (start, end) if end > start else self.home_ns

    @property
    def has_time(self) -> bool:
        return self.span_ns[1] > self.span_ns[0]

    # -- gestures --------------------------------------------------------------------------------------

    def show(self, start_ns: int, end_ns: int) -> None:
        """This part, where it is not too short to be seen; all else leaves it alone until the user goes home."""
        end_ns = max(int(end_ns), int(start_ns) + LEAST_SPAN_NS)
        self._become((int(start_ns), end_ns))

    def keep(self) -> None:
        """What is visible stays where a jump shows a layer of longer data: until the document is another one."""
        self._kept = self.session.document

    def reveal(self, time_ns: int) -> None:
        """Turn the page to an instant that one jumped to; to that of the data where one did not zoom."""
        if self.has_time and not _holds(self.span_ns, time_ns):
            home, (lo, hi) = self.home_ns, self.span_ns
            is_page = _holds(home, time_ns) and home[1] - home[0] == hi - lo
            self._become(home if is_page else self._page(time_ns))

    def zoom(self, factor: float, share: float) -> None:
        """Make the visible span `factor` times as long; the instant at `share` (0 to 1) of it stays where it is."""
        (lo, hi), all_ns = self.span_ns, self.all_ns
        longest = max(all_ns[1] - all_ns[0], LEAST_SPAN_NS)
        span = round(min(longest, max(LEAST_SPAN_NS, (hi - lo) * factor)))
        still = lo + round((hi - lo) * share)
        lo = max(all_ns[0], min(still - round(span * share), all_ns[1] - span))
        self._become((lo, lo + span))

    def pan(self, share: float) -> None:
        """Move the visible part by a share of its length, within the data."""
        (lo, hi), all_ns = self.span_ns, self.all_ns
        shift = max(all_ns[0] - lo, min(all_ns[1] - hi, round((hi - lo) * share)))
        self._become((lo + shift, hi + shift))

    def toggle_whole(self) -> None:
        """Back to the data around now; from there, to all there are."""
        self._become(self.all_ns if self.span_ns == self.home_ns else self.home_ns)

    def _become(self, span_ns: Span) -> None:
        self.span_ns = span_ns
        self._own = span_ns != self.home_ns
        self._last_now = self.session.clock.now_ns          # what was gone away from does not turn the page back


def _holds(span: Span, time_ns: int) -> bool:
    return span[0] <= time_ns <= span[1]


def _covers(span: Span, part: Span) -> bool:
    return span[0] <= part[0] and part[1] <= span[1]


def _hides(span: Span, part: Span) -> bool:
    """Whether `part` would be too thin to see within `span`."""
    return _covers(span, part) and part[1] > part[0] and span[1] - span[0] > MOST_TIMES * (part[1] - part[0])
