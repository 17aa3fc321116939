"""IFC in; meshes, trees, properties and georeference out. ifcopenshell only here."""
