"""Decisions and the journal that keeps them: pure."""
