"""How many random inputs the tests try: few by default, as many as `TRUSTVIEW_CASES` says when it is set."""

import os


def amount(default: int) -> int:
    return int(os.environ.get("TRUSTVIEW_CASES", default))
