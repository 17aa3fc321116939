"""Files and kernels that mean harm cost the elements they spoil, by name, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import ifcopenshell
import numpy as np
import psutil
import pytest

from bim import helper, kernels, loading, plan
from bim import reader as ifc
from bim.kernels import EXACT
from bim.open import open_model
from bim.team import Limits
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Cancelled, Progress, Request

HOUSE = "IfcOpenHouse_IFC4.ifc"                   # 35 elements with a shape


def read(path, progress: Progress | None = None):
    return ifc.read(Request(source=Source(path=str(path)), kind="building", frame=Frame()), progress or Progress())


def load(path, limits: Limits | None = None, beat=lambda done, tried: None, **options):
    """(loaded, pieces) of a file, uncached."""
    loaded = loading.Loaded()
    return loaded, list(loading.pieces(open_model(path, lazy=True), 1.0, loaded, beat, limits=limits, **options))


@pytest.fixture
def house(shared):
    return shared / "ifc" / HOUSE


@pytest.fixture
def spoil(monkeypatch):
    """Do something evil instead of making some elements, also in a pass; forked helpers inherit it."""
    def plant(numbers, deed, libraries=kernels.LADDER):
        whole, together = kernels.Kernels.single, kernels.Kernels.shared

        def shared(self, some, into):
            if set(some) & set(numbers):
                deed()
            yield from together(self, some, into)

        def single(self, number, ladder, into, at):
            if number in numbers and ladder[0] in libraries:
                at(number, ladder[0] if len(ladder) == 1 else next(k for k in ladder if k in libraries))
                deed()
            return whole(self, number, ladder, into, at)

        monkeypatch.setattr(kernels.Kernels, "single", single)
        monkeypatch.setattr(kernels.Kernels, "shared", shared)
    return plant


def walls(path) -> list[int]:
    return [wall.id() for wall in ifcopenshell.open(str(path)).by_type("IfcWall")]


def segfault():
    os.kill(os.getpid(), signal.SIGSEGV)


def loop():
    while True:
        pass


def test_a_crash_costs_its_element_alone(house, spoil):
    bad = walls(house)[1]
    spoil({bad}, segfault)
    loaded, made = load(house)
    assert loaded.failed == {bad: "the kernel crashed"} and len(loaded.numbers) == 34
    assert len({n for piece in made for n in piece.instances.number.tolist()}) == 34


def test_a_crash_of_the_first_kernels_is_made_good_by_the_last(house, spoil):
    spoil({walls(house)[1]}, segfault, kernels.LADDER[:-1])
    loaded, _ = load(house)
    assert not loaded.failed and len(loaded.numbers) == 35


def test_what_was_made_before_a_crash_and_not_sent_yet_is_made_again(house, spoil, monkeypatch):
    """A helper that has the next piece of work before it sends what the last one gave together with that."""
    monkeypatch.setattr(helper, "FIRST_FLUSH_SECS", 60.0)
    monkeypatch.setattr(plan, "SINGLES", (1, 1))
    monkeypatch.setattr(plan, "SHARED", (1, 1))
    bad = walls(house)[-1]
    spoil({bad}, segfault)
    loaded, _ = load(house, Limits(helpers=1))
    assert loaded.failed == {bad: "the kernel crashed"}
    assert len(loaded.numbers) == len(set(loaded.numbers)) == 34


def test_many_crashes_are_all_named(house, spoil):
    spoil(set(walls(house)), lambda: os._exit(3))
    loaded, _ = load(house)
    assert set(loaded.failed) == set(walls(house)) and loaded.done == loaded.tried == 35


def test_an_element_that_never_ends_is_ended(house, spoil):
    bad = walls(house)[0]
    spoil({bad}, loop)
    loaded, _ = load(house, Limits(element_secs=0.5, least_secs=0.2))
    assert list(loaded.failed) == [bad] and "longer than" in loaded.failed[bad] and loaded.limited


def test_an_element_that_waits_for_ever_is_ended_too(house, spoil):
    bad = walls(house)[0]
    spoil({bad}, lambda: time.sleep(600))
    loaded, _ = load(house, Limits(silence_secs=1.0))
    assert list(loaded.failed) == [bad] and len(loaded.numbers) == 34


def test_an_element_that_takes_all_memory_is_ended(house, spoil):
    bad = walls(house)[0]
    spoil({bad}, lambda: (np.ones(60_000_000), time.sleep(600)))
    loaded, _ = load(house, Limits(memory_bytes=300 << 20))
    assert list(loaded.failed) == [bad] and "300 MB" in loaded.failed[bad] and len(loaded.numbers) == 34


def test_pages_of_files_that_only_the_parent_has_do_not_hide_what_a_helper_takes(house, spoil, tmp_path):
    with open(tmp_path / "pages", "wb") as file:
        file.truncate(600 << 20)
    pages = np.memmap(tmp_path / "pages", np.uint8, "r")
    assert not pages[::4096].any()
    bad = walls(house)[0]
    spoil({bad}, lambda: (np.ones(60_000_000), time.sleep(600)))
    loaded, _ = load(house, Limits(memory_bytes=300 << 20))
    assert list(loaded.failed) == [bad] and "300 MB" in loaded.failed[bad]


def test_a_crash_among_shared_shapes_loses_nothing(house, shared, monkeypatch):
    path = shared / "ifc" / "BIMcollab_Example_STR.ifc"
    monkeypatch.setattr(kernels.Kernels, "shared", lambda self, numbers, into: segfault())
    loaded, _ = load(path)
    assert not loaded.failed and len(loaded.numbers) == loaded.tried == 241


def test_helpers_that_start_afresh_make_the_same(house):
    forked, anew = (load(house, Limits(helpers=2), start=start)[0] for start in ("fork", "spawn"))
    assert sorted(anew.numbers) == sorted(forked.numbers) and not anew.failed


def test_cancel_ends_every_helper_at_once(house, spoil):
    spoil(set(walls(house)), loop)
    began = time.monotonic()

    def beat(done, tried):
        if time.monotonic() - began > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(house, beat=beat)
    assert time.monotonic() - began < Limits().element_secs, "it waited for elements that never end"
    assert not [c for c in psutil.Process().children(recursive=True) if c.status() == psutil.STATUS_RUNNING]


ENDLESS = """
import sys
from pathlib import Path
from bim import helper, kernels, loading, plan
from bim.open import open_model
import psutil
def endless(self, number, ladder, into, at):
    while True:
        pass
kernels.Kernels.single = endless
said = set()
def beat(done, tried):
    for child in psutil.Process().children():
        if child.pid not in said:
            said.add(child.pid)
            print(child.pid, flush=True)
list(loading.pieces(open_model(Path(sys.argv[1]), lazy=True), 1.0, loading.Loaded(), beat))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a helper notices at the end of its element")
def test_helpers_do_not_outlive_who_started_them(house):
    main = subprocess.Popen([sys.executable, "-c", ENDLESS, str(house)], stdout=subprocess.PIPE, text=True)
    main.stdout.readline()
    children = psutil.Process(main.pid).children()
    main.kill()
    main.wait()
    assert children and not psutil.wait_procs(children, timeout=5.0)[1]


def test_progress_is_true(house):
    said = []
    loaded, _ = load(house, beat=lambda done, tried: said.append((done, tried)))
    assert all(tried == 35 and 0 <= done <= 35 for done, tried in said) and loaded.done == 35
    assert [done for done, _ in said] == sorted(done for done, _ in said)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.97])
def test_a_file_that_was_cut_off_shows_what_there_is(shared, tmp_path, share):
    data = (shared / "ifc" / "Duplex_A_georeferenced.ifc").read_bytes()
    (tmp_path / "cut.ifc").write_bytes(data[:int(len(data) * share)])
    mesh = read(tmp_path / "cut.ifc")
    assert not mesh.complete and not mesh.report["end_marker"] and "Incomplete" in mesh.notes[0]
    assert mesh.report["entity_lines"] >= mesh.report["entities"] > 0
    assert mesh.report["shapes"] == mesh.count and (share < 0.9 or mesh.count > 100)


@pytest.mark.parametrize("name", [HOUSE, "BIMcollab_Example_STR.ifc"])
def test_references_that_lead_nowhere_or_astray_cost_what_hangs_on_them(shared, tmp_path, name):
    lines = (shared / "ifc" / name).read_bytes().split(b"\n")
    data = next(at for at, line in enumerate(lines) if line.startswith(b"#")) + 3
    astray = [line.split(b"=", 1) for line in lines[data::53] if line.startswith(b"#")]
    for at, one, other in zip(range(data, len(lines), 53), astray, astray[1:]):
        lines[at] = one[0] + b"=" + other[1]                 # another kind of thing under this number
    del lines[data + 5::61]
    (tmp_path / "astray.ifc").write_bytes(b"\n".join([*lines[:-1], b"ENDSEC;", b"END-ISO-10303-21;", b""]))
    mesh = read(tmp_path / "astray.ifc")
    assert mesh.count == mesh.report["shapes"] > 0 and np.isfinite(mesh.points).all()


def test_coordinates_of_a_billion_are_recentred(house, tmp_path):
    model = ifcopenshell.open(str(house))
    for site in model.by_type("IfcSite"):
        site.ObjectPlacement.RelativePlacement.Location.Coordinates = (1e12, -1e12, 0.0)      # millimetres
    model.write(str(tmp_path / "far.ifc"))
    mesh = read(tmp_path / "far.ifc")
    assert mesh.count == 35 and mesh.complete and np.isfinite(mesh.points).all()
    assert np.ptp(mesh.points, axis=0).max() < 100.0


def test_global_ids_that_are_used_twice_are_counted(house, tmp_path):
    model = ifcopenshell.open(str(house))
    first, second = model.by_type("IfcWall")[:2]
    second.GlobalId = first.GlobalId
    model.write(str(tmp_path / "twice.ifc"))
    mesh = read(tmp_path / "twice.ifc")
    assert mesh.report["duplicate_guids"] == 1 and mesh.count == 35
    assert any("more than once" in note for note in mesh.notes)


def test_products_without_a_body_are_no_failures(shared):
    mesh = read(shared / "ifc" / "gherkin" / "pass-alb002-multiple_alignments_and_horizontal_reuse_no_cant.ifc")
    assert mesh.report["products"] > 1000 and mesh.report["shapes"] == 0 and not mesh.report["failed"] and mesh.complete


def test_the_exact_kernel_is_the_last_step():
    assert kernels.LADDER[-1] == EXACT


def test_an_element_at_a_thousand_million_metres_is_left_out_by_name_and_the_others_are_seen(house, tmp_path):
    """One wall there made a grey picture of the whole house."""
    model = ifcopenshell.open(str(house))
    wall = model.by_type("IfcWall")[0]
    wall.ObjectPlacement.RelativePlacement.Location.Coordinates = (1e12, 0.0, 0.0)                        # millimetres
    path = tmp_path / "astray.ifc"
    model.write(str(path))
    mesh = read(path)
    failed, = mesh.report["failed"]
    assert failed["guid"] == wall.GlobalId and "1,000,000 km from the others" in failed["reason"]
    assert mesh.count == len(mesh.features) == mesh.report["shapes"] == 34 and not mesh.complete
    assert wall.GlobalId not in mesh.features.column("guid").to_pylist()
    assert np.abs(mesh.points).max() < 100 and set(mesh.vertex_feature.tolist()) == set(range(34))
    assert mesh.plan.area_m2 == pytest.approx(read(house).plan.area_m2, rel=0.2)
    again = read(path)                                                    # from the cache
    assert again.count == 34 and again.report["failed"] == mesh.report["failed"]


def test_a_file_without_a_unit_of_length_says_that_metres_are_assumed(house, tmp_path):
    """A house of 20 km without a word."""
    model = ifcopenshell.open(str(house))
    model.by_type("IfcProject")[0].UnitsInContext = None
    path = tmp_path / "unitless.ifc"
    model.write(str(path))
    assert any("no length unit" in note for note in ifc.inspect(path, Source(path=str(path)))[0].notes)
    mesh = read(path)
    assert mesh.report["length_unit_m"] is None and any("no length unit" in note for note in mesh.notes)
    assert not any("no length unit" in note for note in read(house).notes)
