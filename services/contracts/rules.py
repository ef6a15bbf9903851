"""What of a change to an interface breaks a client that was written against the version published last.

Each rule has a name, under which a finding stands. What a client sends may become wider and must not become
narrower; what it gets may become narrower and must not become wider, but for new members, which clients pass over.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.contracts.break_found import Break
from services.contracts.members import faded, member_breaks
from services.contracts.shapes import narrowed, resolved

Document = dict[str, Any]


def breaks(old: Document, new: Document, on: date) -> list[Break]:
    """Everything that breaks clients of `old` where `new` is published on that day; both are OpenAPI, or AsyncAPI."""
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    found = list(member_breaks(before, after, on))
    left = old | {"components": old["components"] | {"schemas": faded(before, after, on)}}
    return [*found, *(_events(left, new) if "asyncapi" in old else _operations(left, new))]


def _operations(old: Document, new: Document) -> Iterator[Break]:
    for path, methods in old["paths"].items():
        for method, was in methods.items():
            where = f"{method.upper()} {path}"
            now = _served(new["paths"], path, method)
            if now is None:
                yield Break("operation-removed", where, "it is no longer served")
                continue
            if now["operationId"] != was["operationId"]:
                yield Break("operation-renamed", where, f"{was['operationId']} is called {now['operationId']}")
            yield from _parameters(where, was, now, old, new)
            yield from _body(where, was, now, old, new)
            yield from _answers(where, was, now, old, new)
            yield from _security(where, was, now)
    yield from _schemes(old["components"]["securitySchemes"], new["components"]["securitySchemes"])
    yield from _webhooks(old, new)


def _served(paths: Document, path: str, method: str) -> Document | None:
    """The operation at an address, its own or that of one which leaves open what stands in it; None for none."""
    wanted = path.split("/")
    found: list[Document] = [
        methods[method]
        for other, methods in paths.items()
        if method in methods
        and len(parts := other.split("/")) == len(wanted)
        and all(map(_stands_for, parts, wanted))
    ]
    exact: Document | None = paths.get(path, {}).get(method)
    return exact or next(iter(found), None)


def _stands_for(part: str, wanted: str) -> bool:
    return part == wanted or (part[:1] + part[-1:] == "{}" and not wanted.startswith("{"))


def _opened_up(where: str, after: Document) -> bool:
    """Whether a parameter of the path is one that the address had filled in before."""
    return after["in"] == "path" and f"{{{after['name']}}}" not in where


def _parameters(where: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[Break]:
    before = {(one["in"], one["name"]): one for one in was.get("parameters", ())}
    after = {(one["in"], one["name"]): one for one in now.get("parameters", ())}
    for key, one in after.items():
        place = f"{where} {key[0]} {key[1]}"
        if one["required"] and not before.get(key, {}).get("required", False) and not _opened_up(where, one):
            yield Break("parameter-required", place, "it was not needed")
        if key in before:
            for what in narrowed(one["schema"], before[key]["schema"], new, old):
                yield Break("parameter-narrowed", place, what)
    for key in before.keys() - after.keys():
        yield Break("parameter-removed", f"{where} {key[0]} {key[1]}", "it is no longer known")


def _body(where: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[Break]:
    before = was.get("requestBody", {}).get("content", {})
    after = now.get("requestBody", {}).get("content", {})
    if after and not before:
        yield Break("body-required", where, "it took no body")
    for kind, one in before.items():
        if kind not in after:
            yield Break("body-type-removed", f"{where} {kind}", "it is no longer taken")
            continue
        for what in narrowed(after[kind]["schema"], one["schema"], new, old):
            yield Break("body-narrowed", f"{where} {kind}", what)


def _answers(where: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[Break]:
    for status in now["responses"].keys() - was["responses"].keys():
        if status < "4":
            yield Break("answer-added", f"{where} {status}", "nobody waits for it; a problem may be new")
    for status, answer in was["responses"].items():
        place = f"{where} {status}"
        if status not in now["responses"]:
            if status.startswith("2"):
                yield Break("answer-removed", place, "it is no longer given")
            continue
        yield from _headers(place, answer, now["responses"][status], old, new)
        after = now["responses"][status].get("content", {})
        for kind, one in answer.get("content", {}).items():
            if kind not in after:
                yield Break("answer-type-removed", f"{place} {kind}", "it is no longer given")
                continue
            for what in narrowed(one["schema"], after[kind]["schema"], old, new, grows=True):
                yield Break("answer-widened", f"{place} {kind}", what)


def _headers(place: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[Break]:
    after = now.get("headers", {})
    for name, one in was.get("headers", {}).items():
        if name not in after or (one.get("required") and not after[name].get("required")):
            yield Break("header-removed", f"{place} {name}", "it is no longer promised")
            continue
        for what in narrowed(one["schema"], after[name]["schema"], old, new, grows=True):
            yield Break("header-widened", f"{place} {name}", what)


def _schemes(old: Document, new: Document) -> Iterator[Break]:
    """Another way to prove the same, or a scope that is gone; a description may change and a scope may come."""
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            yield Break("scheme-removed", name, "nobody is known by it any more")
            continue
        if _way(was) != _way(now):
            yield Break("scheme-changed", name, f"{_way(was)} became {_way(now)}")
        for scope in sorted(_scopes(was) - _scopes(now)):
            yield Break("scope-removed", f"{name} {scope}", "it is no longer given")


def _way(scheme: Document) -> list[str]:
    flows = [f"{kind} {flow.get('tokenUrl')}" for kind, flow in sorted(scheme.get("flows", {}).items())]
    return [scheme.get(part, "") for part in ("type", "scheme", "in", "name")] + flows


def _scopes(scheme: Document) -> set[str]:
    return {scope for flow in scheme.get("flows", {}).values() for scope in flow["scopes"]}


def _security(where: str, was: Document, now: Document) -> Iterator[Break]:
    for proof in was["security"]:
        if proof not in now["security"] and now["security"]:
            yield Break("proof-refused", where, f"{proof or 'nobody'} was enough")


def _webhooks(old: Document, new: Document) -> Iterator[Break]:
    for name, item in old.get("webhooks", {}).items():
        if name not in new.get("webhooks", {}):
            yield Break("webhook-removed", name, "it is no longer sent")
            continue
        was, now = item["post"], new["webhooks"][name]["post"]
        kept = {one["name"] for one in now["parameters"] if one["required"]}
        for header in (one["name"] for one in was["parameters"] if one["required"]):
            if header not in kept:
                yield Break("webhook-header-removed", f"{name} {header}", "it is no longer promised")
        for kind, one in was["requestBody"]["content"].items():
            after = now["requestBody"]["content"].get(kind)
            if after is None:
                yield Break("webhook-widened", f"{name} {kind}", "it is no longer sent")
                continue
            for what in narrowed(one["schema"], after["schema"], old, new, grows=True):
                yield Break("webhook-widened", name, what)


def _events(old: Document, new: Document) -> Iterator[Break]:
    yield from _channels(old, new)
    yield from _messages(old, new)


def _channels(old: Document, new: Document) -> Iterator[Break]:
    for name, channel in old["channels"].items():
        now = new["channels"].get(name)
        if now is None:
            yield Break("channel-removed", name, "the topic is gone")
            continue
        if now["address"] != channel["address"]:
            yield Break("channel-moved", name, f"{channel['address']} is at {now['address']}")
        kafka, before = now["bindings"]["kafka"], channel["bindings"]["kafka"]
        if kafka["partitions"] != before["partitions"]:
            yield Break("partitions-changed", name, "a person's records would change their partition")
        for message in channel["messages"].keys() - now["messages"].keys():
            yield Break("message-removed", f"{name} {message}", "it is no longer sent")


def _messages(old: Document, new: Document) -> Iterator[Break]:
    for name, message in old["components"]["messages"].items():
        now = new["components"]["messages"].get(name)
        if now is None:
            continue
        if now["name"] != message["name"]:
            yield Break("type-changed", name, f"{message['name']} became {now['name']}")
        for what in narrowed(resolved(message["payload"], old), resolved(now["payload"], new), old, new):
            yield Break("value-widened", name, what)
        if "x-plaintext" in message["payload"]:
            yield from _sealed(name, message, now, old, new)


def _sealed(name: str, message: Document, now: Document, old: Document, new: Document) -> Iterator[Break]:
    """What a value holds once it is opened: an organisation's own may become wider, what it is told narrower."""
    was, is_now = message["payload"]["x-plaintext"], now["payload"].get("x-plaintext")
    if is_now is None:
        yield Break("value-widened", name, "what is sealed in it is no longer said")
    elif name in _received(old):
        for what in narrowed(is_now, was, new, old):
            yield Break("value-narrowed", name, what)
    else:
        for what in narrowed(was, is_now, old, new, grows=True):
            yield Break("value-widened", name, what)


def _received(document: Document) -> set[str]:
    """The names of the messages that clients send."""
    received = (one for one in document["operations"].values() if one["action"] == "receive")
    return {message["$ref"].rpartition("/")[2] for one in received for message in one["messages"]}
