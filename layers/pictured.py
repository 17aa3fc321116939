"""Textures on a mesh whose colours come from a table: all its pictures in one, found by two attributes of a vertex.

Where a vertex has a picture, the table's colour is what the picture is multiplied by: white shows it as it is, a mark
tints it. Without shaders faces keep their mean colour.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.colour_table import Extra
from twin.data import Pictures

SAMPLER, PLACE, RECT = "facePictures", "picturePlace", "pictureRect"

PICTURED = Extra(
    vertex_declare=f"in vec2 {PLACE};\nin vec4 {RECT};\nout vec2 pictureV;\nflat out vec4 pictureRectV;\n",
    vertex_code=f"  pictureV = {PLACE};\n  pictureRectV = {RECT};\n",
    declare="in vec2 pictureV;\nflat in vec4 pictureRectV;\n",
    paint=f"""  if (pictureShare > 0.0 && pictureRectV.z != 0.0)
    {{
    vec2 inPicture = pictureRectV.z < 0.0 ? fract(pictureV) : clamp(pictureV, 0.0, 1.0);
    vec4 picture = textureLod({SAMPLER}, pictureRectV.xy + inPicture * abs(pictureRectV.zw), 0.0);
    if (picture.a < 0.25) discard;
    ambientColor *= picture.rgb;
    diffuseColor *= picture.rgb;
    }}
""")


def joined(first: Extra, second: Extra) -> Extra:
    return Extra(*(getattr(first, name) + getattr(second, name) for name in Extra.__dataclass_fields__))


def texture_of(pictures: Pictures) -> vtkTexture:
    height, width = pictures.image.shape[:2]
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    array = numpy_to_vtk(np.ascontiguousarray(pictures.image).reshape(-1, 4), deep=True)
    image.GetPointData().SetScalars(array)
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.SetColorModeToDirectScalars()
    texture.InterpolateOn()
    texture.MipmapOff()
    texture.RepeatOff()
    return texture


def carry_pictures(actor: vtkActor, data: vtkPolyData, uv: np.ndarray, rect: np.ndarray, texture: vtkTexture) -> None:
    """Give the shader its picture and where each vertex lies in it (see `Pictures`); call before the first render."""
    for name, values in ((PLACE, uv), (RECT, rect)):
        array = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
        array.SetName(name)
        data.GetPointData().AddArray(array)
        actor.GetMapper().MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    actor.GetProperty().SetTexture(SAMPLER, texture)
    show_pictures(actor, False)


def show_pictures(actor: vtkActor, shown: bool) -> None:
    actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("pictureShare", 1.0 if shown else 0.0)
