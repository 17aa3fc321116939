"""One SVG per layer type and command: a 24 px grid, one stroke, tinted by the theme."""
