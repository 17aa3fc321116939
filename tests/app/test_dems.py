"""Several elevation models in one terrain, from the style form to the pixels and the command line."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine, from_origin

from app import dems, dialogs
from app.cli import main
from app.panels.dem_list import DemList
from app.session import Session
from layers.terrain import Terrain
from layers.vectors import VectorLayer
from tests.layers.pictures import scene
from tests.layers.test_cuts import below, look
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.project import Project, load

E, N = Frame().origin[:2]


def dem(path, heights, transform):
    with rasterio.open(path, "w", driver="GTiff", width=heights.shape[1], height=heights.shape[0], count=1,
                       dtype="float32", crs="EPSG:4549", transform=transform) as out:
        out.write(heights.astype(np.float32), 1)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A coarse hilly model, a fine turned one inside it, and one that lies partly over that."""
    home, rng = tmp_path_factory.mktemp("dems"), np.random.default_rng(2)
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    coarse = dem(home / "coarse.tif", 4 + np.sin(x / 2) + np.cos(y / 3), from_origin(E - 1600, N + 1600, 50, 50))
    turned = Affine.translation(E - 40, N - 60) @ Affine.rotation(25) @ Affine.scale(1, -1)
    fine = dem(home / "fine.tif", 12 + rng.uniform(0, 2, (120, 120)), turned)
    over = dem(home / "over.tif", 7 + rng.uniform(0, 2, (150, 150)), from_origin(E + 20, N + 60, 0.8, 0.8))
    return coarse, fine, over


@pytest.fixture
def session(files, tmp_path):
    coarse, *_ = files
    document = Document(layers=(Terrain(id="t", name="Ground", source=Source(path=str(coarse))),))
    session = Session(Project(document=document))
    session.settle()
    yield session
    session.close()


@pytest.fixture
def form(qtbot, session):
    form = DemList(session)
    qtbot.addWidget(form)
    form.resize(300, 400)
    form.show()
    form.show_layer(session.document.layer("t"), None)
    return form


def names(session) -> list[str]:
    return [model.path.rsplit("/", 1)[-1] for model in dems.models_of(session.document.layer("t"))]


def test_models_are_added_ordered_described_and_taken_out_as_edits(form, session, files, monkeypatch, tmp_path):
    monkeypatch.setattr(dialogs, "open_files", lambda *a, **k: list(files[1:]))
    form.buttons["add"].click()
    assert names(session) == ["over.tif", "fine.tif", "coarse.tif"]
    assert [form.list.item(n).text() for n in range(form.list.count())] == names(session)
    form.buttons["down"].click()
    assert names(session) == ["fine.tif", "over.tif", "coarse.tif"] and form.list.currentRow() == 1
    form.list.setCurrentRow(0)
    form.unit.setCurrentIndex(form.unit.findData("ft"))
    form.unit.activated.emit(form.unit.currentIndex())
    form.blend.setValue(0.0)
    session.save(tmp_path / "p.twin.json")
    saved = load(tmp_path / "p.twin.json").document.layer("t").source
    assert saved == session.document.layer("t").source
    assert (saved.over[0].unit, saved.over[0].blend_m) == ("ft", 0.0)
    assert str(tmp_path) not in (tmp_path / "p.twin.json").read_text()           # paths are relative
    form.list.setCurrentRow(2)
    assert not form.blend.isVisible()                        # nothing lies beneath the last one
    form.buttons["up"].click()
    form.buttons["remove"].click()
    assert names(session) == ["fine.tif", "over.tif"]
    while session.edits.undo_label:
        session.edits.undo()
    assert names(session) == ["coarse.tif"]
    form.show_layer(session.document.layer("t"), None)
    assert form.list.count() == 1 and not form.buttons["remove"].isEnabled()


def test_the_ground_stays_while_the_models_are_arranged_anew(session, files):
    session.edits.commit(session.document.with_layer(dems.added(session.document.layer("t"), files[1])), "x")
    asset = session.asset("t")
    assert asset.state == "loading" and asset.payload is not None
    session.settle()
    asset = session.asset("t")
    assert asset.state == "ready" and len(asset.payload.parts) == 1


@pytest.mark.parametrize("camera", [look(0, 60, 260), look(40, 20, 200), look(215, 10, 150), look(300, 35, 500),
                                    look(120, 30, 90, (30, 30, 10))])
def test_no_crack_opens_between_the_models(session, files, camera):
    layer = session.document.layer("t")
    for path, blend_m in ((files[1], 10.0), (files[2], 0.0)):
        layer = dems.added(layer, path, blend_m=blend_m)
    session.edits.commit(session.document.with_layer(layer), "x")
    session.settle()
    payload = session.asset("t").payload
    assert len(payload.parts) == 2
    layers = [VectorLayer(id="v", name="v", color="#e61414", fill_opacity=1.0), Terrain(id="t", name="t")]
    with scene(layers, {"t": payload, "v": below()}, camera) as shot:
        shot.view.stage.atmosphere.far_ground.actor.GetProperty().SetOpacity(0.0)
        picture = shot.draw().astype(int)
        horizon = shot.pixel(*camera.focus)[0]
    seen = picture[max(0, horizon - 40):]
    red = (seen[..., 0] > 120) & (seen[..., 1] < 70) & (seen[..., 2] < 70)
    assert not red.any(), f"{red.sum()} pixels show what lies below"


def test_the_command_line_adds_orders_and_removes(session, files, tmp_path, capsys):
    project = tmp_path / "p.twin.json"
    session.save(project)
    said = []
    for arguments in (["--add", str(files[1]), "--unit", "m", "--blend", "5"], ["--add", str(files[2])],
                      ["--move", "1", "2"], ["--remove", "1"], []):
        assert main(["terrain", str(project), *arguments, "--json"]) == 0
        one, = json.loads(capsys.readouterr().out)["terrains"]
        said.append([model["path"].rsplit("/", 1)[-1] for model in one["models"]])
    assert said == [["fine.tif", "coarse.tif"], ["over.tif", "fine.tif", "coarse.tif"],
                    ["fine.tif", "over.tif", "coarse.tif"], ["over.tif", "coarse.tif"], ["over.tif", "coarse.tif"]]
    assert main(["info", str(project), "--json"]) == 0
    assert "over.tif > coarse.tif" in " ".join(json.loads(capsys.readouterr().out)[0]["notes"])
    assert main(["terrain", str(project), "--remove", "7"]) == 1


def test_what_holds_no_heights_is_refused_where_it_is_added(form, session, tmp_path, capsys):
    picture = tmp_path / "photo.tif"
    with rasterio.open(picture, "w", driver="GTiff", width=8, height=8, count=3, dtype="uint8", crs="EPSG:4549",
                       transform=from_origin(E, N, 1, 1)) as out:
        out.write(np.full((3, 8, 8), 90, np.uint8))
    (tmp_path / "words.txt").write_text("no raster")
    project = tmp_path / "p.twin.json"
    session.save(project)
    for path, why in ((picture, "picture"), (tmp_path / "gone.tif", "not there"), (tmp_path / "words.txt", "words")):
        assert main(["terrain", str(project), "--add", str(path)]) == 1
        assert why in capsys.readouterr().err
        form.show_layer(session.document.layer("t"), ())
        form.add(path)
        assert why in form.said.text() and not session.document.layer("t").source.over


def test_the_command_line_lists_every_terrain(session, files, tmp_path, capsys):
    second = Terrain(id="u", name="Second", source=Source(path=str(files[2])))
    session.edits.commit(replace(session.document, layers=(*session.document.layers, second)), "x")
    session.save(tmp_path / "p.twin.json")
    assert main(["terrain", str(tmp_path / "p.twin.json")]) == 0
    said = capsys.readouterr().out
    assert "Second" in said and "coarse.tif" in said and "over.tif" in said
    assert main(["terrain", str(tmp_path / "p.twin.json"), "--layer", "Second"]) == 0
    said = capsys.readouterr().out
    assert "over.tif" in said and "coarse.tif" not in said
