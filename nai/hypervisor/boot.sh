#!/bin/sh
# Runs inside an instance before its command: waits for the network, starts the SSH server, runs user data once.
# The driver puts it there, with the file "settings" beside it. Needs a shell, and takes everything else as it finds it.
set -u

here=/.nai
instance='' wait_seconds=60 start_sshd=no new_ssh_host_keys=no run_user_data=no
if [ -r "$here/settings" ]; then
    . "$here/settings"
fi

say() {
    printf 'nai: %s\n' "$*"
}

# The alias is set from outside as the last step of plugging: by then addresses, routes and resolv.conf are there.
network_is_ready() {
    state=''
    { IFS= read -r state < /sys/class/net/lo/ifalias; } 2> /dev/null
    [ "$state" = nai-ready ]
}

wait_for_network() {
    tries=$((wait_seconds * 50))
    while [ "$tries" -gt 0 ]; do
        network_is_ready && return
        sleep 0.02 2> /dev/null || {
            sleep 1
            tries=$((tries - 49))
        }
        tries=$((tries - 1))
    done
    say "no network after $wait_seconds s; starting without"
}

host_keys() {
    if [ "$new_ssh_host_keys" = yes ] && [ ! -e "$here/host-keys.$instance" ]; then
        rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
        for kind in ed25519 ecdsa; do
            ssh-keygen -q -t "$kind" -N '' -C '' -f "/etc/ssh/ssh_host_${kind}_key" < /dev/null
        done
        : > "$here/host-keys.$instance"
    fi
    ls /etc/ssh/ssh_host_*_key > /dev/null 2>&1 || ssh-keygen -A > /dev/null
    echo '-----BEGIN SSH HOST KEY KEYS-----'
    cat /etc/ssh/ssh_host_*_key.pub
    echo '-----END SSH HOST KEY KEYS-----'
}

sshd() {
    server=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v sshd) || return
    mkdir -p /run/sshd
    chmod 0755 /run/sshd
    host_keys
    if "$server"; then
        say 'SSH server started'
    else
        say 'the SSH server of the image does not start'
    fi
}

# The directory is made before the run, and making it succeeds once: user data never runs twice, also when it stops the instance.
user_data() {
    [ -f "$here/user-data" ] && mkdir "$here/user-data.$instance" 2> /dev/null || return
    say 'user data starts'
    {
        "$here/user-data"
        say "user data ended with status $?"
    } &
}

wait_for_network
if [ "$(id -u)" = 0 ]; then
    if [ "$start_sshd" = yes ]; then
        sshd
    fi
    if [ "$run_user_data" = yes ]; then
        user_data
    fi
elif [ "$start_sshd$run_user_data" != nono ]; then
    say 'the image runs as an unprivileged user: no SSH server is started and no user data is run'
fi
exec "$@"
