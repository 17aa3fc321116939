"""The good readings of sealed files as arrays, decoded by a few threads that take a run of row groups each.

Arrow hands over what each datastream is called once for thousands of rows; SQL would compare every row.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

RUN_GROUPS = 4                            # that a thread decodes at once: half a million rows
MOST_THREADS = 4
COLUMNS = ("datastream", "time", "value")


@dataclass(frozen=True)
class _Run:
    """Row groups of a file that stand one after the other; `at` is the place of their first row among all."""

    path: str
    metadata: object
    groups: list[int]
    at: int
    rows: int
    doubtful: bool                        # some reading may not be good


def good_readings(paths: list[str], numbers: dict[str, int], first_us: int,
                  last_us: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(numbers i4, times i8 ns, values f4) of the good readings of datastreams that have a number, in a span, both
    ends included; in the order of the files."""
    runs = _runs(paths)
    total = sum(run.rows for run in runs)
    number, times_ns, values = np.empty(total, np.int32), np.empty(total, np.int64), np.empty(total, np.float32)
    bad = []                                                      # arrays of places

    def decode(run: _Run) -> None:
        mine = slice(run.at, run.at + run.rows)
        bad.extend(run.at + found for found in
                   _decode(run, numbers, (first_us, last_us), number[mine], times_ns[mine], values[mine]))
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1, len(runs) or 1)) as crew:
        list(crew.map(decode, runs))                              # an error is raised here
    if not bad:
        return number, times_ns, values
    keep = np.ones(total, bool)
    keep[np.concatenate(bad)] = False
    return number[keep], times_ns[keep], values[keep]


def _runs(paths: list[str]) -> list[_Run]:
    import pyarrow.parquet as pq
    out, at = [], 0
    for path in paths:
        metadata = pq.read_metadata(path)
        for first in range(0, metadata.num_row_groups, RUN_GROUPS):
            groups = list(range(first, min(first + RUN_GROUPS, metadata.num_row_groups)))
            rows = sum(metadata.row_group(n).num_rows for n in groups)
            out.append(_Run(path, metadata, groups, at, rows, not all(_all_good(metadata, n) for n in groups)))
            at += rows
    return out


def _all_good(metadata, group: int) -> bool:
    """Whether the file itself says so."""
    said = metadata.row_group(group).column(metadata.schema.names.index("quality")).statistics
    return said is not None and said.has_min_max and said.min == said.max == 0


def _decode(run: _Run, numbers: dict[str, int], span_us: tuple[int, int], number: np.ndarray, times_ns: np.ndarray,
            values: np.ndarray) -> list[np.ndarray]:
    """Fill the three arrays; the places in them of what does not count. One row group after the other, so that the
    next one is unpacked into the memory of the last."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    file = pq.ParquetFile(run.path, metadata=run.metadata, read_dictionary=["datastream"])
    bad, at = [], 0
    for group in run.groups:
        table = file.read_row_group(group, [*COLUMNS, *(["quality"] if run.doubtful else [])], use_threads=False)
        mine = slice(at, at + len(table))
        _name(table.column("datastream"), numbers, number[mine])
        times_us = table.column("time").cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
        np.multiply(times_us, 1000, out=times_ns[mine])
        with np.errstate(over="ignore"):                          # too large for a float is infinite: no reading
            values[mine] = table.column("value").to_numpy()
        out = (number[mine] < 0) | (times_us < span_us[0]) | (times_us > span_us[1])
        if run.doubtful:
            out |= table.column("quality").to_numpy() != 0
        if out.any():
            bad.append(at + np.flatnonzero(out))
        at += len(table)
    return bad


def _name(words, numbers: dict[str, int], number: np.ndarray) -> None:
    """Write the numbers of a column of ids, -1 = has none."""
    at = 0
    for chunk in filter(len, words.chunks):
        known = np.array([numbers.get(id, -1) for id in chunk.dictionary.to_pylist()], np.int32)
        np.take(known, chunk.indices.to_numpy(), out=number[at:at + len(chunk)], mode="clip")
        at += len(chunk)
