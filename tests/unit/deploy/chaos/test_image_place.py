"""A full image store refuses what is written, and takes it again when it has room."""

from pathlib import Path

import pytest

from deploy.chaos.image_place import ImagePlace


def test_a_full_place_refuses_and_a_freed_one_still_holds_what_it_held(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZONESCHILD_CHAOS_INSIDE", raising=False)  # without a file system of its own
    place = ImagePlace(tmp_path / "images", 1)
    place.pictures.mkdir()
    (place.pictures / "before").write_bytes(b"x")
    place.fill()
    with pytest.raises(OSError, match="Not a directory"):
        (place.pictures / "during").write_bytes(b"x")
    place.free()
    (place.pictures / "after").write_bytes(b"x")
    assert sorted(file.name for file in place.pictures.iterdir()) == ["after", "before"]
    place.close()
    assert place.pictures.exists()
