"""What a BCF file says, as values: topics with comments and viewpoints. Coordinates are the model's own, in metres."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Eye:
    """`field_deg` is the vertical field of view; `height_m` > 0: an orthogonal view of that height."""

    position: Vector
    direction: Vector
    up: Vector = (0.0, 0.0, 1.0)
    field_deg: float = 60.0
    height_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Viewpoint:
    """Elements are GlobalIds. `exceptions` are those that differ from `default_visible`. `planes`: (place, direction);
    what a direction points to is cut away. `coloring`: ("#rrggbb", elements). None for `spaces`: nothing is said.
    """

    guid: str
    index: int | None = None
    eye: Eye | None = None
    selection: tuple[str, ...] = ()
    default_visible: bool = True
    exceptions: tuple[str, ...] = ()
    spaces: bool | None = None
    planes: tuple[tuple[Vector, Vector], ...] = ()
    coloring: tuple[tuple[str, tuple[str, ...]], ...] = ()
    components: bool = False               # says anything about selection or visibility
    snapshot: str = ""                     # member of the archive


@dataclass(frozen=True, kw_only=True)
class Comment:
    guid: str
    date: str = ""                         # ISO 8601 as written
    author: str = ""
    text: str = ""
    viewpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class Header:
    """A model that a topic is about."""

    name: str = ""
    project: str = ""                      # GlobalId of its IfcProject
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class Topic:
    guid: str
    title: str = ""
    kind: str = ""
    status: str = ""
    priority: str = ""
    stage: str = ""
    labels: tuple[str, ...] = ()
    description: str = ""
    created: str = ""
    author: str = ""
    modified: str = ""
    assigned: str = ""
    due: str = ""
    index: int | None = None
    files: tuple[Header, ...] = ()
    comments: tuple[Comment, ...] = ()
    viewpoints: tuple[Viewpoint, ...] = ()
    folder: str = ""                       # of the archive

    def viewpoint(self, guid: str) -> Viewpoint | None:
        return next((view for view in self.viewpoints if view.guid == guid), None)


@dataclass(frozen=True, kw_only=True)
class Bcf:
    """`notes`: what could not be read, in words."""

    path: str
    version: str
    project: str = ""
    topics: tuple[Topic, ...] = ()
    statuses: tuple[str, ...] = ()         # that are in use or that the file offers
    notes: tuple[str, ...] = field(default=())

    def topic(self, guid: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.guid == guid), None)

    def as_dict(self) -> dict:
        return asdict(self) | {"counts": {"topics": len(self.topics),
                                          "comments": sum(len(t.comments) for t in self.topics),
                                          "viewpoints": sum(len(t.viewpoints) for t in self.topics)}}
