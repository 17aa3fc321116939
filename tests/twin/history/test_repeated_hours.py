"""The hour that comes twice keeps both of its passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from twin.history.importing import bring
from twin.history.store import Store

ZONES = {"Europe/Berlin": datetime(2026, 10, 24, 22, tzinfo=UTC),
         "America/New_York": datetime(2026, 11, 1, 3, tzinfo=UTC),
         "Australia/Lord_Howe": datetime(2026, 4, 4, 13, tzinfo=UTC)}           # this one by half an hour


def brought(folder, rows, zone):
    path = folder / "t.csv"
    path.write_text("time,sensor,value\n" + "".join(f"{stamp},{id},{value}\n" for stamp, id, value in rows))
    report = bring(path, folder / "t.history", zone)
    with Store(folder / "t.history") as store:
        return report, {id: store.series(id) for id in dict.fromkeys(id for _, id, _ in rows)}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minutes", [1, 10, 30])
def test_what_was_measured_over_the_change_comes_back_at_its_instant(tmp_path, zone, minutes):
    """It kept the second pass at the time of the first, and lost the first."""
    instants = [ZONES[zone] + timedelta(minutes=minutes * n) for n in range(8 * 60 // minutes)]
    rows = [(instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"), id, n)
            for n, instant in enumerate(instants) for id in ("A", "B")]
    report, series = brought(tmp_path, rows, zone)
    assert (report.rows, report.kept, report.duplicates, report.out_of_order) == (len(rows), len(rows), 0, 0)
    for times, values, _ in series.values():
        assert times.tolist() == [round(instant.timestamp()) * 10**9 for instant in instants]
        assert values.tolist() == list(range(len(instants)))
    assert any("comes twice" in note for note in report.notes)


@pytest.mark.parametrize("stamps", [["02:00", "02:00", "02:30", "02:30"], ["02:00", "02:30", "02:10"],
                                    ["02:00", "02:30"]], ids=["each row twice", "one late row", "once"])
def test_an_hour_that_does_not_come_again_in_the_file_is_the_first_one(tmp_path, stamps):
    rows = [("2026-10-25 01:00", "A", 0), *((f"2026-10-25 {s}", "A", n) for n, s in enumerate(stamps)),
            ("2026-10-25 04:00", "A", 9)]
    report, series = brought(tmp_path, rows, "Europe/Berlin")
    times = [datetime.fromtimestamp(t / 1e9, UTC).strftime("%H:%M") for t in series["A"][0].tolist()]
    assert times == ["23:00", *sorted({s.replace("02", "00") for s in stamps}), "03:00"]
    assert not any("comes twice" in note for note in report.notes)
