#!/bin/sh
# Starts the agent that runs the scripts of this VNF. Needs Python 3.7 or newer in the image, and no network but the broker.
set -eu
umask 077

# The next line is replaced by an orchestrator that knows the name of the instance.
#Hostname=
: "${Hostname:=$(uname -n)}"
Hostname=${Hostname%%.*}

say() {
    printf 'nai-ems: %s\n' "$*"
}

if ! command -v python3 > /dev/null; then
    say 'this image has no python3: no script of the VNF can run' >&2
    exit 1
fi

mkdir -p /etc/openbaton/ems /opt/openbaton/ems /opt/openbaton/scripts /var/lib/openbaton/ems /var/log/openbaton
cat > /etc/openbaton/ems/conf.ini << 'NAI_CONFIGURATION'
@CONFIGURATION@
NAI_CONFIGURATION
printf 'hostname = %s\n' "$Hostname" >> /etc/openbaton/ems/conf.ini

base64 -d > /opt/openbaton/ems/ems.pyz << 'NAI_AGENT'
@AGENT@
NAI_AGENT

if [ -d /run/systemd/system ]; then
    cat > /etc/systemd/system/nai-ems.service << 'NAI_UNIT'
[Unit]
Description=Agent that runs the scripts of the VNF
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/env python3 /opt/openbaton/ems/ems.pyz
Restart=always
RestartSec=2
# Daemons that scripts start live on when the agent is started anew.
KillMode=process

[Install]
WantedBy=multi-user.target
NAI_UNIT
    systemctl daemon-reload
    systemctl enable --now nai-ems.service
else
    # A container without an init that keeps services.
    cat > /opt/openbaton/ems/keep.sh << 'NAI_KEEP'
#!/bin/sh
while :; do
    status=0
    python3 /opt/openbaton/ems/ems.pyz || status=$?
    [ "$status" = 2 ] && exit 2
    sleep 2
done
NAI_KEEP
    nohup sh /opt/openbaton/ems/keep.sh > /var/log/openbaton/ems.log 2>&1 < /dev/null &
fi
say "the agent of $Hostname starts"
