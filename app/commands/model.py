"""What can be done in a building."""

from __future__ import annotations

from app.commands.command import Command, modelled, picked

COMMANDS = (
    Command("find", "&Find in the model…", lambda w: w.find_in_model(), "search", "Ctrl+Shift+F", "model",
            enabled=modelled),
    Command("compare", "&Compare with an older issue…", lambda w: w.compare_model(), "duplicate", "", "model",
            enabled=modelled),
    Command("isolate", "&Isolate", lambda w: w.model.isolate_picked(), "isolate", "I", "model/arrange", "scene",
            picked, apart=True),
    Command("ghost-rest", "&Ghost the rest", lambda w: w.model.isolate_picked(ghosts=True), "ghost", "G",
            "model/arrange", "scene", picked),
    Command("hide-picked", "&Hide", lambda w: w.model.arrange_picked("hidden"), "eye-off", "H", "model/arrange",
            "scene", picked),
    Command("ghost-picked", "Gh&ost", lambda w: w.model.arrange_picked("ghost"), "ghost", "Shift+G", "model/arrange",
            "scene", picked),
    Command("show-all", "Show &all", lambda w: w.model.show_all(), "eye", "Shift+H", "model/arrange", "scene",
            modelled, apart=True),
    Command("alike-type", "Select the same &type", lambda w: w.model.select_alike("type"), "alike", "", "model/alike",
            enabled=picked),
    Command("alike-class", "Select the same &class", lambda w: w.model.select_alike("class"), "alike", "",
            "model/alike", enabled=picked),
    Command("alike-material", "Select the same &material", lambda w: w.model.select_alike("material"), "alike", "",
            "model/alike", enabled=picked),
    Command("cut-level", "Cut &level…", lambda w: w.model.cut(level=True), "section", "", "model/sections",
            enabled=modelled),
    Command("cut-upright", "Cut &upright…", lambda w: w.model.cut(level=False), "section", "", "model/sections",
            enabled=modelled),
    Command("cut-box", "Section &box around the selection", lambda w: w.model.cut_box(), "section", "B",
            "model/sections", "scene", picked),
    Command("uncut", "&Remove sections", lambda w: w.model.uncut(), "close", "", "model/sections",
            enabled=lambda w: modelled(w) and w.model.is_cut),
    Command("spaces", "&Spaces as rooms", lambda w: w.model.toggle_spaces(), "rooms", "R", "model", "scene", modelled,
            checked=lambda w: modelled(w) and w.model.spaces, apart=True),
)
