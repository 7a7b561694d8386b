"""Text becomes a page: evidence, formulas, figures and instruments are put in."""
