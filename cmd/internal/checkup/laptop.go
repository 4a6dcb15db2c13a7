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

// folder checks that whoever runs finishwatch can read the exports. The service reads what everybody may read, in the
// places that it sees.
func folder(f Facts) Finding {
	const name = "watched folder"
	dir := f.Config.Watch.Dir
	listing := f.Look()
	switch {
	case listing.Folder != nil:
		return red(name, "make or mount it, or correct [watch] dir", "%v", listing.Folder)
	case len(listing.Troubles) > 0:
		reason, mend := listing.Troubles[0].Reason, "look at it"
		if at := strings.LastIndex(reason, ": "); at >= 0 {
			reason, mend = reason[:at], reason[at+2:]
		}
		return red(name, mend, "%s: %s", listing.Troubles[0].Path, reason)
	case f.Service == "":
		return green(name, "%s is readable, exports: %d", dir, len(listing.Files))
	}
	if real, err := f.Resolve(dir); err == nil {
		dir = real
	}
	return seen(f, name, dir, listing.Files)
}

// seen checks a folder, whose path leads over no link, for the user of the service.
func seen(f Facts, name, dir string, files []string) Finding {
	top := named(f, dir, "BindReadOnlyPaths", "BindPaths")
	if why := hidden(dir); top == "" && why != "" {
		mend := "export into another folder, such as /srv/timing, and set [watch] dir"
		if why == noHomes {
			mend = "use the drop-in /usr/share/finishwatch/drop-ins/home.conf; its comment says how"
		}
		return red(name, mend, "the service does not see %s: %s", dir, why)
	}
	top = or(top, "/")
	if shut, may := shutFor(f, top, dir); shut != "" {
		return red(name, fmt.Sprintf("chmod o+%s %s (on a share: its mount options)", may, shut), "the service's user may not enter %s", shut)
	}
	for _, file := range files {
		full := path.Join(dir, file)
		way := []string{full}
		for at := path.Dir(full); at != dir; at = path.Dir(at) {
			way = append(way, at)
		}
		for _, at := range slices.Backward(way) {
			if shut, may := shutFor(f, at, at); shut != "" {
				return red(name, fmt.Sprintf("chmod o+%s %s, and let the timing program write so", may, shut), "the service's user may not read %s", shut)
			}
		}
	}
	return green(name, "the service's user can read %s, exports: %d", dir, len(files))
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
	if strings.HasSuffix(key, "Paths") {
		return strings.Join(values, " ")
	}
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
