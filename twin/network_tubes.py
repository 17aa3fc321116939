"""The tubes of a network, made once by its reader, and again where other diameters are assumed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.data import Mesh
from twin.network import Network, Reading, assumed_sizes, radii_m
from twin.tubes import tubes

READ_PLAINLY = Reading()


def with_tubes(network: Network, points: np.ndarray, reading: Reading = READ_PLAINLY,
               rest: tuple[Mesh, np.ndarray] | None = None) -> Network:
    """Tubes along `points` (n, 3) f8, its `line_points`; behind them `rest`, volumes with their normals."""
    made = tubes(points, network.line_offsets, radii_m(network, reading))
    mesh = Mesh(points=made.points, triangles=made.triangles, vertex_feature=network.line_feature[made.line],
                count=network.count)
    normals, first = made.normals, len(made.points)
    if rest is not None:
        solid, of_solid = rest
        mesh = replace(mesh, points=np.concatenate([mesh.points, solid.points]),
                       triangles=np.concatenate([mesh.triangles, solid.triangles + np.int32(first)]),
                       vertex_feature=np.concatenate([mesh.vertex_feature, solid.vertex_feature]),
                       edges=None if solid.edges is None else solid.edges + np.int32(first))
        normals = np.concatenate([normals, of_solid])
    return replace(network, mesh=mesh, normals=normals, tube_points=first)


def resized(network: Network, reading: Reading) -> Network:
    """As it is read, or with the diameters that `reading` assumes where the file states none."""
    if not reading.diameters_mm or not assumed_sizes(network):
        return network
    mesh, first = network.mesh, network.tube_points
    rest = None
    if len(mesh.points) > first:
        solid = Mesh(points=mesh.points[first:], vertex_feature=mesh.vertex_feature[first:], count=network.count,
                     triangles=mesh.triangles[mesh.triangles[:, 0] >= first] - np.int32(first),
                     edges=None if mesh.edges is None else mesh.edges - np.int32(first))
        rest = solid, network.normals[first:]
    return with_tubes(network, network.line_points.astype(np.float64), reading, rest)
