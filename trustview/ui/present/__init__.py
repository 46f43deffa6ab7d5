"""Domain values -> cells, words and tones: the only place that words and colours anything. Pure.

`signs` is the table of glyphs, the other files one part of the screen each. Texts from AWS pass through unchanged; the
widgets make them safe when they draw.
"""
