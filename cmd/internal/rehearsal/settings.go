package rehearsal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"finishwatch/cmd/internal/config"
)

// The login of the imitation, which OpenTrack's documentation gives to everybody.
const (
	username = "api-test@mailinator.com"
	password = "apitest"
)

// settings writes the configuration of a rehearsal into its folder and reads it as the daemon does.
func settings(dir string, text []byte) (*config.Config, error) {
	if err := os.Mkdir(filepath.Join(dir, "timing"), 0o755); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(password+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	return cfg, nil
}

// plainSettings are a configuration that a person could have written.
func plainSettings(address, interval, races string) []byte {
	return fmt.Appendf(nil, `[opentrack]
competition   = "http://%s/x/2026/GBR/api-test/"
username      = "%s"
password_file = "password"
min_interval  = "%s"

[watch]
dir    = "timing"
settle = "100ms"

[state]
file = "finishwatch.db"

[log]
level  = "debug"
format = "json"
%s`, address, username, interval, races)
}

// ownSettings are a person's configuration with the imitation's address and login, and a folder and a ledger of the
// rehearsal's. All else stays: columns, clock, start, rounding, chip map, politeness.
func ownSettings(path, address string) ([]byte, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	var all map[string]any
	if err := toml.Unmarshal([]byte(strings.TrimPrefix(string(raw), "\ufeff")), &all); err != nil {
		return nil, fmt.Errorf("rehearsal: read %s: %w", path, err)
	}
	set := func(table, key string, value any) {
		if _, ok := all[table].(map[string]any); !ok {
			all[table] = map[string]any{}
		}
		all[table].(map[string]any)[key] = value
	}
	set("opentrack", "competition", "http://"+address+"/x/"+cfg.OpenTrack.Competition+"/")
	set("opentrack", "username", username)
	set("opentrack", "password_file", "password")
	set("watch", "dir", "timing")
	set("state", "file", "finishwatch.db")
	set("log", "level", "debug")
	set("log", "format", "json")
	absoluteChips(all["race"], cfg.Races)
	var text bytes.Buffer
	if err := toml.NewEncoder(&text).Encode(all); err != nil {
		return nil, fmt.Errorf("rehearsal: write %s anew: %w", path, err)
	}
	return text.Bytes(), nil
}

// absoluteChips lets the chip maps be found from another folder.
func absoluteChips(tables any, races []config.Race) {
	list, _ := tables.([]map[string]any)
	for i := range list {
		if passings, ok := list[i]["passings"].(map[string]any); ok && races[i].ChipFile != "" {
			passings["chips"] = races[i].ChipFile
		}
	}
}

// escapeGlob makes a pattern that matches only this name. Any one character stands for those that mean something in a
// glob or in TOML.
func escapeGlob(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`*?[]{}\"'`, r) || r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, name)
}
