"""Where in the order of drawing the ground goes, and how it leaves the scene."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkActor, vtkPropCollection, vtkRenderer


def take_away(renderer: vtkRenderer, actor: vtkActor) -> None:
    """Remove an actor but not its pictures, which others carry: with it they would leave the graphics card, and to send
    14 million pixels there again, with their mipmaps, takes a second."""
    actor.GetProperty().RemoveAllTextures()
    renderer.RemoveViewProp(actor)


def insert_below(renderer: vtkRenderer, actor: vtkActor, *, before_backdrop: bool = False) -> None:
    """Add an actor that is drawn before everything but the backdrop, so that what is see-through on it blends.

    What hides the backdrop is better drawn before it: sky and far ground are then not painted where it is.
    """
    renderer.AddViewProp(actor)
    held = renderer.GetViewProps()
    held.RemoveItem(actor)
    if held.GetNumberOfItems():
        held.InsertItem(-1 if before_backdrop else _last_of_backdrop(held), actor)
    else:
        held.AddItem(actor)


def _last_of_backdrop(held: vtkPropCollection) -> int:
    """The index of the last prop that no camera frames; -1 without one."""
    every = range(held.GetNumberOfItems())
    return max((i for i in every if not held.GetItemAsObject(i).GetUseBounds()), default=-1)
