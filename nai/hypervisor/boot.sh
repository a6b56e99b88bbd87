#!/bin/sh
# Runs inside an instance before its command: waits for the network, gives the SSH server keys of the instance's own and
# starts it, runs user data once. The driver puts it there, with the file "settings" beside it.
# Needs a shell, and takes everything else as it finds it.
set -u

here=/.nai
instance='' wait_seconds=60 start_sshd=no new_ssh_host_keys=no run_user_data=no
if [ -r "$here/settings" ]; then
    # shellcheck source=/dev/null
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

# The private keys that lie in an image are known to everyone who has the image.
make_host_keys() {
    [ -d /etc/ssh ] && command -v ssh-keygen > /dev/null || return
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

# A second server would take the port from the first. What the words of the command do not tell, a script's text may.
command_starts_sshd() {
    for word in "$@"; do
        file=$(command -v -- "$word" 2> /dev/null) || file=$word
        if [ -f "$file" ] && grep -qsE 'sshd|(service|init\.d/|systemctl .*) *ssh' "$file"; then
            return 0
        fi
    done
    return 1
}

start_ssh_server() {
    if PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v sshd > /dev/null && ! command_starts_sshd "$@"; then
        mkdir -p /run/sshd
        chmod 0755 /run/sshd
        server=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v sshd)
        if "$server"; then
            say 'SSH server started'
        else
            say 'the SSH server of the image does not start'
        fi
    fi
}

# The directory is made before the run, and making it succeeds once: user data never runs twice, also when it stops the
# instance.
run_user_data_once() {
    if [ -f "$here/user-data" ] && mkdir "$here/user-data.$instance" 2> /dev/null; then
        say 'user data starts'
        # Inside a subshell that ends at once: the instance's init becomes its parent, and collects it when it has ended.
        (
            {
                "$here/user-data"
                say "user data ended with status $?"
            } &
        )
    fi
}

wait_for_network
if [ "$(id -u)" = 0 ]; then
    make_host_keys
    if [ "$start_sshd" = yes ]; then
        start_ssh_server "$@"
    fi
    if [ "$run_user_data" = yes ]; then
        run_user_data_once
    fi
elif [ "$start_sshd$run_user_data" != nono ]; then
    say 'the image runs as an unprivileged user: no SSH server is started and no user data is run'
fi
exec "$@"
