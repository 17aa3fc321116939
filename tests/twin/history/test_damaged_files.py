"""Files that open well and are damaged further in: the error names the file, and one bad name is one bad name."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage
from pyarrow import parquet

from twin import times
from twin.frame import Frame
from twin.history import parquet_file
from twin.history.plan import plan_of
from twin.history.positions import told_by
from twin.layer import Source
from twin.readers import Progress, Request, recognise
from twin.trouble import Trouble

NOW = times.parse("2026-07-15T08:00:00Z")


def test_a_damaged_page_of_a_parquet_file_is_a_damaged_file(tmp_path):
    path = tmp_path / "readings.parquet"
    rows = 5000
    parquet.write_table(pa.table({
        "time": pa.array([datetime(2026, 7, 15, tzinfo=UTC)] * rows, pa.timestamp("us", "UTC")),
        "id": [f"station {n % 900}" for n in range(rows)],
        "value": np.random.default_rng(1).random(rows)}), path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[8:len(data) // 2] = bytes(len(data) // 2 - 8)                 # the first pages, with their headers
    path.write_bytes(data)
    source = Source(path=str(path), reader="sensor-parquet")
    for read in (lambda: recognise(path, source), lambda: plan_of(path, "UTC"),
                 lambda: parquet_file.read(Request(source=source, kind="sensors", frame=Frame()), Progress())):
        with pytest.raises(Trouble, match=r"(?s)Parquet.*readings\.parquet"):
            read()


def test_a_vehicle_whose_name_is_no_text_is_rejected_alone():
    message = FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    for name in ("bus 1", "bus 2"):
        entity = message.entity.add(id=name)
        entity.vehicle.vehicle.id = name
        entity.vehicle.trip.trip_id = name
        entity.vehicle.timestamp = NOW // times.SECOND
        entity.vehicle.position.longitude, entity.vehicle.position.latitude = 121.25, 31.38
    told = told_by(message.SerializeToString().replace(b"bus 2", b"bus \xff"), NOW)
    assert [fix.id for fix in told.fixes] == ["bus 1"] and len(told.rejects) == 1
