"""The reader in its worker: parts on the way, and a kernel that never answers costs no more than its element."""

from __future__ import annotations

from bim import loading
from bim import reader as ifc
from bim.cache import FOLDER_VARIABLE
from bim.open import open_model
from bim.team import Limits
from twin.frame import Frame
from twin.jobs import DONE, Jobs
from twin.layer import Source
from twin.readers import Request


def run(path, stall_secs: float):
    jobs = Jobs(workers=1)
    request = Request(source=Source(path=str(path)), kind="building", frame=Frame())
    try:
        job = jobs.wait(jobs.start(ifc.read, request, label="ifc", stall_secs=stall_secs, path=str(path)), 90.0)
        return job, sum(p.triangles.shape[0] for p in job.parts)
    finally:
        jobs.close()


def test_parts_hold_everything(shared, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))                   # cold
    job, triangles = run(shared / "ifc" / "AC20-FZK-Haus.ifc", 60.0)
    assert job.state == DONE and triangles == len(job.result.triangles) > 20_000


def test_missing_units_are_said(tmp_path, shared):
    text = (shared / "ifc" / "IfcOpenHouse_IFC4.ifc").read_text()
    (tmp_path / "bare.ifc").write_text(text.replace(".LENGTHUNIT.", ".USERDEFINED."))
    job, _ = run(tmp_path / "bare.ifc", 30.0)
    assert job.state == DONE and any("no length unit" in note for note in job.result.notes)
    assert job.result.report["length_unit_m"] is None


def test_an_element_that_takes_too_long_is_named_and_the_others_drawn(shared):
    opened, loaded = open_model(shared / "ifc" / "Railway_project_simple_IFC4X3.ifc", lazy=True), loading.Loaded()
    made = list(loading.pieces(opened, 1.0, loaded, lambda done, tried: None,
                               limits=Limits(element_secs=0.4, least_secs=0.2)))
    rail = opened.model.by_type("IfcRail")[0]
    assert set(loaded.failed) == {rail.id()} and "longer than" in loaded.failed[rail.id()]
    assert sum(len(piece.instances.number) for piece in made) == len(loaded.numbers) == loaded.tried - 1 == 2
