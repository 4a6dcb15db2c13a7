package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// credentialName is the systemd credential of the unit (LoadCredential=opentrack.password:…).
const credentialName = "opentrack.password"

// passwordVariable is the environment variable of last resort.
const passwordVariable = "FINISHWATCH_PASSWORD"

// maxPassword bounds what is read: a password_file that names a disk image is a mistake.
const maxPassword = 4096

// Password finds OpenTrack's password: in password_file, else in the systemd credential opentrack.password, else in
// $FINISHWATCH_PASSWORD. The end of the line is not part of it. The password itself is never in an error.
//
// A password_file that this user may not read gives way to the credential where there is one: the packaged unit leaves
// the file to root and hands its content over as the credential.
func (c *Config) Password(getenv func(string) string) (string, error) {
	credential := ""
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		credential = filepath.Join(dir, credentialName)
	}
	if file := c.OpenTrack.PasswordFile; file != "" {
		password, err := readPassword(file, file, true)
		if !errors.Is(err, fs.ErrPermission) || !handedOver(credential) {
			return password, err
		}
	}
	if handedOver(credential) {
		return readPassword(credential, c.ServicePassword(), false) // of which it is a copy that nobody can mend
	}
	if text := getenv(passwordVariable); text != "" {
		return cleanPassword("$"+passwordVariable, text)
	}
	return "", fmt.Errorf("no password for OpenTrack: run finishwatch login, which for the service writes it into %s; or write it into a file "+
		"of its own (chmod 600) and name the file as password_file in [opentrack], or set $%s", c.ServicePassword(), passwordVariable)
}

// ServicePassword is the file that systemd hands over to the service of this configuration.
func (c *Config) ServicePassword() string {
	if instance := Instance(c.Path); instance != "" {
		return "/etc/finishwatch/" + instance + ".password"
	}
	return "/etc/finishwatch/" + credentialName
}

// handedOver reports whether the service manager gave a credential. The packaged unit hands over an empty one where
// /etc/finishwatch/opentrack.password is missing, so that the service can start and say so.
func handedOver(credential string) bool {
	if credential == "" {
		return false
	}
	text, _, err := readSmall(credential)
	return !errors.Is(err, fs.ErrNotExist) && (err != nil || strings.TrimSpace(text) != "")
}

// readPassword reads a file that people know as called; a guarded one must not be readable by everybody on this machine.
func readPassword(file, called string, guarded bool) (string, error) {
	text, mode, err := readSmall(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("password: %w; write the password into this file, or name another one as password_file", err)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("password: %w; make it readable for the user that finishwatch runs as", err)
	case err != nil:
		return "", fmt.Errorf("password: %w; name a file that holds only the password as password_file", err)
	case guarded && runtime.GOOS != "windows" && mode.Perm()&0o006 != 0:
		return "", fmt.Errorf("password: everybody on this machine can read or change %s; run: chmod 600 %s", clean(file), shellQuoted(file))
	}
	return cleanPassword(clean(called), text)
}

// readSmall reads a regular file up to a bound. It looks before it opens: to open a pipe would wait for ever.
func readSmall(file string) (text string, mode fs.FileMode, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s is not a file", clean(file))
	}
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }() // only read: nothing can be lost
	if info, err = f.Stat(); err != nil {
		return "", 0, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err == nil && len(data) > maxPassword {
		err = fmt.Errorf("%s is too long for a password", clean(file))
	}
	return string(data), info.Mode(), err
}

// cleanPassword takes off what editors add around a password and refuses what cannot be one.
func cleanPassword(origin, text string) (string, error) {
	password := strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n")
	switch {
	case strings.Contains(text, "\x00"):
		return "", fmt.Errorf("password: %s is not plain text; save it as UTF-8", origin)
	case password == "":
		return "", fmt.Errorf("password: %s is empty; write OpenTrack's password into it", origin)
	case strings.ContainsAny(password, "\r\n"):
		return "", fmt.Errorf("password: %s has several lines; leave only the password in it", origin)
	}
	return password, nil
}

// shellQuoted makes a path safe to paste into a shell.
func shellQuoted(file string) string {
	if strings.ContainsFunc(file, func(r rune) bool { return r >= 0x80 || !isBare(byte(r)) && r != '/' && r != '.' }) {
		return "'" + strings.ReplaceAll(clean(file), "'", `'\''`) + "'"
	}
	return file
}
