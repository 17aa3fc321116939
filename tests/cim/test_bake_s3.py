"""A bake from an object store into one: s3://, on a server of this machine."""

from __future__ import annotations

import pytest

from cim.bake.run import Order, bake
from tests.s3 import s3  # noqa: F401 - a fixture
from twin.readers import Progress
from twin.trouble import Trouble


@pytest.fixture
def order(s3, samples, tmp_path) -> Order:  # noqa: F811
    for name in ("lakeside.city.json", "underpass.tif"):
        s3.put_file(str(samples / name), f"city/in/{name}")
    return Order(inputs=("s3://city/in/lakeside.city.json", "s3://city/in/underpass.tif"), out="s3://city/tiles",
                 workers=2, scratch=str(tmp_path / "scratch"), tile_triangles=6000)


def test_it_is_as_on_disk_and_goes_on(s3, order, samples, tmp_path):  # noqa: F811
    report = bake(order, Progress())
    assert not report["failed"] and {d["name"] for d in report["datasets"]} == {"lakeside", "underpass"}
    inputs = tuple(str(samples / name.rpartition("/")[2]) for name in order.inputs)
    bake(Order(inputs=inputs, out=str(tmp_path / "out"), workers=1, tile_triangles=6000), Progress())
    there = {name.removeprefix("city/tiles/"): s3.cat_file(name) for name in s3.find("city/tiles")}
    here = {p.relative_to(tmp_path / "out").as_posix(): p.read_bytes() for p in (tmp_path / "out").rglob("*")
            if p.is_file()}
    there.pop("manifest.json"), here.pop("manifest.json")                # names the inputs
    assert there == here and len(there) > 5
    s3.rm_file("city/tiles/underpass/underpass.tif")
    again = bake(order, Progress())
    assert again["made"] == 1 and s3.exists("city/tiles/underpass/underpass.tif"), "only what went is made again"


def test_what_is_away_is_said(s3, order, monkeypatch, tmp_path):  # noqa: F811
    with pytest.raises(Trouble, match="could not be fetched"):
        bake(Order(inputs=("s3://elsewhere/city.gml",), out=str(tmp_path / "out"), workers=1), Progress())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3.clear_instance_cache()
    with pytest.raises(Trouble, match="cannot be reached"):
        bake(Order(inputs=order.inputs, out="s3://city/tiles", workers=1), Progress())
