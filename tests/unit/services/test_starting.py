"""What a command imports it pays for each time that it is typed: nothing that it does not use takes long."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SLOW = ("alembic", "numpy", "cv2", "fastapi")


def test_the_commands_start_without_what_few_of_them_need() -> None:
    script = f"import sys, services.__main__; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
