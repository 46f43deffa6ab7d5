from collections.abc import Sequence

import pytest
from textual.events import MouseScrollDown

from tests.widgets.hosts import Host, Nodes, lines_of
from widgets.tone import Cell
from widgets.virtual_tree import VirtualTree

SMALL = {"": ["org"], "org": ["prod", "dev"], "prod": ["core", "data"], "dev": ["dev-1"]}


def tree_of(below: dict[str, list[str]]) -> tuple[VirtualTree[str], Nodes]:
    nodes = Nodes(below)
    return VirtualTree(nodes), nodes


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_guides_arrows_and_counts_are_drawn(size: tuple[int, int]) -> None:
    tree, _ = tree_of(SMALL)
    async with Host(tree).run_test(size=size) as pilot:
        await pilot.press("l", "j", "l", "k")
        lines = [line.rstrip() for line in lines_of(tree)[:6]]
        assert [line[:-1].rstrip() for line in lines] == [
            "▌▾ org",
            " ├─▾ prod",
            " │ ├─  core",
            " │ └─  data",
            " └─▸ dev",
            "",
        ]
        assert [line[-1:] for line in lines] == ["2", "2", "0", "0", "1", ""]
        assert lines_of(tree)[0].endswith("2 ")


@pytest.mark.parametrize(
    ("keys", "node"),
    [
        (["l"], "org"),
        (["l", "l"], "prod"),
        (["right", "right", "right", "right"], "core"),
        (["l", "l", "l", "l", "h"], "prod"),
        (["l", "l", "l", "l", "h", "h", "h"], "org"),
        (["l", "l", "l", "j", "j", "j"], "dev"),
        (["l", "G"], "dev"),
        (["l", "G", "l", "l", "left"], "dev"),
        (["j", "k", "G"], "org"),
    ],
)
async def test_keys_walk_the_tree(keys: list[str], node: str) -> None:
    tree, _ = tree_of(SMALL)
    async with Host(tree).run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        assert tree.cursor_node == node


async def test_children_are_asked_for_when_a_node_opens() -> None:
    tree, nodes = tree_of(SMALL)
    async with Host(tree).run_test(size=(80, 24)) as pilot:
        assert nodes.asked == []
        await pilot.press("l")
        assert nodes.asked == ["org"]


async def test_open_nodes_stay_open_below_a_closed_one_and_in_other_data() -> None:
    tree, _ = tree_of(SMALL)
    async with Host(tree).run_test(size=(80, 24)) as pilot:
        await pilot.press("l", "l", "l", "h", "l", "k", "h", "l")
        assert tree.open_nodes == {"org", "prod"}
        tree.set_source(Nodes({**SMALL, "prod": ["core", "data", "net"]}))
        await pilot.pause()
        assert tree.cursor_node == "org"
        assert [line.split()[-2] for line in lines_of(tree)[:6]] == ["org", "prod", "core", "data", "net", "dev"]


async def test_closing_a_node_takes_the_cursor_along() -> None:
    tree, _ = tree_of(SMALL)
    host = Host(tree)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.press("l", "l", "l", "l", "j")
        assert tree.cursor_node == "data"
        tree.set_open("org", False)
        await pilot.pause()
        assert tree.cursor_node == "org"
        assert host.posted(VirtualTree.Highlighted)[-1].node == "org"


async def test_reveal_opens_the_way_and_moves_the_cursor() -> None:
    below = {"": ["org"], "org": [f"ou-{i}" for i in range(50)], "ou-40": [f"account-{i}" for i in range(50)]}
    tree, _ = tree_of(below)
    async with Host(tree).run_test(size=(80, 24)) as pilot:
        assert tree.reveal("account-33")
        await pilot.pause()
        assert tree.cursor_node == "account-33"
        assert any(line.startswith("▌") and "account-33" in line for line in lines_of(tree))
        assert not tree.reveal("nowhere")


async def test_messages_tell_what_happened() -> None:
    tree, _ = tree_of(SMALL)
    host = Host(tree)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.press("l", "j", "enter", "k", "h")
        assert [(m.node, m.is_open) for m in host.posted(VirtualTree.Toggled)] == [("org", True), ("org", False)]
        assert [m.node for m in host.posted(VirtualTree.Highlighted)] == ["prod", "org"]
        assert [m.node for m in host.posted(VirtualTree.Selected)] == ["prod"]
        assert all(message.control is tree for message in host.posted(VirtualTree.Toggled))


async def test_the_mouse_opens_selects_and_scrolls() -> None:
    below = {"": ["org"], "org": [f"ou-{i}" for i in range(50)]}
    tree, _ = tree_of(below)
    host = Host(tree)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.click(tree, offset=(1, 0))
        assert tree.open_nodes == {"org"}
        await pilot.click(tree, offset=(9, 3), times=2)
        assert [m.node for m in host.posted(VirtualTree.Selected)] == ["ou-2"]
        await pilot._post_mouse_events([MouseScrollDown], tree, (5, 5))
        await pilot.pause()
        assert tree.first_seen > 0


async def test_an_empty_tree_says_what_to_do() -> None:
    tree: VirtualTree[str] = VirtualTree(empty="nothing collected yet")
    async with Host(tree).run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "l", "h", "enter", "G")
        assert "nothing collected yet" in "\n".join(lines_of(tree))


async def test_long_labels_give_way_to_counts_with_an_ellipsis() -> None:
    tree, _ = tree_of({"": ["a-name-much-longer-than-the-pane-can-ever-show-in-one-line"], "x": []})
    async with Host(tree).run_test(size=(40, 10)):
        assert lines_of(tree)[0].endswith("… 0 ")


class CountedNodes(Nodes):
    """Counts how often a label is asked for."""

    labels = 0

    def label(self, node: str) -> Sequence[Cell]:
        self.labels += 1
        return super().label(node)


async def test_half_a_million_nodes_open_without_asking_for_their_labels() -> None:
    nodes = CountedNodes({"": ["org"], "org": [f"role-{i}" for i in range(500_000)]})
    tree = VirtualTree(nodes)
    async with Host(tree).run_test(size=(80, 24)) as pilot:
        await pilot.press("l", "G")
        assert tree.cursor_node == "role-499999"
        assert nodes.labels <= 3 * 24
