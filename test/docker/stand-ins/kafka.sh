#!/usr/bin/env bash
# kafka.sh TAG JARS: a stand-in for `apache/kafka`, out of Apache's jars in a folder and a Java runtime cut from this
# machine's JDK. It is started and set like the official image; the scripts in /opt/kafka/bin are not there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/root-file-system.sh"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
modules=java.base,java.desktop,java.logging,java.management,java.naming,java.rmi,java.security.jgss,java.security.sasl
modules+=,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.security.auth,jdk.unsupported,jdk.zipfs

new_root "$root"
add_user "$root" appuser 1000
jlink --output "$root/opt/java" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages
add_libraries "$root" $(libraries_of "$root/opt/java/bin/java") $(libraries_of "$root/opt/java/lib/server/libjvm.so")
# The runtime finds its own libraries itself; here they were copied once more under the path of the build.
rm -rf "$root$root"
mkdir -p "$root"/opt/kafka/{libs,config} "$root"/etc/kafka/{docker,secrets} "$root"/var/lib/kafka/data "$root"/mnt/shared/config
cp "$2"/*.jar "$root/opt/kafka/libs/"
cp "$here/../../kafka/log4j2.xml" "$root/opt/kafka/config/"
cp "$here/kafka-run.sh" "$root/etc/kafka/docker/run"
chmod 755 "$root/etc/kafka/docker/run"
chown -R 1000:1000 "$root"/opt/kafka/config "$root"/etc/kafka "$root"/var/lib/kafka "$root"/mnt/shared

tar -C "$root" --numeric-owner -c . | docker import \
  -c 'ENV PATH=/opt/java/bin:/usr/local/bin:/usr/bin:/bin' \
  -c 'EXPOSE 9092' \
  -c 'VOLUME ["/etc/kafka/secrets", "/var/lib/kafka/data", "/mnt/shared/config"]' \
  -c 'USER appuser' \
  -c 'CMD ["/etc/kafka/docker/run"]' - "$1"
