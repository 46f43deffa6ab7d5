"""Answers of Organizations -> the tree."""

import pytest

from trustview.collect.services.organizations import read_account, read_status
from trustview.snapshot import AccountStatus


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ACTIVE", AccountStatus.ACTIVE),
        ("SUSPENDED", AccountStatus.SUSPENDED),
        ("CLOSED", AccountStatus.CLOSED),
        ("PENDING_ACTIVATION", AccountStatus.UNKNOWN),
        ("SOMETHING_NEW", AccountStatus.UNKNOWN),
        (None, AccountStatus.UNKNOWN),
    ],
)
def test_a_status_that_we_do_not_know_is_told_as_such(status: str | None, expected: AccountStatus) -> None:
    assert read_status(status) is expected


def test_the_newer_name_of_the_status_counts() -> None:
    account = read_account({"Id": "1", "Name": "a", "Status": "ACTIVE", "State": "CLOSED"}, "r-1")

    assert account.status is AccountStatus.CLOSED
