package checkup

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// instanceName is what NAME of finishwatch@NAME may be: the instance's user, finishwatch-NAME, is named after it, and systemd
// takes no other one (systemd.exec(5), DynamicUser=).
var instanceName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,19}$`)

// unit checks that the service can begin to work: it bears a name that systemd takes, and reads its settings. Nobody else
// reads its password.
func unit(f Facts) Finding {
	const name = "service"
	if f.Service == "" {
		return green(name, "none has this configuration: it is run by hand, with the rights of who does")
	}
	if _, instance, is := strings.Cut(f.Service, "@"); is && !instanceName.MatchString(instance) {
		return red(name, "rename "+f.Config.Path+": up to 19 letters without accents, figures, - and _, such as 10k.toml; its password file, too",
			"systemd does not start %s", f.Service)
	}
	for _, file := range settings(f) {
		if real, err := f.Resolve(file); err == nil {
			file = real
		}
		if hidden(file) != "" && named(f, file, "BindReadOnlyPaths", "BindPaths") == "" {
			return red(name, "put it into /etc/finishwatch, itself and no link", "the service does not see %s: %s", file, hidden(file))
		}
		if shut, may := shutFor(f, "/", file); shut != "" {
			return red(name, fmt.Sprintf("chmod o+%s %s", may, shut), "the service's user may not read %s", shut)
		}
	}
	return password(f, name)
}

// password checks what systemd hands over. A password_file elsewhere is of no use: what the service's user may read,
// everybody may, and such a file is refused.
func password(f Facts, name string) Finding {
	own, file := f.Config.ServicePassword(), f.Config.OpenTrack.PasswordFile
	info, err := fs.Stat(f.Files, below(own))
	switch {
	case errors.Is(err, fs.ErrNotExist) && file != "" && file != own:
		return red(name, fmt.Sprintf("take password_file away from [opentrack] in %s, and run: finishwatch login --config %[1]s", f.Config.Path),
			"the service's user may not read %s", file)
	case err == nil && info.Mode().Perm()&0o006 != 0:
		return red(name, "chmod 600 "+own, "everybody on this machine can read or change %s", own)
	}
	return green(name, "%s can read its settings", f.Service)
}

// Why the service does not see a place.
const (
	noHomes  = "it sees no homes"
	ownFiles = "it has temporary folders of its own"
)

// hidden says why the service does not see a file or folder; nothing where it does.
func hidden(file string) string {
	in := func(places ...string) bool {
		return slices.ContainsFunc(places, func(place string) bool { return inside(file, place) })
	}
	switch {
	case in("/home", "/root", "/run/user"):
		return noHomes
	case in("/tmp", "/var/tmp", "/dev/shm"):
		return ownFiles
	}
	return ""
}

// settings are the files that the service reads besides the exports; the password is not among them, it is handed over.
func settings(f Facts) []string {
	files := []string{f.Config.Path}
	for _, race := range f.Config.Races {
		if race.ChipFile != "" {
			files = append(files, race.ChipFile)
		}
	}
	return files
}

// ledger checks that the service may write where the ledger is to be: it has one folder of its own (StateDirectory=).
func ledger(f Facts) Finding {
	const name = "ledger"
	file := f.Config.State.File
	if f.Service == "" {
		return green(name, "in %s", file)
	}
	own := "/var/lib/" + f.Service
	dir := path.Dir(file)
	if inside(dir, own) || inside(dir, "/var/lib/private/"+f.Service) || named(f, dir, "ReadWritePaths", "BindPaths") != "" {
		return green(name, "in %s", file)
	}
	return red(name, fmt.Sprintf("take file away from [state] in %s: the service then has it in %s", f.Config.Path, own),
		"the service may not write %s", dir)
}

// inside reports whether a folder is another one, or below it.
func inside(dir, other string) bool {
	return dir == other || strings.HasPrefix(dir, strings.TrimSuffix(other, "/")+"/")
}

// named is the folder, at or above dir, that a drop-in of the service names under one of the keys; empty where none does.
func named(f Facts, dir string, keys ...string) string {
	template, _, _ := strings.Cut(f.Service, "@")
	if template != f.Service {
		template += "@"
	}
	for _, unit := range []string{f.Service, template} { // the drop-ins of a template count for all of its instances
		files, _ := fs.Glob(f.Files, "etc/systemd/system/"+unit+".service.d/*.conf")
		for _, file := range files {
			for _, key := range keys {
				for bound := range strings.FieldsSeq(setting(f, file, key)) {
					if bound, _, _ = strings.Cut(strings.TrimPrefix(bound, "-"), ":"); inside(dir, bound) {
						return bound
					}
				}
			}
		}
	}
	return ""
}

// shutFor is the first folder or file, from top down to file, that not everybody may pass and read, and the right that is
// missing. The service has a user of its own, who is nobody's friend. What cannot be asked is not said.
func shutFor(f Facts, top, file string) (shut, may string) {
	way := []string{file}
	for at := file; at != top && at != "/" && at != "."; {
		at = path.Dir(at)
		way = append(way, at)
	}
	for _, at := range slices.Backward(way) {
		info, err := fs.Stat(f.Files, below(at))
		switch {
		case err != nil:
			return "", ""
		case info.IsDir() && at == file && info.Mode().Perm()&0o005 != 0o005:
			return at, "rx"
		case info.IsDir() && info.Mode().Perm()&0o001 == 0:
			return at, "x"
		case !info.IsDir() && info.Mode().Perm()&0o004 == 0:
			return at, "r"
		}
	}
	return "", ""
}

// below is a path of this machine for an [fs.FS] of its root.
func below(file string) string {
	if file = strings.TrimPrefix(filepath.ToSlash(file), "/"); file == "" {
		return "."
	}
	return file
}
