"""Where a page may lead on to."""

import pytest

from search.pages.links import local_path, static_addresses, static_version
from search.pages.vocabulary import PURPOSES, ROLES, shown_plate
from services import gate
from services.roles import Role


@pytest.mark.parametrize("path", ["/", "/reads", "/reads?plate=3ABC*&from=2026-11-23T10:00", "/story#cases"])
def test_our_own_pages_may_be_continued_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", ["", "reads", "//evil", "/\\evil", "\\\\evil", "https://evil", "/api/v1/reads",
                                  "/a\r\nSet-Cookie: x", "/ a", "/" + "a" * 5000, "javascript:alert(1)"])
def test_nothing_else_may(path: str) -> None:
    assert local_path(path, "/reads") == "/reads"


def test_a_static_files_address_holds_the_version_of_all_as_modules_name_each_other() -> None:
    addresses = static_addresses()
    assert addresses["styles/base.css"] == f"/static/{static_version()}/styles/base.css"
    assert {"scripts/keys.js", "icon.svg"} <= addresses.keys()


@pytest.mark.parametrize(("plate", "country", "shown"), [
    ("3ABC123", "BE", "3-ABC-123"), ("3ABC123", None, "3-ABC-123"), ("3ABC123", "DE", "3ABC123"),
    ("JANEKE", "BE", "JANEKE"), ("?12", None, None)])
def test_a_plate_is_shown_as_it_is_printed_where_that_is_certain(
        plate: str, country: str | None, shown: str | None) -> None:
    assert shown_plate(plate, country) == shown


def test_every_purpose_and_role_has_words() -> None:
    assert PURPOSES.keys() == gate.PURPOSES.keys()
    assert set(ROLES) == set(Role)
