"""What many ticks ask is answered once for each state of the document and its content."""

from __future__ import annotations

from types import SimpleNamespace

from app.once import Once


def test_asked_again_only_when_the_assets_or_what_it_is_about_are_others():
    assets, asked = SimpleNamespace(revision=(0, 0, 0)), []
    once = Once(SimpleNamespace(assets=assets))

    def ask():
        asked.append(assets.revision)
        return len(asked)

    a, b = [1], [1]                                     # equal, and not the same
    assert [once.of(ask, a), once.of(ask, a)] == [1, 1]
    assert once.of(ask, b) == 2
    assets.revision = (1, 0, 0)
    assert [once.of(ask, b), once.of(ask, b)] == [3, 3]


def test_a_question_that_begins_to_read_is_asked_again():
    """Its answer lacks what only begins to come with it."""
    assets, asked = SimpleNamespace(revision=(0, 0, 0)), []
    once = Once(SimpleNamespace(assets=assets))

    def ask():
        asked.append(1)
        assets.revision = (1, 0, 0)

    once.of(ask)
    once.of(ask)
    once.of(ask)
    assert len(asked) == 2
