set -eu
umask 022
# yum would try each mirror for minutes and say so on many lines.
for url in http://mirror.example.org/centos/7.1.1503/os/x86_64/repodata/repomd.xml http://mirror.example.org/centos/7.1.1503/updates/x86_64/repodata/repomd.xml http://mirror.example.org/centos/7.1.1503/extras/x86_64/repodata/repomd.xml http://mirror.example.org/centos/7/sclo/x86_64/rh/repodata/repomd.xml http://mirror.example.org/epel/7/x86_64/repodata/repomd.xml http://mirror.example.org/rdo/openstack-kilo/el7/repodata/repomd.xml; do
  curl --fail --silent --location --head --connect-timeout 5 --max-time 20 --output /dev/null "$url" || {
    echo "$url: cannot be fetched (curl ended with code $?); start that mirror or correct its URL in yum_repositories_list" >&2
    exit 1
  }
done
file=/etc/yum.repos.d/CentOS-Base.repo
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT
cat > "$new" <<'END_OF_REPOSITORIES'
[base]
name = CentOS 7
baseurl = http://mirror.example.org/centos/7.1.1503/os/x86_64
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-CentOS-7

[updates]
name = CentOS 7, updates
baseurl = http://mirror.example.org/centos/7.1.1503/updates/x86_64
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-CentOS-7

[extras]
name = CentOS 7, extras (Docker)
baseurl = http://mirror.example.org/centos/7.1.1503/extras/x86_64
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-CentOS-7

[software-collections]
name = Software collections, Python 3.8
baseurl = http://mirror.example.org/centos/7/sclo/x86_64/rh
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-CentOS-SIG-SCLo
includepkgs = rh-python38*

[epel]
name = Extra packages
baseurl = http://mirror.example.org/epel/7/x86_64
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-EPEL-7
includepkgs = python-pip python2-pip

[rdo-kilo]
name = RDO Kilo
baseurl = http://mirror.example.org/rdo/openstack-kilo/el7
enabled = 1
gpgcheck = 1
gpgkey = http://mirror.example.org/keys/RPM-GPG-KEY-CentOS-SIG-Cloud
END_OF_REPOSITORIES
chmod 0644 "$new"
cmp -s "$new" "$file" || mv -f "$new" "$file"
yum -y install rh-python38-python
# A software collection's libraries are found only by those who have enabled it, or whom the linker tells.
if ! /opt/rh/rh-python38/root/usr/bin/python3 -c '' 2> /dev/null; then
  echo /opt/rh/rh-python38/root/usr/lib64 > /etc/ld.so.conf.d/nai-python.conf
  ldconfig
fi
