package checkup

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// folder checks that whoever runs finishwatch can read the exports. The service has a user of its own, who is nobody's
// friend: it reads what everybody may read.
func folder(f Facts) Finding {
	const name = "watched folder"
	dir := f.Config.Watch.Dir
	listing := f.Look()
	switch {
	case listing.Folder != nil:
		return red(name, "make or mount it, or correct [watch] dir", "%v", listing.Folder)
	case len(listing.Troubles) > 0:
		return red(name, "let finishwatch's user read it", "%s: %s", listing.Troubles[0].Path, listing.Troubles[0].Reason)
	case f.Service == "":
		return green(name, "%s is readable, %d exports", dir, len(listing.Files))
	}
	if isHome(dir) && !shownByDropIn(f, dir) {
		return red(name, "use the drop-in /usr/share/finishwatch/drop-ins/home.conf; its comment says how",
			"the service does not see %s: it sees no homes", dir)
	}
	if shut := shutFor(f, dir); shut != "" {
		return red(name, fmt.Sprintf("chmod o+rx %s", shut), "the service's user may not enter %s", shut)
	}
	for _, file := range listing.Files {
		full := filepath.Join(dir, filepath.FromSlash(file))
		if info, err := fs.Stat(f.Files, below(full)); err == nil && info.Mode().Perm()&0o004 == 0 {
			return red(name, fmt.Sprintf("chmod o+r %s, and let the timing program write so", full), "the service's user may not read %s", full)
		}
	}
	return green(name, "the service's user can read %s, %d exports", dir, len(listing.Files))
}

// below is a path of this machine for an [fs.FS] of its root.
func below(file string) string {
	if file = strings.TrimPrefix(filepath.ToSlash(file), "/"); file == "" {
		return "."
	}
	return file
}

func isHome(dir string) bool {
	return slices.ContainsFunc([]string{"/home", "/root", "/run/user"}, func(home string) bool {
		return dir == home || strings.HasPrefix(dir, home+"/")
	})
}

// shownByDropIn reports whether a drop-in of the service binds the folder or one above it.
func shownByDropIn(f Facts, dir string) bool {
	files, _ := fs.Glob(f.Files, "etc/systemd/system/"+f.Service+".service.d/*.conf")
	for _, file := range files {
		for bound := range strings.FieldsSeq(setting(f, file, "BindReadOnlyPaths")) {
			bound, _, _ = strings.Cut(strings.TrimPrefix(bound, "-"), ":")
			if dir == bound || strings.HasPrefix(dir, strings.TrimSuffix(bound, "/")+"/") {
				return true
			}
		}
	}
	return false
}

// shutFor is the folder on the way that not everybody may enter, or nothing. A bound folder is entered directly.
func shutFor(f Facts, dir string) string {
	for at := dir; at != "/" && at != "."; at = path.Dir(at) {
		info, err := fs.Stat(f.Files, below(at))
		if err != nil {
			return ""
		}
		need := fs.FileMode(0o001)
		if at == dir {
			need = 0o005
		}
		if info.Mode().Perm()&need != need && !isHomeRoot(at) {
			return at
		}
	}
	return ""
}

// isHomeRoot reports whether a folder is somebody's home or above: with the drop-in the service does not pass it.
func isHomeRoot(at string) bool {
	return at == "/root" || at == "/home" || path.Dir(at) == "/home" || path.Dir(at) == "/run/user"
}

// kind says whether the folder is on this machine.
func kind(f Facts) Finding {
	const name = "kind of folder"
	listing := f.Look()
	switch {
	case listing.Folder != nil:
		return unknown(name, "not known while the folder cannot be listed")
	case listing.Share != "":
		return green(name, "a network share (%s): looked at every %s", listing.Share, f.Config.Watch.Poll)
	}
	return green(name, "on this machine: changes are noticed at once")
}

// The least that leaves room for an exports tree beside what a desktop takes.
const (
	leastWatches   = 8192
	leastInstances = 128
)

func inotify(f Facts) Finding {
	const name = "notifications"
	if !f.Linux {
		return unknown(name, "the limits are Linux's")
	}
	for _, limit := range []struct {
		file  string
		least int
	}{{"max_user_watches", leastWatches}, {"max_user_instances", leastInstances}} {
		data, err := fs.ReadFile(f.Files, "proc/sys/fs/inotify/"+limit.file)
		if err != nil {
			return unknown(name, "this kernel does not tell its limits")
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && n < limit.least {
			return red(name, fmt.Sprintf("sysctl -w fs.inotify.%s=%d; without, changes are found by looking, every %s", limit.file, limit.least,
				f.Config.Watch.Poll), "fs.inotify.%s is %d", limit.file, n)
		}
	}
	return green(name, "the limits of inotify leave room")
}

// leastFree is room for the ledger of the largest races many times over, and for the system to live.
const leastFree = 500 << 20

func space(f Facts) Finding {
	const name = "free space"
	dir := filepath.Dir(f.Config.State.File)
	free, err := f.Free(dir)
	switch {
	case err != nil:
		return unknown(name, "%s cannot be asked: %v", dir, err)
	case free < leastFree:
		return red(name, "make room: a full disk stops the ledger, and with it what is sent", "%d MB where the ledger is (%s)", free>>20, dir)
	}
	return green(name, "%d MB where the ledger is", free>>20)
}

// lid checks that closing the lid does not put the laptop to sleep (logind.conf(5): the default is to suspend).
func lid(f Facts) Finding {
	const name = "lid"
	if !f.Linux {
		return unknown(name, "look into the power settings: closing the lid must not put this laptop to sleep")
	}
	if lids, _ := fs.Glob(f.Files, "proc/acpi/button/lid/*"); len(lids) == 0 {
		return green(name, "this machine has none")
	}
	battery := or(configured(f, "logind", "HandleLidSwitch"), "suspend")
	for _, does := range []string{battery, or(configured(f, "logind", "HandleLidSwitchExternalPower"), battery)} {
		if does != "ignore" && does != "lock" {
			return red(name, "write [Login], HandleLidSwitch=ignore and HandleLidSwitchExternalPower=ignore into "+
				"/etc/systemd/logind.conf.d/race.conf, and restart the laptop", "closing it means %s", does)
		}
	}
	return green(name, "closing it does not put this laptop to sleep")
}

// journal checks that the log is there after a restart (journald.conf(5): auto keeps it where /var/log/journal is).
func journal(f Facts) Finding {
	const name = "journal"
	if !f.Linux {
		return unknown(name, "there is none here; the log goes to where standard error goes")
	}
	if _, err := fs.Stat(f.Files, "run/systemd/system"); err != nil {
		return unknown(name, "systemd does not run here")
	}
	storage := or(configured(f, "journald", "Storage"), "auto")
	_, err := fs.Stat(f.Files, "var/log/journal")
	if storage == "persistent" || storage == "auto" && err == nil {
		return green(name, "kept on disk")
	}
	return red(name, "mkdir -p /etc/systemd/journald.conf.d /var/log/journal, write [Journal] and Storage=persistent into "+
		"/etc/systemd/journald.conf.d/race.conf, and run: systemctl restart systemd-journald", "forgotten when this laptop restarts (Storage=%s)", storage)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// configured is a setting of one of systemd's daemons: the main file, and then its drop-ins in the order of their names,
// of which the last one counts (systemd-system.conf(5)).
func configured(f Facts, daemon, key string) string {
	byName := map[string]string{}
	for _, folder := range []string{"usr/lib", "run", "etc"} { // the same name in a later one hides the earlier
		files, _ := fs.Glob(f.Files, folder+"/systemd/"+daemon+".conf.d/*.conf")
		for _, file := range files {
			byName[path.Base(file)] = file
		}
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	value := setting(f, "etc/systemd/"+daemon+".conf", key)
	for _, name := range names {
		value = or(setting(f, byName[name], key), value)
	}
	return value
}

// setting is what a file of systemd's kind sets a key to, the last time; several lines of a list are joined.
func setting(f Facts, file, key string) string {
	data, err := fs.ReadFile(f.Files, file)
	if err != nil {
		return ""
	}
	var values []string
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		if k, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "="); ok && strings.TrimSpace(k) == key {
			values = append(values, strings.TrimSpace(value))
		}
	}
	if strings.HasPrefix(key, "Bind") {
		return strings.Join(values, " ")
	}
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
