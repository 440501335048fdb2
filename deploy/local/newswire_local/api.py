"""The running system, as the commands reach it: over the same HTTP that everybody uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import httpx

from newswire_common.errors import NewswireError
from newswire_common.settings import Settings, load
from newswire_local.folder import DataFolder
from newswire_local.plan import UNSET
from newswire_local.ports import authority

ServiceName = Literal["ingest", "enrich", "publish"]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT = httpx.Timeout(30.0, connect=5.0)


class NotRunning(NewswireError):
    """Nothing answers where the system should be."""


class Refused(NewswireError):
    """The system answered with a problem (RFC 9457); the text is its detail."""

    def __init__(self, detail: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Installation:
    """Where a system's services answer, and the key to use."""

    ingest: str
    enrich: str
    publish: str
    key: str | None


def find(data: Path) -> Installation:
    """By the settings where they say it, else by what `newswire up` left in the data folder."""
    settings, folder = load(redis_url=UNSET), DataFolder(data)
    running = folder.running()
    known = running.model_dump() if running else {}
    urls = {
        name: _set_url(settings, name) or known.get(name) or _default_url(settings, name)
        for name in ("ingest", "enrich", "publish")
    }
    key = settings.admin_key.get_secret_value() if settings.admin_key else folder.admin_key()
    return Installation(**urls, key=key)


def _set_url(settings: Settings, name: str) -> str | None:
    if f"{name}_port" in settings.model_fields_set:
        return _default_url(settings, name)
    field = {"publish": "public_url", "ingest": "ingest_public_url"}.get(name, "")
    url = getattr(settings, field) if field in settings.model_fields_set else None
    return url.rstrip("/") if url else None


def _default_url(settings: Settings, name: str) -> str:
    return f"http://{authority(settings.host, getattr(settings, f'{name}_port'))}"


def _urls(installation: Installation) -> tuple[str, str, str]:
    return installation.ingest, installation.enrich, installation.publish


class Api:
    """A client of one installation. Use it as a context."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        headers = {"User-Agent": "newswire"}
        if installation.key:
            headers["Authorization"] = f"Bearer {installation.key}"
        # A proxy of the environment is for reaching others, not this machine.
        here = all(urlsplit(url).hostname in LOOPBACK for url in _urls(installation))
        self._client = httpx.Client(headers=headers, timeout=TIMEOUT, trust_env=not here)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        service: ServiceName = "publish",
        params: Mapping[str, Any] | None = None,
        json: Any = None,  # noqa: ANN401 - whatever JSON can say
        timeout_s: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever JSON can say
        """The answer's JSON, None where it has no body. Raises NotRunning, Refused."""
        answer = self.send(
            self._client.build_request(
                method, self._url(service, path), params=params, json=json,
                timeout=timeout_s or TIMEOUT,
            )
        )  # fmt: skip
        return answer.json() if answer.content else None

    def post(
        self, path: str, *, service: ServiceName, params: Mapping[str, str], content_type: str,
        body: bytes,
    ) -> Any:  # noqa: ANN401  # fmt: skip
        """Post a body as it is. Raises NotRunning, Refused."""
        request = self._client.build_request(
            "POST", self._url(service, path), params=params, content=body,
            headers={"Content-Type": content_type},
        )  # fmt: skip
        return self.send(request).json()

    def text(self, path: str, *, service: ServiceName) -> str:
        """The answer's text. Raises NotRunning, Refused."""
        return self.send(self._client.build_request("GET", self._url(service, path))).text

    def send(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._client.send(request)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            where = f"{request.url.scheme}://{request.url.netloc.decode()}"
            if isinstance(error, httpx.ConnectError):
                message = f"nothing answers at {where} (is `newswire up` running?)"
            else:
                message = f"{where}: {type(error).__name__}: {error}"
            raise NotRunning(message) from error
        if answer.is_error:
            raise _refused(answer)
        return answer

    def _url(self, service: ServiceName, path: str) -> str:
        root: str = getattr(self.installation, service)
        return root + path


def _refused(answer: httpx.Response) -> Refused:
    try:
        detail = problem_in_words(answer.json())
    except (ValueError, AttributeError):  # not every answer is a problem
        detail = f"{answer.request.url} answered {answer.status_code}"
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        detail += " (NEWSWIRE_ADMIN_KEY, or the admin.key of the data folder)"
    return Refused(detail, status=answer.status_code, retry_after_s=_retry_after(answer))


def problem_in_words(problem: Mapping[str, Any]) -> str:
    """A problem (RFC 9457) in one line: its detail, then each field that is wrong."""
    wrong = [f"{one['pointer'] or 'body'}: {one['detail']}" for one in problem.get("errors", ())]
    return "; ".join([str(problem.get("detail", "")), *wrong])


def _retry_after(answer: httpx.Response) -> float | None:
    seconds = answer.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else None
