"""numpy arrays as VTK poly data, without copying what VTK can hold."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper


def poly_data(points: np.ndarray, *, triangles: np.ndarray | None = None, offsets: np.ndarray | None = None,
              vertices: bool = False, normals: np.ndarray | None = None, colors: np.ndarray | None = None,
              tcoords: np.ndarray | None = None) -> vtkPolyData:
    """`points` (n, 3) metres with any of: `triangles` (m, 3) point indices; `offsets` (lines + 1,) of polylines
    through consecutive points; one vertex per point; `normals` (n, 3); `colors` (n, 3|4) u1; `tcoords` (n, 2).
    """
    data = vtkPolyData()
    held = vtkPoints()
    held.SetData(_array(points, np.float32))
    data.SetPoints(held)
    if triangles is not None:
        data.SetPolys(triangle_cells(triangles))
    if offsets is not None:
        data.SetLines(_cells(np.arange(offsets[-1]), offsets))
    if vertices:
        data.SetVerts(_cells(np.arange(len(points)), np.arange(len(points) + 1)))
    attributes = data.GetPointData()
    if normals is not None:
        attributes.SetNormals(_array(normals, np.float32))
    if colors is not None:
        attributes.SetScalars(_array(colors, np.uint8))
    if tcoords is not None:
        attributes.SetTCoords(_array(tcoords, np.float32))
    return data


def tinted(data: vtkPolyData, colors: np.ndarray) -> vtkPolyData:
    """The same, sharing all but its colours (n, 3|4) u1."""
    out = vtkPolyData()
    out.ShallowCopy(data)
    out.GetPointData().SetScalars(_array(colors, np.uint8))
    return out


def lent(values: np.ndarray):
    """A VTK array on the memory of a contiguous numpy array, which must stay as it is.

    What numpy does not own itself, such as a part of a memory-mapped file, is copied. VTK may let go of it while it
    holds the lock of its garbage collector; closing a file lets other threads of Python run, and one of them that makes
    a VTK object waits for that lock, holding what the first then waits for.
    """
    owner = values
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return numpy_to_vtk(values, deep=owner.base is not None)


def actor_of(data: vtkPolyData, *, lit: bool = True, colors: bool = False) -> vtkActor:
    """An actor of `data`; `colors` draws its u1 point scalars as they are."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarVisibility(colors)
    if colors:
        mapper.SetColorModeToDirectScalars()
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetLighting(lit)
    if lit:
        look.SetAmbient(0.36)
        look.SetDiffuse(0.8)
        look.SetSpecular(0.0)
    return actor


def grid_triangles(rows: int, cols: int, known: np.ndarray | None = None) -> np.ndarray:
    """(m, 3) i4: two triangles per cell of a grid of posts, cut from south-west to north-east.

    Counter-clockwise seen from above (row 0 south); with `known` (rows, cols) only cells with four known posts.
    """
    at = np.arange(rows * cols, dtype=np.int32).reshape(rows, cols)
    sw, se, nw, ne = at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]
    whole = slice(None) if known is None else known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]
    pick = (lambda a: a.reshape(-1)) if known is None else (lambda a: a[whole])
    sw, se, nw, ne = pick(sw), pick(se), pick(nw), pick(ne)
    return np.stack([sw, se, ne, sw, ne, nw], axis=1).reshape(-1, 3)


def triangle_cells(triangles: np.ndarray) -> vtkCellArray:
    """(m, 3) point indices."""
    return _cells(np.asarray(triangles).reshape(-1), np.arange(0, 3 * len(triangles) + 1, 3))


def _array(values: np.ndarray, kind):
    """The VTK array copies: payloads may be memory-mapped and go away."""
    return numpy_to_vtk(np.ascontiguousarray(values, kind), deep=True)


def _cells(connectivity: np.ndarray, offsets: np.ndarray) -> vtkCellArray:
    cells = vtkCellArray()
    cells.SetData(numpy_to_vtkIdTypeArray(np.ascontiguousarray(offsets, np.int64), deep=True),
                  numpy_to_vtkIdTypeArray(np.ascontiguousarray(connectivity, np.int64), deep=True))
    return cells
