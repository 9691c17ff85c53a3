#!/usr/bin/env bash
# haproxy.sh TAG: a stand-in for the official image of HAProxy, out of the package of this machine.
set -euo pipefail
source "$(dirname "$0")/root-file-system.sh"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

new_root "$root"
add_user "$root" haproxy 99
add_program "$root" "$(command -v haproxy)" /usr/local/sbin/haproxy
mkdir -p "$root/usr/local/etc/haproxy"

tar -C "$root" --numeric-owner -c . | docker import \
  -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/bin:/bin' \
  -c 'USER haproxy' \
  -c 'CMD ["haproxy", "-W", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]' - "$1"
