#!/usr/bin/env bash
# Runs as root on a booted systemd that is thrown away afterwards; see run.sh. Each `try` is one promise of the README.
set -uo pipefail

timing=/srv/share/timing
exports=/var/tmp/exports # what is mounted on it
failures=0

try() { # try WHAT COMMAND...
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then
    printf 'ok      %5.1f s  %s\n' "$SECONDS" "$what"
  else
    printf 'FAILED  %5.1f s  %s\n%s\n' "$SECONDS" "$what" "$said"
    failures=$((failures + 1))
  fi
}

# await waits until a command succeeds.
await() { # await SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "never came true: $*"
      "$@"
      systemctl status --no-pager -l -n 20 'finishwatch*' | cat
      return 1
    fi
    sleep 0.1
  done
}

# page EVENT shows what is public: bib=mark.
page() {
  python3 - "$1" <<'PY'
import json, sys, urllib.request
with urllib.request.urlopen(f"http://127.0.0.1:8080/x/2026/GBR/api-test/event/{sys.argv[1]}/1/1/json/") as answer:
    print(*(f"{r['bib']}={r['performance']}" for r in json.load(answer)["results"]))
PY
}
shows() { [ "$(page "$1" | lines)" = "$(lines <<<"$2")" ] || { page "$1"; return 1; }; } # shows EVENT ROWS
lines() { tr ' ' '\n' | sort; }
row() { echo "$2" >>"$exports/$1"; }                             # row FILE LINE
active() { systemctl -q is-active "$1"; }
property() { systemctl show --value -p "$1" "${2:-finishwatch}"; }
exit78() { ! systemctl start finishwatch && [ "$(property ExecMainStatus)" = 78 ] && ! active finishwatch; }
said() { journalctl -q --no-pager -u "${2:-finishwatch}" | grep -F -- "$1" >/dev/null; }
live() { property StatusText "${1:-finishwatch}" | grep -E '^LIVE' >/dev/null; }

configuration() { # configuration EVENT FILES
  cat <<TOML
[opentrack]
competition = "http://127.0.0.1:8080/x/2026/GBR/api-test/"
username = "api-test@mailinator.com"
timeout = "1s"
min_interval = "0s"
[watch]
dir = "$timing"
[[race]]
files = ["$2"]
eventid = "$1"
TOML
}

prepare() {
  ours >/var/tmp/before.txt
  mkdir -p "$timing" "$exports" /home/me
  chmod 755 "$exports" /home/me
  echo secret >/home/me/secret
  mount --bind "$exports" "$timing"
  echo 'Bib,Time' >"$exports/5k.csv"
  dpkg-deb -x /test/finishwatch_1.0.0_*.deb /var/tmp/unpacked
  systemd-run -q --unit=opentrack /var/tmp/unpacked/usr/bin/finishwatch sandbox --listen 127.0.0.1:8080
  await 20 page R1
  systemd-run -q --unit=ipv6 python3 -m http.server --bind ::1 8081
  await 20 python3 -c 'import socket; socket.create_connection(("::1", 8081))'
}

installs() {
  dpkg -i /test/finishwatch_1.0.0_*.deb && ! active finishwatch && ! systemctl -q is-enabled finishwatch &&
    [ -f /etc/finishwatch/config.example.toml ] && [ ! -e /etc/finishwatch/config.toml ]
}
unconfigured() { exit78 && await 10 said /etc/finishwatch/config.toml; }
without_password() {
  configuration R1 '5k*.csv' >/etc/finishwatch/config.toml
  exit78 && await 10 said 'no password for OpenTrack' && await 10 said 'finishwatch does not start with it'
}
logs_in() {
  ! echo wrong | finishwatch login && [ ! -e /etc/finishwatch/opentrack.password ] && echo apitest | finishwatch login &&
    [ "$(stat -c %U:%a /etc/finishwatch/opentrack.password)" = root:600 ]
}
all_lights_green() { # as root sees it; the ledger where `init` puts it is where the service may not write
  finishwatch check --online >/var/tmp/lights.txt && ! grep -E 'RED|attention' /var/tmp/lights.txt || { cat /var/tmp/lights.txt; return 1; }
  cp /etc/finishwatch/config.toml /var/tmp/good.toml
  printf '[state]\nfile = "finishwatch.db"\n' >>/etc/finishwatch/config.toml
  finishwatch check --online >/var/tmp/lights.txt || true
  cp /var/tmp/good.toml /etc/finishwatch/config.toml
  grep 'RED  ledger .*may not write /etc/finishwatch' /var/tmp/lights.txt || { cat /var/tmp/lights.txt; return 1; }
}
starts() { systemctl enable --now finishwatch && active finishwatch && await 10 live && [ "$(stat -c %a /var/lib/private/finishwatch)" = 700 ]; }
sends() { row 5k.csv 1,14:20 && await 20 shows R1 1=14:20 && finishwatch status; }
journal_of_a_bib() {
  journalctl -q --no-pager -u finishwatch BIB=1 | grep confirmed >/dev/null || return
  row 5k.csv 2,nonsense
  await 20 said 'row held' || return
  journalctl -q --no-pager -x -u finishwatch | grep '^-- Safe: Nothing of it goes out\|Safe: Nothing of it goes out' >/dev/null
}
reloads() {
  printf '[[race]]\nfiles = ["10k*.csv"]\neventid = "R2"\n' >>/etc/finishwatch/config.toml
  printf 'Bib,Time\n7,34:20\n' >"$exports/10k.csv"
  local pid
  pid=$(property MainPID)
  systemctl reload finishwatch && await 20 shows R2 7=34:20 && [ "$(property MainPID)" = "$pid" ] && row 5k.csv 3,14:30 &&
    await 20 shows R1 '1=14:20 3=14:30'
}
explained() { journalctl -q --no-pager -x -u finishwatch | grep -F "Safe: finishwatch $1" >/dev/null; }
refuses_a_reload() {
  cp /etc/finishwatch/config.toml /var/tmp/good.toml
  echo 'eventd = "R3"' >>/etc/finishwatch/config.toml
  local pid
  pid=$(property MainPID)
  ! systemctl reload finishwatch && await 10 said 'unknown key eventd' && await 10 explained 'goes on with the configuration from before' && active finishwatch && [ "$(property MainPID)" = "$pid" ] || return
  cp /var/tmp/good.toml /etc/finishwatch/config.toml
  row 5k.csv 4,14:40
  await 20 shows R1 '1=14:20 3=14:30 4=14:40'
}
survives_a_kill() {
  local pid
  pid=$(property MainPID)
  kill -9 "$pid"
  row 5k.csv 5,14:50
  await 20 shows R1 '1=14:20 3=14:30 4=14:40 5=14:50' && [ "$(property MainPID)" != "$pid" ]
}
survives_a_lost_folder() {
  local pid
  pid=$(property MainPID)
  umount "$timing"
  rmdir "$timing" && await 20 no_folder && mkdir "$timing" || return
  row 5k.csv 6,15:00
  mount --bind "$exports" "$timing"
  await 20 shows R1 '1=14:20 3=14:30 4=14:40 5=14:50 6=15:00' && await 20 live && [ "$(property MainPID)" = "$pid" ]
}
no_folder() { property StatusText | grep 'NO FOLDER' >/dev/null; }
obeys() { # the socket is systemd's, so that who asks is told apart by the service itself
  local answer
  finishwatch pause && await 10 sh -c 'finishwatch status | grep PAUSED' && finishwatch resume && await 10 live || return
  ! answer=$(runuser -u nobody -- /test/probe ask /run/finishwatch.sock) && grep 'only root' <<<"$answer" && live
}
# A question about the ledger starts nothing: not while the service is stopped, and not after a mistake has ended it.
asked_while_stopped() {
  systemctl stop finishwatch && await 10 no_socket && finishwatch history 1 | grep confirmed && ! active finishwatch || return
  cp /etc/finishwatch/config.toml /var/tmp/good.toml
  echo 'eventd = "R3"' >>/etc/finishwatch/config.toml
  exit78 && cp /var/tmp/good.toml /etc/finishwatch/config.toml && finishwatch history 1 | grep confirmed && ! active finishwatch &&
    await 10 no_socket && systemctl start finishwatch && await 10 live && finishwatch pause && finishwatch resume
}
no_socket() { [ ! -e /run/finishwatch.sock ]; }
# However often it is started anew, it hears commands; and the socket does not come or go without the service.
hears_after_every_start() {
  for _ in 1 2 3 4 5 6 7 8; do systemctl restart finishwatch || return; done
  ! systemctl stop finishwatch.socket && ! systemctl restart finishwatch.socket && await 10 live && finishwatch pause && finishwatch resume
}
stops_at_once() {
  local began=${EPOCHREALTIME/./}
  systemctl stop finishwatch
  [ $((${EPOCHREALTIME/./} - began)) -lt 1500000 ] && [ "$(property Result)" = success ] && systemctl start finishwatch
}

in_its_place() { # in_its_place UNIT: the probe takes the place of the program in the very same unit
  systemctl stop "$1"
  mount --bind /test/probe /usr/bin/finishwatch
  systemctl start "$1"
  umount /usr/bin/finishwatch
}
probe() {
  in_its_place finishwatch
  # Without the unit, as root, all of it works: what it destroys is put back.
  mkdir /var/tmp/kept
  cp -a /etc/finishwatch /var/tmp/kept/finishwatch.d
  cp -a "$exports" /usr/bin/finishwatch /var/tmp/kept
  (cd /var/tmp && STATE_DIRECTORY=/var/tmp RUNTIME_DIRECTORY=/run /test/probe)
  cp -a /var/tmp/kept/finishwatch.d/. /etc/finishwatch/
  cp -a /var/tmp/kept/exports/. "$exports"
  cp -a /var/tmp/kept/finishwatch /usr/bin/finishwatch
  rm -f "$exports/forged.csv"
  systemctl reset-failed finishwatch
}
can() { grep -qx "$1: done" /var/lib/private/finishwatch/probe.txt; }
cannot() { grep "^$1: denied" /var/lib/private/finishwatch/probe.txt && grep "^$1: done" /var/tmp/probe.txt; }
never_by_anybody() { grep "^$1: denied" /var/lib/private/finishwatch/probe.txt; }
denies() {
  local what
  for what in 'read the watched folder' 'write its own state' 'call out' 'call out over IPv6'; do
    try "may $what" can "$what"
  done
  for what in 'write the watched folder' 'change an export' 'read /etc/shadow' 'read the password file' 'see home folders' \
    'run a shell' 'run what it wrote' 'run what it wrote to /tmp' 'run what it wrote to /var/tmp' 'run what it wrote to /dev/shm' \
    'run what it wrote to its runtime folder' 'run what it wrote to /home' 'run what it wrote to /root' 'run what it wrote to /run/user' \
    'run what it has only in memory' 'leave something in shared memory' 'leave something in /run/lock' 'change its settings' 'listen on a port' 'listen on a UDP port' 'open a raw socket' 'open another kind of socket' \
    'make memory that is written and run' 'become root' 'make a namespace' 'see other processes'; do
    try "may not $what" cannot "$what"
  done
  [ ! -S /run/dbus/system_bus_socket ] || try "may not speak on the system's bus" cannot "speak on the system's bus"
  for what in 'change its program' 'set the clock' "change the kernel's settings"; do # a container forbids some of it, too
    try "may not $what" never_by_anybody "$what"
  done
}

two_instances() {
  local name
  for name in a b; do
    configuration "$([ $name = a ] && echo R1 || echo R2)" "$name*.csv" >/etc/finishwatch/$name.toml
    echo apitest | finishwatch login --config /etc/finishwatch/$name.toml || return
    printf 'Bib,Time\n10%s,16:00\n' "$([ $name = a ] && echo 1 || echo 2)" >"$exports/$name.csv"
  done
  systemctl start finishwatch@a finishwatch@b && await 20 shows R2 '102=16:00 7=34:20' &&
    await 20 shows R1 '1=14:20 101=16:00 3=14:30 4=14:40 5=14:50 6=15:00' &&
    systemctl restart finishwatch && await 20 finishwatch status --config /etc/finishwatch/a.toml &&
    finishwatch status --config /etc/finishwatch/b.toml && finishwatch reload --config /etc/finishwatch/a.toml &&
    [ -e /var/lib/finishwatch@a/finishwatch.db ] && systemctl stop finishwatch@a && active finishwatch@b && active finishwatch
}
strangers() { # of two instances none commands or ends the other; root would
  local pid
  pid=$(property MainPID)
  mkdir -p /run/systemd/system/finishwatch@a.service.d
  printf '[Service]\nEnvironment=OTHER_SOCKET=/run/finishwatch.sock OTHER_PID=%s\n' "$pid" >/run/systemd/system/finishwatch@a.service.d/other.conf
  systemctl daemon-reload
  in_its_place finishwatch@a
  rm -r /run/systemd/system/finishwatch@a.service.d
  systemctl daemon-reload
  systemctl reset-failed finishwatch@a
  (STATE_DIRECTORY=/var/tmp OTHER_SOCKET=/run/finishwatch.sock OTHER_PID=$pid /test/probe)
  finishwatch resume
  cat /var/lib/private/finishwatch@a/probe.txt
  grep -x 'of another instance it may: command end' /var/tmp/probe.txt && grep -x 'of another instance it may: ' /var/lib/private/finishwatch@a/probe.txt
}
leaves_no_memory() {
  grep -E '^Max core file size +0 +0 ' "/proc/$(property MainPID)/limits" && [ "$(property TasksMax)" = 256 ]
}
upgrades() {
  local pid before
  pid=$(property MainPID)
  cp /etc/finishwatch/config.toml /var/tmp/before.toml
  echo '# mine' >>/etc/finishwatch/config.example.toml
  dpkg -i /test/finishwatch_1.1.0_*.deb || return
  cmp /var/tmp/before.toml /etc/finishwatch/config.toml && grep '# mine' /etc/finishwatch/config.example.toml &&
    [ "$(property MainPID)" != "$pid" ] && active finishwatch && active finishwatch@b && ! active finishwatch@a || return
  row 5k.csv 8,15:10
  await 20 shows R1 '1=14:20 101=16:00 3=14:30 4=14:40 5=14:50 6=15:00 8=15:10' && finishwatch history 1 | grep confirmed &&
    finishwatch version | grep 1.1.0
}
hangs() {
  local restarts
  restarts=$(property NRestarts)
  touch /var/lib/private/finishwatch/finishwatch.db.hang-upload
  chown --reference=/var/lib/private/finishwatch /var/lib/private/finishwatch/finishwatch.db.hang-upload
  row 5k.csv 9,15:20
  await 120 restarted "$restarts" && await 10 said 'a loop hangs' && await 10 said 'Watchdog timeout' &&
    await 20 shows R1 '1=14:20 101=16:00 3=14:30 4=14:40 5=14:50 6=15:00 8=15:10 9=15:20' && await 10 live
}
restarted() { [ "$(property NRestarts)" -gt "$1" ]; }

drop_in() { # drop_in NAME BIB MARK [EDIT]
  mkdir -p /etc/systemd/system/finishwatch.service.d
  sed "${4:-}" "/usr/share/finishwatch/drop-ins/$1.conf" >"/etc/systemd/system/finishwatch.service.d/$1.conf"
  systemctl daemon-reload && systemctl restart finishwatch && await 20 live || return
  row 5k.csv "$2,$3"
  await 20 sh -c "curl -s http://127.0.0.1:8080/x/2026/GBR/api-test/event/R1/1/1/json/ | grep -F '$3'" || return
  systemctl reload finishwatch && await 20 live || return
  rm "/etc/systemd/system/finishwatch.service.d/$1.conf"
  systemctl daemon-reload
}
home() {
  mkdir -p /home/me/race/timing
  cp "$exports/5k.csv" /home/me/race/timing/
  sed -i 's#^dir = .*#dir = "/home/me/race/timing"#' /etc/finishwatch/config.toml
  systemctl restart finishwatch
  await 20 no_folder && { finishwatch status || true; } | grep drop-in || return
  mkdir -p /etc/systemd/system/finishwatch.service.d
  cp /usr/share/finishwatch/drop-ins/home.conf /etc/systemd/system/finishwatch.service.d/
  systemctl daemon-reload && systemctl restart finishwatch && await 20 live
}

# The alert's program is written into the runtime folder, the only one that it and this test both see.
alert_command() {
  printf '#!/bin/sh\nprintf "%%s %%s\\n" "$FINISHWATCH_ALERT" "$FINISHWATCH_ALERT_STATE" >/run/finishwatch/told\n' >/usr/local/bin/alert-phone
  chmod 755 /usr/local/bin/alert-phone
  printf '[alert]\ncommand = "/usr/local/bin/alert-phone"\n' >>/etc/finishwatch/config.toml
  systemctl restart finishwatch && await 20 live && loses_folder && await 20 said 'alert command did not work' &&
    [ ! -e /run/finishwatch/told ] && await 20 sh -c 'finishwatch status | grep alert-command.conf' && finds_folder || return
  mkdir -p /etc/systemd/system/finishwatch.service.d
  cp /usr/share/finishwatch/drop-ins/alert-command.conf /etc/systemd/system/finishwatch.service.d/
  systemctl daemon-reload && systemctl restart finishwatch && await 20 live && loses_folder &&
    await 20 grep -x 'folder began' /run/finishwatch/told && finds_folder || return
  rm /etc/systemd/system/finishwatch.service.d/alert-command.conf
  systemctl daemon-reload && systemctl restart finishwatch && await 20 live
}
loses_folder() { umount "$timing" && rmdir "$timing" && await 20 no_folder; }
finds_folder() { mkdir "$timing" && mount --bind "$exports" "$timing" && await 20 live; }

# ours lists what bears the program's name, wherever: on this machine, some of it was there before the package. What this
# test itself keeps is not looked at.
ours() {
  find / -xdev \( -path /proc -o -path /sys -o -path /var/tmp -o -path /tmp -o -path /test -o -path /srv \) -prune \
    -o -name '*finishwatch*' -print 2>/dev/null | sort
}
purges() {
  # What somebody put elsewhere, or mounted, is theirs.
  mkdir -p /srv/theirs/linked /srv/theirs/mounted /var/lib/private/finishwatch@mounted
  touch /srv/theirs/linked/file /srv/theirs/mounted/file
  ln -s /srv/theirs/linked /var/lib/finishwatch@linked
  mount --bind /srv/theirs/mounted /var/lib/private/finishwatch@mounted
  dpkg -P finishwatch >/var/tmp/purge.txt 2>&1 || { cat /var/tmp/purge.txt; return 1; }
  ! active finishwatch && ! active finishwatch@b && grep 'finishwatch.service.d is yours and stays' /var/tmp/purge.txt || return
  [ -e /srv/theirs/linked/file ] && [ -e /srv/theirs/mounted/file ] && grep 'finishwatch@mounted stays' /var/tmp/purge.txt ||
    { cat /var/tmp/purge.txt; return 1; }
  umount /var/lib/private/finishwatch@mounted && rmdir /var/lib/private/finishwatch@mounted
  comm -13 /var/tmp/before.txt <(ours) | diff - <(echo /etc/systemd/system/finishwatch.service.d)
}

prepare
try 'the package installs, and starts nothing' installs
try 'without settings it ends with 78, is not started again, and says what is missing' unconfigured
try 'without a password it ends with 78 and says so, with an explanation in the journal' without_password
try 'login tries a password and stores it for root alone' logs_in
try 'check --online sees nothing wrong, and sees a ledger where the service may not write' all_lights_green
try 'it starts, is ready, and the status line says LIVE' starts
try 'a row reaches the page' sends
try 'the journal is asked for a bib, and explains a held row' journal_of_a_bib
try 'a good configuration is reloaded without losing a row' reloads
try 'a bad one is refused with its mistake, and the one before stays' refuses_a_reload
try 'kill -9 loses nothing' survives_a_kill
try 'the folder is unmounted, and mounted again' survives_a_lost_folder
try 'root is obeyed, and nobody else' obeys
try 'a command while it is stopped starts nothing' asked_while_stopped
try 'however often it is started, commands reach it' hears_after_every_start
try 'it stops within a second' stops_at_once
try 'a crash leaves no memory in a file, and threads are bounded' leaves_no_memory
probe
denies
systemctl start finishwatch
try 'two instances beside the service' two_instances
try 'of two instances none commands or ends the other' strangers
try 'an upgrade keeps settings and ledger and goes on' upgrades
try 'a hang is ended by the watchdog, and nothing is lost' hangs
try 'drop-in root-directory.conf' drop_in root-directory 10 15:30
try 'drop-in share.conf' drop_in share 11 15:40
try 'an alert: its program is denied, and works with alert-command.conf' alert_command
try 'exports below /home: it names the drop-in, and works with home.conf' home
try 'purge leaves nothing but what it says' purges
[ "$failures" = 0 ] && echo 'ALL WELL'
