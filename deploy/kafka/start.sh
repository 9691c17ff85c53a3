#!/bin/bash
# Starts Kafka's image with an identity of its own. Cursors carry the cluster's identity: were it fixed in the compose file,
# a cursor from before `down --volumes`, or from another machine, would be taken for a place in this log.
set -euo pipefail
data=/var/lib/kafka/data
# All brokers of a cluster share this folder.
identity=/etc/kafka/secrets/cluster-id

# 16 random bytes, as Kafka writes a UUID. A hyphen at the beginning would make it an option.
new_identity() {
  local random
  random=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_')
  printf 'f%s' "${random:1:21}"
}

# Complete from the moment that it has its name, which only the first broker can give.
propose_identity() {
  local proposed
  proposed=$(mktemp "$identity.XXXXXX")
  new_identity >"$proposed"
  ln "$proposed" "$identity" 2>/dev/null || true
  rm "$proposed"
}

if [ -f $data/meta.properties ]; then
  CLUSTER_ID=$(sed -n 's/^cluster\.id=//p' $data/meta.properties)
else
  [ -f $identity ] || propose_identity
  CLUSTER_ID=$(cat $identity)
fi
export CLUSTER_ID
exec /etc/kafka/docker/run
