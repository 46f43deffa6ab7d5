"""The table of a trail in DuckDB, as Athena or Lake would hold it, and our query run on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

Record = Mapping[str, Any]
_SESSION = (
    "STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR), sessionissuer STRUCT(type VARCHAR, "
    "principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR))"
)
ATHENA_COLUMNS = {
    "useridentity": (
        "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, "
        f"accesskeyid VARCHAR, username VARCHAR, sessioncontext {_SESSION})"
    ),
    **dict.fromkeys(
        (
            "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode",
            "errormessage", "requestparameters", "responseelements", "eventid", "readonly", "recipientaccountid",
            "sharedeventid", "vpcendpointid",
        ),
        "VARCHAR",
    ),
}  # fmt: skip
LAKE_COLUMNS = {
    **ATHENA_COLUMNS,
    "useridentity": ATHENA_COLUMNS["useridentity"].replace("username", "identityprovider VARCHAR, username", 1),
    "eventtime": "TIMESTAMP",
    "readonly": "BOOLEAN",
    "requestparameters": "MAP(VARCHAR, VARCHAR)",
    "responseelements": "MAP(VARCHAR, VARCHAR)",
}
PARTITIONS = {
    "account, region, day": ("account", "region", "day"),
    "account, region, year, month, day": ("account", "region", "year", "month", "day"),
}


def run_query(
    query: str, name: str, records: Iterable[Record], folder: Path, *, is_lake: bool = False, day: str = "%Y/%m/%d"
) -> list[list[str | None]]:
    """The answer's heads and lines to a query of Athena or Lake, put into the words of DuckDB.

    `day` is the form of the partition of that name.
    """
    path = folder / "records.jsonl"
    path.write_text(
        "".join(json.dumps(_row(record, day, is_lake=is_lake)) + "\n" for record in records), encoding="utf-8"
    )
    columns = {**(LAKE_COLUMNS if is_lake else ATHENA_COLUMNS), **dict.fromkeys(_PARTS, "VARCHAR")}
    (told,) = sqlglot.transpile(query.replace(name, "records"), read="trino" if is_lake else "athena", write="duckdb")
    with duckdb.connect() as database:
        database.execute(
            f"CREATE TABLE records AS SELECT * FROM read_json(?, format='newline_delimited', columns={columns!r})",  # noqa: S608
            [str(path)],
        )
        found = database.execute(told)
        heads: list[str | None] = [str(column[0]) for column in found.description or ()]
        return [heads, *([None if cell is None else str(cell) for cell in line] for line in found.fetchall())]


_PARTS = ("account", "region", "day", "year", "month")


def _row(record: Record, form: str, *, is_lake: bool) -> dict[str, Any]:
    lowered = {key.lower(): value for key, value in record.items()}
    columns = LAKE_COLUMNS if is_lake else ATHENA_COLUMNS
    row = {name: lowered.get(name) for name in columns}
    row["useridentity"] = _lower(record["userIdentity"])
    read = record.get("readOnly")
    row["readonly"] = read if is_lake or read is None else str(read).lower()
    for name in ("requestparameters", "responseelements"):
        row[name] = _flat(lowered.get(name)) if is_lake else _text(lowered.get(name))
    date = datetime.fromisoformat(str(record["eventTime"]))
    parts = {"account": record["recipientAccountId"], "region": record["awsRegion"], "day": date.strftime(form)}
    return {**row, **parts, "year": date.strftime("%Y"), "month": date.strftime("%m")}


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"))


def _flat(value: Any) -> dict[str, str] | None:  # noqa: ANN401
    if not isinstance(value, dict):
        return None
    return {key: item if isinstance(item, str) else json.dumps(item) for key, item in value.items()}


def _lower(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key.lower(): _lower(item) for key, item in value.items()}
    return value
