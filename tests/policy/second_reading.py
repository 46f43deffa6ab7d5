"""A second reading of the rules, written apart from the engine: closed contexts, plain loops over JSON as it stands.

It shares nothing with `trustview`. An answer is the set of what may be: `YES`, `NO`, or `EITHER` where AWS documents
none. Only well-formed policies and named callers are read.
"""

import base64
import datetime
import ipaddress
from collections.abc import Iterable
from typing import Any

Json = Any
Answer = frozenset[bool]
YES, NO = frozenset({True}), frozenset({False})
EITHER = YES | NO

LISTS = {"aws:tagkeys", "aws:principalorgpaths"}


def holds(value: bool) -> Answer:
    return YES if value else NO


def every(answers: Iterable[Answer]) -> Answer:
    listed = list(answers)
    return NO if NO in listed else EITHER if EITHER in listed else YES


def some(answers: Iterable[Answer]) -> Answer:
    listed = list(answers)
    return YES if YES in listed else EITHER if EITHER in listed else NO


def opposite(answer: Answer) -> Answer:
    return frozenset(not value for value in answer)


def many(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def written(value: Json) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


# ── texts and patterns ───────────────────────────────────────────────────────────────────────────────────────────


class UndocumentedError(Exception):
    pass


def pieces(text: str, context: dict[str, list[str]], *, is_2012: bool, wild: bool) -> list[tuple[str, bool]] | None:
    """Characters, each with whether it is a wildcard; None when a variable has no value."""
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        end = text.find("}", at) if is_2012 and text.startswith("${", at) else -1
        if end < 0:
            found.append((text[at], wild and text[at] in "*?"))
            at += 1
            continue
        inside, at = text[at + 2 : end], end + 1
        if inside in ("*", "?", "$"):
            found.append((inside, False))
            continue
        key, _, default = inside.partition(",")
        name = key.strip().lower()
        values = context.get(name)
        if values is not None and (len(values) != 1 or name in LISTS):
            raise UndocumentedError
        value = values[0] if values is not None else default.strip().strip("'") if default else None
        if value is None:
            return None
        found += [(character, False) for character in value]
    return found


def glob(pattern: list[tuple[str, bool]], text: str) -> bool:
    """Whether the text is what the pattern describes: all places of the text that can be reached, piece by piece."""
    places = {0}
    for character, is_wild in pattern:
        if is_wild and character == "*":
            places = set(range(min(places), len(text) + 1)) if places else set()
        else:
            places = {p + 1 for p in places if p < len(text) and (is_wild or text[p] == character)}
    return len(text) in places


def six_parts(pattern: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    parts: list[list[tuple[str, bool]]] = [[]]
    for piece in pattern:
        if piece[0] == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def arn_like(pattern: list[tuple[str, bool]], text: str) -> Answer:
    wanted, given = six_parts(pattern), text.split(":", 5)
    if len(wanted) < 6 or len(given) < 6:
        return EITHER
    return holds(all(glob(part, piece) for part, piece in zip(wanted, given, strict=True)))


# ── one value against one value ──────────────────────────────────────────────────────────────────────────────────


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def moment(text: str) -> float | None:
    if text.isdigit():
        return int(text)
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).timestamp()


def is_year_or_seconds(text: str) -> bool:
    return text.isdigit() and len(text) in (4, 8)


def ordered(operator: str, left: float | None, right: float | None) -> Answer:
    if left is None or right is None:
        return NO
    rest = operator.replace("Numeric", "").replace("Date", "").replace("Not", "")
    table = {
        "Equals": left == right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }
    return holds(table[rest])


def inside(network: str, address: str) -> Answer:
    try:
        wanted, given = ipaddress.ip_network(network, strict=False), ipaddress.ip_address(address)
    except ValueError:
        return NO
    return holds(wanted.version == given.version and given in wanted)


def same_bytes(one: str, other: str) -> Answer:
    try:
        return holds(base64.b64decode(one, validate=True) == base64.b64decode(other, validate=True))
    except ValueError:
        return NO


def equal(operator: str, wanted: str, given: str, context: dict[str, list[str]], *, is_2012: bool) -> Answer:
    """Whether the positive form of the operator holds for one policy value and one context value."""
    if operator.startswith("Numeric"):
        return ordered(operator, number(given), number(wanted))
    if operator.startswith("Date"):
        is_either = is_year_or_seconds(given) or is_year_or_seconds(wanted)
        is_read = None not in (moment(given), moment(wanted))
        return EITHER if is_read and is_either else ordered(operator, moment(given), moment(wanted))
    if "IpAddress" in operator:
        return inside(wanted, given)
    if operator == "BinaryEquals":
        return same_bytes(wanted, given)
    is_like = operator.startswith("Arn") or operator.endswith("Like")
    pattern = pieces(wanted, context, is_2012=is_2012, wild=is_like)
    return NO if pattern is None else equal_text(operator, pattern, given)


def equal_text(operator: str, pattern: list[tuple[str, bool]], given: str) -> Answer:
    """The operators that know variables, once they are put in."""
    if operator.startswith("Arn"):
        return arn_like(pattern, given)
    text = "".join(character for character, _ in pattern)
    if operator == "Bool":
        return holds(text.lower() in ("true", "false") and text.lower() == given.lower())
    if operator.endswith("IgnoreCase"):
        return holds(text.lower() == given.lower())
    return holds(glob(pattern, given))


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────


def meets_all(block: dict[str, Any], context: dict[str, list[str]], *, is_2012: bool) -> Answer:
    answers = []
    for operator, keys in block.items():
        for key, values in keys.items():
            wanted = [written(value) for value in many(values)]
            answers.append(meets(operator, key.lower(), wanted, context, is_2012=is_2012))
    return every(answers)


def meets(operator: str, key: str, wanted: list[str], context: dict[str, list[str]], *, is_2012: bool) -> Answer:
    quantifier, _, bare = operator.rpartition(":")
    if_exists = bare.endswith("IfExists")
    bare = bare.removesuffix("IfExists")
    given = context.get(key)
    if bare == "Null":
        if quantifier:
            return holds(quantifier == "ForAllValues")
        return EITHER if given == [] else holds(("true" if given is None else "false") in wanted)
    if given is None or (quantifier and given in ([], [""])):
        if quantifier == "ForAnyValue":
            return EITHER if if_exists else NO
        return holds(quantifier == "ForAllValues" or if_exists or "Not" in bare)
    if not quantifier and (key in LISTS or len(given) != 1):
        return EITHER
    each = [one(bare, wanted, value, context, is_2012=is_2012) for value in given]
    return some(each) if quantifier == "ForAnyValue" else every(each)


def one(operator: str, wanted: list[str], given: str, context: dict[str, list[str]], *, is_2012: bool) -> Answer:
    """One context value: it is among the wanted ones, or under a negated operator among none of them."""
    answers = []
    for text in wanted:
        try:
            answers.append(equal(operator, text, given, context, is_2012=is_2012))
        except UndocumentedError:
            answers.append(EITHER)
    return opposite(some(answers)) if "Not" in operator else some(answers)


# ── callers and principals ───────────────────────────────────────────────────────────────────────────────────────


def who_is(principal: str) -> dict[str, str]:
    """The caller, by its parts."""
    if principal in ("cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com"):
        return {"kind": "oidc", "provider": principal, "account": ""}
    if not principal.startswith("arn:"):
        return {"kind": "service", "provider": principal, "account": ""}
    _, partition, _, _, account, resource = principal.split(":", 5)
    kind, _, rest = resource.partition("/")
    caller = {"kind": kind, "account": account, "partition": partition, "arn": principal, "session": ""}
    if kind == "assumed-role":
        role, _, session = rest.partition("/")
        caller |= {"kind": "role", "arn": f"arn:{partition}:iam::{account}:role/{role}", "session": session}
    if kind in ("saml-provider", "oidc-provider"):
        caller |= {"kind": kind[:4], "provider": principal}
    return caller


def form_of(kind: str, value: str) -> str:
    """The form of a principal element, or `nobody`."""
    if value == "*":
        return "everyone"
    if kind == "Service":
        return "service"
    if kind == "Federated":
        return "provider"
    if value.isdigit() and len(value) == 12:
        return "account"
    parts = value.split(":", 5)
    if len(parts) < 6 or "*" in value or "?" in value:
        return "nobody"
    return {"root": "account", "user": "user", "role": "role", "assumed-role": "session"}.get(
        parts[5].partition("/")[0], "nobody"
    )


def means(kind: str, value: str, caller: dict[str, str]) -> Answer:
    form = form_of(kind, value)
    if form == "everyone":
        return means_everyone(kind, caller)
    if form == "service":
        return holds(caller["kind"] == "service" and caller["provider"] == value)
    if form == "provider":
        return holds(caller["kind"] in ("saml", "oidc") and caller["provider"] == value)
    if form == "nobody" or caller["kind"] not in ("user", "role"):
        return NO
    return means_named(form, value, caller)


def means_everyone(kind: str, caller: dict[str, str]) -> Answer:
    if caller["kind"] in ("user", "role"):
        return holds(kind != "Federated")
    return NO if kind == "Federated" and caller["kind"] == "service" else EITHER


def means_named(form: str, value: str, caller: dict[str, str]) -> Answer:
    """An account, a user, a role or a session."""
    if form == "account":
        account, partition = (value, "") if value.isdigit() else (value.split(":")[4], value.split(":")[1])
        return holds(account == caller["account"] and partition in ("", caller["partition"]))
    if form == "user" or (form == "role" and not caller["session"]):
        return holds(caller["arn"] == value)
    _, partition, _, _, account, resource = value.split(":", 5)
    if caller["kind"] != "role" or (partition, account) != (caller["partition"], caller["account"]):
        return NO
    own_name = caller["arn"].rpartition("/")[2]
    if form == "role":
        return same_name(resource.rpartition("/")[2], own_name)
    _, named, session = resource.split("/")
    of_session = holds(session == caller["session"]) if caller["session"] else EITHER
    return every([same_name(named, own_name), of_session])


def same_name(one_name: str, other: str) -> Answer:
    return EITHER if one_name != other and one_name.lower() == other.lower() else holds(one_name == other)


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def elements(principal: Json) -> list[tuple[str, str]]:
    if isinstance(principal, str):
        return [("*", principal)]
    return [(kind, value) for kind, values in principal.items() for value in many(values)]


def asks(statement: dict[str, Any], case: dict[str, Any], *, is_2012: bool) -> Answer:
    """Action, resource and conditions of a statement."""
    context = {key.lower(): many(values) for key, values in case["context"].items()}
    key = "Action" if "Action" in statement else "NotAction"
    action = [(character, False) for character in case["action"].lower()]
    patterns = [[(c, c in "*?") for c in text.lower()] for text in many(statement[key])]
    is_meant = any(glob(pattern, "".join(c for c, _ in action)) for pattern in patterns)
    answers = [holds(is_meant == (key == "Action"))]
    for key in ("Resource", "NotResource"):
        if key in statement:
            found = some(resource(text, case["resource"], context, is_2012=is_2012) for text in many(statement[key]))
            answers.append(found if key == "Resource" else opposite(found))
    answers.append(meets_all(statement.get("Condition", {}), context, is_2012=is_2012))
    return every(answers)


def resource(text: str, role: str, context: dict[str, list[str]], *, is_2012: bool) -> Answer:
    try:
        pattern = pieces(text, context, is_2012=is_2012, wild=True)
    except UndocumentedError:
        return EITHER
    return holds(pattern is not None and glob(pattern, role))


def statements(document: Json, effect: str) -> list[tuple[dict[str, Any], bool]]:
    whole = document if isinstance(document, dict) and "Statement" in document else None
    listed = many(whole["Statement"] if whole else document)
    is_2012 = whole.get("Version") == "2012-10-17" if whole else True
    return [(statement, is_2012) for statement in listed if statement["Effect"] == effect]


def says(documents: Iterable[Any], effect: str, case: dict[str, Any]) -> Answer:
    """Whether some statement of this effect applies, whoever the caller is."""
    return some(
        asks(statement, case, is_2012=is_2012)
        for document in documents
        for statement, is_2012 in statements(document, effect)
    )


# ── the decision ─────────────────────────────────────────────────────────────────────────────────────────────────


def decide(case: dict[str, Any]) -> str:
    """The outcome of a case in the format of `simulation.py`, with a closed context and every field given."""
    caller = who_is(case["principal"])
    own_action = {"saml": "sts:AssumeRoleWithSAML", "oidc": "sts:AssumeRoleWithWebIdentity"}.get(
        caller["kind"], "sts:AssumeRole"
    )
    if caller["kind"] in ("root", "federated-user"):
        return "implicit_deny"
    if case["action"].startswith("sts:AssumeRole") and case["action"] != own_action:
        return "implicit_deny"
    denied = some(denies(case, caller))
    if denied == YES:
        return "explicit_deny"
    allowed = every([passes_scps(case, caller), some(ways_in(case, caller))])
    if allowed == NO:
        return "implicit_deny"
    return "allowed" if allowed == YES and denied == NO else "conditional"


def denies(case: dict[str, Any], caller: dict[str, str]) -> list[Answer]:
    is_principal = caller["kind"] in ("user", "role")
    found = []
    for statement, is_2012 in statements(case["trust_policy"], "Deny"):
        if "Principal" in statement:
            meant = some(means(kind, value, caller) for kind, value in elements(statement["Principal"]))
        else:
            spared = some(means(kind, value, caller) for kind, value in elements(statement["NotPrincipal"]))
            meant = YES if is_principal and case["permissions_boundary"] is not None else opposite(spared)
        found.append(every([meant, asks(statement, case, is_2012=is_2012)]))
    if "/aws-service-role/" not in case["resource"]:
        found += [says(level, "Deny", case) for level in case["rcps"]]
    if is_principal:
        own = [*(case["identity_policies"] or []), case["permissions_boundary"], case["session_policy"]]
        found.append(says([document for document in own if document is not None], "Deny", case))
        if ":role/aws-service-role/" not in caller["arn"]:
            found += [says(level, "Deny", case) for level in case["scps"]]
    return found


def passes_scps(case: dict[str, Any], caller: dict[str, str]) -> Answer:
    if caller["kind"] not in ("user", "role") or ":role/aws-service-role/" in caller["arn"]:
        return YES
    return every(says(level, "Allow", case) for level in case["scps"])


def ways_in(case: dict[str, Any], caller: dict[str, str]) -> list[Answer]:
    """Each principal element of each Allow, with what its form needs beside it."""
    found = []
    for statement, is_2012 in statements(case["trust_policy"], "Allow"):
        asked = asks(statement, case, is_2012=is_2012)
        if "NotPrincipal" in statement:
            found.append(every([EITHER, asked, own_policies_allow(case, caller, "everyone")]))
            continue
        for kind, value in elements(statement["Principal"]):
            needed = own_policies_allow(case, caller, form_of(kind, value))
            found.append(every([means(kind, value, caller), asked, needed]))
    return found


def own_policies_allow(case: dict[str, Any], caller: dict[str, str], form: str) -> Answer:
    if caller["kind"] not in ("user", "role"):
        return YES
    if caller["account"] != case["resource_account"] or form == "account":
        needed = {"identity", "boundary", "session"}
    else:
        needed = {"boundary", "session"} if form == "role" else set()
    answers = []
    if "identity" in needed and case["identity_policies"] is not None:
        answers.append(says(case["identity_policies"], "Allow", case))
    for name, key in (("boundary", "permissions_boundary"), ("session", "session_policy")):
        if name in needed and case[key] is not None:
            answers.append(says([case[key]], "Allow", case))
    return every(answers)
