#!/bin/bash
# One MongoDB for everything; with SECURITY=true only for who knows USERNAME_MD and PASSWORD.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh
check_settings

mapfile -t options < <(storage_options)
if [[ $SECURITY = true ]]; then
    options+=(--auth)
fi
run_daemon mongod --dbpath "$DATA" --port "$PORT" --bind_ip 0.0.0.0 "${options[@]}"

if [[ $SECURITY = true && ! -e $STATE/user ]]; then
    # As long as there is no user, MongoDB lets one in who comes from the machine itself, to make the first.
    user=$(quoted "$USERNAME_MD")
    password=$(quoted "$PASSWORD")
    mongo_shell admin << JAVASCRIPT || fail "the user $USERNAME_MD cannot be made"
db.createUser({user: $user, pwd: $password, roles: ["root"]})
JAVASCRIPT
    : > "$STATE/user"
    say "user $USERNAME_MD made"
fi
floating=${NETWORK//[^A-Za-z0-9_]/_}_floatingIp
say "repository at ${!floating:-$(address_in_network)}:$PORT"
