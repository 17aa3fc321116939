"""How each kind of thing looks in VTK: layer types, the stage, colours, picking. VTK only here."""
