"""A scenario: a stretch of time told in chapters, with what is shown and from where. Plain data of the project."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt

from twin.camera import Camera
from twin.comparison import Comparison
from twin.cuts import Cut
from twin.text import tr
from twin.trouble import Trouble

if TYPE_CHECKING:
    from twin.document import Document

Value = str | float | bool | None
LOOK_SECS = 4.0                                             # for the flight to what is told of, and a look at it
LETTERS_A_SECOND = {"zh": 5.0, "en": 15.0}                  # read at leisure: 300 characters, 180 words a minute


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A study of who reaches a facility on foot. Ids of layers; `added`: easting and northing of facilities that do not
    exist yet.
    """

    streets: str
    facilities: str
    dwellings: str
    minutes: Annotated[float, Gt(0.0)] = 15.0
    added: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SunHours:
    """A study of the hours of sun at the lowest windows about a place. `limit_hours`: what the user's rule asks for."""

    date: str
    easting: float
    northing: float
    radius_m: Annotated[float, Gt(0.0)] = 200.0
    first: str = "08:00"
    last: str = "16:00"
    limit_hours: Annotated[float, Ge(0.0)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What is told from `time` (ISO 8601) on, until the next one. `camera` None stays where it is.

    `select`: "layer id/feature id" of what is lit up; the feature's column "id", or "guid" of a building. `opens`:
    panels, as "name" or "name/what it shows". `walk`, `sun`: a study whose result is added to the scene. `follow`: the
    camera goes along with the vehicle that is lit up. `speed`: data seconds per real second of this chapter; 0 = the
    story's. `settings`, `cuts`: layer id -> fields of its style, and excavations of a terrain, as long as it is told.
    """

    time: str
    title: str
    title_zh: str = ""
    text: str = ""
    text_zh: str = ""
    camera: Camera | None = None
    select: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    walk: Walk | None = None
    sun: SunHours | None = None
    follow: bool = False
    speed: Annotated[float, Ge(0.0)] = 0.0
    settings: dict[str, dict[str, Value]] = field(default_factory=dict)
    cuts: dict[str, tuple[Cut, ...]] = field(default_factory=dict)

    def words(self, language: str) -> tuple[str, str]:
        """(title, text) in a language."""
        if language == "zh":
            return self.title_zh or self.title, self.text_zh or self.text
        return self.title, self.text

    def reading_secs(self, language: str) -> float:
        """That somebody who sees it for the first time needs for the flight, the look and the text."""
        return LOOK_SECS + sum(map(len, self.words(language))) / LETTERS_A_SECOND.get(language, LETTERS_A_SECOND["en"])


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`visible`: ids of the visible layers and groups. `settings`: layer id -> fields of its style for this story.

    It runs from the first chapter to `end` (ISO 8601) at `speed` (data seconds per real second), slower where a
    chapter would be over before it is read. `with_shadows`: no faster than shadows are computed, so that they are never
    those of another time.
    """

    id: str
    name: str
    name_zh: str = ""
    about: str = ""
    about_zh: str = ""
    end: str
    speed: Annotated[float, Gt(0.0)] = 60.0
    with_shadows: bool = False
    chapters: tuple[Chapter, ...]
    visible: tuple[str, ...] | None = None
    settings: dict[str, dict[str, Value]] = field(default_factory=dict)
    ground_opacity: float | None = None
    comparison: Comparison | None = None
    second: str = ""                    # the second instant (ISO 8601) of a comparison

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name

    def told(self, language: str) -> str:
        return self.about_zh if language == "zh" and self.about_zh else self.about


def staged(document: Document, scenario: Scenario) -> Document:
    """The document as the scenario shows it. Raises Trouble for a setting that its layer does not have."""
    if scenario.visible is not None:
        shown = set(scenario.visible)
        document = replace(document, layers=tuple(replace(x, visible=x.id in shown) for x in document.layers))
    told = [x.id for x in document.layers if getattr(x, "sign", "")]    # no colours that it does not tell of,
    document = document.with_each(told, lambda x: replace(x, sign=""))
    cut = [x.id for x in document.layers if getattr(x, "cuts", ())]     # and whole models: the user's own sections
    document = document.with_each(cut, lambda x: replace(x, cuts=()))    # come back when it ends
    for chapter in scenario.chapters:                                    # what is wrong is said before it begins
        _changed(document, _changes(chapter), scenario)
    document = _changed(document, scenario.settings, scenario)
    if scenario.comparison is not None:
        document = replace(document, comparison=scenario.comparison)
    return document if scenario.ground_opacity is None else replace(document, ground_opacity=scenario.ground_opacity)


def retold(document: Document, staged: Document, scenario: Scenario, chapter: Chapter) -> Document:
    """What chapters change, as this one shows it; everything else as it is. `staged`: as the story began."""
    touched: dict[str, set[str]] = {}
    for one in scenario.chapters:
        for id, values in _changes(one).items():
            touched.setdefault(id, set()).update(values)
    shown = _changed(staged, _changes(chapter), scenario)
    for id, names in touched.items():
        if (layer := document.layer(id)) is not None:
            document = document.with_layer(replace(layer, **{n: getattr(shown.layer(id), n) for n in names}))
    return document


def _changes(chapter: Chapter) -> dict[str, dict]:
    """Layer id -> fields."""
    changes: dict[str, dict] = {id: dict(values) for id, values in chapter.settings.items()}
    for id, cuts in chapter.cuts.items():
        changes.setdefault(id, {})["cuts"] = cuts
    return changes


def _changed(document: Document, settings: dict[str, dict], scenario: Scenario) -> Document:
    for id, values in settings.items():
        layer = document.layer(id)
        if layer is None:
            raise Trouble(tr("The scenario {name} needs a layer that is not there.", name=scenario.name), cause=id,
                          way_out=tr("Open the project it was made for."))
        unknown = sorted(values.keys() - {f.name for f in fields(layer)})
        if unknown:
            raise Trouble(tr("The scenario {name} sets what its layer does not have.", name=scenario.name),
                          cause=f"{id}: {', '.join(unknown)}", way_out=tr("Mend these places in the file; it is JSON."))
        document = document.with_layer(replace(layer, **values))
    return document
