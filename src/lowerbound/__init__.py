"""Lower Bound."""
