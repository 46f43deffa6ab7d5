"""Lets `python -m trustview` do what `trustview` does."""

from trustview.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
