"""Changing BCF files: every member that is not changed is copied as it stands, and of a markup only what is new is
written. So nothing of an existing file is lost, also what this program does not know.
"""

from __future__ import annotations

import os
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bim.bcf_archive import member_bytes, open_archive, parsed, parsed_and_space, qualified, version_of
from bim.bcf_values import Comment, Header, Topic, Viewpoint
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

# Elements of a topic in the order of the schema: 2.1 has the first names, 3.0 the second where they differ.
ORDER = ("ReferenceLink", "ReferenceLinks", "Title", "Priority", "Index", "Labels", "CreationDate", "CreationAuthor",
         "ModifiedDate", "ModifiedAuthor", "DueDate", "AssignedTo", "Stage", "Description", "BimSnippet",
         "DocumentReference", "DocumentReferences", "RelatedTopic", "RelatedTopics", "Comments", "Viewpoints")


@dataclass(frozen=True, kw_only=True)
class AddTopic:
    """With its comments and viewpoints; `snapshots`: pictures (rows, columns, 3) u1 by viewpoint."""

    topic: Topic
    snapshots: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class AddComment:
    """`viewpoint`, if given, is new and comes with the comment."""

    topic: str
    comment: Comment
    viewpoint: Viewpoint | None = None
    snapshot: Any = None


@dataclass(frozen=True, kw_only=True)
class SetStatus:
    topic: str
    status: str
    author: str = ""


Edit = AddTopic | AddComment | SetStatus


def new_guid() -> str:
    return str(uuid.uuid4())


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def write(source: str, out: str, edits: tuple[Edit, ...], version: str = "2.1",
          progress: Progress | None = None) -> str:
    """Runs in a worker: `source` ("" = a new file of `version`) with the edits, to `out` (may be the same); `out`."""
    changes = _Changes(source, version)
    for edit in edits:
        changes.make(edit)
    changes.save(out)
    return out


class _Changes:
    """Members that are new or differ, by name."""

    def __init__(self, source: str, version: str):
        self.source, self.fresh = source, {}
        self.roots: dict[str, Any] = {}                    # markups that are changed
        self.spaces: dict[str, str] = {}                   # the namespace of each, where it has one
        self.markups: dict[str, str] = {}                  # topic to member
        self.version = version
        if source:
            with open_archive(source) as archive:
                self._look(archive)
        else:
            self.fresh["bcf.version"] = _text(_version_root(version))
            if version == "3.0":
                self.fresh["extensions.xml"] = b'<?xml version="1.0" encoding="UTF-8"?>\n<Extensions/>\n'

    def _look(self, archive: zipfile.ZipFile) -> None:
        if said := version_of(archive, archive.namelist()):
            self.version = "3.0" if said.startswith("3") else "2.1"
        for name in archive.namelist():
            if name.lower().endswith("/markup.bcf"):
                try:
                    topic = parsed(member_bytes(archive, name), name).find("Topic")
                except Trouble:
                    continue                               # it is copied as it stands
                if topic is not None:
                    self.markups[topic.get("Guid", "")] = name

    def make(self, edit: Edit) -> None:
        match edit:
            case AddTopic():
                self._add_topic(edit)
            case AddComment():
                self._add_comment(edit)
            case SetStatus():
                root = self._root(edit.topic)
                root.find("Topic").set("TopicStatus", edit.status)
                self._touch(root, edit.author)

    def _root(self, guid: str):
        name = self.markups.get(guid)
        if name is None:
            raise Trouble(tr("The topic is not in this file any more."), way_out=tr("Open the file again."),
                          path=self.source)
        if name not in self.roots:
            with open_archive(self.source) as archive:
                self.roots[name], self.spaces[name] = parsed_and_space(member_bytes(archive, name), name)
        return self.roots[name]

    def _add_topic(self, edit: AddTopic) -> None:
        from lxml import etree
        topic, three = edit.topic, self.version == "3.0"
        root = etree.Element("Markup")
        if topic.files:
            _add_header(root, topic.files, three)
        element = etree.SubElement(root, "Topic", Guid=topic.guid, TopicType=topic.kind or "Issue",
                                   TopicStatus=topic.status or "Open")
        _sub(element, "Title", topic.title)
        if topic.priority:
            _sub(element, "Priority", topic.priority)
        if topic.labels and three:
            held = etree.SubElement(element, "Labels")
            for label in topic.labels:
                _sub(held, "Label", label)
        elif topic.labels:
            for label in topic.labels:
                _sub(element, "Labels", label)
        _sub(element, "CreationDate", topic.created or now())
        _sub(element, "CreationAuthor", topic.author)
        for name, value in (("AssignedTo", topic.assigned), ("Description", topic.description)):
            if value:
                _sub(element, name, value)
        name = f"{topic.guid}/markup.bcf"
        self.markups[topic.guid], self.roots[name] = name, root
        for comment in topic.comments:
            _add_comment(root, comment, three)
        for view in topic.viewpoints:
            self._add_viewpoint(root, topic.guid, view, edit.snapshots.get(view.guid))

    def _add_comment(self, edit: AddComment) -> None:
        root = self._root(edit.topic)
        _add_comment(root, edit.comment, self.version == "3.0")
        if edit.viewpoint is not None:
            folder = self.markups[edit.topic].rpartition("/")[0]
            self._add_viewpoint(root, folder, edit.viewpoint, edit.snapshot)
        self._touch(root, edit.comment.author)

    def _add_viewpoint(self, root, folder: str, view: Viewpoint, snapshot) -> None:
        from lxml import etree
        three = self.version == "3.0"
        element = etree.Element("ViewPoint" if three else "Viewpoints", Guid=view.guid)
        _sub(element, "Viewpoint", f"Viewpoint_{view.guid}.bcfv")
        if snapshot is not None:
            _sub(element, "Snapshot", f"Snapshot_{view.guid}.png")
            self.fresh[f"{folder}/Snapshot_{view.guid}.png"] = _png(snapshot)
        if three:
            _part(root.find("Topic"), "Viewpoints").append(element)
        else:
            root.append(element)                           # viewpoints come last
        from bim.bcf_viewpoint import viewpoint_root
        self.fresh[f"{folder}/Viewpoint_{view.guid}.bcfv"] = _text(viewpoint_root(view, three))

    def _touch(self, root, author: str) -> None:
        """Who changed the topic last, and when."""
        for name, value in (("ModifiedDate", now()), ("ModifiedAuthor", author)):
            if value:
                _part(root.find("Topic"), name).text = value

    def save(self, out: str) -> None:
        """Beside the target first: a full disk leaves the old file whole."""
        fresh = self.fresh | {name: _text(qualified(root, self.spaces.get(name, "")))
                              for name, root in self.roots.items()}
        part = Path(f"{out}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as target:
                if self.source:
                    with open_archive(self.source) as archive:
                        _copy(archive, target, set(fresh))
                        target.comment = archive.comment
                for name, data in fresh.items():
                    target.writestr(name, data)
            os.replace(part, out)
        except BROKEN_ZIP as error:
            raise Trouble(tr("The BCF file could not be written."), cause=getattr(error, "strerror", "") or str(error),
                          way_out=tr("Choose another folder."), path=out) from None
        finally:
            part.unlink(missing_ok=True)


def _copy(archive: zipfile.ZipFile, target: zipfile.ZipFile, but: set[str]) -> None:
    seen = set(but)
    for info in archive.infolist():
        if info.filename not in seen:
            seen.add(info.filename)
            kind = zipfile.ZIP_STORED if info.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
            large = info.file_size > 1 << 30
            with archive.open(info) as data, target.open(_like(info, kind), "w", force_zip64=large) as to:
                while chunk := data.read(1 << 20):
                    to.write(chunk)


def _like(info: zipfile.ZipInfo, kind: int) -> zipfile.ZipInfo:
    copy = zipfile.ZipInfo(info.filename, info.date_time)
    copy.compress_type, copy.external_attr, copy.comment = kind, info.external_attr, info.comment
    return copy


def _png(picture) -> bytes:
    import io

    from PIL import Image
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG")
    return held.getvalue()


# -- XML -------------------------------------------------------------------------------------------------


def _add_header(root, files: tuple[Header, ...], three: bool) -> None:
    from lxml import etree
    held = etree.SubElement(root, "Header")
    held = etree.SubElement(held, "Files") if three else held
    for said in files:
        file = etree.SubElement(held, "File", {"IfcProject": said.project} if said.project else {})
        file.set("IsExternal" if three else "isExternal", "true")
        for name, value in (("Filename", said.name), ("Date", said.date)):
            if value:
                _sub(file, name, value)


def _add_comment(root, comment: Comment, three: bool) -> None:
    from lxml import etree
    element = etree.Element("Comment", Guid=comment.guid)
    _sub(element, "Date", comment.date or now())
    _sub(element, "Author", comment.author)
    _sub(element, "Comment", comment.text)
    if comment.viewpoint:
        etree.SubElement(element, "Viewpoint", Guid=comment.viewpoint)
    if three:
        _part(root.find("Topic"), "Comments").append(element)
        return
    first = root.find("Viewpoints")                        # comments stand between topic and viewpoints
    first.addprevious(element) if first is not None else root.append(element)


def _part(topic, name: str):
    """The child of that name, made in its place if there is none."""
    from lxml import etree
    found = topic.find(name)
    if found is None:
        found = etree.Element(name)
        later = set(ORDER[ORDER.index(name) + 1:])
        before = next((child for child in topic if child.tag in later), None)
        before.addprevious(found) if before is not None else topic.append(found)
    return found


def _sub(parent, name: str, text: str) -> None:
    from lxml import etree
    etree.SubElement(parent, name).text = clean(text)


def clean(text: str) -> str:
    """Without the control letters that XML cannot say."""
    return "".join(c for c in text if c >= " " or c in "\n\t")


def _version_root(version: str):
    from lxml import etree
    root = etree.Element("Version", VersionId=version)
    if version != "3.0":
        _sub(root, "DetailedVersion", version)
    return root


def _text(root) -> bytes:
    from lxml import etree
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True)
