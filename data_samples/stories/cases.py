"""The control room's log of the flooded underpass, as the journal of the sample's incidents."""

from __future__ import annotations

from pathlib import Path

from data_samples.stories import fire, rain
from twin.incidents.journal import Journal
from twin.times import parse

NAME = "jiading.incidents.jsonl"
RAIN, FIRE = "2026-0715-01", "2026-0715-02"


def write(folder: Path) -> None:
    """Written anew; the lines carry the time they tell of, so that every run gives the same bytes."""
    path = folder / NAME
    path.unlink(missing_ok=True)
    now = [0]
    journal = Journal(path, now_ns=lambda: now[0])

    def at(clock: str) -> int:
        now[0] = parse(f"2026-07-15T{clock}+08:00")
        return now[0]

    flood = journal.open(
        id=RAIN, title="沪宜公路下立交积水 / Huyi Highway underpass flooded", time_ns=at("06:41:00"), level=3,
        rule="story.rain", layer="story.rain.depth", streams=(rain.DEPTH,), place=(*rain.UNDERPASS, float("nan")),
        role="值班员 / Duty officer", note="25 cm，道闸关闭 / 25 cm, barrier closed", synthetic=True)
    for clock, state, role, note in (
            ("06:43:00", "assigned", "区城运中心 / Control room", "交警、路政、泵车 / police, road, pump truck"),
            ("07:05:00", "arrived", "排水所 / Drainage", "泵车到场 / pump truck on site"),
            ("07:50:00", "handled", "排水所 / Drainage", "低于5 cm / below 5 cm"),
            ("08:00:00", "closed", "区城运中心 / Control room", "恢复通行 / open again")):
        journal.advance(flood.id, state, at(clock), role=role, note=note)
    alarm = journal.open(
        id=FIRE, title="湖畔办公楼5-12室火警 / Fire alarm, lakeside office room 5-12", time_ns=at("14:03:00"),
        level=3, rule="story.fire", layer="story.fire.smoke", streams=(f"STORY-OFF-{fire.ROOM}.fire.smoke",),
        place=None, role="消控室 / Fire control room", note="第二个探测器确认 / confirmed by a second detector", synthetic=True)
    for clock, state, role, note in (
            ("14:04:00", "assigned", "119", "喷淋动作 / sprinklers run"),
            ("14:11:00", "arrived", "消防救援站 / Fire brigade", ""),
            ("14:25:00", "handled", "消防救援站 / Fire brigade", "明火扑灭 / fire is out"),
            ("14:50:00", "closed", "消控室 / Fire control room", "")):
        journal.advance(alarm.id, state, at(clock), role=role, note=note)
