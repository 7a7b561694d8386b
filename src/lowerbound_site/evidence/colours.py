"""What a figure is drawn with, and what the page calls it. Black is the ink and white the paper, whatever those are."""

COLOURS = {
    "#2563c4": "var(--lb-p)",
    "#b84a00": "var(--lb-q)",
    "#0b7261": "var(--lb-data)",
    "#9b2c83": "var(--lb-gap)",
    "#24292f": "var(--lb-ink)",
    "#6e7781": "var(--lb-muted)",
    "#000000": "var(--lb-ink)",
    "#ffffff": "var(--lb-paper)",
}
