"""IP address operators: IPv4 and IPv6 by value, a range in CIDR form or one address."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.memory import remember
from trustview.policy.wildcard import Tokens, plain_text

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_network(text: str) -> Network | None:
    """The range of a CIDR text or of one address; None when it is neither."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


@remember
def _read_address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def _is_inside(patterns: Sequence[Tokens]) -> Match:
    networks = [network for tokens in patterns if (network := read_network(plain_text(tokens))) is not None]

    def match(value: str) -> bool:
        address = _read_address(value)
        if address is None:
            return False
        return any(network.version == address.version and address in network for network in networks)

    return match


IP_OPERATORS = (
    Operator("IpAddress", "ip", _is_inside, has_variables=False),
    Operator("NotIpAddress", "ip", _is_inside, is_negated=True, has_variables=False),
)
