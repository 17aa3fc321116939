"""One reading of an IFC file, bare or ours, each in a fresh process that has imported all it needs.

Both the clock and the processor's seconds are told: on a machine that does other things the clock alone lies. Up to the
first elements only the reader's own seconds count: its helpers work beside it.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import statistics
import tempfile
import time
from pathlib import Path

LIMIT_SECS = 800.0


def compare(path: Path, runs: int) -> dict:
    """Medians of alternating runs: the library's own iterator; ours cold, from the cache, cold by the hybrid alone."""
    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            os.environ["CITYTWIN_CACHE"] = cache
            found.append((_fresh(bare, path), _fresh(ours, path), _fresh(ours, path), _fresh(by_hybrid, path)))
    theirs, cold, warm, alone = ({key: statistics.median(run[i][key] for run in found) for key in found[0][i]}
                                 for i in range(4))
    mb = path.stat().st_size / 1e6
    return {"file": path.name, "file_mb": round(mb, 1), "bare_s": theirs["s"], "bare_cpu_s": theirs["cpu_s"],
            "open_s": theirs["open_s"], "cold_s": cold["s"], "cold_cpu_s": cold["cpu_s"],
            "cold_over_bare": round(cold["s"] / theirs["s"], 3),
            "cold_cpu_over_bare": round(cold["cpu_s"] / theirs["cpu_s"], 3), "first_s": cold["first_s"],
            "hybrid_over_bare": round(alone["s"] / theirs["s"], 3),
            "hybrid_cpu_over_bare": round(alone["cpu_s"] / theirs["cpu_s"], 3),
            "first_over_open": round(cold["first_s"] / theirs["open_s"], 2),
            "first_cpu_over_open": round(cold["first_cpu_s"] / theirs["open_cpu_s"], 2), "second_s": warm["s"],
            "cold_over_second": round(cold["s"] / warm["s"], 1), "elements": cold["elements"],
            "bare_elements": theirs["elements"], "failed": cold["failed"], "peak_mb": cold["peak_mb"],
            "peak_over_file": round(cold["peak_mb"] / mb, 1), "cores": os.cpu_count()}


def _fresh(work, path: Path) -> dict:
    context = mp.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, str(path)))
    process.start()
    theirs.close()                                       # so that a death is heard
    if not mine.poll(LIMIT_SECS):
        process.kill()
        raise TimeoutError(f"{work.__name__} took longer than {LIMIT_SECS} s")
    said = mine.recv()
    process.join()
    return {key: round(value, 4) for key, value in said.items()}


def _cpu() -> float:
    return sum(os.times()[:4])


def bare(pipe, path: str) -> None:
    """Open, and every shape through the hybrid iterator; elements with triangles are counted."""
    import ifcopenshell
    import ifcopenshell.geom

    from bim.kernels import HYBRID
    start, cpu, elements = time.perf_counter(), _cpu(), 0
    model = ifcopenshell.open(path)
    opened, opened_cpu = time.perf_counter() - start, _cpu() - cpu
    iterator = ifcopenshell.geom.iterator(ifcopenshell.geom.settings(), model, 1, geometry_library=HYBRID,
                                          exclude=["IfcOpeningElement"])
    more = iterator.initialize()
    while more:
        elements += bool(iterator.get().geometry.faces_buffer)
        more = iterator.next()
    pipe.send({"s": time.perf_counter() - start, "cpu_s": _cpu() - cpu, "open_s": opened,
               "open_cpu_s": opened_cpu, "elements": elements})


def by_hybrid(pipe, path: str) -> None:
    """As `ours`, without manifold; what is kept is kept under another key."""
    from bim import cache, helper, kernels, team
    for module in (cache, helper, kernels, team):
        module.LADDER = module.LADDER[1:]
    ours(pipe, path)


def ours(pipe, path: str) -> None:
    """To the arrays of a polydata, with rows, edges, colours and place."""
    from bim import reader
    from twin.arrow import spare_pandas
    from twin.frame import Frame, start_proj, warm_proj
    from twin.layer import Source
    from twin.readers import Progress, Request
    start_proj()                                         # what a worker does before it is asked for anything
    spare_pandas()
    warm_proj()
    reader.warm()
    start, cpu, first = time.perf_counter(), _cpu(), []

    class Watch(Progress):
        def part(self, payload) -> None:
            first.append((time.perf_counter() - start, _cpu() - cpu))

    mesh = reader.read(Request(source=Source(path=path), kind="building", frame=Frame()), Watch())
    seconds = time.perf_counter() - start
    for child in mp.active_children():                   # what it computed is known when it has gone
        child.join()
    spent = _cpu() - cpu
    from layers.geometry import poly_data  # no worker has VTK: it does not count, nor does its memory
    start, cpu = time.perf_counter(), _cpu()
    poly_data(mesh.points)
    seconds, spent = seconds + time.perf_counter() - start, spent + _cpu() - cpu
    first_s, first_cpu_s = first[0] if first else (seconds, spent)
    pipe.send({"s": seconds, "cpu_s": spent, "first_s": first_s, "first_cpu_s": first_cpu_s,
               "elements": mesh.count, "failed": len(mesh.report["failed"]), "peak_mb": mesh.report["peak_mb"]})
