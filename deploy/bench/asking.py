"""Asks search as an integration would: one keep-alive connection, an open consultation, each answer read to its end."""

import http.client
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from deploy.processes import LOOPBACK
from services.errors import ConfigurationError, TooBroadError

_WITHIN_S = 60
_SQL_TIME = re.compile(r"sql;dur=([\d.]+)")
_FORM = "application/x-www-form-urlencoded"
_REASON = {"purpose": "judicial-crime", "file_number": "BENCH/2026", "reason": "Meting van de zoektijden"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: until the whole answer is here, and in the question's own SQL statements, ms."""

    whole_ms: float
    sql_ms: float
    too_broad: bool = False
    """Whether search gave it up: it took longer than a question may."""


class Client:
    """One connection; `as_person` logs in with a session's cookie, else a token speaks."""

    def __init__(self, port: int, token: str, person: tuple[str, str] | None = None) -> None:
        self._link = http.client.HTTPConnection(LOOPBACK, port, timeout=_WITHIN_S)
        self._headers: dict[str, str] = {}
        if person is None:
            self._headers["Authorization"] = f"Bearer {token}"
            opened = self._call("POST", "/api/v1/consultations", json.dumps(_REASON), "application/json")
            self._headers["Consultation"] = json.loads(opened[1])["consultation_id"]
        else:
            name, password = person
            logged_in, _ = self._call("POST", "/login", f"username={name}&password={password}", _FORM)
            self._headers["Cookie"] = str(logged_in.headers["Set-Cookie"]).partition(";")[0]
            self._call("POST", "/consultations", "&".join(f"{key}={text}" for key, text in _REASON.items()), _FORM)

    @property
    def cookie(self) -> tuple[str, str]:
        """The session's cookie, name and value, of whoever logged in as a person."""
        name, _, value = self._headers["Cookie"].partition("=")
        return name, value

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def ask(self, address: str) -> Asked:
        """Ask one question; raises ConfigurationError when it is refused for another reason than its breadth."""
        began = time.perf_counter()
        answer, content = self._exchange("GET", address)
        whole_ms = (time.perf_counter() - began) * 1000
        too_broad = answer.status == TooBroadError.status and TooBroadError.code.encode() in content
        if not too_broad:
            _check(answer, content)
        said = _SQL_TIME.search(answer.headers.get("Server-Timing") or "")
        return Asked(whole_ms, float(said[1]) if said else 0.0, too_broad)

    def ask_all(self, addresses: Sequence[str], within_s: float) -> Iterator[Asked]:
        """Ask the questions one after another, and no new one after `within_s` seconds."""
        deadline = time.monotonic() + within_s
        for address in addresses:
            if time.monotonic() > deadline:
                return
            yield self.ask(address)

    def _call(self, method: Literal["GET", "POST"], path: str, body: str | None = None,
              content_type: str | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        answer, content = self._exchange(method, path, body, content_type)
        _check(answer, content)
        return answer, content

    def _exchange(self, method: Literal["GET", "POST"], path: str, body: str | None = None,
                  content_type: str | None = None) -> tuple[http.client.HTTPResponse, bytes]:
        headers = {**self._headers, **({"Content-Type": content_type} if content_type else {})}
        self._link.request(method, path, body, headers)
        answer = self._link.getresponse()
        return answer, answer.read()


def _check(answer: http.client.HTTPResponse, content: bytes) -> None:
    if answer.status >= 400:
        raise ConfigurationError(f"search answers {answer.status}: {content[:200].decode(errors='replace')}")
