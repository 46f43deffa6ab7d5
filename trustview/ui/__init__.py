"""The cockpit: a review in the terminal. Textual is imported here and in `widgets`, nowhere else.

One frozen `State` goes down through `present` to panes and widgets; messages come up; `commands` is the one table of
keys. `run_cockpit` opens it.
"""
