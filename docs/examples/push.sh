#!/bin/sh
# Push one message over HTTP with curl, and send it again until it is stored.
#
#   ADDRESS=https://anpr.example/push/houthalen GATEWAY=houthalen KEY=… sh push.sh read.json
#
# AUTH=basic or AUTH=digest (the default); for a device that can do neither: ADDRESS=https://…/push/houthalen?key=… and
# AUTH=none. --retry waits as long as the answer's Retry-After says, for 408, 429, 500, 502, 503, 504 and no answer. When
# this ends with 0 the message is stored and must not be sent again.
set -eu

case "${AUTH:-digest}" in
    none) credentials="" ;;
    *) credentials=$(printf '%s\nuser = "%s:%s"' "${AUTH:-digest}" "$GATEWAY" "$KEY") ;;
esac

# The configuration comes from standard input: what stands on a command line, every user of the machine can read.
printf '%s\nurl = "%s"\n' "$credentials" "$ADDRESS" | curl --config - --silent --show-error --fail-with-body \
    --retry "${TRIES:-20}" --retry-connrefused --max-time 60 --data-binary "@$1"
echo
