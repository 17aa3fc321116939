"""Qt: shows the project and turns gestures into edits; also the headless command line."""
