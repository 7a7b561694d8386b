"""What helps whoever writes: a start, a check, a site that follows what is saved."""
