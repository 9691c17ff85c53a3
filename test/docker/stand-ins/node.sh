#!/usr/bin/env bash
# node.sh TAG: a stand-in for the official image of Node, out of the npm package `node` that the workspace has.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/root-file-system.sh"
node=$(cd "$here/../../.." && pwd)/node_modules/node/bin/node
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

new_root "$root"
add_user "$root" node 1000
add_program "$root" "$node" /usr/local/bin/node
mkdir -p "$root/usr/local/lib/node_modules"
npm=$(readlink -f "$(command -v npm)")
cp -RL "${npm%/bin/*}" "$root/usr/local/lib/node_modules/npm"
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$root/usr/local/bin/$name"; done

tar -C "$root" --numeric-owner -c . | docker import \
  -c 'ENV PATH=/usr/local/bin:/usr/bin:/bin' \
  -c 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
  -c 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
  -c 'CMD ["node"]' - "$1"
