"""Notices above the view: one line each, several of a kind in one that unfolds."""

from __future__ import annotations

from app.panels.notice import MOST, MOST_UNFOLDED_PX, Notices


def some(n: int) -> str:
    return f"{n} models"


def test_several_of_a_kind_are_one_line_that_unfolds(qtbot):
    notices = Notices()
    qtbot.addWidget(notices)
    notices.resize(700, 400)
    one = notices.tell("A stands here.", together=some)
    assert one.heading.isHidden() and one.fold.isHidden() and one.scroll.isHidden()
    for at in range(20):
        assert notices.tell(f"{at} stands there.", "warning", (("Show", lambda: None),), some) is one
    other = notices.tell("Something else.")
    assert notices.shown == [one, other] and one.tone == "warning"
    assert one.heading.text() == "21 models" and one.scroll.isHidden() and not one.fold.isHidden()
    one.fold.click()
    assert not one.scroll.isHidden() and one.scroll.height() == MOST_UNFOLDED_PX
    assert one.texts[:2] == ["A stands here.", "0 stands there."]


def test_what_is_answered_goes_alone_and_the_notice_with_its_last_line(qtbot):
    notices, done = Notices(), []
    qtbot.addWidget(notices)
    for at in range(2):
        notices.tell(f"{at}", "note", (("Show", lambda at=at: done.append(at)),), some)
    notice, = notices.shown
    notice.buttons[0].click()
    assert done == [0] and notice.texts == ["1"] and notice.heading.isHidden() and notice.fold.isHidden()
    notices.withdraw("1")
    assert notices.shown == [] and notices.isHidden()


def test_the_same_again_is_told_once_and_the_oldest_goes(qtbot):
    notices = Notices()
    qtbot.addWidget(notices)
    for text in ("a", "b", "a", "c", "d"):
        notices.tell(text)
    assert [notice.text for notice in notices.shown] == ["a", "c", "d"] and MOST == 3
