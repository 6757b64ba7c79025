"""Files are taken apart as docs/list-files.md says; what else is sent is refused in words that quote nothing of it."""

import io
import json
import zipfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.watchlists import delivery_files
from services.watchlists.delivery_files import (
    BROKEN,
    COLUMNS,
    OPERATIONS,
    OTHER_NAMES,
    Broken,
    BrokenDeliveryError,
    DeliveryKind,
    Package,
    Stated,
    decode,
    lines_of,
    open_delivery,
    read_header,
)

DOCS = Path(__file__).resolve().parents[4] / "docs" / "list-files.md"
FULL, ZIP, PASTE = DeliveryKind.full, DeliveryKind.package, DeliveryKind.paste


def rows(package: Package) -> list[tuple[int, int, list[str] | None]]:
    """Return every line of a package: part, number, cells."""
    return [(line.part, line.number, None if line.cells is None else list(line.cells))
            for part in package.parts for line in lines_of(part)[1]]


def opened(content: bytes, kind: DeliveryKind = FULL, count: int | None = None) -> Package:
    return open_delivery(kind, content, Stated(rows=count, sha256=sha256(content).digest()), "stolen")


def why(content: bytes, kind: DeliveryKind = FULL, count: int | None = None) -> Broken:
    with pytest.raises(BrokenDeliveryError) as error:
        rows(opened(content, kind, count))
    return error.value.why


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_list_is_read_in_every_usual_form(encoding: str, end: str, delimiter: str) -> None:
    lines = [["Source_Key", " plate ", "reason"], ["K1", "3QXA001", "Gestolen te Liège"], [],
             ["K2", f'"3QXA{delimiter}002"', '"zij zei ""nee"""']]
    content = end.join(delimiter.join(line) for line in lines).encode(encoding)
    assert rows(opened(content)) == [(1, 2, ["K1", "3QXA001", "Gestolen te Liège"]),
                                     (1, 4, ["K2", f"3QXA{delimiter}002", 'zij zei "nee"'])]


def test_a_stray_quote_spoils_its_own_line_alone() -> None:
    assert rows(opened(b'source_key;plate\nK1;"3QXA001\nK2;3QXA002\n"K3";3QX"A003\n')) == [
        (1, 2, None), (1, 3, ["K2", "3QXA002"]), (1, 4, ["K3", '3QX"A003'])]


def test_columns_may_be_named_in_dutch_and_french() -> None:
    for header in ("sleutel;nummerplaat;reden;tot", "clé;plaque;motif;jusque", "key;plate;reason;until"):
        assert list(read_header(header, needed=("plate",)).places) == ["source_key", "plate", "reason", "until"]


@pytest.mark.parametrize(("header", "place"), [
    ("source_key;3QXA001", "column 2"), ("plate;plate", "column 2"), ("source_key", "plate"), ("", "column 1"),
    ('"plate', "plate"), ("plate;operation", "column 2")])
def test_a_wrong_header_is_told_by_its_place_and_never_by_what_stands_there(header: str, place: str) -> None:
    with pytest.raises(BrokenDeliveryError) as error:
        read_header(header, needed=("plate",), forbidden=("operation",))
    assert error.value.place == place
    assert "3QXA001" not in str(error.value)


def test_what_is_pasted_is_one_plate_a_line() -> None:
    assert rows(opened(b"3-QXA-001\r\n\r\n  3QX?002 \n", PASTE)) == [
        (1, 1, ["3-QXA-001"]), (1, 3, ["3QX?002"])]
    assert why(b"1\n" * 5001, PASTE) is Broken.too_long


def archive(files: dict[str, bytes], manifest: object, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as written:
        for name, content in files.items():
            written.writestr(name, content)
        written.writestr("manifest.json", manifest if isinstance(manifest, bytes) else json.dumps(manifest))
    return made.getvalue()


def listed(name: str, content: bytes, revision: int = 1, **more: object) -> dict[str, object]:
    return {"name": name, "revision": revision, "sha256": sha256(content).hexdigest(), **more}


LIST = b"source_key;plate\nK1;3QXA001\n"


def test_folders_in_a_package_mean_nothing() -> None:
    package = opened(archive({"../../etc/list.csv": LIST}, {"files": [listed("/tmp/list.csv", LIST, whole=True)]}), ZIP)
    assert rows(package) == [(1, 2, ["K1", "3QXA001"])]


def test_two_files_of_one_name_are_refused() -> None:
    content = archive({"a/list.csv": LIST, "b/list.csv": LIST}, {"files": [listed("list.csv", LIST, whole=True)]})
    assert why(content, ZIP) is Broken.missing


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_files, "MOST_UNPACKED", 100_000)
    zeros = bytes(200_000)
    assert why(archive({"list.csv": zeros}, {"files": [listed("list.csv", zeros, whole=True)]}), ZIP) is Broken.bomb
    # One that says to be small: what it says stands in two places, and neither is believed.
    lying = archive({"list.csv": zeros}, {"files": [listed("list.csv", zeros, whole=True)]})
    small = lying.replace((200_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert small != lying
    assert why(small, ZIP) in (Broken.archive, Broken.checksum)


def test_an_unusual_packing_and_an_encrypted_file_are_refused() -> None:
    manifest = {"files": [listed("list.csv", LIST, whole=True)]}
    assert why(archive({"list.csv": LIST}, manifest, zipfile.ZIP_LZMA), ZIP) is Broken.archive
    stored = bytearray(archive({"list.csv": LIST}, manifest, zipfile.ZIP_STORED))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = stored.index(mark) + (6 if mark == b"PK\x03\x04" else 8)
        stored[place] |= 1
    assert why(bytes(stored), ZIP) is Broken.archive


@pytest.mark.parametrize("manifest", [b"", b"[", b"[" * 50_000, b"{}", b"\xff", {"files": "x"}, {"files": []},
                                      {"files": [{"name": "list.csv"}]}, {"files": [listed("list.csv", LIST, 2**70)]}])
def test_a_manifest_that_is_none_is_refused(manifest: object) -> None:
    assert why(archive({"list.csv": LIST}, manifest), ZIP) is Broken.manifest


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(DeliveryKind))
def test_whatever_is_sent_is_read_or_refused(content: bytes, kind: DeliveryKind) -> None:
    with suppress(BrokenDeliveryError):
        assert all(number > 0 for _, number, _ in rows(opened(content, kind)))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
@example(338, b"\0")  # a file without a name
def test_a_package_that_was_spoilt_anywhere_is_read_as_it_was_or_refused(place: int, spoilt: bytes) -> None:
    good = archive({"list.csv": LIST}, {"files": [listed("list.csv", LIST, whole=True, rows=1)]})
    content = good[:place] + spoilt + good[place + len(spoilt):]
    try:
        found = rows(open_delivery(ZIP, content, Stated(), "stolen"))
    except BrokenDeliveryError:
        return
    assert found == [(1, 2, ["K1", "3QXA001"])]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_a_text_is_the_same_in_utf_8_with_and_without_its_mark(text: str) -> None:
    assert decode(text.encode()) == decode(b"\xef\xbb\xbf" + text.encode()) or text.startswith(("\ufeff", "\ufffe"))


def test_the_document_names_every_column_operation_and_refusal() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in (*COLUMNS, *OTHER_NAMES, *OPERATIONS, *Broken) if f"`{name}`" not in text] == []
    assert set(BROKEN) == set(Broken)
