"""The screens: one workbench for everything; nothing is pushed over it while a reviewer works."""
