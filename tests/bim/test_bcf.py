"""BCF: what is read, what is written, and that nothing of an existing file is lost."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.cli import main
from bim.bcf import picture, read, viewpoint
from bim.bcf_archive import parsed
from bim.bcf_values import Comment, Eye, Header, Topic, Viewpoint
from bim.bcf_viewpoint import viewpoint_root
from bim.bcf_writing import AddComment, AddTopic, SetStatus, new_guid, now, write
from tests.bim.made_bcf import DOOR, MARKUP_2, TOPIC, VIEW, VIEWPOINT, WALL, members, png, write_bcf
from twin.trouble import Trouble

numbers = st.floats(-1e7, 1e7, allow_nan=False).map(lambda x: x + 0.0)
vectors = st.tuples(numbers, numbers, numbers)
ways = vectors.filter(any)
guids = st.lists(st.text("0123456789abcXYZ_$", min_size=22, max_size=22), max_size=4, unique=True).map(tuple)
colorings = st.lists(st.tuples(st.just("#12ab9f"), guids.filter(bool)), max_size=2).map(tuple)


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_topics_comments_and_viewpoints_are_read(tmp_path, version):
    found = read(str(write_bcf(tmp_path / "a.bcf", version)))
    assert (found.version, found.project, found.notes) == (version, "Yuanxiang", ())
    topic, = found.topics
    assert (topic.title, topic.kind, topic.status, topic.index) == ("Wall & door", "Clash", "Open", 3)
    assert topic.labels == ("Structural", "IT") and topic.description == "Two lines\nof it"
    assert topic.files[0].name in ("house.ifc", "C:\\models\\House.ifc")
    assert [(c.text, c.author, c.viewpoint) for c in topic.comments] == [("Look", "d@e.f", VIEW)]
    view, = topic.viewpoints
    assert view.selection == (WALL,) and view.exceptions == (WALL, DOOR) and not view.default_visible and view.spaces
    assert view.eye.position == (24.5, -30.9, 16.8) and view.eye.field_deg == 60 and view.eye.height_m == 0
    assert view.planes == (((0, 0, 7.83), (0, 0, 1)),) and view.coloring == (("#00aaff", (DOOR,)),)
    assert picture(str(tmp_path / "a.bcf"), view.snapshot).shape == (30, 40, 3)


def made_view(**more) -> Viewpoint:
    return Viewpoint(guid=new_guid(), eye=Eye(position=(1, 2, 3), direction=(0, 0, -1), up=(0, 1, 0), height_m=12.5),
                     selection=(DOOR,), components=True, **more)


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_a_change_leaves_everything_else_as_it_was(tmp_path, version):
    source, out = write_bcf(tmp_path / "a.bcf", version), tmp_path / "b.bcf"
    view, shot = made_view(), np.zeros((6, 8, 3), np.uint8)
    added = Topic(guid=new_guid(), title="New <one>", created=now(), author="me", files=(Header(name="house.ifc"),),
                  viewpoints=(made_view(),), labels=("L",), description="because", priority="High")
    said = Comment(guid=new_guid(), author="me", text="Seen\x00 & done", viewpoint=view.guid)
    write(str(source), str(out), (AddComment(topic=TOPIC, comment=said, viewpoint=view, snapshot=shot),
                                  SetStatus(topic=TOPIC, status="Closed", author="me"),
                                  AddTopic(topic=added, snapshots={})))
    before = members(version)
    with zipfile.ZipFile(out) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
        assert archive.comment == b"from a tool" and archive.testzip() is None
    markup = f"{TOPIC}/markup.bcf"
    assert {n: d for n, d in after.items() if n in before and n != markup} == {
        n: d for n, d in before.items() if n != markup}
    old, new = parsed(before[markup], ""), parsed(after[markup], "")
    kept = [(e.tag, e.get("Guid"), (e.text or "").strip()) for e in new.iter(etree.Element)]
    for element in old.iter(etree.Element):
        assert (element.tag, element.get("Guid"), (element.text or "").strip()) in kept
    found = read(str(out))
    assert found.topic(added.guid) == replace(
        added, kind="Issue", status="Open", folder=added.guid,
        viewpoints=tuple(replace(v, spaces=None) for v in added.viewpoints))
    topic = found.topic(TOPIC)
    assert topic.status == "Closed" and topic.modified and [c.text for c in topic.comments] == ["Look", "Seen & done"]
    assert topic.viewpoint(view.guid).eye == view.eye and topic.viewpoint(view.guid).snapshot.endswith(".png")


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_the_order_of_the_schema_is_kept(tmp_path, version):
    out = write_bcf(tmp_path / "a.bcf", version)
    write(str(out), str(out), (AddComment(topic=TOPIC, comment=Comment(guid=new_guid(), text="x", author="me"),
                                          viewpoint=made_view()),))
    with zipfile.ZipFile(out) as archive:
        root = parsed(archive.read(f"{TOPIC}/markup.bcf"), "")
    if version == "2.1":
        assert [e.tag for e in root] == ["Header", "Topic", "Comment", "Comment", "Viewpoints", "Viewpoints"]
        within = [e.tag for e in root.find("Topic")]
        assert within.index("ModifiedDate") == within.index("CreationAuthor") + 1
    else:
        assert [e.tag for e in root.find("Topic")][-2:] == ["Comments", "Viewpoints"]
        assert len(root.findall("Topic/Comments/Comment")) == len(root.findall("Topic/Viewpoints/ViewPoint")) == 2


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_a_new_file_is_whole(tmp_path, version):
    view = made_view(spaces=False, planes=(((0.0, 0.0, 3.0), (0.0, 0.0, 1.0)),))
    topic = Topic(guid=new_guid(), title="First", created=now(), author="me", viewpoints=(view,))
    out = tmp_path / "new.bcfzip"
    write("", str(out), (AddTopic(topic=topic, snapshots={view.guid: np.full((4, 4, 3), 9, np.uint8)}),), version)
    found = read(str(out))
    assert found.version == version and found.topics[0].viewpoints[0].planes == view.planes
    assert picture(str(out), found.topics[0].viewpoints[0].snapshot).max() == 9


@given(vectors, ways, ways, st.floats(1, 170), st.floats(0.01, 1e5), st.booleans(), guids, guids, st.booleans(),
       st.sampled_from([None, True, False]), st.lists(st.tuples(vectors, ways), max_size=3).map(tuple), colorings,
       st.booleans())
def test_a_viewpoint_comes_back_as_it_went(place, ahead, up, field, height, orthogonal, chosen, different, default,
                                           spaces, planes, coloring, three):
    eye = Eye(position=place, direction=ahead, up=up, height_m=height) if orthogonal else \
        Eye(position=place, direction=ahead, up=up, field_deg=field)
    view = Viewpoint(guid=VIEW, eye=eye, selection=chosen, exceptions=different, default_visible=default, spaces=spaces,
                     planes=planes, coloring=coloring, components=True)

    class Archive:
        NameToInfo: dict = {}                              # noqa: RUF012 - the name is zipfile's
        filename = "a.bcf"

        def open(self, name):
            import io
            return io.BytesIO(etree.tostring(viewpoint_root(view, three)))
    assert viewpoint(Archive(), "v", VIEW, "") == view


def test_hostile_and_broken_parts_are_left_out_and_said(tmp_path):
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><Markup><Topic Guid="x"><Title>&b;</Title></Topic></Markup>'
    more = {"x/markup.bcf": bomb, "y/markup.bcf": b"<Markup", "z/markup.bcf": b"<Markup/>"}
    path = write_bcf(tmp_path / "a.bcf", **more)
    found = read(str(path))
    assert [topic.guid for topic in found.topics] == [TOPIC] and len(found.notes) == 3
    assert any("document type" in note for note in found.notes)
    write(str(path), str(path), (SetStatus(topic=TOPIC, status="Closed"),))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("x/markup.bcf") == bomb, "what cannot be read is kept as it stands"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"<xml/>"])
def test_what_is_no_bcf_is_refused(tmp_path, data):
    path = tmp_path / "a.bcf"
    path.write_bytes(data)
    with pytest.raises(Trouble, match="no BCF file"):
        read(str(path))


def test_a_topic_that_is_gone_is_said_and_the_file_stays(tmp_path):
    path = write_bcf(tmp_path / "a.bcf")
    before = path.read_bytes()
    with pytest.raises(Trouble, match="not in this file"):
        write(str(path), str(path), (SetStatus(topic="nobody", status="Closed"),))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_the_command_tells_it_as_json(tmp_path, capfd):
    path = write_bcf(tmp_path / "a.bcf", "3.0")
    assert main(["ifc", "issues", str(path), "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["counts"] == {"topics": 1, "comments": 1, "viewpoints": 1} and said["version"] == "3.0"
    assert said["topics"][0]["viewpoints"][0]["selection"] == [WALL]
    assert main(["ifc", "issues", str(path)]) == 0
    assert "Wall & door" in capfd.readouterr().out


def test_a_file_of_version_2_0_without_its_version_and_in_other_letters(tmp_path):
    """Components say in their attributes whether they are chosen, shown and coloured; names differ in case."""
    view = f"""<VisualizationInfo Guid="{VIEW}"><Components>
      <Component IfcGuid="{WALL}" Selected="true" Visible="true" Color="FF00AAFF"/>
      <Component IfcGuid="{DOOR}" Selected="false" Visible="false"/></Components></VisualizationInfo>"""
    path = tmp_path / "old.bcfzip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{TOPIC}/Markup.bcf", MARKUP_2)
        archive.writestr(f"{TOPIC}/View.BCFV", view)
        archive.writestr(f"{TOPIC}/Shot.PNG", png())
    found = read(str(path))
    [topic] = found.topics
    [seen] = topic.viewpoints
    assert found.version == "2.0" and topic.title == "Wall & door" and not found.notes
    assert seen.selection == (WALL,) and seen.default_visible and seen.exceptions == (DOOR,)
    assert seen.coloring == (("#00aaff", (WALL,)),) and seen.snapshot == f"{TOPIC}/Shot.PNG"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("BCF.Version", '<Version VersionId="2.0"/>')
    assert read(str(path)).version == "2.0"


def test_viewpoints_that_the_markup_does_not_name_are_found_in_its_folder(tmp_path):
    path = tmp_path / "many.bcf"
    bare = MARKUP_2[:MARKUP_2.index(" <Viewpoints")] + "</Markup>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{TOPIC}/markup.bcf", bare)
        for name in ("second.bcfv", "viewpoint.bcfv"):
            archive.writestr(f"{TOPIC}/{name}", VIEWPOINT)
        archive.writestr(f"{TOPIC}/snapshot.png", png())
        archive.writestr(f"{TOPIC}/second.png", png())
        archive.writestr("another/viewpoint.bcfv", VIEWPOINT)
    [topic] = read(str(path)).topics
    assert [v.snapshot for v in topic.viewpoints] == [f"{TOPIC}/snapshot.png", f"{TOPIC}/second.png"]
    assert all(v.selection == (WALL,) for v in topic.viewpoints)


NAMESPACE = "http://www.buildingsmart-tech.org/bcf/markup"


def of_another_program(path, version: str, prefix: str = ""):
    """With backslashes in the names of members, and a namespace that BCF does not have."""
    held = {}
    for name, data in members(version).items():
        text = data.decode() if name.endswith((".bcf", ".bcfv", ".bcfp")) else ""
        for root in ("Markup", "VisualizationInfo", "ProjectExtension") if text else ():
            if prefix and f"<{root}" in text:
                text = re.sub(r"<(/?)([A-Z])", rf"<\1{prefix}:\2", text)
                text = text.replace(f"<{prefix}:{root}", f'<{prefix}:{root} xmlns:{prefix}="{NAMESPACE}"', 1)
            elif f"<{root}" in text:
                text = text.replace(f"<{root}", f'<{root} xmlns="{NAMESPACE}"', 1)
        held[name.replace("/", "\\")] = text.encode() if text else data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("version", ["2.1", "3.0"])
@pytest.mark.parametrize("prefix", ["", "b"])
def test_namespaces_and_backslashes_of_other_programs_change_nothing(tmp_path, version, prefix):
    plain = read(str(write_bcf(tmp_path / "a.bcf", version)))
    found = read(str(of_another_program(tmp_path / "b.bcf", version, prefix)))
    assert replace(found, path=plain.path) == plain
    assert picture(found.path, found.topics[0].viewpoints[0].snapshot).shape == (30, 40, 3)


@pytest.mark.parametrize("prefix", ["", "b"])
def test_what_is_written_into_a_namespace_is_in_it(tmp_path, prefix):
    source, out = of_another_program(tmp_path / "a.bcf", "2.1", prefix), tmp_path / "b.bcf"
    said = Comment(guid=new_guid(), author="me", text="Seen")
    write(str(source), str(out), (AddComment(topic=TOPIC, comment=said), SetStatus(topic=TOPIC, status="Closed")))
    topic, = read(str(out)).topics
    assert topic.status == "Closed" and [c.text for c in topic.comments] == ["Look", "Seen"]
    with zipfile.ZipFile(out) as archive:
        assert all("\\" not in name for name in archive.namelist()) and len(archive.namelist()) == len(members("2.1"))
        root = etree.fromstring(archive.read(f"{TOPIC}/markup.bcf"))
    assert {etree.QName(e).namespace for e in root.iter(etree.Element)} == {NAMESPACE}
    assert root.prefix == (prefix or None)
