"""Files of reads: columns by header, times, unknown places, rows that cannot be understood."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.errors import BadQuestionError
from simulator.reads_file import BadRow, Place, ReadsFile, Row, parse_time

BRUSSELS = ZoneInfo("Europe/Brussels")


def reads_file(folder: Path, text: str, columns: dict[str, str] | None = None) -> ReadsFile:
    path = folder / "reads.csv"
    path.write_text(text, encoding="utf-8")
    return ReadsFile(path, columns or {}, BRUSSELS)


SEATTLE = ("captured_at,device,plate_hash,lat,lon\n"
           "2021-10-01T07:02:08Z,SPD08,c25739ec2bde4bdcd4571aabee69a02b003ea274,NA,NA\n")
KORTRIJK = ("Plate,Latitude,Longitude,TimeStamp,DeviceId,Name\n"
            "3-ABC-123,50.82,3.26,2019-07-01 08:00:00.250,7,Doorniksewijk\n")


def test_the_file_of_seattle_is_recognised(tmp_path: Path) -> None:
    file = reads_file(tmp_path, SEATTLE)
    assert list(file.rows()) == [Row(datetime(2021, 10, 1, 7, 2, 8, tzinfo=UTC), "SPD08",
                                     "c25739ec2bde4bdcd4571aabee69a02b003ea274")]
    assert file.survey().places == {"SPD08": Place("SPD08", "SPD08", None, None)}


def test_the_file_of_kortrijk_is_recognised_and_its_times_are_local(tmp_path: Path) -> None:
    file = reads_file(tmp_path, KORTRIJK)
    assert list(file.rows()) == [Row(datetime(2019, 7, 1, 6, 0, 0, 250_000, tzinfo=UTC), "7", "3-ABC-123")]
    assert file.survey().places == {"7": Place("7", "Doorniksewijk", 50.82, 3.26)}


def test_a_compressed_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reads.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + SEATTLE.encode()))
    assert ReadsFile(path, {}, UTC).survey().rows == 1


def test_unusual_columns_can_be_named(tmp_path: Path) -> None:
    text = "when,where,what\n2021-10-01T07:02:08+02:00,A,3ABC123\n"
    file = reads_file(tmp_path, text, {"captured_at": "when", "camera": "where", "plate": "what"})
    assert next(file.rows()) == Row(datetime(2021, 10, 1, 5, 2, 8, tzinfo=UTC), "A", "3ABC123")


@pytest.mark.parametrize("text", ["camera,plate\nA,1\n", "", "captured_at,camera\n"])
def test_a_missing_column_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadQuestionError, match=r"has no column for (captured_at|plate); its columns are"):
        reads_file(tmp_path, text)


def test_bad_rows_are_counted_with_their_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = ("captured_at,camera,plate\nyesterday,A,1\n2021-10-01T07:02:08Z,,1\n\n"
            "2021-10-01T07:02:08Z,A,1\n2021-10-01\n")
    survey = reads_file(tmp_path, text).survey()
    assert survey.bad == [BadRow(2, "the time cannot be understood"), BadRow(3, "the camera is missing"),
                          BadRow(6, "the camera is missing")]
    assert survey.rows == 1


def test_a_device_without_a_place_gets_the_first_it_ever_tells(tmp_path: Path) -> None:
    places = ["NA,NA", "0,0", "51.1,5.5", "9,9"]
    text = "time,camera,plate,lat,lon\n" + "".join(
        f"2021-10-01T07:02:0{second}Z,A,1,{place}\n" for second, place in enumerate(places))
    assert reads_file(tmp_path, text).survey().places["A"] == Place("A", "A", 51.1, 5.5)


def test_the_newest_read_and_all_plates_are_known_after_one_look(tmp_path: Path) -> None:
    text = "time,camera,plate\n2021-10-02T00:00:00Z,A,X1\n2021-10-03T00:00:00Z,A,\n2021-10-01T00:00:00Z,B,X1\n"
    survey = reads_file(tmp_path, text).survey()
    assert survey.newest == datetime(2021, 10, 3, tzinfo=UTC)
    assert survey.plates == {"X1", ""}
    assert len(survey.digest) == 64


@pytest.mark.parametrize(("text", "expected"), [
    ("2021-10-01T07:02:08.123456Z", datetime(2021, 10, 1, 7, 2, 8, 123_000, tzinfo=UTC)),
    ("2021-12-01 07:02:08", datetime(2021, 12, 1, 6, 2, 8, tzinfo=UTC)),
    ("1633071728", datetime(2021, 10, 1, 7, 2, 8, tzinfo=UTC)),
    ("1633071728250", datetime(2021, 10, 1, 7, 2, 8, 250_000, tzinfo=UTC)),
    ("03/04/2021 07:02", None), ("", None), ("0001-01-01T00:00:00+14:00", None),
])
def test_times_are_understood_or_refused(text: str, expected: datetime | None) -> None:
    assert parse_time(text, BRUSSELS) == expected


def test_a_file_that_is_not_there_or_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadQuestionError, match="cannot read"):
        ReadsFile(tmp_path / "none.csv", {}, UTC)
    damaged = tmp_path / "damaged.csv.gz"
    damaged.write_bytes(gzip.compress(SEATTLE.encode() * 50)[:-20])
    with pytest.raises(BadQuestionError, match=r"damaged\.csv\.gz"):
        ReadsFile(damaged, {}, UTC).survey()
