#!/bin/sh
# Prints a Python that can make a virtual environment and is new enough; says in one sentence what to do if none is.
# PYTHON names the only one to try.

can_run='import sys; sys.exit(sys.version_info < (3, 11))'
can_install='import venv, ensurepip'
too_old='' ; no_venv=''

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if ! "$candidate" -c "$can_run" >/dev/null 2>&1; then
        too_old="$too_old $candidate"
    elif ! "$candidate" -c "$can_install" >/dev/null 2>&1; then
        no_venv="$no_venv $candidate"
    else
        command -v "$candidate"
        exit 0
    fi
done

if [ -n "$no_venv" ]; then
    echo "Zoneschild:$no_venv cannot make a virtual environment (its venv module is missing): install it, on Debian and Ubuntu with 'apt install python3-venv', and run make again." >&2
elif [ -n "$too_old" ]; then
    echo "Zoneschild needs Python 3.11 or later and found only an older one ($(echo $too_old)): install a newer Python, or name one with 'make install PYTHON=/path/to/python3'." >&2
else
    echo "Zoneschild needs Python 3.11 or later and ${PYTHON:-this machine} has none: install Python, or name one with 'make install PYTHON=/path/to/python3'." >&2
fi
exit 1
