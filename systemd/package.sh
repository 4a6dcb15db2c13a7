#!/usr/bin/env bash
# Builds the Debian package from a checkout: systemd/package.sh [FOLDER [VERSION]]. Two builds of a commit are equal byte
# for byte: every time in it is that of the commit (or SOURCE_DATE_EPOCH), and names are sorted. TAGS are for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(realpath -m "${1:-dist}")
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C CGO_ENABLED=0
arch=$(go env GOARCH)
version=${2:-0.1.0~$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S)}
case $arch in arm) arch=armhf ;; 386) arch=i386 ;; esac
umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

put() { install -D -m "$1" "$2" "$root/$3"; } # put MODE FILE PLACE

program() {
  GOOS=linux go build -trimpath -buildvcs=false -tags "${TAGS:-}" -ldflags "-s -w -buildid= -X main.version=$version" \
    -o "$root/usr/bin/finishwatch" ./cmd/finishwatch
}

# What is made from the program is made by one for this machine, whatever the package is for.
made_by_program() {
  local self=(env GOOS= GOARCH= go run -trimpath -buildvcs=false -ldflags "-X main.version=$version" ./cmd/finishwatch)
  mkdir -p "$root"/usr/share/{man/man1,bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  "${self[@]}" man | gzip -9n >"$root/usr/share/man/man1/finishwatch.1.gz"
  "${self[@]}" completion bash >"$root/usr/share/bash-completion/completions/finishwatch"
  "${self[@]}" completion zsh >"$root/usr/share/zsh/vendor-completions/_finishwatch"
  "${self[@]}" completion fish >"$root/usr/share/fish/vendor_completions.d/finishwatch.fish"
}

files() {
  put 644 systemd/finishwatch.service lib/systemd/system/finishwatch.service
  put 644 systemd/finishwatch@.service lib/systemd/system/finishwatch@.service
  put 644 systemd/finishwatch.socket lib/systemd/system/finishwatch.socket
  put 644 systemd/finishwatch@.socket lib/systemd/system/finishwatch@.socket
  put 644 systemd/finishwatch.catalog usr/lib/systemd/catalog/finishwatch.catalog
  put 644 config.example.toml etc/finishwatch/config.example.toml
  put 644 README.md usr/share/doc/finishwatch/README.md
  put 644 systemd/deb/lintian-overrides usr/share/lintian/overrides/finishwatch
  mkdir -p "$root/usr/lib/finishwatch/root" # the root of drop-ins/root-directory.conf
  for name in systemd/drop-ins/*.conf; do
    put 644 "$name" "usr/share/finishwatch/drop-ins/${name##*/}"
  done
}

documents() {
  local doc=$root/usr/share/doc/finishwatch
  gzip -9n "$doc/README.md"
  printf 'finishwatch (%s) unstable; urgency=medium\n\n  * Built from its source; git log says what changed.\n\n -- finishwatch <finishwatch@example.org>  %s\n' \
    "$version" "$(date -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
  licences >"$doc/copyright"
}

# The libraries are in the program, so that their licences come with it.
licences() {
  printf 'finishwatch is copyright of its authors. The program contains the Go runtime and the modules below, each under the\nlicence that follows its name.\n'
  printf '\n==== Go %s\n\n' "$(go env GOVERSION)"
  cat "$(go env GOROOT)/LICENSE"
  GOOS=linux go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/finishwatch | sort -u |
    while read -r path module_version dir; do
      printf '\n==== %s %s\n\n' "$path" "$module_version"
      find "$dir" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'notice*' \) -print0 | sort -z |
        while read -r -d '' file; do licence "$file"; done
    done
}

# Debian has the long one already.
licence() {
  if grep -q 'Apache License' "$1" && grep -q 'TERMS AND CONDITIONS' "$1"; then
    echo 'Apache License, Version 2.0: on Debian, /usr/share/common-licenses/Apache-2.0 has its text.'
  else
    cat "$1"
  fi
}

control() {
  mkdir "$root/DEBIAN"
  sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)/" \
    systemd/deb/control >"$root/DEBIAN/control"
  echo /etc/finishwatch/config.example.toml >"$root/DEBIAN/conffiles"
  for name in postinst prerm postrm; do
    put 755 "systemd/deb/$name" "DEBIAN/$name"
  done
  (cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

program
made_by_program
files
documents
control
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/finishwatch_${version}_$arch.deb" >&2
echo "$out/finishwatch_${version}_$arch.deb"
