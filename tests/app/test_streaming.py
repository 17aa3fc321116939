"""A baked city in the scene: the same picture as the whole one, the same picks, and no hole on the way down."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pyogrio
import pytest

from app.adding import add_files
from app.cli import main
from app.discover import layer_types
from app.session import Session
from app.streaming import Streaming
from cim.bake.run import Order, bake
from layers.view import offscreen
from twin.camera import Camera
from twin.project import load
from twin.readers import Progress
from twin.ruling import ColorRule
from twin.selection import Selection
from twin.tile_tree import Detail, TileTree

BUILDINGS = 3000
SIZE = 480, 320


@pytest.fixture(scope="module")
def files(samples, tmp_path_factory):
    """(footprints, what was baked of them)."""
    folder = tmp_path_factory.mktemp("city")
    meta, rows = pyogrio.read_arrow(samples / "buildings.fgb", max_features=BUILDINGS)
    pyogrio.write_arrow(rows, folder / "houses.fgb", geometry_name=meta["geometry_name"] or "wkb_geometry",
                        crs=meta["crs"], geometry_type=meta["geometry_type"])
    bake(Order(inputs=(str(folder / "houses.fgb"),), out=str(folder / "out"), workers=1, tile_triangles=6000),
         Progress())
    return folder / "houses.fgb", folder / "out" / "tileset.json"


@pytest.fixture
def session():
    session = Session()
    yield session
    session.close()


@pytest.fixture(scope="module")
def view():
    layer_types()
    view = offscreen(*SIZE)
    yield view
    view.close()


def added(session: Session, path) -> str:
    layer, = [id for id in add_files(session, [path]) if session.document.layer(id).source]
    session.settle()
    return layer


def drawn(session: Session, view, streaming: Streaming | None, camera: Camera) -> np.ndarray:
    view.set_camera(camera)
    view.frame(session.document, session.assets, session.moment())
    if streaming:
        streaming.settle(view.canvas.ground.sight(), view.stage.ground)
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    return view.picture().astype(int)


def downtown(session: Session, id: str, distance_m: float) -> Camera:
    box = session.asset(id).payload.bounds()
    features = session.asset(id).payload.row_box if isinstance(session.asset(id).payload, TileTree) else None
    x, y = (np.median(features[:, [0, 1]], axis=0).tolist() if features is not None
            else ((box[0] + box[3]) / 2, (box[1] + box[4]) / 2))
    return Camera.looking_at((x, y, 10.0), distance=distance_m, azimuth_deg=30, tilt_deg=55)


def test_tiles_draw_what_the_whole_city_draws(session, view, files):
    tiles = added(session, files[1])
    layer = session.document.layer(tiles)
    assert layer.kind == "tiles" and layer.color_by == "use" and layer.synthetic, "as its table says"
    camera = downtown(session, tiles, 1500.0)
    streamed = drawn(session, view, Streaming(session), camera)
    assert view.stage.rows[tiles].features > 100 and not view.stage.rows[tiles].error
    legend = view.stage.legends()[0][1]
    city = added(session, files[0])
    session.edits.commit(session.document.without({tiles}), "Remove")
    session.edits.commit(session.document.with_layer(replace(session.document.layer(city), name=layer.name)), "Name")
    whole = drawn(session, view, None, camera)
    assert view.stage.legends()[0][1] == legend
    differs = np.abs(streamed - whole).max(axis=2) > 24
    there = np.abs(whole - whole[0, 0]).max(axis=2) > 24
    assert there.mean() > 0.05, "nothing was drawn that could be compared"
    assert differs.mean() < 0.02, "lines may differ in a pixel, houses may not"


def test_a_row_counts_what_there_is_wherever_the_camera_looks(session, view, files):
    """And what is drawn for tilesets of others, as long as they do not know."""
    from app.panels.layer_facts import facts_of
    tiles = added(session, files[1])
    layer, whole = session.document.layer(tiles), session.asset(tiles).payload.count
    drawn(session, view, Streaming(session), downtown(session, tiles, 300.0))
    row = view.stage.rows[tiles]
    assert 0 < row.features < whole
    assert facts_of(session, layer, row).count == whole


def test_a_click_gives_the_attributes_and_selection_marks_it(session, view, files):
    tiles = added(session, files[1])
    streaming, camera = Streaming(session), downtown(session, tiles, 700.0)
    drawn(session, view, streaming, camera)
    visual = view.stage.visual(tiles)
    wanted = [(x, y) for y in range(60, 260, 8) for x in range(100, 400, 8)]
    for x, y in wanted:
        visual.pick(view.ray(x, y))
    for tile in visual._tiles.values():
        if tile.solid.picker:
            tile.solid.picker.wait()
    hits = [hit for x, y in wanted if (hit := view.pick(x, y))]
    assert len(hits) > 30
    hit = hits[0]
    payload = session.asset(tiles).payload
    row = payload.features.slice(hit.feature, 1).to_pylist()[0]
    box = payload.row_box[hit.feature]
    assert row["id"] and box[0] - 0.1 <= hit.point[0] <= box[2] + 0.1 and box[1] - 0.1 <= hit.point[1] <= box[3] + 0.1
    assert visual.feature_bounds(hit.feature)[:2] == pytest.approx(box[:2].tolist(), abs=0.01)
    before = drawn(session, view, streaming, camera)
    session.selection = Selection(((tiles, hit.feature),))
    assert (np.abs(drawn(session, view, streaming, camera) - before).max(axis=2) > 30).sum() > 5


def test_a_flight_down_has_no_hole_and_keeps_within_its_memory(session, view, files):
    """A frame for every step while tiles come: what was drawn of a place never vanishes on the way down."""
    tiles = added(session, files[1])
    session.edits.commit(session.document.with_layer(
        replace(session.document.layer(tiles), memory_mb=64, tolerance_px=2.0)), "Memory")
    streaming = Streaming(session)
    biggest, largest = 0, int(np.argmax(np.prod(session.asset(tiles).payload.row_box[:, 2:]
                                                - session.asset(tiles).payload.row_box[:, :2], axis=1)))
    seen = False
    for distance in np.geomspace(12_000, 400, 30):
        box = session.asset(tiles).payload.row_box[largest]
        camera = Camera.looking_at(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 5.0), distance=float(distance),
                                   azimuth_deg=20, tilt_deg=60)
        view.set_camera(camera)
        session.tick(0.016)
        streaming.tick(view.canvas.ground.sight(), view.stage.ground)
        view.frame(session.document, session.assets, session.moment())
        rows = np.concatenate([t.rows for t in (session.asset(tiles).detail or Detail()).tiles] or [np.zeros(0)])
        assert largest in rows or not seen, "the largest house vanished"
        seen |= largest in rows
        flow = streaming._flows[tiles]
        biggest = max(biggest, flow.stream.held_bytes)
        if not seen:
            streaming.settle(view.canvas.ground.sight(), view.stage.ground)
    assert seen and biggest <= 64 << 20


def covered(picture: np.ndarray, empty: np.ndarray, cell: int = 20) -> np.ndarray:
    """Which share of each square of the picture is not as without a city."""
    there = np.abs(picture - empty).max(axis=2) > 24
    rows, cols = (n // cell for n in there.shape)
    return there[:rows * cell, :cols * cell].reshape(rows, cell, cols, cell).mean(axis=(1, 3))


def around(share: np.ndarray) -> np.ndarray:
    """The mean of each square and its neighbours: a block is not where each of its houses is."""
    wide = np.pad(share, 1, mode="edge")
    return sum(wide[r:r + share.shape[0], c:c + share.shape[1]] for r in range(3) for c in range(3)) / 9


def test_what_refines_a_block_leaves_no_hole_and_does_not_jump(session, view, files):
    """The camera stands still; every picture on the way from the root to the finest tiles has city where city is."""
    tiles = added(session, files[1])
    camera = downtown(session, tiles, 2500.0)
    shown = session.document.layer(tiles)
    session.edits.commit(session.document.with_layer(replace(shown, color_by="", windows=False, edges=False)), "Plain")
    view.set_camera(camera)
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    empty, streaming, pictures = view.picture().astype(int), Streaming(session), []
    sight, ground = view.canvas.ground.sight(), view.stage.ground

    def still() -> bool:
        flow = streaming._flows.get(tiles)
        return flow is not None and not (flow.jobs or flow.came or flow.choice.wanted)

    end = time.monotonic() + 300.0
    while not still():
        assert time.monotonic() < end, "tiles that were asked for never came"
        time.sleep(0.001)                                    # the workers need the processor
        session.jobs.poll()
        if streaming.tick(sight, ground, most=1):
            view.frame(session.document, session.assets, session.moment())
            view.render(session.document, session.moment())
            picture = view.picture().astype(int)
            pictures.append((covered(picture, empty), view.stage.rows[tiles].features))
    pictures = pictures[next(n for n, (_, features) in enumerate(pictures) if features):]
    fine, count = pictures[-1]
    assert len(pictures) > 3 and fine.max() > 0.3
    for share, features in pictures:
        assert (around(share)[fine > 0.25] > 0.02).all(), "a hole where city is"
        assert share.sum() == pytest.approx(fine.sum(), rel=0.35), "a jump"
        assert features >= count, "a coarse tile stands for all that lies in it"


def test_a_far_block_says_what_it_is_and_what_its_colour_means(session, view, files, qapp):
    from app.panels.attributes import AttributePanel
    from app.panels.status import StatusBar
    tiles = added(session, files[1])
    session.edits.commit(session.document.with_layer(replace(session.document.layer(tiles), tolerance_px=64.0)), "Far")
    drawn(session, view, Streaming(session), downtown(session, tiles, 9000.0))
    assert view.stage.rows[tiles].features == BUILDINGS, "one tile stands for all"
    assert "footprint area" in view.stage.legends()[0][1].note
    visual, payload = view.stage.visual(tiles), session.asset(tiles).payload
    tile, = visual._tiles.values()
    counts = tile.shown.mesh.features.column("_count").to_pylist()
    middle = np.median(payload.row_box[:, :2], axis=0)
    away = [np.linalg.norm(np.subtract(visual.feature_bounds(int(row))[:2], middle)) if count > 3 else np.inf
            for row, count in zip(tile.shown.rows, counts)]
    chosen = int(np.argmin(away))
    feature, count = int(tile.shown.rows[chosen]), counts[chosen]
    block = payload.block(feature)
    assert block["_count"] == count > 3 and payload.block(0) is None
    uses = dict(zip(payload.features.column("use").to_pylist(), visual._coloring.colors.tolist()))
    assert visual._block_colors[feature - payload.feature_rows].tolist() == uses[block["use"]]
    session.selection = Selection(((tiles, feature),))
    panel = AttributePanel(session)
    panel.show_layer(tiles)
    assert f"Block of {count}" in panel.title.text()
    rows = {row.key: row.value for row in panel.table.facts.rows}
    assert rows["use"] == block["use"] and rows["_footprint_m2"] == f"{block['_footprint_m2']:,.0f} m²"
    assert "Block of" in StatusBar(session)._name(tiles, feature)
    assert visual.feature_bounds(feature)[3] > visual.feature_bounds(feature)[0]
    before = view.picture().astype(int)
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    assert (np.abs(view.picture().astype(int) - before).max(axis=2) > 30).sum() > 2, "selected, it is marked"


def test_nothing_happens_while_nothing_changes(session, view, files):
    tiles = added(session, files[1])
    streaming = Streaming(session)
    drawn(session, view, streaming, downtown(session, tiles, 900.0))
    sight, revision = view.canvas.ground.sight(), session.asset(tiles).revision
    assert not any(streaming.tick(sight, view.stage.ground) for _ in range(5))
    assert session.asset(tiles).revision == revision and not view.frame(
        session.document, session.assets, session.moment())


def test_a_hidden_layer_reads_nothing_and_a_removed_one_is_forgotten(session, view, files):
    tiles = added(session, files[1])
    session.edits.commit(session.document.with_layer(replace(session.document.layer(tiles), visible=False)), "Hide")
    streaming = Streaming(session)
    drawn(session, view, streaming, downtown(session, tiles, 900.0))
    assert session.asset(tiles).detail is None and not session.jobs.jobs
    session.edits.commit(session.document.without({tiles}), "Remove")
    session.tick(0.0)
    streaming.tick(view.canvas.ground.sight(), view.stage.ground)
    assert not streaming._flows


def test_a_tileset_of_others_grows_its_table_as_it_is_read(session, view, shared):
    tiles = added(session, shared / "city/3dtiles/SparseImplicitQuadtree/tileset.json")
    view.set_camera(Camera.looking_at((0.5, 0.5, 0.0), distance=3.0, azimuth_deg=0, tilt_deg=80))
    view.frame(session.document, session.assets, session.moment())
    streaming = Streaming(session)
    streaming.settle(view.canvas.ground.sight(), view.stage.ground)
    view.frame(session.document, session.assets, session.moment())
    asset = session.asset(tiles)
    assert asset.payload.features.num_rows == asset.payload.count > 4
    assert view.stage.rows[tiles].triangles > 4 and not asset.detail.broken


def test_houses_that_were_baked_without_a_terrain_stand_on_the_scene_s(session, view, files, samples):
    tiles = added(session, files[1])
    added(session, samples / "terrain.tif")
    drawn(session, view, Streaming(session), downtown(session, tiles, 900.0))
    visual, ground = view.stage.visual(tiles), view.stage.ground
    tile = max(visual._tiles.values(), key=lambda t: t.solid.count)
    lowest = np.full(tile.solid.count, np.inf)
    np.minimum.at(lowest, tile.shown.mesh.vertex_feature, tile.solid.points[:, 2])
    heights = ground.height_at(tile.shown.mesh.base)
    assert heights.max() > 1.0 and lowest == pytest.approx(heights - 3.0, abs=0.01)        # with a foot of 3 m below


@pytest.mark.parametrize("metres", [900.0, 60_000.0])
def test_rules_colour_houses_and_the_blocks_that_stand_for_them_from_afar(session, view, files, metres):
    """The red channel where a rule gives red, near (houses) and far (blocks), and plain ground nowhere."""
    tiles = added(session, files[1])
    rules = (ColorRule(where="height_used_m >= 0", color="#ff0000"), ColorRule(color="#00ff00"))
    layer = replace(session.document.layer(tiles), ruled=True, rules=rules, edges=False, windows=False,
                    tolerance_px=8.0)
    session.edits.commit(session.document.with_layer(layer), "Rules")
    streaming, camera = Streaming(session), downtown(session, tiles, metres)
    drawn(session, view, streaming, camera)
    session.settle()                                         # which blocks there are is known since the tiles came
    picture = drawn(session, view, streaming, camera)
    red = (picture[..., 0] > picture[..., 1] + 60) & (picture[..., 0] > picture[..., 2] + 60)
    green = picture[..., 1] > picture[..., 0] + 60
    assert red.sum() > 20 and not green[:, 60:].any(), "left of there is the legend"
    assert metres < 10_000 or session.asset(tiles).payload.block_rows > 0
    legend = view.stage.visual(tiles).legend(layer, session.asset(tiles), session.moment())
    assert [color for color, _ in legend.entries] == [(255, 0, 0), (0, 255, 0)]


def test_the_look_of_tiles_is_set_at_the_command_line_and_kept(session, files, tmp_path, capsys):
    tiles, path = added(session, files[1]), tmp_path / "p.twin.json"
    session.save(path)
    command = ["style", str(path), "--layer", tiles, "--json"]
    assert main([*command, "--set", "color_by=height_used_m", "--set", "steps=quantile", "--set", "low=3",
                 "--rule", "height_used_m > 20 => #ff0000 Tall", "--rule", "=> #00ff00"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == ["height_used_m > 20 => #ff0000 Tall", "=> #00ff00"]
    layer = load(path).document.layer(tiles)
    assert (layer.color_by, layer.steps, layer.low, layer.ruled) == ("height_used_m", "quantile", 3.0, True)
    assert layer.rules == (ColorRule(where="height_used_m > 20", color="#ff0000", label="Tall"),
                           ColorRule(color="#00ff00"))
    assert main([*command, "--set", "low=", "--set", "ruled=false"]) == 0
    layer = load(path).document.layer(tiles)
    assert layer.low is None and not layer.ruled and len(layer.rules) == 2
    before = path.read_bytes()
    for wrong in (["--set", "opacity=3"], ["--set", "colour=red"], ["--rule", "height > 3"], ["--set", "steps=wide"]):
        assert main([*command, *wrong]) != 0
    assert path.read_bytes() == before
