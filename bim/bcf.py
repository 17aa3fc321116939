"""Reading BCF 2.0, 2.1 and 3.0: a zip of XML. What is broken is left out and said; the rest is read."""

from __future__ import annotations

import posixpath
import zipfile

from bim.bcf_archive import MAX_PICTURE_BYTES, member_bytes, open_archive, parsed, version_of
from bim.bcf_values import Bcf, Comment, Eye, Header, Topic, Vector, Viewpoint
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

SUFFIXES = (".bcf", ".bcfzip")
TRUE, FALSE = ("true", "1"), ("false", "0")
PICTURE_PX = 900                           # the longer side of a snapshot as it is shown


def read(path: str, progress: Progress | None = None) -> Bcf:
    """Runs in a worker. Raises Trouble for what is no BCF file."""
    with open_archive(path) as archive:
        names = archive.namelist()
        markups = [n for n in names if n.lower().endswith("/markup.bcf")]
        version = version_of(archive, names)
        if not markups and not version:
            raise Trouble(tr("This is no BCF file."), cause=tr("It holds no topic and no bcf.version"),
                          way_out=tr("Choose another file."), path=path)
        topics, notes = [], []
        for at, name in enumerate(markups):
            if progress:
                progress(at, len(markups), tr("Reading topics"))
            try:
                topics.append(_topic(archive, name))
            except Trouble as trouble:
                notes.append(tr("{name} could not be read: {why}", name=name, why=trouble.what))
        topics.sort(key=lambda t: (t.index is None, t.index or 0, t.created, t.guid))
        used = dict.fromkeys(t.status for t in topics if t.status)
        return Bcf(path=path, version=version or "2.0", project=_project(archive, names), topics=tuple(topics),
                   statuses=tuple(dict.fromkeys([*used, *_offered(archive, names)])), notes=tuple(notes))


def picture(path: str, member: str, progress: Progress | None = None):
    """Runs in a worker: (rows, columns, 3) u1 of a snapshot, small enough for a panel."""
    import io

    import numpy as np
    from PIL import Image
    with open_archive(path) as archive:
        data = member_bytes(archive, member, MAX_PICTURE_BYTES)
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        image.thumbnail((PICTURE_PX, PICTURE_PX))
        return np.ascontiguousarray(np.asarray(image.convert("RGB")))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Trouble(tr("This snapshot could not be read."), cause=str(error)[:200],
                      way_out=tr("The viewpoint itself can still be shown."), path=path) from None


# -- the project ---------------------------------------------------------------------------------------


def _project(archive: zipfile.ZipFile, names: list[str]) -> str:
    if "project.bcfp" not in names:
        return ""
    try:
        return text_of(parsed(member_bytes(archive, "project.bcfp"), "project.bcfp"), "Project/Name")
    except Trouble:
        return ""


def _offered(archive: zipfile.ZipFile, names: list[str]) -> list[str]:
    """Statuses that a BCF 3 file offers."""
    if "extensions.xml" not in names:
        return []
    try:
        root = parsed(member_bytes(archive, "extensions.xml"), "extensions.xml")
    except Trouble:
        return []
    return [e.text.strip() for e in root.iterfind("TopicStatuses/TopicStatus") if e.text and e.text.strip()]


# -- a topic ---------------------------------------------------------------------------------------------


def _topic(archive: zipfile.ZipFile, name: str) -> Topic:
    root, folder = parsed(member_bytes(archive, name), name), posixpath.dirname(name)
    topic = root.find("Topic")
    if topic is None:
        raise Trouble(tr("{name} holds no topic.", name=name))
    below = topic if topic.find("Comments") is not None or topic.find("Viewpoints") is not None else root
    comments = below.findall("Comments/Comment") if below is topic else root.findall("Comment")
    views = below.findall("Viewpoints/ViewPoint") if below is topic else root.findall("Viewpoints")
    labels = [e.text for e in (*topic.findall("Labels/Label"), *topic.findall("Labels")) if e.text and e.text.strip()]
    index = text_of(topic, "Index")
    return Topic(
        guid=topic.get("Guid", posixpath.basename(folder)), title=text_of(topic, "Title"),
        kind=topic.get("TopicType", ""), status=topic.get("TopicStatus", ""), priority=text_of(topic, "Priority"),
        stage=text_of(topic, "Stage"), labels=tuple(labels), description=text_of(topic, "Description"),
        created=text_of(topic, "CreationDate"), author=text_of(topic, "CreationAuthor"),
        modified=text_of(topic, "ModifiedDate"), assigned=text_of(topic, "AssignedTo"), due=text_of(topic, "DueDate"),
        index=int(index) if index.lstrip("-").isdigit() else None,
        files=tuple(Header(name=text_of(e, "Filename"), project=e.get("IfcProject", ""), date=text_of(e, "Date"))
                    for e in root.iterfind("Header//File")),
        comments=tuple(map(_comment, comments)), folder=folder,
        viewpoints=tuple(sorted(_viewpoints(archive, folder, views), key=lambda v: (v.index is None, v.index or 0))))


def _comment(element) -> Comment:
    view = element.find("Viewpoint")
    return Comment(guid=element.get("Guid", ""), date=text_of(element, "Date"), author=text_of(element, "Author"),
                   text=text_of(element, "Comment"), viewpoint=view.get("Guid", "") if view is not None else "")


def _viewpoints(archive: zipfile.ZipFile, folder: str, elements: list) -> list[Viewpoint]:
    """Those that the markup names; one that is missing or broken still has its snapshot."""
    if not elements:                                         # as BCF 1 and some programs have it
        return [viewpoint(archive, name, "", shot) for name, shot in _unnamed(archive, folder)]
    out = []
    for element in elements:
        file, shot = text_of(element, "Viewpoint"), text_of(element, "Snapshot")
        view = viewpoint(archive, posixpath.join(folder, file) if file else "", element.get("Guid", ""),
                         posixpath.join(folder, shot) if shot else "", text_of(element, "Index"))
        out.append(view)
    return out


def _unnamed(archive: zipfile.ZipFile, folder: str) -> list[tuple[str, str]]:
    """(viewpoint, its snapshot) of a folder: "viewpoint.bcfv" with "snapshot.png" first, others with their namesake."""
    names = sorted((n for n in archive.NameToInfo if posixpath.dirname(n) == folder and n.lower().endswith(".bcfv")),
                   key=lambda n: (posixpath.basename(n).lower() != "viewpoint.bcfv", n))
    return [(n, f"{folder}/snapshot.png" if posixpath.basename(n).lower() == "viewpoint.bcfv" else f"{n[:-5]}.png")
            for n in names]


def _as_stored(archive: zipfile.ZipFile, name: str) -> str:
    """The member that is meant, also where the markup writes it in other letters; else the name as it is."""
    name = name.replace("\\", "/")
    if not name or name in archive.NameToInfo:
        return name
    return next((held for held in archive.NameToInfo if held.casefold() == name.casefold()), name)


def viewpoint(archive: zipfile.ZipFile, name: str, guid: str, snapshot: str, index: str = "") -> Viewpoint:
    name, snapshot = _as_stored(archive, name), _as_stored(archive, snapshot)
    shot = snapshot if snapshot in archive.NameToInfo else ""
    number = int(index) if index.lstrip("-").isdigit() else None
    try:
        root = parsed(member_bytes(archive, name), name) if name else None
    except Trouble:
        root = None
    if root is None:
        return Viewpoint(guid=guid, index=number, snapshot=shot)
    visible, hints = root.find("Components/Visibility"), next(root.iter("ViewSetupHints"), None)
    old = root.findall("Components/Component")               # BCF 2.0 says all of a component in its attributes
    return Viewpoint(
        guid=guid or root.get("Guid", ""), index=number, eye=_eye(root), snapshot=shot,
        components=root.find("Components") is not None,
        selection=_guids([*root.iterfind("Components/Selection/Component"), *_saying(old, "Selected", TRUE)]),
        default_visible=visible is None or visible.get("DefaultVisibility", "true").lower() in ("true", "1"),
        exceptions=_guids(visible.iterfind("Exceptions/Component") if visible is not None else
                          _saying(old, "Visible", FALSE)),
        spaces=None if hints is None or hints.get("SpacesVisible") is None
        else hints.get("SpacesVisible").lower() in ("true", "1"),
        planes=tuple(plane for e in root.iterfind("ClippingPlanes/ClippingPlane") if (plane := _plane(e))),
        coloring=tuple((_hex(e.get("Color", "")), _guids(e.iter("Component")))
                       for e in root.iterfind("Components/Coloring/Color")) + tuple(
                           (_hex(color), _guids(_saying(old, "Color", (color.lower(),))))
                           for color in dict.fromkeys(e.get("Color", "") for e in old) if color))


def _saying(components: list, name: str, values: tuple[str, ...]) -> list:
    return [e for e in components if e.get(name, "").lower() in values]


def _eye(root) -> Eye | None:
    for name in ("PerspectiveCamera", "OrthogonalCamera"):
        camera = root.find(name)
        if camera is None:
            continue
        place, ahead, up = (_vector(camera.find(part)) for part in ("CameraViewPoint", "CameraDirection",
                                                                    "CameraUpVector"))
        size = _number(text_of(camera, "FieldOfView" if name[0] == "P" else "ViewToWorldScale"))
        if place is None or ahead is None or not any(ahead):
            continue
        up = up if up is not None and any(up) else (0.0, 0.0, 1.0)
        if name[0] == "P":
            return Eye(position=place, direction=ahead, up=up, field_deg=size if size and 0 < size < 179 else 60.0)
        return Eye(position=place, direction=ahead, up=up, height_m=size if size and size > 0 else 1.0)
    return None


def _plane(element) -> tuple[Vector, Vector] | None:
    place, direction = _vector(element.find("Location")), _vector(element.find("Direction"))
    return (place, direction) if place is not None and direction is not None and any(direction) else None


def _vector(element) -> Vector | None:
    numbers = [_number(text_of(element, axis)) for axis in "XYZ"] if element is not None else [None]
    return tuple(numbers) if None not in numbers else None


def _number(text: str) -> float | None:
    """Finite, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _guids(elements) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e.get("IfcGuid") for e in elements if e.get("IfcGuid")))


def _hex(text: str) -> str:
    """"#rrggbb" of RGB, or of ARGB as BCF writes it."""
    digits = text.strip("# ").lower()
    ok = len(digits) in (6, 8) and all(c in "0123456789abcdef" for c in digits)
    return f"#{digits[-6:]}" if ok else "#e8590c"


def text_of(element, path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""
