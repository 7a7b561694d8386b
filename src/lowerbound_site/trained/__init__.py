"""What is trained and measured once, and kept: in the library for programs, packed for the instruments."""
