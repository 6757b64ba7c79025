#!/bin/sh
# Publish messages over MQTT with mosquitto_pub (package mosquitto-clients), one a line, with quality 1.
#
#   BROKER=mqtt.anpr.example GATEWAY=houthalen PASSWORD=… sh publish.sh < reads.jsonl
#
# TOPIC=heartbeats for heartbeats, VERSION=311 for MQTT 3.1.1 (5 is the default), CAFILE=… for the zone's own CA,
# PORT=1883 with TLS=no for a broker on the same machine. For trying things out: it ends the connection of a gateway that
# is at work, and keeps nothing beyond the broker's acknowledgement, as gateway_mqtt.py does and a gateway must.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The password goes through a file: what stands on a command line, every user of the machine can read.
(umask 077; printf '%s\n' "-u $GATEWAY" "-P $PASSWORD" > "$folder/mosquitto_pub")

case "${TLS:-yes}" in
    no) set -- ;;
    *) set -- --cafile "${CAFILE:-/etc/ssl/certs/ca-certificates.crt}" ;;
esac
XDG_CONFIG_HOME="$folder" mosquitto_pub -h "$BROKER" -p "${PORT:-8883}" -V "${VERSION:-5}" -q 1 \
    -i "$GATEWAY-publish" -t "anpr/v1/$GATEWAY/${TOPIC:-reads}" -l "$@"
