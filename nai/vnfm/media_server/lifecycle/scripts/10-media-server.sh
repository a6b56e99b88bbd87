#!/bin/bash
# Tells Kurento its TURN and STUN servers before it starts. Values come as shell variables; see user_data.py.
set -eu

configuration=/etc/kurento/modules/kurento/WebRtcEndpoint.conf.ini
if [ -d "${configuration%/*}" ]; then
    touch "$configuration"
    # What an earlier start wrote goes, so that this script can run again.
    grep -v -E '^(turnURL|stunServerAddress|stunServerPort)=' "$configuration" >"$configuration.new" || true
    if [ "$TURN_SERVER_ACTIVATE" = true ]; then
        printf 'turnURL=%s:%s@%s\n' "$TURN_SERVER_USERNAME" "$TURN_SERVER_PASSWORD" "$TURN_SERVER_URL" >>"$configuration.new"
    fi
    if [ "$STUN_SERVER_ACTIVATE" = true ]; then
        printf 'stunServerAddress=%s\nstunServerPort=%s\n' "$STUN_SERVER_ADDRESS" "$STUN_SERVER_PORT" >>"$configuration.new"
    fi
    cat "$configuration.new" >"$configuration"
    rm -f "$configuration.new"
fi
mkdir -p /etc/nai
umask 077
printf 'HOST_NAME=%s\nMONITORING_URL=%s\n' "$HOSTNAME" "$MONITORING_URL" >/etc/nai/media-server.env
