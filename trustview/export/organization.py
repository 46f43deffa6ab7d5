"""The organization document: what the AWS CLI's own files leave out, the OU tree and which policy hangs where.

    {"document": "trustview organization", "version": 1, "organization": {"id", "management_account", "units": [..],
     "accounts": [..], "guardrails": [..], "delegated": [..]}}

`units` are {"id", "name", "parent"} with the root among them (its parent is empty), `accounts` {"id", "name", "parent",
"status", "email", "joined", "tags"}, `guardrails` {"id", "name", "kind", "document", "targets", "description",
"is_aws"} with `kind` as the Organizations API names it and `document` the policy's JSON text. Fields that hold their
default may be left out.
"""

from __future__ import annotations

import json

from trustview.snapshot import Organization
from trustview.snapshot.codec import encode

ORGANIZATION_DOCUMENT = "trustview organization"


def write_organization(organization: Organization) -> str:
    """The organization as the document that `trustview import` reads."""
    value = {"document": ORGANIZATION_DOCUMENT, "version": 1, "organization": encode(organization)}
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
