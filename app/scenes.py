"""Keeping views of the project: a scene is a camera, an instant, and what is shown. Every change is an edit."""

from __future__ import annotations

from dataclasses import replace

from app.session import Session
from twin import times
from twin.camera import Camera
from twin.document import Document, Scene
from twin.layer import new_id


def keep(session: Session, name: str, language: str, camera: Camera | None) -> Scene:
    """The present view under a name, in the language that is spoken."""
    made = replace(_as_now(session, Scene(id=new_id("scene"), name=name), camera),
                   name_zh=name if language == "zh" else "")
    _commit(session, session.document.with_scene(made), "Save a scene")
    return made


def update(session: Session, id: str, camera: Camera | None) -> None:
    """The scene shows from now on what is shown now; its names stay."""
    _commit(session, session.document.with_scene(_as_now(session, _scene(session, id), camera)), "Update a scene")


def rename(session: Session, id: str, name: str, language: str) -> None:
    kept = _scene(session, id)
    named = replace(kept, name_zh=name) if language == "zh" else replace(kept, name=name)
    _commit(session, session.document.with_scene(named), "Rename a scene")


def remove(session: Session, id: str) -> None:
    _commit(session, session.document.without_scene(id), "Remove a scene")


def _as_now(session: Session, scene: Scene, camera: Camera | None) -> Scene:
    document, now_ns = session.document, session.clock.now_ns
    return replace(scene, camera=camera, time=times.iso(now_ns, document.time_zone) if now_ns else "",
                   visible=tuple(layer.id for layer in document.layers if layer.visible),
                   ground_opacity=document.ground_opacity)


def _scene(session: Session, id: str) -> Scene:
    return next(scene for scene in session.document.scenes if scene.id == id)


def _commit(session: Session, document: Document, label: str) -> None:
    session.edits.commit(document, label)
    session.edits.seal()
