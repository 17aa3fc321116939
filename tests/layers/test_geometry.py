"""numpy arrays that VTK holds."""

from __future__ import annotations

import mmap

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers.colour_table import put_cells
from layers.geometry import lent, poly_data


@pytest.fixture
def mapped(tmp_path):
    """(9, 3) f4 in a file that is mapped into memory, as what a worker sends."""
    path = tmp_path / "payload"
    path.write_bytes(np.arange(54, dtype=np.float32).tobytes())
    with path.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(held, np.float32).reshape(18, 3)[:9]


def test_memory_of_numpy_is_lent_and_of_a_mapped_file_copied(mapped):
    """VTK closing a file inside its garbage collection could stop the program for good."""
    own = np.arange(30, dtype=np.float32).reshape(10, 3)
    assert np.shares_memory(vtk_to_numpy(lent(own[2:7])), own)
    copied = vtk_to_numpy(lent(mapped))
    assert not np.shares_memory(copied, mapped) and np.array_equal(copied, mapped)


def test_no_poly_data_keeps_a_mapped_file_open(mapped):
    cells = np.frombuffer(mapped.base.base, np.int32)[:6].reshape(2, 3)
    data = poly_data(mapped, triangles=np.array([[0, 1, 2]]))
    put_cells(data, cells)
    assert not np.shares_memory(vtk_to_numpy(data.GetPoints().GetData()), mapped)
    assert not np.shares_memory(vtk_to_numpy(data.GetPolys().GetConnectivityArray()), cells)
