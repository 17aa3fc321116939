"""The app on real files that nobody here wrote: dropped on the window, drawn, picked, undone, saved, opened again."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from twin.layer import Group

FILES = {
    "ifc/AC20-FZK-Haus.ifc": "building", "ifc/Duplex_A_georeferenced.ifc": "building",
    "ifc/Duplex_Electrical.ifc": "building", "ifc/Ifc4_SampleHouse.ifc": "building",
    "ifc/IfcOpenHouse_IFC4.ifc": "building", "ifc/BIMcollab_Example_STR.ifc": "building",
    "ifc/pcert_Infra-Bridge.ifc": "building", "ifc/schependomlaan/ROOT-kalkzandsteen.ifczip": "building",
    "ifc/schependomlaan/XELLA-Begane_grond.ifc": "building",
    "city/delft.city.json": "city", "city/DH_01_subs.city.json": "city", "city/zurich_subset_lod2.city.json": "city",
    "city/3dbag_b2.city.jsonl": "city", "city/montreal_noise_extension.json": "city",
    "terrain/making3dmap_dem.tif": "terrain", "terrain/riotiler_cog_int16.tif": "terrain",
    "terrain/rasterio_cogeo.tif": "imagery", "terrain/rasterio_RGB.byte.tif": "imagery",
    "terrain/riotiler_pix4d_alpha_nodata.tif": "imagery", "terrain/riotiler_cog_cmap.tif": "imagery",
    "vector/shanghai_busline71.geojson": "vectors", "vector/shanghai_busstop71.geojson": "vectors",
    "vector/shanghai_districts_amap.geojson": "vectors", "vector/jiading_polygon/jiading_polygon.shp": "vectors",
    "sensors/prsa_beijing/PRSA_Data_Dongsi_20130301-20170228.csv": "sensors",
    "sensors/nab/nyc_taxi.csv": "sensors", "sensors/noise/noisemonitor_test_data_laeq1m.csv": "sensors",
    "sensors/traffic/metr_la_sensor_locations.csv": "sensors",
}
PCERT = ("Building-Architecture", "Building-Hvac", "Building-Structural", "Infra-Bridge", "Infra-Road")
SCATTERED = {"zurich_subset_lod2.city.json"}             # houses over 10 km: all of them together are dots


def drop(window, paths: list[Path]) -> None:
    """As a file manager does it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)                 # Qt delivers it only from a drag of the window system


def layers(window):
    return [x for x in window.session.document.layers if not isinstance(x, Group)]


def settled(window, count: int):
    """Whether `count` layers are there, read, drawn, and nothing flies or loads any more."""
    def check():
        session = window.session
        return (len(layers(window)) >= count and not session.assets.loading and not window.filing.opening.busy
                and window.viewport.travel.aim is None and not window.viewport.view.due
                and not window.viewport.stage.behind)
    return check


def wait(qtbot, window, count: int) -> None:
    qtbot.waitUntil(settled(window, count), timeout=90_000)
    qtbot.wait(120)


def ink(window) -> int:
    """How many pixels of the scene differ from their right neighbour: an empty sky has almost none."""
    picture = window.viewport.view.picture().astype(int)[80:-80, 260:-260]
    return int((np.abs(np.diff(picture, axis=1)).max(axis=2) > 6).sum())


@pytest.mark.realdata
@pytest.mark.parametrize("name, kind", FILES.items(), ids=[Path(name).name for name in FILES])
def test_a_real_file_is_recognised_read_and_drawn(qtbot, window, shared, name, kind):
    drop(window, [shared / name])
    wait(qtbot, window, 1)
    if Path(name).name in SCATTERED:
        window.viewport.zoom_to_feature(layers(window)[0].id, 0)
    else:
        window.viewport.zoom_to({layers(window)[0].id})
    qtbot.waitUntil(settled(window, 1))
    qtbot.wait(150)
    layer, = layers(window)[:1]
    row = window.viewport.stage.rows[layer.id]
    assert layer.kind == kind and row.error == "" and row.state == "ready", row
    if window.viewport.stage.bounds({layer.id}):
        assert row.features > 0 and ink(window) > 40, "nothing of it can be seen"
    else:
        notes = " ".join(window.session.asset(layer.id).payload.notes)
        assert kind == "sensors" and "coordinates" in notes, "a layer without a place must say so"


@pytest.mark.realdata
def test_the_pcert_models_stand_together_as_one_scene(qtbot, window, shared):
    drop(window, [shared / "ifc" / f"pcert_{name}.ifc" for name in PCERT])
    wait(qtbot, window, len(PCERT))
    assert window.session.document.frame.crs == "EPSG:32760"
    boxes = [window.viewport.stage.bounds({layer.id}) for layer in layers(window)]
    assert all(max(map(abs, box[:2] + box[3:5])) < 300 for box in boxes)
    architecture, structure = boxes[0], boxes[2]
    assert all(architecture[i] < structure[i + 3] and structure[i] < architecture[i + 3] for i in (0, 1)), \
        "the structure of the house stands inside its architecture"


@pytest.mark.realdata
def test_good_and_broken_files_together_then_undo_redo_save_and_open(qtbot, window, shared, tmp_path):
    broken = tmp_path / "坏文件.ifc"
    broken.write_bytes((shared / "ifc" / "IfcOpenHouse_IFC4.ifc").read_bytes()[:200].replace(b"ISO", b"XXX"))
    drop(window, [shared / "ifc" / "IfcOpenHouse_IFC4.ifc", broken])
    wait(qtbot, window, 2)
    good, bad = sorted(layers(window), key=lambda layer: layer.kind == "unread")
    assert bad.kind == "unread" and "坏文件.ifc" in window.viewport.stage.rows[bad.id].error
    assert window.viewport.stage.rows[good.id].state == "ready"

    window.undo()
    assert layers(window) == []
    window.redo()
    assert len(layers(window)) == 2
    project = tmp_path / "out" / "p.twin.json"
    window.session.save(project, window.viewport.camera())
    before = window.session.document
    window.session.open(project)
    assert window.session.document.layers == before.layers
    qtbot.waitUntil(lambda: window.viewport.stage.rows[good.id].state == "ready")


@pytest.mark.realdata
def test_a_click_selects_what_is_under_the_mouse_and_the_inspector_shows_it(qtbot, window, shared):
    drop(window, [shared / "ifc" / "AC20-FZK-Haus.ifc"])
    wait(qtbot, window, 1)
    viewport = window.viewport
    layer = layers(window)[0]
    viewport.zoom_to({layer.id})
    qtbot.waitUntil(settled(window, 1))
    middle = viewport.rect().center()
    end = time.monotonic() + 15
    while not window.session.selection.items and time.monotonic() < end:      # the locator is built in a thread
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.wait(100)
    (picked, feature), = window.session.selection.items
    assert picked == layer.id
    name = window.session.asset(picked).payload.features["name"][feature].as_py()
    assert name


def test_a_shapefile_in_gbk_with_chinese_names(qtbot, window, tmp_path):
    import shapely
    from pyogrio.raw import write
    square = shapely.box(618000, 3470000, 618400, 3470300)
    write(tmp_path / "地块.shp", np.array([shapely.to_wkb(square)]), [np.array(["嘉定新城远香湖"], object)],
          np.array(["名称"]), geometry_type="Polygon", crs="EPSG:4549", encoding="GBK")
    (tmp_path / "地块.cpg").unlink(missing_ok=True)
    drop(window, [tmp_path / "地块.shp", tmp_path / "地块.dbf"])
    wait(qtbot, window, 1)
    layer, = layers(window)
    features = window.session.asset(layer.id).payload.features
    assert features["名称"][0].as_py() == "嘉定新城远香湖"
