"""A claim: its snippet is read, run, and what it did is recorded."""
