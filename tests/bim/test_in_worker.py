"""The reader in its worker: parts on the way, and an end to a kernel that never answers."""

from __future__ import annotations

from bim import reader as ifc
from twin.frame import Frame
from twin.jobs import DONE, FAILED, Jobs
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


def test_parts_hold_everything(shared):
    job, triangles = run(shared / "ifc" / "AC20-FZK-Haus.ifc", 60.0)
    assert job.state == DONE and triangles == len(job.result.triangles) > 20_000


def test_a_kernel_that_never_ends_is_ended(shared):
    job, _ = run(shared / "ifc" / "gherkin" / "pass-alb002-multiple_alignments_and_horizontal_reuse_no_cant.ifc", 6.0)
    assert job.state == DONE or (job.state == FAILED and "silent" in str(job.error))


def test_missing_units_are_said(tmp_path, shared):
    text = (shared / "ifc" / "IfcOpenHouse_IFC4.ifc").read_text()
    (tmp_path / "bare.ifc").write_text(text.replace(".LENGTHUNIT.", ".USERDEFINED."))
    job, _ = run(tmp_path / "bare.ifc", 30.0)
    assert job.state == DONE and any("no length unit" in note for note in job.result.notes)
