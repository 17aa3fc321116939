"""Trees of tiles opened part by part: boxes hold what they promise, implicit trees are whole, servers stay bounded."""

from __future__ import annotations

import functools
import http.server
import json
import socket
import threading

import numpy as np
import pytest

from cim import tile_server, tiles3d
from cim.tile_source import Folder, Server, Unreachable, trim
from tests.cim.made_models import b3dm, glb
from tests.cim.made_vectors import read
from tests.cim.test_tiles3d import east_north_up, tileset
from twin.data import box
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, head_of
from twin.sight import Sight
from twin.streaming import Stream
from twin.tile_tree import Opened, Read, Want
from twin.trouble import Trouble

FRAME = Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0))


class Parts(Progress):
    def __init__(self):
        self.parts = []

    def part(self, payload):
        self.parts.append(payload)


def everything(tree) -> tuple[list, list[Read]]:
    """(box of every tile that draws something, what each read gave), by opening all there is."""
    boxes, reads, waiting = [], [], [tree.nodes]
    while waiting:
        nodes = waiting.pop()
        said = Parts()
        opens = [Want(i, what, True) for i, what in enumerate(nodes.opens) if what is not None]
        loads = [Want(i, what, False) for i, what in enumerate(nodes.loads) if what is not None]
        tree.loader((*opens, *loads), said)
        waiting += [p.nodes for p in said.parts if isinstance(p, Opened) and p.nodes]
        reads += [p for p in said.parts if isinstance(p, Read)]
        boxes += [nodes.box[want.node] for want in loads]
    return boxes, reads


@pytest.mark.realdata
def test_an_implicit_tree_opened_part_by_part_is_the_whole_one(shared):
    path = shared / "city/3dtiles/SparseImplicitQuadtree/tileset.json"
    tree = read(tiles3d, path, "tiles")
    assert len(tree.nodes) == 1 and tree.nodes.opens[0] is not None
    boxes, reads = everything(tree)
    whole = read(tiles3d, path, "city")
    assert len(reads) == 32 and not any(r.error for r in reads)
    points = np.concatenate([r.mesh.points for r in reads])
    assert sorted(map(tuple, points.tolist())) == sorted(map(tuple, whole.points.tolist()))
    for extent, part in zip(boxes, reads):
        inside = box(part.mesh.points)
        assert np.all(np.array(inside[:2]) >= extent[:2] - 1e-4) and np.all(np.array(inside[3:5]) <= extent[3:5] + 1e-4)


@pytest.mark.realdata
def test_a_discrete_tileset_on_the_earth_lies_in_its_boxes(shared):
    path = shared / "city/3dtiles/TilesetWithDiscreteLOD/tileset.json"
    frame = Frame(crs="EPSG:32618", origin=(448000.0, 4433000.0, 0.0))
    tree = read(tiles3d, path, "tiles", frame=frame)
    boxes, reads = everything(tree)
    assert len(reads) >= 2 and tree.nodes.replaces.all() and (np.diff(tree.nodes.error_m) <= 0).all()
    for extent, part in zip(boxes, reads):
        if not part.error:
            middle = part.mesh.points.mean(axis=0)
            assert (middle > extent[:3]).all() and (middle < extent[3:]).all()


def located_tileset(folder, content: bytes, name: str = "a.b3dm"):
    (folder / name).write_bytes(content)
    return tileset(folder, {"transform": east_north_up(121.25, 31.35, 4.0), "geometricError": 0, "refine": "ADD",
                            "boundingVolume": {"box": [0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 50]},
                            "content": {"uri": name}})


def test_batches_come_as_features_with_colours_edges_and_facades(tmp_path):
    path = located_tileset(tmp_path, b3dm(glb(), {"name": ["hall"], "height": [3.0]}, 1))
    tree = read(tiles3d, path, "tiles", frame=FRAME)
    _, (part,) = everything(tree)
    mesh = part.mesh
    assert mesh.features.to_pylist()[0]["name"] == "hall" and mesh.features.to_pylist()[0]["height"] == 3.0
    assert mesh.colors.tolist() == [[255, 0, 0, 255]]
    assert np.abs(mesh.points[:, :2] - (1946.443, -545.197)).max() < 5.0
    assert len(mesh.edges) == 4, "the outline of a square, without its diagonal"
    assert mesh.facade[:, 1].max() == pytest.approx(3.0, abs=0.01) and np.isfinite(mesh.facade).all()


@pytest.mark.parametrize("volume", [
    {"sphere": [0, 0, 0, 6.4e6]}, {"box": [0, 0, 0, 6.4e6, 0, 0, 0, 6.4e6, 0, 0, 0, 6.4e6]},
    {"box": [3.7e6, 2.6e6, 4.1e6, 4e6, 0, 0, 0, 4e6, 0, 0, 0, 2e6]}, {"region": [-3.14, -1.57, 3.14, 1.57, 0, 9000]}])
def test_a_tileset_of_the_whole_earth_is_placed_and_opened_to_the_tile_that_is_near(tmp_path, volume):
    """Its root's middle lies within the Earth, and no map reaches its corners."""
    (tmp_path / "a.glb").write_bytes(glb())
    near = {"transform": east_north_up(121.25, 31.35, 4.0), "geometricError": 0, "content": {"uri": "a.glb"},
            "boundingVolume": {"box": [0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 50]}}
    path = tileset(tmp_path, {"geometricError": 1e6, "refine": "REPLACE", "boundingVolume": volume,
                              "children": [near]})
    (info,) = tiles3d.inspect(path, Source(path=str(path)))
    assert info.crs == "EPSG:4979" and info.extent is None, "it says nothing of where a project might lie"
    tree = read(tiles3d, path, "tiles", frame=FRAME)
    assert tree.bounds() is None and tree.crs == "EPSG:4979"
    sight = Sight(np.array((1946.0, -545.0, 500.0)), np.array([(0.0, 0.0, -1.0, 500.0)]), 1000.0)     # what lies below
    stream = Stream(tree.nodes, 2 ** 28)
    assert [want.node for want in stream.choose(sight, 8.0).wanted] == [1]
    _, (part,) = everything(tree)
    assert np.abs(part.mesh.points[:, :2] - (1946.443, -545.197)).max() < 5.0


def test_a_broken_tile_says_so_and_the_others_come(tmp_path):
    path = located_tileset(tmp_path, b"b3dm broken")
    _, (part,) = everything(read(tiles3d, path, "tiles", frame=FRAME))
    assert part.error and not len(part.mesh.triangles)


@pytest.mark.parametrize("uri", ["../elsewhere/t.glb", "https://example.org/t.glb", "%2e%2e/t.glb"])
def test_nothing_outside_the_folder_is_wanted(tmp_path, uri):
    with pytest.raises(Unreachable):
        Folder(str(tmp_path.resolve())).resolve(str(tmp_path / "tileset.json"), uri)


# -- servers ---------------------------------------------------------------------------------------------------


@pytest.fixture()
def server(tmp_path):
    """A server over a folder, and the requests that came."""
    folder = tmp_path / "served"
    folder.mkdir()
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization")))
            if self.path.startswith("/away"):
                self.send_response(302)
                self.send_header("Location", "http://example.org/t.glb")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *_):
            """Nothing on the console."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{running.server_address[1]}", asked
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))


def naming(path, url: str, **more):
    path.write_text(json.dumps({"3d-tiles-server": {"url": url, **more}}))
    return path


def test_a_server_gives_what_the_folder_gives_and_is_asked_once(server, tmp_path, monkeypatch):
    folder, url, asked = server
    located_tileset(folder, b3dm(glb(), {"name": ["hall"]}, 1))
    monkeypatch.setenv("TILES_TOKEN", "secret")
    path = naming(tmp_path / "city.tiles.json", f"{url}/tileset.json", token_env="TILES_TOKEN")
    assert tile_server.sniff(path, head_of(path)) > tiles3d.sniff(path, head_of(path))
    info, = tile_server.inspect(path, Source(path=str(path)))
    assert (info.kind, info.name, info.crs) == ("tiles", "city", "EPSG:4979")
    for _ in range(2):
        _, (part,) = everything(read(tile_server, path, "tiles", frame=FRAME))
    _, (here,) = everything(read(tiles3d, folder / "tileset.json", "tiles", frame=FRAME))
    assert np.array_equal(part.mesh.points, here.mesh.points) and part.mesh.features.equals(here.mesh.features)
    assert [name for name, _ in asked].count("/a.b3dm") == 1
    assert {token for _, token in asked} == {"Bearer secret"}


def test_without_the_server_the_cache_goes_on(server, tmp_path):
    folder, url, _ = server
    (folder / "t.json").write_bytes(b"{}")
    assert Server(f"{url}/t.json").read(f"{url}/t.json", always=True) == b"{}"
    (folder / "t.json").unlink()
    assert Server(f"{url}/t.json").read(f"{url}/t.json", always=True) == b"{}"
    with pytest.raises(Unreachable, match="404"):
        Server(f"{url}/t.json").read(f"{url}/other.json")


def test_a_server_that_is_not_there_is_told_in_plain_words(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/t.json"
    with pytest.raises(Unreachable) as error:
        Server(url).read(url)
    assert str(error.value) == f"The server does not answer: no connection to {url[7:-7]}"


def test_only_the_named_server_is_asked(server, tmp_path):
    _, url, _ = server
    one = Server(f"{url}/tileset.json?session=7")
    assert one.resolve(one.url, "a/b.glb") == f"{url}/a/b.glb?session=7"
    with pytest.raises(Unreachable, match="another server"):
        one.resolve(one.url, "http://example.org/b.glb")
    with pytest.raises(Unreachable, match="another server"):
        one.read(f"{url}/away")


def test_the_cache_is_bounded(tmp_path):
    for number in range(6):
        (tmp_path / f"{number}").write_bytes(bytes(100))
    trim(tmp_path, 300)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("text", ["{}", '{"3d-tiles-server": {}}', '{"3d-tiles-server": {"url": "file:///etc/x"}}'])
def test_a_file_that_names_no_server_is_one_clear_message(tmp_path, text):
    path = tmp_path / "x.tiles.json"
    path.write_text(text)
    with pytest.raises(Trouble):
        tile_server.inspect(path, Source(path=str(path)))
