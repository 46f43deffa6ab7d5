"""The five panes of the workbench: each shows what `present` made of the state, and decides nothing."""
