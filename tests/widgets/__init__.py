"""Widgets are tested in host applications of a few lines, pure parts with tables and properties."""
