"""Textual widgets that know shapes (rows, trees, graphs, diffs) and never a domain.

What may live here: anything another tool could use unchanged. A widget names no role, no account and no severity; it is
given texts, tones and ids, and answers with messages. Only Textual, rich and the standard library are imported.
This file imports nothing, so that `widgets.safe_text` loads without Textual.
"""
