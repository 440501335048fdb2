"""Who may read: everybody, or with NEWSWIRE_PRIVATE whoever has a key of any scope."""

from fastapi import Request

from newswire_common.problems import Problem
from newswire_common.service import Runtime


async def may_read(request: Request) -> None:
    """A FastAPI dependency. Raises Problem 401."""
    runtime: Runtime = request.app.state.runtime
    if not runtime.settings.private:
        return
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    known = await runtime.keyring.principal(key.strip()) if kind.lower() == "bearer" else None
    if known is None:
        raise Problem(
            401, "this installation is private: send a key as `Authorization: Bearer KEY`",
            kind="unauthorized", headers={"WWW-Authenticate": "Bearer"},
        )  # fmt: skip


def cache_control(*, private: bool) -> str:
    """A few seconds: what is new is seen at once, and a crowd asks a cache in between."""
    return f"{'private' if private else 'public'}, max-age=5"
