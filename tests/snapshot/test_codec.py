"""Whatever a snapshot holds, its JSON-ready form gives it back."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustview.snapshot import FORMAT, Organization, Role, Snapshot, decode_snapshot, encode_snapshot
from trustview.snapshot.codec import decode, encode


@given(st.from_type(Role))
def test_a_role_survives_json(role: Role) -> None:
    assert decode(Role, json.loads(json.dumps(encode(role)))) == role


@given(st.from_type(Snapshot))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_a_snapshot_survives_json(snapshot: Snapshot) -> None:
    assert decode_snapshot(json.loads(json.dumps(encode_snapshot(snapshot)))) == snapshot


def test_fields_that_hold_their_default_are_left_out() -> None:
    assert encode(Organization("o-1", "111111111111")) == {"id": "o-1", "management_account": "111111111111"}


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        decode_snapshot({"format": FORMAT + 1, "snapshot": {}})


@pytest.mark.parametrize("value", [[], {"arn": 5}, {}, {"arn": None}, "text", None])
def test_a_value_of_another_shape_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match="not a Role"):
        decode(Role, value)
