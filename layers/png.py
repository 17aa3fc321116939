"""A picture as a PNG file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOImage import vtkPNGWriter

from twin.text import tr
from twin.trouble import Trouble


def save_png(picture: np.ndarray, out: Path) -> None:
    """(rows, columns, 3) u1 to a PNG, under a temporary name first. Raises Trouble."""
    rows, columns, _ = picture.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(picture[::-1]).reshape(-1, 3), deep=True))
    writer = vtkPNGWriter()
    writer.SetInputData(image)
    writer.WriteToMemoryOn()
    writer.Write()
    temporary = out.with_name(f".{out.name}.part")
    try:
        temporary.write_bytes(vtk_to_numpy(writer.GetResult()).tobytes())
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Trouble(tr("The picture could not be written."), cause=error.strerror or str(error),
                      way_out=tr("Choose another folder."), path=str(out)) from error
