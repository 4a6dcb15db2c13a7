package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"go.uber.org/zap"
)

// folderError says why the folder cannot be listed, and ends in what to do.
func folderError(dir string, err error) error {
	return fmt.Errorf("watch %s: %w: %s", dir, cause(err), folderAdvice(dir, err))
}

func folderAdvice(dir string, err error) string {
	var advice string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		advice = "create the folder, mount the share or correct [watch] dir"
	case errors.Is(err, fs.ErrPermission):
		advice = "let the user that finishwatch runs as list and read the folder"
	case notFolder(err):
		advice = "this is a file: set [watch] dir to the folder that holds it"
	case shareLost(err):
		advice = "check the network and the machine that shares the folder; it is tried again at every poll"
	default:
		advice = "check the disk or the share; it is tried again at every poll"
	}
	if hidden := protected(dir); hidden != "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
		advice += "; as a systemd service finishwatch sees nothing below " + hidden +
			" (ProtectHome): install the drop-in that the README names, or use a folder below /srv"
	}
	return advice
}

// protected returns the folder above dir that systemd's ProtectHome hides from a service, or nothing.
func protected(dir string) string {
	for _, hidden := range []string{"/home", "/root", "/run/user"} {
		if dir == hidden || strings.HasPrefix(dir, hidden+"/") {
			return hidden
		}
	}
	return ""
}

// fileReason says why a file cannot be taken, and ends in what to do.
func fileReason(err error) string {
	var large *largeError
	var irregular *irregularError
	switch {
	case errors.As(err, &large):
		return fmt.Sprintf("it has %d bytes, more than the %d of [watch] max_size: raise max_size, or name the export more "+
			"exactly in files", large.size, large.limit)
	case errors.As(err, &irregular):
		return "it is " + kind(irregular.mode) + ", not a regular file: remove it, or name the export more exactly in files"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: let the user that finishwatch runs as read it"
	case busy(err):
		return "another program holds it: close it there if this stays; it is tried again at every poll"
	case shareLost(err):
		return fmt.Sprintf("%v: check the network and the machine that shares the folder; it is tried again at every poll", cause(err))
	default:
		return fmt.Sprintf("%v: check the disk or the share; it is tried again at every poll", cause(err))
	}
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something special (" + mode.Type().String() + ")"
}

// outOfSight is the reason of a file that was there when its folder could be listed.
const outOfSight = "its folder cannot be listed to the end: see the trouble of the folder"

// linkReason says why a link cannot be followed.
func linkReason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is a link to nothing: remove it, or create what it points to"
	case errors.Is(err, fs.ErrPermission) || busy(err) || shareLost(err):
		return fileReason(err)
	}
	return "it is a link that leads out of the folder, or to itself: copy the file into the folder, or set [watch] dir to " +
		"the folder where it lies"
}

// cause strips operation and path: the message has them already.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// passing reports whether a trouble is likely to pass by itself, as when a timing program locks its export for a moment.
func passing(err error) bool { return busy(err) || shareLost(err) }

// trouble is a [Trouble] and when it deserves a line in the log.
type trouble struct {
	Trouble
	passing bool // likely to pass by itself
	implied bool // follows from another trouble, which has the line
}

// troubleLog writes one line when a file's trouble begins and one when it is over.
type troubleLog struct {
	log  *zap.Logger
	open map[string]*openTrouble // by path
}

type openTrouble struct {
	since time.Time
	said  bool
}

// update is told all troubles of one look. One that is likely to pass is said only when it outlasts patience: a file
// that is locked at every export would otherwise fill the log.
func (t *troubleLog) update(now time.Time, troubles []trouble, patience time.Duration) {
	still := make(map[string]*openTrouble, len(troubles))
	for _, trouble := range troubles {
		o := t.open[trouble.Path]
		if o == nil {
			o = &openTrouble{since: now}
		}
		if !o.said && !trouble.implied && (!trouble.passing || now.Sub(o.since) >= patience) {
			t.log.Warn("file cannot be taken", zap.String("file", trouble.Path), zap.String("error", trouble.Reason))
			o.said = true
		}
		still[trouble.Path] = o
	}
	for path, o := range t.open {
		if still[path] == nil && o.said {
			t.log.Info("trouble with file is over", zap.String("file", path), zap.Duration("lasted", now.Sub(o.since)))
		}
	}
	t.open = still
}

// outage writes one line when the folder cannot be listed, one when the reason changes and one when it can be again.
type outage struct {
	log   *zap.Logger
	since time.Time
	text  string
}

func (o *outage) begin(now time.Time, dir string, err error) {
	if o.text == err.Error() {
		return
	}
	if o.text == "" {
		o.since = now
	}
	o.text = err.Error()
	o.log.Warn("folder cannot be listed", zap.String("folder", dir), zap.Error(err))
}

func (o *outage) end(now time.Time, dir string) {
	if o.text == "" {
		return
	}
	o.text = ""
	o.log.Info("folder can be listed again", zap.String("folder", dir), zap.Duration("lasted", now.Sub(o.since)))
}
