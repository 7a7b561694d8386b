"""The machinery of the site: from a snippet to a page and to a test."""
