package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unicode"
)

// file is the path of a file or folder on this machine. Whether it exists is found out by the one who opens it: a share
// may come later.
type file struct {
	example string
	filled  bool
	plain   bool // a file and no folder
}

func (f file) read(v value) (string, []fault) {
	s, faults := text{example: f.example, most: 4000, filled: f.filled}.read(v)
	if mistaken := backslashFault(v); mistaken != nil {
		faults = mistaken
	}
	if faults == nil {
		faults = blankEndFault(v, s)
	}
	switch {
	case faults != nil:
		return "", faults
	case s == "~" || strings.HasPrefix(s, "~/"):
		return "", v.wrong("write the whole path, such as "+strconv.Quote(f.example), "~ is not understood here: a service has no home folder")
	case strings.Contains(s, "://"):
		return "", v.wrong("write only the path, such as "+strconv.Quote(f.example)+f.mounted(), "%s is an address, not a path", short(s))
	case f.plain && (strings.HasSuffix(s, "/") || strings.HasSuffix(s, `\`)):
		return "", v.wrong(v.write(written(s+filepath.Base(f.example))), "%s is a folder; the name of the file is missing", short(s))
	case filepath.VolumeName(s) != "" && !filepath.IsAbs(s): // only on Windows
		drive := filepath.VolumeName(s)
		return "", v.wrong("write '"+drive+`\`+strings.TrimPrefix(s, drive)+"' in single quotes", "%s does not say where on %s", short(s), drive)
	}
	return s, nil
}

// mounted is what else to know about a folder on another machine.
func (f file) mounted() string {
	if f.plain {
		return ""
	}
	return "; a share has to be mounted first"
}

// blankEndFault refuses a path with a blank at one of its ends, which nobody sees and nothing is called.
func blankEndFault(v value, s string) []fault {
	if trimmed := strings.TrimSpace(s); trimmed != s && trimmed != "" {
		return v.wrong(v.write(written(trimmed)), "there is a blank at the beginning or the end of %s", short(s))
	}
	return nil
}

// backslashFault refuses a path in double quotes whose backslashes mean something else than backslashes. "C:\xab" is
// good TOML for "C:«", and nobody means that.
func backslashFault(v value) []fault {
	raw := v.raw()
	if !strings.HasPrefix(raw, `"`) || !strings.Contains(strings.NewReplacer(`\\`, "", `\"`, "").Replace(raw), `\`) {
		return nil
	}
	text := "a backslash in double quotes means something else"
	s, _ := v.any.(string)
	for _, r := range s {
		if unicode.IsControl(r) {
			text = "a backslash in double quotes turned into " + controlName(r)
			break
		}
	}
	fix := "write / instead of each backslash"
	if instead, ok := inSingleQuotes(raw); ok {
		fix = v.write(instead) + " in single quotes, where a backslash is only a backslash"
	}
	faults := v.wrong(fix, "%s", text)
	faults[0].offset = max(badEscape(raw), 0)
	return faults
}

// resolve makes every path absolute; relative ones begin beside the configuration file.
func (c *Config) resolve() {
	paths := []*string{&c.OpenTrack.PasswordFile, &c.Watch.Dir, &c.State.File}
	if command := c.Alert.Command; len(command) > 0 && strings.ContainsAny(command[0], `/\`) {
		paths = append(paths, &command[0]) // a bare name is looked for in $PATH
	}
	for i := range c.Races {
		paths = append(paths, &c.Races[i].ChipFile)
	}
	for _, p := range paths {
		if *p != "" {
			*p = c.absolute(*p)
		}
	}
}

func (c *Config) absolute(path string) string {
	switch {
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case os.IsPathSeparator(path[0]): // the top of a drive, on Windows
		return filepath.Clean(filepath.VolumeName(c.Path) + path)
	}
	return filepath.Join(filepath.Dir(c.Path), path)
}

// defaultStateFile is where the ledger lies when nobody says otherwise: in the folder that systemd made for it, else
// where such things belong on this operating system.
func defaultStateFile(system string, getenv func(string) string) string {
	const name = "finishwatch.db"
	// A unit may name several folders; systemd then joins them by colons.
	if dir, _, _ := strings.Cut(getenv("STATE_DIRECTORY"), ":"); dir != "" && system != "windows" {
		return filepath.Join(dir, name)
	}
	switch system {
	case "windows":
		dir := getenv("ProgramData")
		if dir == "" {
			dir = `C:\ProgramData`
		}
		return dir + `\finishwatch\` + name
	case "darwin":
		if home := getenv("HOME"); home != "" {
			return filepath.Join(home, "Library", "Application Support", "finishwatch", name)
		}
	}
	return "/var/lib/finishwatch/" + name
}

// systemStateFile is defaultStateFile of this machine, for the configuration at path. An instance of the service has its
// own ledger, also for who asks about it from a shell.
func systemStateFile(path string, getenv func(string) string) string {
	if instance := Instance(path); instance != "" && getenv("STATE_DIRECTORY") == "" && runtime.GOOS == "linux" {
		return "/var/lib/finishwatch@" + instance + "/finishwatch.db"
	}
	return defaultStateFile(runtime.GOOS, getenv)
}

// OwnFolder is the folder of the ledger where finishwatch makes it itself: its usual place on Windows and macOS, where no
// service manager has made it. Empty for any other: a folder that a person named may be one that is not mounted yet.
func (c *Config) OwnFolder(system string, getenv func(string) string) string {
	file := defaultStateFile(system, getenv)
	if system != "windows" && (system != "darwin" || getenv("HOME") == "") || c.State.File != file {
		return ""
	}
	return file[:strings.LastIndexAny(file, `/\`)]
}

// Instance is the NAME of finishwatch@NAME.service, whose configuration is /etc/finishwatch/NAME.toml; empty for that of
// finishwatch.service and for any other.
func Instance(path string) string {
	name, isTOML := strings.CutSuffix(path, ".toml")
	name, isThere := strings.CutPrefix(name, "/etc/finishwatch/")
	if !isTOML || !isThere || name == "config" || strings.Contains(name, "/") {
		return ""
	}
	return name
}

// Served reports whether a configuration is that of a service, which has a place of its own for ledger and password.
func Served(path string) bool { return path == "/etc/finishwatch/config.toml" || Instance(path) != "" }

// DefaultFile is where the configuration lies when nobody says otherwise: where the service has it, and on other operating
// systems beside the ledger.
func DefaultFile(system string, getenv func(string) string) string {
	const name = "config.toml"
	switch ledger := defaultStateFile(system, getenv); system {
	case "windows":
		return ledger[:strings.LastIndexByte(ledger, '\\')+1] + name
	case "darwin":
		if getenv("HOME") != "" {
			return filepath.Join(filepath.Dir(ledger), name)
		}
	}
	return "/etc/finishwatch/" + name
}

// StatusFile is where the daemon writes its status and `finishwatch status` looks for it: in the runtime directory
// that systemd made, else beside the ledger.
func (c *Config) StatusFile(getenv func(string) string) string {
	if dir, _, _ := strings.Cut(getenv("RUNTIME_DIRECTORY"), ":"); dir != "" && runtime.GOOS != "windows" {
		return filepath.Join(dir, "status.json")
	}
	return c.State.File + ".status.json"
}
