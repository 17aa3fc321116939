"""What is true: document, clock, frame, assets, history. Says nothing about looks (no Qt, no VTK)."""
