#!/bin/bash
# What the official image does at start: KAFKA_* variables become server.properties, new storage is formatted.
set -euo pipefail
properties=/opt/kafka/config/server.properties

# KAFKA_LOG_DIRS is log.dirs; "__" stands for an underscore and "___" for a hyphen.
property_of() {
  local name=${1#KAFKA_}
  name=${name//___/$'\1'}
  name=${name//__/$'\2'}
  name=${name//_/.}
  name=${name//$'\1'/-}
  name=${name//$'\2'/_}
  printf '%s' "${name,,}"
}

write_properties() {
  local variable
  for variable in $(compgen -e KAFKA_); do
    case $variable in
      KAFKA_HEAP_OPTS | KAFKA_OPTS | KAFKA_JVM_PERFORMANCE_OPTS | KAFKA_LOG4J_* | KAFKA_JMX_*) continue ;;
    esac
    printf '%s=%s\n' "$(property_of "$variable")" "${!variable}"
  done
}

write_properties >$properties
grep -q '^log\.dirs=' $properties || echo 'log.dirs=/tmp/kraft-combined-logs' >>$properties
data=$(sed -n 's/^log\.dirs=//p' $properties)
java=(java -cp '/opt/kafka/libs/*' -Dlog4j2.configurationFile=/opt/kafka/config/log4j2.xml)
if [ ! -f "$data/meta.properties" ]; then
  "${java[@]}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC kafka.tools.StorageTool format \
    --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config $properties
fi
# Word by word, as they are options.
# shellcheck disable=SC2086
exec "${java[@]}" ${KAFKA_HEAP_OPTS:--Xms512m -Xmx512m} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC} ${KAFKA_OPTS:-} \
  kafka.Kafka $properties
