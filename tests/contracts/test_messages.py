"""Every message on a stream, byte for byte as other processes read it: the golden files.

A change of a golden file is a change of the contract: it needs a new schema version, the file of
the version before it stays, and must stay readable.
"""

import types
import typing
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from newswire_common.article import Article, EnrichedArticle
from newswire_common.audience import Observation
from newswire_common.codec import SCHEMA, decode_article, decode_event
from newswire_common.errors import DecodeError
from newswire_common.links import Links
from newswire_common.stored import Stored
from newswire_enrich.related.signature import Signature

HERE = Path(__file__).parent
MODELS: dict[str, type[BaseModel]] = {
    "articles": Article,
    "enriched": EnrichedArticle,
    "audience": Observation,
    "links": Links,
    "signatures": Signature,
}
FILES = sorted(HERE.glob("v*/*.json"))
ENVELOPE = {"version", "first_created", "version_created"}


def fields_of(path: Path) -> dict[bytes, bytes]:
    """The stream fields of a golden file; what is JSON stands there as an object."""
    return {
        name.encode(): orjson.dumps(value) if isinstance(value, dict) else str(value).encode()
        for name, value in orjson.loads(path.read_bytes()).items()
    }


def decode(path: Path) -> BaseModel:
    fields = fields_of(path)
    if path.stem == "events":
        return decode_event(3, "1763899201000-4", fields)
    if path.stem in {"audience", "links", "signatures"}:
        return MODELS[path.stem].model_validate_json(fields[b"body"])
    return decode_article(MODELS[path.stem], fields)  # type: ignore[type-var]  # the two articles


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_message_ever_written_is_read(path: Path) -> None:
    """A process of the new version reads what one of the old version wrote."""
    decode(path)


@pytest.mark.parametrize("name", [*MODELS, "events"])
def test_the_message_of_today_is_the_golden_one(name: str) -> None:
    """What we write is what the file says, member by member."""
    path = HERE / f"v{SCHEMA}" / f"{name}.json"
    golden = orjson.loads(path.read_bytes())
    message = decode(path)
    if name == "events":
        assert message.model_dump(mode="json") == {
            "event_id": "p3-1763899201000-4",
            "type": golden["type"],
            "id": golden["id"],
            "uri": f"urn:newswire:{golden['id']}",
            "version": golden["version"],
            "occurred_at": "2025-11-23T12:00:01Z",
            "accepted_at": "2025-11-23T12:00:00Z",
            "traceparent": golden["trace"],
            "revision": golden["revision"],
            "links": golden["links"],
            "enrichment": golden["enrichment"],
            "duplicate_of": golden["duplicate_of"],
            "story": golden["story"],
            "reactions": golden["reactions"],
            "schema_version": SCHEMA,
        }
        return
    exclude = ENVELOPE if name in {"articles", "enriched"} else None
    written = orjson.loads(message.model_dump_json(exclude_none=True, exclude=exclude))
    assert written == golden["body"]


@pytest.mark.parametrize("name", MODELS)
def test_the_golden_message_shows_every_field(name: str) -> None:
    """A field that no golden file holds could change unseen."""
    body = orjson.loads((HERE / f"v{SCHEMA}" / f"{name}.json").read_bytes())["body"]
    assert _missing(MODELS[name], body, name) - {f"{name}.{field}" for field in ENVELOPE} == set()


def _missing(model: type[BaseModel], value: dict[str, Any], where: str) -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        if name not in value:
            found.add(f"{where}.{name}")
            continue
        inner = _model_in(field.annotation)
        item = value[name][0] if isinstance(value[name], list) and value[name] else value[name]
        if inner and isinstance(item, dict):
            found |= _missing(inner, item, f"{where}.{name}")
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone, optional or in a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in {tuple, types.UnionType, typing.Union}:
        return next((m for a in typing.get_args(annotation) if (m := _model_in(a))), None)
    return None


@pytest.mark.parametrize("schema", ["2", "99", "", "x"])
def test_a_version_from_the_future_is_refused_not_guessed(schema: str) -> None:
    """An entry of an unknown schema goes to dead letters, where a newer process may take it up."""
    fields = fields_of(HERE / f"v{SCHEMA}" / "articles.json") | {b"schema": schema.encode()}
    with pytest.raises(DecodeError, match="schema"):
        decode_article(Article, fields)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"{}", b"\xff", b'{"id":1}', b"{" * 9])
def test_a_body_that_is_none_is_a_decode_error(body: bytes) -> None:
    """Whatever bytes are there, the error is one that the stage knows."""
    fields = fields_of(HERE / f"v{SCHEMA}" / "articles.json") | {b"body": body}
    with pytest.raises(DecodeError):
        decode_article(Article, fields)


@pytest.mark.parametrize("model", [Stored, *MODELS.values()])
def test_messages_are_frozen(model: type[BaseModel]) -> None:
    """Nobody changes a message on its way."""
    assert model.model_config["frozen"]
