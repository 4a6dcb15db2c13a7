#!/usr/bin/env bash
# Installs the package on a real systemd and tries what the README promises of the service: a throw-away copy of this
# machine's root (an overlay in memory) is booted in a container without a network. What is tried is in inside.sh.
# Says SKIPPED, with the reason, where this machine cannot do that. run.sh [PACKAGE]: version 1.0.0, built already.
set -euo pipefail
package=${1:+$(realpath "$1")}
cd "$(dirname "$0")/../.."

skip() { echo "SKIPPED: the service was not tried on a booted systemd: $*"; exit 0; }

[ "$(uname -s)" = Linux ] || skip "not Linux"
[ "$(id -u)" = 0 ] || skip "not root"
for tool in systemd-nspawn dpkg-deb; do
  command -v "$tool" >/dev/null || skip "$tool is not here"
done

work=$(mktemp -d)
clean_up() {
  umount -R "$work/memory/root" 2>/dev/null || true
  umount -R "$work/memory" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

mkdir "$work/memory"
mount -t tmpfs -o size=1g,mode=755 tmpfs "$work/memory" 2>/dev/null || skip "may not mount"
mkdir "$work"/memory/{upper,work,root,test}
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/memory/upper,workdir=$work/memory/work" "$work/memory/root" 2>/dev/null ||
  skip "no overlay on this root"
root=$work/memory/root
test=$work/memory/test

# The package, and the next version of it: that one can be told to hang.
if [ -n "$package" ]; then cp "$package" "$test"; else systemd/package.sh "$test" 1.0.0 >/dev/null 2>&1; fi
TAGS=hang systemd/package.sh "$test" 1.1.0 >/dev/null 2>&1
CGO_ENABLED=0 go build -trimpath -o "$test/probe" .ci/boot/probe.go
cp .ci/boot/inside.sh "$test"

# Nothing of this machine starts there but systemd itself.
rm -rf "$root"/etc/systemd/system/*.wants
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/test" "$root/var/log/journal"
rm -f "$root/etc/dpkg/dpkg.cfg.d/"* # slim images leave out documents
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
cat >"$root/etc/systemd/system/inside.service" <<'UNIT'
[Unit]
After=network.target systemd-journald.service
[Service]
Type=oneshot
ExecStart=/bin/bash /test/inside.sh
StandardOutput=file:/test/said.txt
StandardError=inherit
TimeoutStartSec=infinity
ExecStopPost=/bin/systemctl poweroff --force --no-block
[Install]
WantedBy=multi-user.target
UNIT
ln -s ../inside.service "$root/etc/systemd/system/multi-user.target.wants/inside.service"

: >"$test/said.txt"
SYSTEMD_SECCOMP=0 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 10 600 systemd-nspawn --quiet -D "$root" --bind "$test:/test" --boot --register=no \
  --keep-unit --capability=CAP_BPF --private-network --console=pipe systemd.unit=multi-user.target </dev/null >"$work/console.txt" 2>&1 || true
cat "$test/said.txt"
if ! [ -s "$test/said.txt" ]; then
  tail -n 5 "$work/console.txt"
  skip "systemd did not boot in a container here"
fi
grep -qx 'ALL WELL' "$test/said.txt"
