"""Values <-> disk: the sole opener of files and databases.

What may live here: where things are (`workspace`), what the collector read (`parts`), and one file for each other thing
that is kept. Heavy libraries are imported when a file is opened, never when this folder is.
"""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.store.carrying import (
        begin_after_last,
        begin_review,
        bind,
        carry_into,
        find_outdated,
        last_review,
        take_inventory,
        take_ledger,
    )
    from trustview.store.files import ListedFile, NamedFile, list_files, open_bytes, read_named, walk_files, write_new
    from trustview.store.finding_list import FindingList
    from trustview.store.item_query import Condition, TextColumn
    from trustview.store.item_table import ItemTable
    from trustview.store.parts import Shelf, open_shelf
    from trustview.store.reviews import ReviewStore, open_reviews
    from trustview.store.settings_file import load_cockpit_sections, load_settings
    from trustview.store.signing_off import Standing, attest, rows_of_review, rows_within, sign_off, take_standing
    from trustview.store.snapshot_excerpt import excerpt_on_monitoring, excerpt_on_role, excerpt_on_use, facts_of_role
    from trustview.store.snapshot_file import SnapshotFile
    from trustview.store.snapshot_keys import account_of
    from trustview.store.snapshot_rows import ItemDetail, ItemRow, PlaceRow, Summary
    from trustview.store.snapshots import (
        SnapshotEntry,
        delete_snapshot,
        earlier_snapshot,
        find_snapshot,
        list_snapshots,
        newest_snapshot,
        open_snapshot,
        save_snapshot,
    )
    from trustview.store.view_state import load_view, named_views_file, save_view, view_file
    from trustview.store.workspace import Workspace, find_workspace, make_file, make_folder

__all__ = [
    "Condition",
    "FindingList",
    "ItemDetail",
    "ItemRow",
    "ItemTable",
    "ListedFile",
    "NamedFile",
    "PlaceRow",
    "ReviewStore",
    "Shelf",
    "SnapshotEntry",
    "SnapshotFile",
    "Standing",
    "Summary",
    "TextColumn",
    "Workspace",
    "account_of",
    "attest",
    "begin_after_last",
    "begin_review",
    "bind",
    "carry_into",
    "delete_snapshot",
    "earlier_snapshot",
    "excerpt_on_monitoring",
    "excerpt_on_role",
    "excerpt_on_use",
    "facts_of_role",
    "find_outdated",
    "find_snapshot",
    "find_workspace",
    "last_review",
    "list_files",
    "list_snapshots",
    "load_cockpit_sections",
    "load_settings",
    "load_view",
    "make_file",
    "make_folder",
    "named_views_file",
    "newest_snapshot",
    "open_bytes",
    "open_reviews",
    "open_shelf",
    "open_snapshot",
    "read_named",
    "rows_of_review",
    "rows_within",
    "save_snapshot",
    "save_view",
    "sign_off",
    "take_inventory",
    "take_ledger",
    "take_standing",
    "view_file",
    "walk_files",
    "write_new",
]

lazy_names(__name__)
