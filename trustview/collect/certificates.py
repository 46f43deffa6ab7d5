"""What is kept of certificates and of a SAML provider's metadata: who issues, where people sign in, who signs. Pure.

The document is somebody else's XML: one that declares entities is not read at all.
https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

_METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def keep_metadata(document: str) -> dict[str, Any] | None:
    """The essentials of a metadata document; None when it cannot be read."""
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        return None
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  it declares nothing, see above
    except (ElementTree.ParseError, ValueError):
        return None
    descriptor = root if root.tag == f"{_METADATA}EntityDescriptor" else root.find(f".//{_METADATA}EntityDescriptor")
    if descriptor is None:
        return None
    keys = [k for k in descriptor.iter(f"{_METADATA}KeyDescriptor") if k.get("use", "signing") == "signing"]
    certificates = [c.text or "" for key in keys for c in key.iter(f"{_SIGNATURE}X509Certificate")]
    sign_in = {s.get("Location", "") for s in descriptor.iter(f"{_METADATA}SingleSignOnService")}
    return {
        "entity_id": descriptor.get("entityID") or "",
        "sign_in_urls": sorted(sign_in - {""}),
        "fingerprints": fingerprints(certificates),
    }


def fingerprints(certificates: Iterable[str]) -> list[str]:
    """The SHA-256, in hexadecimal, of each certificate in base64; sorted, and without what is no base64."""
    found = set()
    for text in certificates:
        try:
            found.add(hashlib.sha256(b64decode("".join(text.split()), validate=True)).hexdigest())
        except (binascii.Error, ValueError):
            continue
    return sorted(found)


def bundle_fingerprints(bundle: str) -> list[str]:
    """The fingerprints of the certificates of a PEM bundle."""
    return fingerprints(_CERTIFICATE.findall(bundle))
