"""The layout of a snapshot file: its tables, and the numbers that say which layout it is.

THE ONE PLACE that knows them; raise FORMAT when a table, a column or the meaning of one changes.
"""

from __future__ import annotations

FORMAT = 5
APPLICATION = 0x74727673  # `trvs`: tells our files from other databases

# `name` holds every text that others refer to by number (ARNs, ids), `text` every longer one: see `snapshot_texts`.
# A name is looked up by its hash, so that the index does not hold every ARN once more.
# Numbers count from 1 in the order of the tuples that they came from, so that reading gives back the same order.
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE name (number INTEGER PRIMARY KEY, hash INTEGER, value);
CREATE TABLE text (number INTEGER PRIMARY KEY, is_template INTEGER, body BLOB);

CREATE TABLE place (
    number INTEGER PRIMARY KEY, id, name, parent, is_account INTEGER, status TEXT, is_unread INTEGER, tier TEXT,
    roles INTEGER, info INTEGER, low INTEGER, medium INTEGER, high INTEGER, critical INTEGER);
CREATE TABLE item (
    number INTEGER PRIMARY KEY, id, role_name, principal, party TEXT, party_name, reach TEXT, privilege TEXT,
    severity INTEGER, checks, accounts, units, outlier_of, grants INTEGER, findings INTEGER, kind TEXT);

CREATE TABLE basis (number INTEGER PRIMARY KEY, item, digest TEXT, body INTEGER);

CREATE TABLE account (number INTEGER PRIMARY KEY, id, body INTEGER);
CREATE TABLE fact (number INTEGER PRIMARY KEY, kind TEXT, account INTEGER, owner, name INTEGER, body INTEGER);

CREATE TABLE grant_ (number INTEGER PRIMARY KEY, id INTEGER, role INTEGER, fleet INTEGER, account, body INTEGER);
CREATE TABLE fleet (number INTEGER PRIMARY KEY, id INTEGER, grants TEXT, body INTEGER);
CREATE TABLE edge (
    number INTEGER PRIMARY KEY, source INTEGER, target INTEGER, kind INTEGER, grant_ INTEGER, reach INTEGER);
CREATE TABLE finding (
    number INTEGER PRIMARY KEY, id INTEGER, subject INTEGER, severity INTEGER, check_ INTEGER, account, grants TEXT,
    body INTEGER);
CREATE TABLE remediation (number INTEGER PRIMARY KEY, subject INTEGER, body INTEGER);
"""

# Made after the rows, which is faster and leaves the pages full.
INDEXES = """
CREATE INDEX name_hash ON name (hash);
CREATE INDEX fact_name ON fact (kind, name);
CREATE INDEX item_id ON item (id);
CREATE INDEX basis_item ON basis (item);
CREATE INDEX item_outlier ON item (outlier_of) WHERE outlier_of <> '';
CREATE INDEX grant_role ON grant_ (role);
CREATE INDEX grant_fleet ON grant_ (fleet);
CREATE INDEX edge_source ON edge (source);
CREATE INDEX edge_target ON edge (target);
CREATE INDEX finding_id ON finding (id);
CREATE INDEX finding_account ON finding (account);
CREATE INDEX finding_subject ON finding (subject);
CREATE INDEX remediation_subject ON remediation (subject);
"""
