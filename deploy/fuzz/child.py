"""`python -m deploy.fuzz.child TARGET SECONDS [libFuzzer's arguments]`: fuzz one target in this process, then end."""

import logging
import os
import sys
import threading

import atheris

_GRACE_S = 60


def main() -> None:
    """Fuzz the target named; libFuzzer ends the process, with 0 when nothing was found."""
    name, seconds, *arguments = sys.argv[1:]
    watchdog = threading.Timer(float(seconds) + _GRACE_S, os._exit, (3,))
    watchdog.daemon = True
    watchdog.start()
    logging.disable()
    # What is imported here, and only that, tells the fuzzer which of its inputs reach new code.
    with atheris.instrument_imports(include=["ingest", "services", "python_multipart", "jmespath"]):
        from deploy.fuzz.targets import targets  # noqa: PLC0415
    attempt = targets()[name].attempt
    atheris.Setup([sys.argv[0], *arguments], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
