"""Charts drawn on the server as SVG, each with its table. Pure functions of plain values."""
