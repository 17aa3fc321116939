"""What people read. A package, so that the window can show the guide where citytwin was installed, too."""
