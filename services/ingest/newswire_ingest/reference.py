"""What OpenAPI says of the hot route, which FastAPI does not see."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from newswire_common.article import ArticleDraft
from newswire_ingest.api import Results

REFERENCES = "#/components/schemas/{model}"
ANSWERS = {
    "400": "No JSON (RFC 8259), with line and column",
    "401": "No valid key; told before the body is read",
    "403": "The key may not write for the source",
    "413": "Over 5 MiB of JSON, or 50 MiB, 1,000 lines, or 5 MiB in one line of NDJSON",
    "415": "Neither application/json nor application/x-ndjson, or packed otherwise than with gzip",
    "422": "The wrong shape, with a JSON pointer for each field that is wrong",
    "429": "More requests or articles than the limits allow; try again after Retry-After",
    "503": "Nothing was accepted, or (type unconfirmed) nobody knows; try again after Retry-After",
}


def describe(app: FastAPI) -> None:
    """Add ``POST /v1/articles`` to the application's OpenAPI document."""
    generated: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generated()
            document["paths"].setdefault("/v1/articles", {})["post"] = _operation()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            for model in (ArticleDraft, Results):
                schema = model.model_json_schema(ref_template=REFERENCES)
                schemas |= schema.pop("$defs", {})
                schemas[model.__name__] = schema
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI's guide shows


def _operation() -> dict[str, Any]:
    draft = {"$ref": REFERENCES.format(model="ArticleDraft")}
    results = {"$ref": REFERENCES.format(model="Results")}
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    answers: dict[str, Any] = {
        status: {"description": text, "content": problem} for status, text in ANSWERS.items()
    }
    answers["202"] = {
        "description": "Durable. In NDJSON a wrong line gives its line, outcome and error",
        "content": {"application/json": {"schema": results}},
    }
    return {
        "tags": ["ingest"],
        "summary": "Take in one article, or one a line",
        "operationId": "post_articles",
        "parameters": [
            _header("Idempotency-Key", "The same key and request within a day: the same answer"),
            _header("Content-Encoding", "gzip, one member; or left out"),
            _header("traceparent", "W3C Trace Context, carried to the webhooks"),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": draft},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": answers,
    }


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}
