"""A raster with a colour table says what its colours mean: by value, and by name where a file beside it has names."""

from __future__ import annotations

import numpy as np
import pytest

from cim import raster
from cim.raster_classes import MOST, names_of
from layers.imagery import ImageryLayer
from tests.cim.test_raster import read, write
from tests.layers.made_stage import picture as drawn
from twin.camera import Camera
from twin.text import set_language

TABLE = {0: (0, 0, 0, 0), 1: (0, 90, 200, 255), 2: (20, 120, 20, 255), 3: (200, 30, 30, 255), 7: (9, 9, 9, 255)}
NAMES = """<PAMDataset><PAMRasterBand band="1"><CategoryNames><Category>none</Category><Category>水体</Category>
<Category></Category><Category>Roof</Category></CategoryNames></PAMRasterBand></PAMDataset>"""
ROWS = """<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable>
<FieldDefn index="0"><Name>Value</Name><Type>0</Type><Usage>5</Usage></FieldDefn>
<FieldDefn index="1"><Name>Cover</Name><Type>2</Type><Usage>2</Usage></FieldDefn>
<Row index="0"><F>2</F><F>Forest</F></Row><Row index="1"><F>?</F><F>no</F></Row><Row index="2"><F>3</F></Row>
</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"""
HOSTILE = """<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><PAMDataset><PAMRasterBand band="1"><CategoryNames>
<Category>&e;</Category></CategoryNames></PAMRasterBand></PAMDataset>"""


def picture(tmp_path, values, beside: str = ""):
    path = write(tmp_path / "cover.tif", np.array(values, np.uint8), nodata=0, colormap=TABLE)
    (tmp_path / "cover.tif.aux.xml").write_text(beside, encoding="utf-8") if beside else None
    return read(raster, path, "imagery")


def test_only_what_is_seen_is_told_with_its_value_and_colour(tmp_path):
    assert picture(tmp_path, [[0, 1], [3, 1]]).classes == ((1, (0, 90, 200), ""), (3, (200, 30, 30), ""))


def test_names_come_from_beside_the_file(tmp_path):
    assert [name for *_, name in picture(tmp_path, [[1, 2], [3, 7]], NAMES).classes] == ["水体", "", "Roof", ""]
    assert [name for *_, name in picture(tmp_path, [[1, 2], [3, 7]], ROWS).classes] == ["", "Forest", "", ""]


@pytest.mark.parametrize("text", ["<PAM", "", "<PAMDataset/>", HOSTILE])
def test_a_broken_or_hostile_file_beside_it_names_nothing(tmp_path, text):
    (tmp_path / "a.tif.aux.xml").write_text(text)
    assert set(names_of(tmp_path / "a.tif").values()) <= {"&e;"}


def test_a_palette_that_only_saves_bytes_is_no_legend(tmp_path):
    path = write(tmp_path / "scan.tif", np.arange(200, dtype=np.uint8).reshape(10, 20),
                 colormap={n: (n, 255 - n, n // 2, 255) for n in range(200)})
    assert 200 > MOST and read(raster, path, "imagery").classes == ()


def test_the_legend_says_each_class_and_takes_the_words_of_the_user(tmp_path):
    layer = ImageryLayer(id="c", name="Land cover", own_labels=(("2", "Park"),))
    image = picture(tmp_path, [[1, 2], [3, 7]], NAMES)
    set_language("zh")
    try:
        view, _ = drawn([layer], {"c": image}, camera=Camera(position=(0.0, 0.0, 900.0), focus=(0.0, 0.0, 0.0)))
        (_, legend), = view.legends()
    finally:
        set_language("en")
    assert [words for _, words in legend.entries] == ["水体", "Park", "Roof", "类别 7"]
    assert legend.keys == ("1", "2", "3", "7") and legend.entries[0][0] == (0, 90, 200) and legend.title == "Land cover"
