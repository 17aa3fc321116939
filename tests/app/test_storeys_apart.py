"""Pulling storeys apart is found by its words and leads to the slider of a building."""

from layers.building import Building
from twin.layer import Source


def test_the_command_leads_to_the_slider_of_the_building_that_is_shown(window, qtbot):
    for name in ("first", "second"):
        layer = Building(id=name, name=name, visible=name == "second", source=Source(path=f"/nowhere/{name}.ifc"))
        window.session.edits.commit(window.session.document.with_layer(layer), "made")
    window.actions_.refresh()
    window.docking.of["inspector"].hide()
    window.actions_.of["storeys-apart"].trigger()
    field = window.docking.panel("inspector").style_panel.form.editors["apart_m"]
    assert window.session.about == "second", "what is shown comes before what is hidden"
    qtbot.waitUntil(field.isVisible, timeout=60_000)
    field.slider.setValue(field.slider.maximum() // 2)
    assert window.session.document.layer("second").apart_m > 1.0
