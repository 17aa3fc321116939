"""What takes long is computed beside the frames: by whom, in which order, and that the picture is the same."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import layers.solid
import layers.solid_slices
from layers import beside
from layers.base import Moment
from layers.beside import Beside
from layers.building import Building
from layers.sections import Cut
from layers.view import offscreen
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.growing import Growing

WINDOW = SimpleNamespace(at_once=False)


def wait(news) -> None:
    """Until a thread has made it."""
    give_up = threading.Event()
    for _ in range(6000):
        if news():
            return
        give_up.wait(0.005)
    raise AssertionError("nothing came within 30 s")


def test_small_work_and_pictures_without_a_window_are_done_at_once():
    me = threading.current_thread()
    for canvas, rows in ((WINDOW, 10), (SimpleNamespace(at_once=True), 1e9)):
        made = Beside(canvas)
        made.ask(threading.current_thread, rows)
        assert made.news and made.take() is me
        assert not made.news and made.take() is None, "it is given once"


def test_only_what_was_asked_for_last_is_given():
    go, made, ran = threading.Event(), Beside(WINDOW), []

    def work(n):
        go.wait(30)
        ran.append(n)
        return n
    for n in range(5):
        made.ask(lambda n=n: work(n))
    assert not made.news
    go.set()
    wait(lambda: made.news)
    assert made.take() == 4 and ran[-1] == 4 and len(ran) <= 2, "what was overtaken before it began is never begun"
    made.ask(lambda: work(9))
    made.forget()
    assert made.take() is None


def test_an_error_is_raised_where_the_result_is_taken():
    made = Beside(WINDOW)
    made.ask(lambda: 1 / 0)
    wait(lambda: made.news)
    with pytest.raises(ZeroDivisionError):
        made.take()


# -- a building ------------------------------------------------------------------------------------------


def tower(storeys=4, side=3):
    at = np.arange(storeys * side * side)
    low = np.column_stack([at % side * 4.0, at // side % side * 4.0, at // side**2 * 3.0])
    columns = {"class": ["IfcWall", "IfcSlab", "IfcDoor"] * (len(at) // 3), "storey": [f"L{n // side**2}" for n in at],
               "storey_elevation_m": (at // side**2 * 3.0).tolist()}
    return boxes(low, np.full((len(at), 3), 2.5), **columns)


def between(mesh, a, b):
    """Boxes a to b as a part that a reader sends."""
    return replace(mesh, points=mesh.points[8 * a:8 * b], vertex_feature=mesh.vertex_feature[8 * a:8 * b], count=b,
                   triangles=mesh.triangles[12 * a:12 * b] - 8 * a, edges=mesh.edges[8 * a:8 * b] - 8 * a,
                   features=mesh.features.slice(0, b))


def seen(mesh, layer, at_once=True, view=None):
    view = view or offscreen(320, 240)
    view.canvas.at_once = at_once
    view.set_camera(Camera.framing((0, 0, 0, 12, 12, 16), aspect=4 / 3, azimuth_deg=25, tilt_deg=60))
    view.frame(Document(layers=(layer,), frame=Frame()), MadeAssets({layer.id: mesh}), Moment())
    assert not view.stage.rows[layer.id].error, view.stage.rows[layer.id].error
    return view


CUT = Cut(easting=Frame().origin[0] + 5.3, northing=Frame().origin[1], height=0.0, normal=(1.0, 0.0, 0.0))


@pytest.mark.parametrize("change", [{"cuts": (CUT,)}, {"apart_m": 2.0}, {"cuts": (CUT,), "apart_m": 1.5}])
def test_sections_and_lifted_storeys_of_large_models_are_computed_beside_the_frames(change, monkeypatch):
    """Who computes is what is claimed, not how long it takes; and the picture is that of a patient canvas."""
    monkeypatch.setattr(beside, "AT_ONCE", -1)
    threads = []
    for name in ("cap", "lifted"):
        whole = getattr(layers.solid, name)
        monkeypatch.setattr(layers.solid, name,
                            lambda *a, whole=whole: threads.append(threading.current_thread()) or whole(*a))
    mesh, layer = tower(), Building(id="b", name="b")
    view = seen(mesh, layer, at_once=False)
    document, assets = Document(layers=(replace(layer, **change),), frame=Frame()), MadeAssets({"b": mesh})
    patient = seen(mesh, replace(layer, **change))
    expected = patient.picture()
    assert not np.array_equal(view.picture(), expected)
    threads.clear()

    def there():                                          # a cut through lifted storeys waits for the lift
        view.frame(document, assets, Moment())
        return np.array_equal(view.picture(), expected)
    wait(there)
    assert threads and threading.main_thread() not in threads
    assert view.stage.bounds() == pytest.approx(patient.stage.bounds(), abs=1e-4)
    frames = [view.frame(document, assets, Moment()) for _ in range(3)]
    assert not any(frames), "and then nothing is drawn again"


def test_of_a_growing_building_only_the_new_part_is_made():
    mesh, layer, growing = tower(), Building(id="b", name="b", apart_m=1.0, cuts=(CUT,)), Growing()
    shown = [growing.add(between(mesh, a, b)) for a, b in ((0, 9), (9, 20), (20, 36))]
    view, solids, parts = offscreen(320, 240), [], []
    for part in shown:
        seen(part, layer, view=view)
        solids.append(view.stage.visual("b").solid)
        parts.append(list(solids[-1].parts))
    assert solids[0] is solids[1] is solids[2] and [len(p) for p in parts] == [1, 2, 3]
    assert parts[2][:2] == parts[1] and parts[1][:1] == parts[0], "what stood is not made again"
    whole = seen(mesh, layer)
    assert np.array_equal(view.picture(), whole.picture())
    assert view.stage.bounds() == pytest.approx(whole.stage.bounds(), abs=1e-4)
    seen(mesh, layer, view=view)                          # the same, whole: it stays as it stands
    assert view.stage.visual("b").solid is solids[0] and solids[0].parts == parts[2] and solids[0].mesh is mesh
    moved = replace(mesh, points=mesh.points + np.float32(0.5))
    seen(moved, layer, view=view)
    assert view.stage.visual("b").solid is not solids[0], "another one is made anew"


def test_a_large_mesh_comes_into_a_window_slice_by_slice(monkeypatch):
    monkeypatch.setattr(layers.solid_slices, "SLICE_TRIANGLES", 120)         # ten boxes
    mesh, layer = tower(), Building(id="b", name="b")
    view = seen(mesh, layer, at_once=False)
    document, assets = Document(layers=(layer,), frame=Frame()), MadeAssets({"b": mesh})
    solid, sizes = view.stage.visual("b").solid, []
    while solid.news:
        sizes.append(sum(part.stop.triangles - part.start.triangles for part in solid.parts))
        view.frame(document, assets, Moment())
    made = [part.stop.features - part.start.features for part in solid.parts]
    assert made == [10, 10, 10, 6] and len(sizes) <= 4 and not view.frame(document, assets, Moment())
    assert np.array_equal(view.picture(), seen(mesh, layer).picture())
    apart, shown, moved = replace(layer, apart_m=2.0), view.picture(), []
    document = Document(layers=(apart,), frame=Frame())
    while view.frame(document, assets, Moment()):
        moved.append(view.picture())
    assert len(moved) == 4, "and moves slice by slice"
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise([shown, *moved]))
    assert np.array_equal(view.picture(), seen(mesh, apart).picture())


def test_the_end_of_a_slice_is_found_without_a_copy_of_the_mesh():
    """numpy copies all of 32-bit numbers into 64 bits to look for a Python number: a tenth of a second a slice."""
    import tracemalloc
    of = np.repeat(np.arange(100_000, dtype=np.int32), 10)
    tracemalloc.start()
    try:
        assert layers.solid_slices._first(of, 777) == 7770
        assert tracemalloc.get_traced_memory()[1] < of.nbytes / 10
    finally:
        tracemalloc.stop()
