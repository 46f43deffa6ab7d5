"""Texts of different accounts that say the same: the account's own id is written as byte 0x01.

JSON escapes that byte, so no policy text can hold it. THE ONE PLACE that puts it in and takes it out.
"""

from __future__ import annotations

from trustview.policy import is_account_id

OWN_ACCOUNT = "\x01"


def make_template(text: str, account: str) -> tuple[str, bool]:
    """The text with its account taken out, and whether one was; what cannot be given back exactly stays as it is."""
    if account not in text or not is_account_id(account) or OWN_ACCOUNT in text:
        return text, False
    template = text.replace(account, OWN_ACCOUNT)
    return (template, True) if template.replace(OWN_ACCOUNT, account) == text else (text, False)


def likeness(text: str, account: str) -> str:
    """A text that is equal for two policies only when they say the same, each of its own account.

    Escapes could spell an account id in another way, so a text that has some is like itself alone.
    """
    return make_template(text, account)[0] if "\\" not in text else f"{account}{OWN_ACCOUNT}{text}"
