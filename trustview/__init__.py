"""Who can get into our cloud? The quarterly access review of an AWS Organization, in the terminal."""

__version__ = "0.1.0"
