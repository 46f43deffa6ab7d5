"""IP address operators: IPv4 and IPv6 by value, a range in CIDR form or one address."""

from __future__ import annotations

import ipaddress

from trustview.policy.conditions.operator import Operator, plain_text
from trustview.policy.wildcard import Tokens

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_network(text: str) -> Network | None:
    """The range of a CIDR text or of one address; None when it is neither."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _is_inside(tokens: Tokens, value: str) -> bool:
    network = read_network(plain_text(tokens))
    try:
        address = ipaddress.ip_address(value.strip())
    except ValueError:
        return False
    return network is not None and network.version == address.version and address in network


IP_OPERATORS = (
    Operator("IpAddress", "ip", _is_inside, has_variables=False),
    Operator("NotIpAddress", "ip", _is_inside, is_negated=True, has_variables=False),
)
