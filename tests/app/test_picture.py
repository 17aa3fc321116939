"""Pictures of the scene that the window saves."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from app import dialogs
from app.commands.files import ask_picture
from twin.camera import Camera


def test_a_fine_picture_has_twice_the_pixels_and_leaves_the_window_as_it_was(viewport_from, session, tmp_path):
    camera = Camera.looking_at((0.0, 0.0, 0.0), distance=200.0, azimuth_deg=20.0, tilt_deg=30.0)
    viewport = viewport_from(session, camera)
    before = viewport.canvas.size, viewport.canvas.pixel_ratio
    for fine in (False, True):
        viewport.save_picture(tmp_path / f"{fine}.png", fine)
    assert (viewport.canvas.size, viewport.canvas.pixel_ratio) == before
    plain, fine = (QImage(str(tmp_path / f"{fine}.png")) for fine in (False, True))
    assert (fine.width(), fine.height()) == (2 * plain.width(), 2 * plain.height())
    at = [(x, y) for x in range(4, plain.width(), 9) for y in range(4, plain.height(), 9)]
    like = sum(abs(fine.pixelColor(2 * x, 2 * y).lightness() - plain.pixelColor(x, y).lightness()) < 24 for x, y in at)
    assert like > 0.9 * len(at), "the same picture"
    viewport.frame(0.1)
    viewport.save_picture(tmp_path / "again.png")
    assert QImage(str(tmp_path / "again.png")).size() == plain.size()


@pytest.mark.parametrize("chosen, times", [(0, 1), (1, 2)])
def test_the_size_is_chosen_as_a_kind_of_file(window, monkeypatch, tmp_path, chosen, times):
    """A report got the few hundred pixels that a small window has."""
    window.viewport.frame(0.1)
    width, height = window.viewport.canvas.size
    monkeypatch.setattr(type(window.viewport.canvas), "has_card", False)
    monkeypatch.setattr(dialogs, "save_as", lambda parent, folder, name, kinds: (tmp_path / "p.png",
                                                                                 kinds.split(";;")[chosen]))
    ask_picture(window)
    picture = QImage(str(tmp_path / "p.png"))
    assert (picture.width(), picture.height()) == (times * width, times * height)


def test_a_picture_that_could_not_be_written_is_not_called_saved(window, monkeypatch, tmp_path):
    window.viewport.frame(0.1)
    told = []
    monkeypatch.setattr(window, "tell", lambda words, tone="note": told.append((tone, words)))
    monkeypatch.setattr(dialogs, "save_as", lambda parent, folder, name, kinds: (tmp_path / "gone" / "p.png",
                                                                                 kinds.split(";;")[0]))
    ask_picture(window)
    assert [tone for tone, _ in told] == ["error"] and "p.png" in told[0][1]
