"""The checks, one file each; `CHECKS` lists them all, in the order of the catalogue.

A check is a pure generator of `Evidence` over an `Access`; see `analysis/check.py` for its docstring, and
`tests/cases/checks/<id>.json` for its cases.
"""

from trustview.analysis.check import Check

CHECKS: tuple[Check, ...] = ()

CHECKS_BY_ID = {check.id: check for check in CHECKS}

__all__ = ["CHECKS", "CHECKS_BY_ID"]
