"""A tiled city is judged as the same city in one piece, house by house, and its far blocks by their worst house."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.adding import add_files
from app.building_groups import buildings
from app.discover import layer_types
from app.session import Session
from app.streaming import Streaming
from cim.bake.run import Order, bake
from layers.verdict_colors import level_colors
from layers.view import offscreen
from tests.twin.vitals.made_pools import START, whole
from twin.camera import Camera
from twin.data import Sensors
from twin.frame import Frame
from twin.history.replay import build
from twin.outlines import OutlineIndex, Outlines
from twin.readers import Progress
from twin.vitals.board import Board
from twin.vitals.catalogue import catalogue
from twin.vitals.pool import Pool, Shown
from twin.vitals.verdict import GREEN, RED

HOUSES, EVERY = 600, 6


@pytest.fixture(scope="module")
def city(samples, tmp_path_factory):
    """(session with the houses whole and in tiles, id of the whole, id of the tiles)."""
    layer_types()
    folder = tmp_path_factory.mktemp("city")
    meta, rows = pyogrio.read_arrow(samples / "buildings.fgb", max_features=HOUSES)
    pyogrio.write_arrow(rows, folder / "houses.fgb", geometry_name=meta["geometry_name"] or "wkb_geometry",
                        crs=meta["crs"], geometry_type=meta["geometry_type"])
    bake(Order(inputs=(str(folder / "houses.fgb"),), out=str(folder / "out"), workers=1, tile_triangles=4000),
         Progress())
    session = Session()
    ids = [next(id for id in add_files(session, [path]) if session.document.layer(id).source)
           for path in (folder / "houses.fgb", folder / "out" / "tileset.json")]
    session.settle()
    yield session, *ids
    session.close()


def pool_over(session, tiles: str) -> Pool:
    """A smoke detector in the middle of every sixth house, and one beside all; every third of them alarms."""
    box = session.asset(tiles).payload.row_box[::EVERY].astype(np.float64)
    middles = (box[:, :2] + box[:, 2:]) / 2
    xy = np.concatenate([middles, [middles.max(axis=0) + 9000.0]])
    count = len(xy)
    table = pa.table({"id": [f"s{n}" for n in range(count)], "property": ["fire.smoke"] * count,
                      "unit": ["%obs/m"] * count})
    values = np.where(np.arange(count) % 3 == 0, 9.0, 0.1).astype(np.float32)
    history, _ = build(np.arange(count, dtype=np.int32), np.full(count, START), values, count)
    positions = np.column_stack([xy, np.zeros(count)]).astype(np.float32)
    return Pool((Shown(Sensors(features=table, positions=positions, history=history, count=count),
                       (("s", "", 1e6),)),))


def state_over(session, tiles: str):
    pool = pool_over(session, tiles)
    board = Board(catalogue(), pool, whole(buildings(session, pool)), Frame(), "Asia/Shanghai")
    whole(board.prepare())
    return board.at(START)


def test_every_house_of_the_tiles_has_the_verdict_of_the_same_house_in_one_piece(city):
    session, plain, tiles = city
    state = state_over(session, tiles)
    row, found = state.row("fire.smoke"), {plain: {}, tiles: {}}
    for k, group in enumerate(state.groups.groups):
        assert group.id.startswith(f"{group.layer}/")
        found[group.layer][group.id.removeprefix(f"{group.layer}/")] = (int(state.verdict[row, k]),
                                                                       int(state.members[row, k]))
    assert found[tiles] == found[plain] and len(found[tiles]) > 0.8 * HOUSES / EVERY
    assert {level for level, _ in found[tiles].values()} == {GREEN, RED}


def drawn(session, view, tiles: str, distance_m: float, state, compared=None):
    box = session.asset(tiles).payload.row_box
    x, y = ((np.median(box[:, :2], axis=0) + np.median(box[:, 2:], axis=0)) / 2).tolist()
    view.set_camera(Camera.looking_at((x, y, 10.0), distance=distance_m, azimuth_deg=30, tilt_deg=80))
    streaming = Streaming(session)
    moment = replace(session.moment(), now_ns=START, vitals=state, compared=compared, differing=compared is not None)
    for _ in range(2):
        view.frame(session.document, session.assets, moment)
        streaming.settle(view.canvas.ground.sight(), view.stage.ground)
    view.frame(session.document, session.assets, moment)
    return view.stage.visual(tiles)


@pytest.mark.parametrize("distance_m", [600.0, 60_000.0])
def test_houses_and_the_blocks_that_stand_for_them_are_painted_so(city, distance_m):
    session, plain, tiles = city
    state = state_over(session, tiles)
    document = session.document
    session.edits.commit(document.with_each({plain}, lambda x: replace(x, visible=False)).with_each(
        {tiles}, lambda x: replace(x, sign="fire.smoke", tolerance_px=64.0 if distance_m > 9000 else 1.0)), "Sign")
    view = offscreen(480, 320)
    visual = drawn(session, view, tiles, distance_m, state)
    assert not view.stage.rows[tiles].error
    rows, red = session.asset(tiles).payload.feature_rows, level_colors("light")[RED]
    alarms = {g.feature for k, g in enumerate(state.groups.groups)
              if g.layer == tiles and state.verdict[state.row("fire.smoke"), k] == RED}
    painted, alone, blocks = set(), set(), 0
    for tile in visual._tiles.values():
        is_red = (tile.rgba[:, :3] == red).all(axis=1)
        mine = tile.shown.rows < rows
        painted |= set(tile.shown.rows[is_red & mine].tolist())
        alone |= set(tile.shown.rows[mine].tolist())
        blocks += int((is_red & ~mine).sum())
    assert painted == alarms & alone
    assert blocks > 0 if alarms - alone and distance_m > 9000 else blocks == 0 or alarms - alone
    legend = dict(view.stage.legends())[tiles]
    assert legend.of == "sign.fire.smoke" and ("far blocks" in legend.note) == any(
        (t.shown.rows >= rows).any() for t in visual._tiles.values())
    house = next(iter(alarms))
    assert visual.facts(house)[0][1].endswith("alarm") and visual.facts(rows + 5) == ()
    view.close()
    session.edits.commit(document, "As before")


def test_far_blocks_say_the_largest_change_of_their_houses(city):
    session, plain, tiles = city
    now = state_over(session, tiles)
    value = now.value.copy()
    judged = [k for k, g in enumerate(now.groups.groups) if g.layer == tiles]
    value[now.row("fire.smoke"), judged] -= np.where(np.arange(len(judged)) % 2, 10.0, 50.0)
    document = session.document
    session.edits.commit(document.with_each({plain}, lambda x: replace(x, visible=False)).with_each(
        {tiles}, lambda x: replace(x, sign="fire.smoke", tolerance_px=64.0)), "Sign")
    view = offscreen(480, 320)
    visual = drawn(session, view, tiles, 60_000.0, now, compared=replace(now, value=value))
    rows = session.asset(tiles).payload.feature_rows
    blocks = {tuple(color) for tile in visual._tiles.values()
              for color in tile.rgba[tile.shown.rows >= rows, :3].tolist()}
    said = visual._signs._said
    most = said.colors[np.nanargmax(np.abs(said.differ.values))]
    assert tuple(most.tolist()) in blocks and len(blocks) > 1, "and blocks without a sensor stay pale"
    assert "largest change" in dict(view.stage.legends())[tiles].note
    view.close()
    session.edits.commit(document, "As before")


square = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(2, 9))


@given(squares=st.lists(square, min_size=1, max_size=6), places=st.lists(st.tuples(
    st.floats(-5, 55), st.floats(-5, 55)), min_size=1, max_size=10))
def test_outlines_say_what_shapely_says(squares, places):
    """Squares with a square hole each."""
    rings, shapes = [], []
    for x, y, side in squares:
        outer, inner = shapely.box(x, y, x + side, y + side), shapely.box(x + 0.5, y + 0.5, x + 1.5, y + 1.5)
        shapes.append(outer.difference(inner))
        rings += [np.array(outer.exterior.coords), np.array(inner.exterior.coords)]
    offsets = np.cumsum([0, *(len(r) for r in rings)]).astype(np.int32)
    feature = np.repeat(np.arange(len(squares), dtype=np.int32), 2)
    index = OutlineIndex(Outlines(np.concatenate(rings).astype(np.float32), offsets, feature, len(squares)))
    at = np.array([(round(x) + 0.25, round(y) + 0.25) for x, y in places])
    expected = [next((k for k, shape in enumerate(shapes) if shape.contains(shapely.Point(p))), -1) for p in at]
    assert index.at(at).tolist() == expected
