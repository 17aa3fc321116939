"""The clock says *now*. Time is an argument: nothing here asks the computer what time it is."""

from __future__ import annotations

from dataclasses import dataclass

from twin.times import DAY, HOUR, MINUTE, SECOND

PAUSED, PLAYING, FOLLOWING = "paused", "playing", "following"
INSTANT, SPAN, CUMULATIVE = "instant", "span", "cumulative"
MODES = (INSTANT, SPAN, CUMULATIVE)
SHORTEST_REAL_SECS = 5.0     # of data that are worth to be seen as fast as they came; what is shorter is played slowly
SHORTEST_PLAY_SECS, LONGEST_PLAY_SECS = 30.0, 3600.0     # that playing all data takes at the usual speed
SHORTEST_DAY_SECS = 8.0      # of real time: days and nights that follow each other faster are flicker, not light
SPEEDS = (0.1, 1.0, 10.0, 60.0, 300.0, 600.0, 1800.0, 3600.0, 21_600.0, 86_400.0)


@dataclass
class Clock:
    """`now_ns` in [span_ns], which is where data exist. `speed` is data seconds per real second.

    What is looked at goes from `since_ns` to now: nothing before it (INSTANT), the `length_ns` before it, which travel
    along (SPAN), or everything since `anchor_ns` (CUMULATIVE; 0 = since the data begin).
    """

    now_ns: int = 0
    span_ns: tuple[int, int] = (0, 0)
    state: str = PAUSED
    speed: float = 600.0
    step_ns: int = 5 * MINUTE
    loop: bool = False
    mode: str = INSTANT
    length_ns: int = HOUR
    anchor_ns: int = 0
    until_ns: int = 0            # playing ends here; 0 = at the end of the data
    held: bool = False           # playing, but something that the picture needs is still being computed
    leaping: bool = False        # being dragged over so much time that nobody means an hour
    _rest: float = 0.0           # fraction of a nanosecond that is still owed

    @property
    def since_ns(self) -> int:
        """Where what is looked at begins; now itself for an instant."""
        if self.mode == SPAN:
            return self.now_ns - self.length_ns
        if self.mode == CUMULATIVE:
            return min(self.now_ns, self.anchor_ns or self.span_ns[0])
        return self.now_ns

    @property
    def hurries(self) -> bool:
        """Days go by so fast that their hours are nothing to look at."""
        return self.leaping or (self.state == PLAYING and self.days_fly)

    @property
    def days_fly(self) -> bool:
        """At this speed days follow each other too fast for their light."""
        return self.speed * SHORTEST_DAY_SECS > DAY / SECOND

    def tick(self, dt_secs: float, newest_ns: int | None = None) -> None:
        """Advance by `dt_secs` of real time; follow `newest_ns` while following."""
        if self.state == FOLLOWING and newest_ns is not None:
            self.now_ns = newest_ns
        elif self.state == PLAYING and not self.held:
            exact = dt_secs * self.speed * SECOND + self._rest
            whole = int(exact)
            self._rest = exact - whole
            self._advance(whole)

    def _advance(self, by_ns: int) -> None:
        start, end = self.span_ns
        now = self.now_ns + by_ns
        if self.now_ns <= self.until_ns:             # it says where playing ends, with or without data there
            if now > self.until_ns:
                now, self.state = self.until_ns, PAUSED
        elif end > start and now > end:
            if self.loop:
                now = start + (now - start) % (end - start)
            else:
                now, self.state = end, PAUSED
        self.now_ns = now

    def play(self) -> None:
        """Play on; from the start where now is at the end."""
        start, end = self.span_ns
        if end > start and self.now_ns >= end and self.now_ns >= self.until_ns:
            self.now_ns = start
        self.state, self._rest = PLAYING, 0.0

    def pause(self) -> None:
        self.state = PAUSED

    def follow(self) -> None:
        self.state = FOLLOWING

    def go_to(self, time_ns: int) -> None:
        """Scrub: any scrub leaves LIVE, playing plays on from there."""
        self.now_ns = int(time_ns)
        if self.state == FOLLOWING:
            self.state = PAUSED

    def step(self, count: int) -> None:
        """To the next multiple of the step (counted from the span's start), and pause."""
        start, end = self.span_ns
        place, rest = divmod(self.now_ns - start, self.step_ns)
        if count < 0 and rest:
            place += 1
        now = start + (place + count) * self.step_ns
        self.now_ns = max(start, min(end, now)) if end > start else now
        self.state = PAUSED

    def set_speed(self, speed: float) -> None:
        self.speed = max(0.1, min(100_000.0, speed))

    def change_speed(self, places: int) -> None:
        """To the next faster (1) or slower (-1) of the usual speeds."""
        usual = [s for s in SPEEDS if s > self.speed] if places > 0 else [s for s in SPEEDS[::-1] if s < self.speed]
        self.set_speed(usual[min(abs(places), len(usual)) - 1] if usual else self.speed)

    def set_span(self, start_ns: int, end_ns: int) -> None:
        """Where data exist; now moves into it only if it was never set, and so does the pace."""
        self.span_ns = (start_ns, end_ns)
        if self.now_ns == 0:
            self.now_ns = start_ns
            if self.speed == Clock.speed and end_ns > start_ns:
                self.speed, self.step_ns = pace_of((end_ns - start_ns) / SECOND, self.step_ns)

    def look_since(self, since_ns: int) -> None:
        """Move the start of what is looked at; now stays. An instant becomes a span."""
        if self.mode == CUMULATIVE:
            self.anchor_ns = int(min(since_ns, self.now_ns))
            return
        self.mode = SPAN
        self.length_ns = max(SECOND, self.now_ns - int(since_ns))

    def look_until(self, time_ns: int) -> None:
        """Move the end, which is now; the start of a span stays where it is."""
        since = self.since_ns
        self.go_to(time_ns)
        if self.mode == SPAN:
            self.length_ns = max(SECOND, self.now_ns - since)


def pace_of(span_secs: float, step_ns: int) -> tuple[float, int]:
    """(speed, step) for data as long as this: a day at the usual speed; minutes are not over in a second, and years do
    not take days."""
    if SHORTEST_PLAY_SECS <= span_secs / Clock.speed <= LONGEST_PLAY_SECS:
        return Clock.speed, step_ns
    slowest = 1.0 if span_secs >= SHORTEST_REAL_SECS else SPEEDS[0]
    speed = max(s for s in SPEEDS if s <= slowest or span_secs / s >= 2 * SHORTEST_PLAY_SECS)
    return speed, SECOND if speed < 60.0 else MINUTE if speed < Clock.speed else HOUR
