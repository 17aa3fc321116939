"""Live readings: where they come from, what a payload means, and the recorder that loses none of them."""
