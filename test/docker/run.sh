#!/usr/bin/env bash
# The image, the compose file with both of its profiles, and Kafka by testcontainers, tried for real:
#
#   test/docker/run.sh [options of vitest]
#
# Needs Docker's engine, running or not (as root it is started here, for this run alone), and `docker compose` or
# docker-compose. Images that no registry gives are built as stand-ins under their official names, out of Debian's files,
# the npm package `node` and Apache's jars: that takes busybox-static, a JDK, Maven and HAProxy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
export PATH=$PWD/node_modules/.bin:$PATH
work=$(mktemp -d)
engine=
stand_ins=()

main() {
  start_engine
  export COMPOSE=docker-compose
  if docker compose version >/dev/null 2>&1; then COMPOSE='docker compose'; fi
  # Where testcontainers may not start its own helper, or believes to be in a container itself.
  export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  check_compose_file
  local kafka haproxy node
  kafka=$(image_of kafka)
  haproxy=$(image_of haproxy)
  node=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
  provide "$node" "$here/stand-ins/node.sh"
  provide "$haproxy" "$here/stand-ins/haproxy.sh"
  provide "$kafka" kafka_stand_in
  # Over the machine's own network, where a bridge may not reach what the machine reaches.
  docker build --quiet --network host --tag freshet . >/dev/null
  vitest run --config test/docker/vitest.config.ts "$@"
}

start_engine() {
  if docker info >/dev/null 2>&1; then return; fi
  echo 'starting an engine for this run' >&2
  export DOCKER_HOST=unix://$work/docker.sock
  dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/docker.pid" \
    >"$work/dockerd.log" 2>&1 &
  engine=$!
  local attempt
  for attempt in $(seq 60); do
    if docker info >/dev/null 2>&1; then return; fi
    kill -0 $engine 2>/dev/null || break
    sleep 0.5
  done
  tail -20 "$work/dockerd.log" >&2
  return 1
}

check_compose_file() {
  local profile
  for profile in single observability cluster; do COMPOSE_PROFILES=$profile $COMPOSE config --quiet; done
}

# image_of NAME: as the compose file has it
image_of() {
  sed -n "s/^ *image: \(\(.*\/\)\?$1:.*\)/\1/p" docker-compose.yml
}

# provide IMAGE BUILDER: the image from where it is, from a registry, or built here
provide() {
  if docker image inspect "$1" >/dev/null 2>&1 || docker pull --quiet "$1" 2>/dev/null; then return; fi
  echo "building a stand-in for $1" >&2
  "$2" "$1" >/dev/null
  stand_ins+=("$1")
}

kafka_stand_in() {
  local jars
  jars=$(node --input-type=module -e 'import("./test/kafka/kafka-jars.ts").then(async (m) => console.log(await m.kafkaJars()))')
  "$here/stand-ins/kafka.sh" "$1" "$jars"
}

# Nothing of this run stays: neither the engine that it started nor a stand-in under an official name.
clean_up() {
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null || true
    wait "$engine" 2>/dev/null || true
    umount "$work"/exec/netns/* 2>/dev/null || true
  elif [ ${#stand_ins[@]} -gt 0 ]; then
    docker image rm --force freshet "${stand_ins[@]}" >/dev/null 2>&1 || true
  fi
  rm -rf "$work"
}

trap clean_up EXIT
main "$@"
