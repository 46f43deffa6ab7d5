"""The ledger: nothing is called read that was not, and nothing that was not read is left out."""

from hypothesis import given
from hypothesis import strategies as st

from trustview.review import Extent, count_extents, make_ledger
from trustview.snapshot import Gap, GapKind, Reading

AT = "2026-11-20T06:00:00Z"
ONE, TWO = "111111111111", "222222222222"


def extents(
    readings: list[tuple[str, str, str]], gaps: list[tuple[str, str, str]], unread: tuple[str, ...] = ()
) -> dict[tuple[str, str, str], Extent]:
    accounts = [(ONE, "one", ONE in unread), (TWO, "two", TWO in unread)]
    ledger = make_ledger(
        accounts,
        [Reading(service, account, region, AT) for account, service, region in readings],
        [Gap(account, service, region, GapKind.DENIED, "no") for account, service, region in gaps],
    )
    return {(line.account, line.source, line.region): line.extent for line in ledger}


def test_what_gave_something_was_read() -> None:
    assert extents([(ONE, "iam", ""), (TWO, "iam", "")], []) == {
        (ONE, "iam", ""): Extent.READ,
        (TWO, "iam", ""): Extent.READ,
    }


def test_what_gave_something_and_has_a_gap_was_read_in_part() -> None:
    found = extents([(ONE, "iam", ""), (TWO, "iam", "")], [(ONE, "iam", "")])

    assert found[ONE, "iam", ""] is Extent.PARTLY
    assert found[TWO, "iam", ""] is Extent.READ


def test_what_has_only_a_gap_was_not_read_there_and_elsewhere_it_was() -> None:
    found = extents([(ONE, "events", "eu-west-1"), (TWO, "iam", "")], [(ONE, "events", "us-east-1")])

    assert found[ONE, "events", "us-east-1"] is Extent.NOT_READ
    assert found[ONE, "events", "eu-west-1"] is Extent.READ


def test_an_account_that_could_not_be_entered_was_not_read() -> None:
    assert extents([(TWO, "iam", "")], [(ONE, "", "")], (ONE,))[ONE, "everything", ""] is Extent.NOT_READ


def test_an_account_of_which_nothing_is_said_is_not_passed_over() -> None:
    assert extents([], [], (ONE,)) == {(ONE, "everything", ""): Extent.NOT_READ, (TWO, "iam", ""): Extent.READ}


PLACES = st.lists(st.tuples(st.sampled_from(["", ONE, TWO]), st.sampled_from(["iam", "events"]), st.sampled_from("ab")))


@given(PLACES, PLACES)
def test_every_reading_and_every_gap_has_its_line(
    readings: list[tuple[str, str, str]], gaps: list[tuple[str, str, str]]
) -> None:
    found = extents(readings, gaps)

    assert {*readings, *gaps} <= found.keys()
    assert all((found[place] is Extent.READ) is (place not in gaps) for place in readings)
    assert all(found[place] is not Extent.READ for place in gaps)
    assert {ONE, TWO} <= {account for account, _, _ in found}


def test_extents_are_counted_in_their_order() -> None:
    ledger = make_ledger([(ONE, "one", True)], [Reading("iam", TWO, "", AT)], [])

    assert count_extents(ledger) == (("read", 1), ("partly", 0), ("not read", 1))
