# A root file system out of this machine's own files (Debian or a relative), for images that no registry has to give:
# busybox, bash and what glibc needs. To be sourced.

# new_root DIRECTORY
new_root() {
  local root=$1
  mkdir -p "$root"/{bin,etc/ssl/certs,lib64,proc,sys,dev,root,home,usr/bin,usr/local/bin,var/lib}
  mkdir -p -m 1777 "$root/tmp"
  chmod 755 "$root"
  local name
  for name in $(busybox --list); do ln -s busybox "$root/bin/$name"; done
  cp --remove-destination "$(command -v busybox)" "$root/bin/busybox"
  ln -s /bin/env "$root/usr/bin/env"
  add_program "$root" "$(command -v bash)" /bin/bash
  # What a program may look for at run time, or find in every distribution.
  local library
  for library in dl m nss_dns nss_files pthread resolv rt util; do
    add_libraries "$root" $(ldconfig -p | sed -n "s/.*lib$library\\.so\\.[0-9]* (libc6,x86-64.*=> //p")
  done
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  # A machine that has no registry may have certificates of its own for what it does have.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
}

# add_user ROOT NAME ID
add_user() {
  printf '%s:x:%s:%s::/home/%s:/bin/sh\n' "$2" "$3" "$3" "$2" >>"$1/etc/passwd"
  printf '%s:x:%s:\n' "$2" "$3" >>"$1/etc/group"
  mkdir -p "$1/home/$2"
  chown "$3:$3" "$1/home/$2"
}

# add_program ROOT FILE PLACE: with the libraries that it is linked to
add_program() {
  mkdir -p "$1$(dirname "$3")"
  cp -L "$2" "$1$3"
  chmod 755 "$1$3"
  add_libraries "$1" $(libraries_of "$2")
}

# libraries_of FILE: the paths of those that it is linked to, the loader among them
libraries_of() {
  ldd "$1" | grep -oE '/[^ :()]+' || true
}

# add_libraries ROOT FILE...: at the path where the loader looks for them here
add_libraries() {
  local root=$1 file
  shift
  for file in "$@"; do
    mkdir -p "$root$(dirname "$file")"
    [ -e "$root$file" ] || cp -L "$file" "$root$file"
  done
}
