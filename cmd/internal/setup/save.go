package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"finishwatch/cmd/internal/borrow"
	"finishwatch/cmd/internal/config"
)

// ErrThere says that a file is there already. Nothing is ever overwritten.
var ErrThere = errors.New("is there already")

// PasswordFile is where the password of a configuration is stored: beside it. It is empty where that is the folder of the
// exports or below: others may read that, and it may be a share.
func PasswordFile(configuration, dir string) string {
	configuration, err := filepath.Abs(configuration)
	if err != nil {
		return ""
	}
	file := filepath.Join(filepath.Dir(configuration), "opentrack.password")
	if config.Served(configuration) {
		file = (&config.Config{Path: configuration}).ServicePassword()
	}
	if below, err := filepath.Rel(dir, file); err != nil || filepath.IsLocal(below) {
		return ""
	}
	return file
}

// Free reports whether a new file can have this name, with an error that says why not.
func Free(path string) error {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s %w", Quoted(path), ErrThere)
	}
	return err
}

// Save writes the configuration and, where there is one, the password. Both are new files or nothing is written: the
// configuration holds no secret and may be read by the service's user; the password is readable for its owner alone.
func Save(path, text, passwordFile, password string) error {
	if password != "" {
		if err := create(passwordFile, password+"\n", private); err != nil {
			return err
		}
	}
	err := create(path, text, 0o644)
	if err != nil && password != "" {
		_ = os.Remove(passwordFile) // made a moment ago
	}
	return err
}

// Store writes a password in the place of the one before, readable for its owner alone from its first moment.
func Store(file, password string) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".password-*") // 0600
	if err != nil {
		return fmt.Errorf("store the password: %w", err)
	}
	if err = ownerAlone(f); err == nil {
		_, err = f.WriteString(password + "\n")
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = borrow.Replace(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("store the password: %w", err)
	}
	return nil
}

// private is the mode of a file for its owner alone.
const private = 0o600

// create writes a file that must not be there yet, as a whole or not at all.
func create(path, text string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s %w", Quoted(path), ErrThere)
	}
	if err != nil {
		return err
	}
	if mode == private {
		err = ownerAlone(f)
	}
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// Quoted is a path that can be pasted into a shell of this system.
func Quoted(path string) string { return quoted(path, runtime.GOOS) }

func quoted(path, system string) string {
	marks := "/."
	if system == "windows" {
		marks = `/.\:`
	}
	plain := func(r rune) bool {
		return r < 0x80 && (bareKey.MatchString(string(r)) || strings.ContainsRune(marks, r))
	}
	switch {
	case path != "" && strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0:
		return path
	case system == "windows":
		return `"` + remark(path) + `"` // no name has one in it there
	}
	return "'" + strings.ReplaceAll(remark(path), "'", `'\''`) + "'"
}
