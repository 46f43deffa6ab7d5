"""Texts of different accounts that say the same: the account's own id is written as byte 0x01.

JSON escapes that byte, so no policy text can hold it. THE ONE PLACE that takes an account's id out of a text. It stands
apart from `template`, which reads policies: a snapshot that is opened needs no policy language.
"""

from __future__ import annotations

from trustview.policy import is_account_id

OWN_ACCOUNT = "\x01"


def make_template(text: str, account: str) -> tuple[str, bool]:
    """The text with its account taken out, and whether one was; what cannot be given back exactly stays as it is."""
    if account not in text or not is_account_id(account) or OWN_ACCOUNT in text:
        return text, False
    return text.replace(account, OWN_ACCOUNT), True
