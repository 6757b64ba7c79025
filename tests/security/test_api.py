"""The API as its own description says it is, asked by every role with odd and with plausible input: no 500, no leak."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.roles import Role
from tests.security.conftest import PLATES, SAID, SECRETS, Site, may_see_plates, may_see_work

SEED = int(os.environ.get("SECURITY_SEED", "20261126"))
EXAMPLES = int(os.environ.get("SECURITY_EXAMPLES", "12"))
SECONDS = int(os.environ.get("SECURITY_SECONDS", "200"))
"""For all operations together; on a slow machine each gets fewer examples, one at least."""

MOST_PROBLEMS = 200

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance]


@pytest.fixture(scope="module")
def schema(site: Site) -> schemathesis.BaseSchema:
    """The description as the running program gives it."""
    print(f"SECURITY_SEED={SEED} SECURITY_EXAMPLES={EXAMPLES}")
    # Made when it is first asked for, which takes a while.
    return schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json", timeout=120)


def leaks(text: str, role: Role | None) -> list[str]:
    """Return what stands in an answer and must not."""
    found = [secret for secret in SECRETS if secret in text]
    if not may_see_plates(role):
        # Written with dashes or in small letters it is the same plate.
        plain = re.sub(r"[-\s]", "", text).upper()
        found += [plate for plate in PLATES if plate in plain]
    if not may_see_work(role) and SAID in text:
        found.append(SAID)
    return found


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the very same as every role, with an open consultation and without, and as nobody."""

    site: Site
    session: requests.Session
    problems: list[str] = field(default_factory=list)

    def people(self) -> Iterator[tuple[Role | None, dict[str, str]]]:
        yield None, {}
        for role in Role:
            yield role, self.site.headers(role, consulting=False)
            if role in self.site.consultations:
                yield role, self.site.headers(role, consulting=True)

    def ask(self, operation: schemathesis.APIOperation, mode: GenerationMode, until: float) -> int:
        """Ask one operation with generated input until then, once at least; return how often it was answered."""
        answered = 0
        known = {parameter.name: self.site.things[parameter.name] for parameter in operation.path_parameters
                 if parameter.name in self.site.things}

        @seed(SEED)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
                  suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case) -> None:
            nonlocal answered
            if answered and (time.monotonic() > until or len(self.problems) > MOST_PROBLEMS):
                return
            if known and case.path_parameters and answered % 2:  # every other question is about what exists
                case.path_parameters = {**case.path_parameters, **known}
            case.headers = {name: value for name, value in (case.headers or {}).items()
                            if name.lower() not in ("authorization", "consultation")}
            for role, headers in self.people():
                answered += 1
                self._judge(case, role, headers, f"{operation.label} as {role or 'nobody'}, {mode.value}")

        with suppress(Unsatisfiable):  # there is no such input for this operation
            ask()
        return answered

    def _judge(self, case: Case, role: Role | None, headers: dict[str, str], who: str) -> None:
        response = case.call(headers=headers, session=self.session, timeout=30)
        try:
            case.validate_response(response, checks=CHECKS, headers=headers)
        except (AssertionError, ExceptionGroup) as error:
            self.problems.append(f"{who}: {_told(error)}")
        self.problems.extend(f"{who} shows {leak}: {case.as_curl_command()}" for leak in leaks(response.text, role))


@pytest.mark.timeout(2 * SECONDS + 120)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_no_answer_of_the_api_fails_or_leaks_or_is_not_as_described(
        schema: schemathesis.BaseSchema, site: Site, mode: GenerationMode) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    answers, until = 0, time.monotonic()
    with requests.Session() as session:
        asker = Asker(site, session)
        for operation in operations:
            until += SECONDS / 2 / len(operations)
            answers += asker.ask(operation, mode, until)
    print(f"{mode.value}: {answers} answers of {len(operations)} operations")
    assert asker.problems == [], "\n\n".join(asker.problems[:20])
    assert answers > 10 * len(operations) or mode is GenerationMode.NEGATIVE
    assert requests.get(f"{site.url}/health", timeout=10).json() == {"status": "ok"}


def _told(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return "; ".join(map(_told, inner)) if inner else str(error)[:1500]


def test_what_is_planted_is_seen_by_who_may_see_it(site: Site) -> None:
    headers = site.headers(Role.investigator, consulting=True)
    answer = requests.get(f"{site.url}/api/v1/reads", params={"plate": PLATES[1]}, headers=headers, timeout=10)
    assert PLATES[1] in answer.text
    assert leaks(answer.text, Role.technical_administrator) == [PLATES[1]]
    assert leaks(f"… {PLATES[0][0]}-{PLATES[0][1:4].lower()}-{PLATES[0][4:]} …", Role.integrator) == [PLATES[0]]


def test_no_log_line_holds_what_is_planted(site: Site) -> None:
    """Runs last: the log of everything that was asked above."""
    text = site.log.read_text()
    assert "GET /api/v1/reads" in text
    assert [one for one in (*PLATES, SAID, *SECRETS, *site.tokens.values()) if one in text] == []
    assert " 500 " not in text
