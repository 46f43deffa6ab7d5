"""An organization in which every text that AWS lets people choose attacks the screen."""

from __future__ import annotations

import json

from trustview.snapshot import (
    Account,
    AccountFacts,
    AccountStatus,
    Gap,
    GapKind,
    GuardrailKind,
    GuardrailPolicy,
    InlinePolicy,
    Organization,
    OrganizationalUnit,
    Role,
    Snapshot,
)

HOSTILE = (
    "[red]x[/red]",
    "a[/nope]b",
    "[@click=app.quit]CLICK[/]",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b]0;title\x07",
    "c1\x9b31m",
    "\u202egnp.exe\u202c",
    "nul\0nul",
    "line\nbreak\ttab\rreturn",
    "zero\u200bwidth\ufeff\u00ad",
    "sep\u2028arator",
    "family 👨\u200d👩\u200d👧 flag 🇩🇪 skin 👍🏽",
    "日本語のとても長い名前ですがまだ続きます",
    "zal\u0301\u0302\u0303\u0304\u0305\u0306go",
    "=cmd()|calc",
    "long " + "x" * 4096,
)
OWN, OTHER = "111111111111", "222222222222"


def hostile_snapshot() -> Snapshot:
    """One role per hostile text, with the text wherever AWS takes it."""
    return Snapshot(
        taken_at="2026-11-20T06:00:00Z",
        source="aws",
        organization=Organization(
            id="o-hostile001",
            management_account=OTHER,
            units=(
                OrganizationalUnit("r-1", "Root", ""),
                *(OrganizationalUnit(f"ou-{n}", text, "r-1") for n, text in enumerate(HOSTILE)),
            ),
            accounts=(
                Account(OTHER, HOSTILE[0], "r-1"),
                *(
                    Account(_account(n), text, f"ou-{n}", AccountStatus.ACTIVE, email=text, tags=((text, text),))
                    for n, text in enumerate(HOSTILE)
                ),
            ),
            guardrails=tuple(
                GuardrailPolicy(f"p-{n}", text, GuardrailKind.SCP, _policy("*", text), (f"ou-{n}",), text)
                for n, text in enumerate(HOSTILE)
            ),
        ),
        accounts=tuple(AccountFacts(_account(n), text, roles=(_role(n, text),)) for n, text in enumerate(HOSTILE)),
        gaps=tuple(Gap(OTHER, text, text, GapKind.FAILED, text) for text in HOSTILE),
    )


def _account(number: int) -> str:
    return f"{300000000000 + number}"


def _role(number: int, text: str) -> Role:
    name = f"role-{number}"
    return Role(
        arn=f"arn:aws:iam::{_account(number)}:role/{name}",
        account=_account(number),
        name=name,
        path="/",
        id=f"AROAROLE{number:012}",
        trust_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": text,
                        "Effect": "Allow",
                        "Principal": {"AWS": ["*", text]},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringLike": {f"aws:PrincipalTag/{text}": [text, "*"]}},
                    }
                ],
            },
            ensure_ascii=number % 2 == 0,
        ),
        description=text,
        created=text,
        last_used=text,
        last_used_region=text,
        boundary=text,
        inline=(InlinePolicy(text, _policy("*", text)),),
        attached=(text,),
        tags=((text, text),),
    )


def _policy(action: str, sid: str) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


__all__ = ["HOSTILE", "hostile_snapshot"]
