"""BCF files as programs write them, with things in them that nobody knows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from PIL import Image

TOPIC, VIEW, WALL, DOOR = ("e1fff3a6-db0f-48e8-a240-0e2f38b2fc21", "194f2ccb-9526-4f41-bfe0-635397a79873",
                           "2XPyKWY018sA1ygZKgQPtU", "2jTRqchjf7oB0yhQ6462T0")

MARKUP_2 = f"""<?xml version="1.0" encoding="utf-8"?>
<!--made by a tool-->
<Markup xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Header><File IfcProject="0M6o7Znnv7hxsbWgeu7oQq" isExternal="true"><Filename>house.ifc</Filename></File></Header>
 <Topic Guid="{TOPIC}" TopicType="Clash" TopicStatus="Open"><Title>Wall &amp; door</Title><Index>3</Index>
  <Labels>Structural</Labels><Labels>IT</Labels><CreationDate>2015-06-21T12:00:00Z</CreationDate>
  <CreationAuthor>a@b.c</CreationAuthor><Description>Two lines
of it</Description><Unheard of="it">kept</Unheard></Topic>
 <Comment Guid="780fae52-c432-42be-adea-ff3e7a8cd8e1"><Date>2015-08-31T12:40:17Z</Date><Author>d@e.f</Author>
  <Comment>Look</Comment><Viewpoint Guid="{VIEW}"/></Comment>
 <Viewpoints Guid="{VIEW}"><Viewpoint>view.bcfv</Viewpoint><Snapshot>shot.png</Snapshot></Viewpoints>
</Markup>"""
MARKUP_3 = f"""<?xml version="1.0" encoding="utf-8"?>
<Markup><Header><Files><File IsExternal="true"><Filename>C:\\models\\House.ifc</Filename></File></Files></Header>
 <Topic Guid="{TOPIC}" TopicType="Clash" TopicStatus="Open"><ReferenceLinks/><Title>Wall &amp; door</Title>
  <Index>3</Index><Labels><Label>Structural</Label><Label>IT</Label></Labels>
  <CreationDate>2015-06-21T12:00:00Z</CreationDate><CreationAuthor>a@b.c</CreationAuthor>
  <Description>Two lines
of it</Description><DocumentReferences/><RelatedTopics/><Comments>
   <Comment Guid="780fae52-c432-42be-adea-ff3e7a8cd8e1"><Date>2015-08-31T12:40:17Z</Date><Author>d@e.f</Author>
    <Comment>Look</Comment><Viewpoint Guid="{VIEW}"/></Comment></Comments>
  <Viewpoints><ViewPoint Guid="{VIEW}"><Viewpoint>view.bcfv</Viewpoint><Snapshot>shot.png</Snapshot></ViewPoint>
  </Viewpoints></Topic></Markup>"""
VIEWPOINT = f"""<?xml version="1.0" encoding="utf-8"?>
<VisualizationInfo Guid="{VIEW}"><Components><ViewSetupHints SpacesVisible="true" OpeningsVisible="false"/>
 <Selection><Component IfcGuid="{WALL}"><OriginatingSystem>X</OriginatingSystem></Component></Selection>
 <Visibility DefaultVisibility="false"><Exceptions><Component IfcGuid="{WALL}"/><Component IfcGuid="{DOOR}"/>
 </Exceptions></Visibility><Coloring><Color Color="FF00AAFF"><Component IfcGuid="{DOOR}"/></Color></Coloring>
 </Components><PerspectiveCamera><CameraViewPoint><X>24.5</X><Y>-30.9</Y><Z>16.8</Z></CameraViewPoint>
 <CameraDirection><X>-0.37</X><Y>0.73</Y><Z>-0.56</Z></CameraDirection>
 <CameraUpVector><X>-0.25</X><Y>0.5</Y><Z>0.82</Z></CameraUpVector><FieldOfView>60</FieldOfView></PerspectiveCamera>
 <ClippingPlanes><ClippingPlane><Location><X>0</X><Y>0</Y><Z>7.83</Z></Location>
 <Direction><X>0</X><Y>0</Y><Z>1</Z></Direction></ClippingPlane></ClippingPlanes></VisualizationInfo>"""


def png() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(held, "PNG")
    return held.getvalue()


def members(version: str) -> dict[str, bytes]:
    markup = MARKUP_3 if version == "3.0" else MARKUP_2
    return {"bcf.version": f'<Version VersionId="{version}"/>'.encode(),
            "project.bcfp": b"<ProjectExtension><Project><Name>Yuanxiang</Name></Project></ProjectExtension>",
            f"{TOPIC}/markup.bcf": markup.encode(), f"{TOPIC}/view.bcfv": VIEWPOINT.encode(),
            f"{TOPIC}/shot.png": png(), f"{TOPIC}/snippet.json": b'{"any": "thing"}',
            "extra/\u4e2d\u6587.bin": bytes(300)}


def write_bcf(path: Path, version: str = "2.1", **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members(version) | more).items():
            archive.writestr(name, data)
        archive.comment = b"from a tool"
    return path
