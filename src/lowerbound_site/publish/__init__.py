"""Pages become a site: built whole, made light, served."""
