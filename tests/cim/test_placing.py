"""Files whose numbers cannot be in the CRS that they state say so, and lead to where it can be said."""

from __future__ import annotations

import pytest
import shapely

from cim import vectors
from cim.placing import impossible
from tests.cim.made_vectors import read, write
from twin.layer import Source
from twin.trouble import Nowhere

SWAPPED = shapely.box(31.3457, 121.2429, 31.3529, 121.2541)


def test_a_latitude_of_121_is_told_before_it_is_opened_and_when_it_is(tmp_path):
    path = write(tmp_path / "a.geojson", [SWAPPED], {"n": [1]}, "GeoJSON", "EPSG:4326")
    info, = vectors.inspect(path, Source(path=str(path)))
    assert info.crs == "EPSG:4326" and any("looks like a latitude" in note and "Coordinates…" in note
                                           for note in info.notes)
    with pytest.raises(Nowhere) as error:
        read(vectors, path, "vectors")
    assert "looks like a latitude" in error.value.what and "Coordinates…" in error.value.way_out


@pytest.mark.parametrize("crs, box, said", [
    ("EPSG:4326", (121.2, 31.3, 121.3, 31.4), ""), ("EPSG:4326", (-180.0, -90.0, 180.0, 90.0), ""),
    ("EPSG:4326", (35.6, 139.6, 35.7, 139.7), "latitudes reach 139.70"),
    ("EPSG:4326", (618900.0, 3470400.0, 618990.0, 3470500.0), "latitudes reach"),
    ("EPSG:4549", (618900.0, 3470400.0, 618990.0, 3470500.0), ""),
    ("EPSG:4549", (3470400.0, 618900.0, 3470500.0, 618990.0), "like a northing"),
    ("EPSG:4549", (3e12, 3e12, 3.1e12, 3.1e12), "no place on the Earth"), ("EPSG:4549", None, ""),
    ("", (1, 2, 3, 4), "")])
def test_what_is_wrong_with_numbers(crs, box, said):
    assert said in impossible(crs, box) if said else impossible(crs, box) == ""
