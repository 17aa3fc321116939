"""The clock and instants: exact to the nanosecond, in any zone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import times
from twin.clock import FOLLOWING, PAUSED, PLAYING, Clock
from twin.times import HOUR, MINUTE, SECOND
from twin.trouble import Trouble

START = times.parse("2026-07-15T00:00:00+08:00")
SPAN = (START, START + 24 * HOUR)
INSTANTS = st.integers(0, 4_102_444_800 * SECOND)


def clock(**values):
    return Clock(**{"now_ns": START, "span_ns": SPAN, "state": PLAYING, **values})


def test_playing_advances_by_speed_and_paused_by_nothing():
    playing, paused = clock(speed=600.0), clock(state=PAUSED)
    playing.tick(0.5)
    paused.tick(0.5)
    assert playing.now_ns == START + 300 * SECOND and paused.now_ns == START


@given(st.lists(st.floats(0.0, 0.1), max_size=50), st.sampled_from([0.1, 1.0, 600.0, 3600.0]))
def test_fractions_of_nanoseconds_are_not_lost(ticks, speed):
    told = clock(speed=speed)
    for dt in ticks:
        told.tick(dt)
    assert abs((told.now_ns - START) - sum(ticks) * speed * SECOND) <= 1 + 1e-6 * sum(ticks) * speed * SECOND


@given(st.lists(st.floats(0.0, 5.0), max_size=20), st.booleans())
def test_playing_never_leaves_the_span(ticks, loop):
    told = clock(speed=100_000.0, loop=loop)
    for dt in ticks:
        told.tick(dt)
        assert SPAN[0] <= told.now_ns <= SPAN[1]
    assert told.state == PLAYING or (not loop and told.now_ns == SPAN[1])


def test_looping_goes_on_where_the_end_was_passed():
    told = clock(now_ns=SPAN[1] - MINUTE, loop=True, speed=120.0)
    told.tick(1.0)
    assert told.now_ns == START + MINUTE


def test_following_takes_the_newest_and_a_scrub_ends_it():
    told = clock(state=FOLLOWING)
    told.tick(1.0, newest_ns=START + 7)
    assert told.now_ns == START + 7
    told.tick(1.0, newest_ns=None)
    assert told.now_ns == START + 7
    told.go_to(START + HOUR)
    assert told.state == PAUSED
    told.play()
    told.go_to(START)
    assert told.state == PLAYING


def test_play_at_the_end_begins_again():
    told = clock(now_ns=SPAN[1], state=PAUSED)
    told.play()
    assert told.now_ns == START


@given(st.integers(0, 24 * HOUR), st.integers(-3, 3))
def test_steps_land_on_the_grid_of_the_span(offset, count):
    told = clock(now_ns=START + offset)
    told.step(count)
    assert SPAN[0] <= told.now_ns <= SPAN[1] and told.state == PAUSED
    assert (told.now_ns - START) % told.step_ns == 0
    if count > 0 and offset < 23 * HOUR:
        assert 0 < told.now_ns - (START + offset) <= count * told.step_ns
    if count < 0 and offset > HOUR:
        assert 0 < (START + offset) - told.now_ns <= -count * told.step_ns


def test_speed_is_kept_in_its_range():
    told = clock()
    told.set_speed(1e9)
    assert told.speed == 100_000.0
    told.set_speed(0.0)
    assert told.speed == 0.1


def test_a_new_span_moves_now_only_if_it_was_never_set():
    fresh, used = Clock(), clock(now_ns=START + 5)
    fresh.set_span(*SPAN)
    used.set_span(START + HOUR, SPAN[1])
    assert fresh.now_ns == START and used.now_ns == START + 5


# -- times ------------------------------------------------------------------------------------------


@given(INSTANTS, st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]))
def test_iso_and_back_is_the_identity(instant, zone):
    assert times.parse(times.iso(instant, zone), "UTC") == instant


@pytest.mark.parametrize(("text", "zone", "instant"), [
    ("1970-01-01T00:00:00.000000001Z", "UTC", 1),
    ("1970-01-01T08:00:00", "Asia/Shanghai", 0),
    ("1970-01-01T08:00:00.5", "Asia/Shanghai", SECOND // 2),
    ("1969-12-31T23:59:59.999999999+00:00", "UTC", -1),
    ("2026-07-15 06:41", "Asia/Shanghai", 1784068860 * SECOND),
    ("2026-07-15T06:41:00.123456789+08:00", "UTC", 1784068860 * SECOND + 123456789),
])
def test_parse(text, zone, instant):
    assert times.parse(text, zone) == instant


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "06:41"])
def test_what_is_no_time_is_a_trouble_with_an_example(text):
    with pytest.raises(Trouble, match="2026-07-15T06:41"):
        times.parse(text)


def test_an_unknown_zone_is_a_trouble():
    with pytest.raises(Trouble, match="Asia/Shanghai"):
        times.iso(0, "Mars/Olympus")


def test_readable_carries_its_offset():
    assert times.readable(START, "Asia/Shanghai") == "2026-07-15 00:00 +08:00"
    assert times.readable(START, "UTC", seconds=True) == "2026-07-14 16:00:00 +00:00"


@given(INSTANTS.map(lambda t: t // 1000 * 1000), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_datetimes_and_back(instant, zone):
    assert times.from_datetime(times.to_datetime(instant, zone)) == instant


def test_a_story_ends_where_it_says_however_long_the_frame_took():
    told = clock(speed=100_000.0, loop=True)
    told.until_ns = told.now_ns + MINUTE
    told.play()
    told.tick(1.0)
    assert (told.now_ns, told.state) == (told.until_ns, PAUSED)


def test_a_story_plays_in_its_own_time_where_there_are_no_data():
    told = Clock(now_ns=10 * HOUR, span_ns=(0, HOUR), until_ns=12 * HOUR, speed=60.0)
    told.play()
    told.tick(1.0)
    assert (told.now_ns, told.state) == (10 * HOUR + MINUTE, PLAYING)
    told.tick(3600.0)
    assert (told.now_ns, told.state) == (12 * HOUR, PAUSED)


@pytest.mark.parametrize(("secs", "speed", "step_secs"), [
    (786, 10.0, 1), (3 * 3600, 60.0, 60), (86_400, 600.0, 300), (20 * 86_400, 600.0, 300),
    (1461 * 86_400, 86_400.0, 3600), (0.5, 0.1, 1), (40, 1.0, 1)])
def test_the_pace_fits_the_data_that_come_first(secs, speed, step_secs):
    clock = Clock()
    clock.set_span(START, START + int(secs * SECOND))
    assert (clock.speed, clock.step_ns) == (speed, step_secs * SECOND)
    chosen = Clock(speed=300.0)
    chosen.set_span(START, START + SECOND)
    assert chosen.speed == 300.0
