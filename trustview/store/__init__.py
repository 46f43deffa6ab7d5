"""Values <-> disk: the sole opener of files and databases.

What may live here: where things are (`workspace`), what the collector read (`parts`), and one file for each other thing
that is kept. Heavy libraries are imported when a file is opened, never when this folder is.
"""

from trustview.store.parts import Shelf, open_shelf
from trustview.store.workspace import Workspace, find_workspace, make_file, make_folder

__all__ = ["Shelf", "Workspace", "find_workspace", "make_file", "make_folder", "open_shelf"]
