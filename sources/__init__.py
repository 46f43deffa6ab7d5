"""Data that the package carries, made again from where it came: `python -m sources.actions …`; see CONTRIBUTING."""
