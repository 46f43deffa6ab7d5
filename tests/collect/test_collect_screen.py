"""The screen around the real collector: credentials are revoked meanwhile, and it goes on once they are good again."""

from functools import partial

from tests.ui.driver import Driver
from trustview.collect import collect
from trustview.ui.collection import Phase
from trustview.ui.collector import CollectorApp

from .conftest import Shelf, moment, small
from .relay import Refusal, Relay

OWN, MEMBER, OTHER = "999900001111", "777700001111", "777700004444"


async def test_after_revoked_credentials_it_goes_on_with_good_ones(relay: Relay) -> None:
    shelf = Shelf()
    expired = Refusal("ExpiredToken", "The security token included in the request is expired", 403)
    relay.trouble = lambda request: expired if request.operation == "AssumeRole" and OTHER in request.detail else None
    run = partial(collect, small(OWN, MEMBER, OTHER), shelf, moment)
    app = CollectorApp(lambda note, keep: run(note, keep=keep), lambda snapshot: f"{len(snapshot.accounts)} accounts")

    async with app.run_test(size=(80, 24)) as pilot:
        screen = Driver(app, pilot)
        await screen.until(lambda: app.collection.phase is Phase.FAILED, looks=6000)
        await screen.sees("interrupted", "in again (`aws sso login`)")
        relay.trouble = lambda _request: None
        await screen.press("c")
        await screen.until(lambda: app.collection.phase is Phase.DONE, looks=6000)
        await screen.press("enter")

    assert app.return_value == "3 accounts"
    assert shelf.finished == ["run-0"]
