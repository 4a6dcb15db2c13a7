package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// elsewhere lists what this test does not run.
func elsewhere() []claim {
	const ci, boot = ".ci/run", ".ci/boot/inside.sh"
	const shared, harmless = "needs a share of Windows; the README says that nobody tried it", "shows something; changes nothing"
	return []claim{
		{"go run ./cmd/finishwatch rehearse", "takes long", ci, "go run ./cmd/finishwatch rehearse"},
		{"go test ./...", "would run this test", ci, "go test ./..."},
		{"go test ./cmd/internal/bench -run Budget -v -timeout 0 -args -budget", "takes minutes, on a quiet machine", "cmd/internal/bench/doc.go", "go test ./cmd/internal/bench -run Budget -v -timeout 0 -args -budget"},
		{"CGO_ENABLED=0 go build -trimpath -o finishwatch ./cmd/finishwatch", "takes long", ci, `CGO_ENABLED=0 go build -trimpath -o "$program" ./cmd/finishwatch`},
		{"GOOS=windows go build ./cmd/finishwatch", "takes long", ci, "GOOS=$system go build"},
		{".ci/run", "is all there is", ci, "#!/usr/bin/env bash"},
		{".ci/boot/run.sh", "needs root", ci, `.ci/boot/run.sh "$scratch"`},
		{"finishwatch rehearse", "takes long", ci, "go run ./cmd/finishwatch rehearse"},
		{"finishwatch status --watch", "goes on until Ctrl-C", "cmd/finishwatch/testdata/script/status.txtar", "status --config config.toml --watch"},
		{"systemd/package.sh", "needs dpkg-deb", ci, `systemd/package.sh "$scratch/one"`},
		{"systemd-analyze security", "needs systemd", ci, "systemd-analyze security"},
		{"apt install ./dist/finishwatch_*.deb", "needs root", boot, "dpkg -i /test/finishwatch_1.0.0_*.deb"},
		{"apt purge", "needs root", boot, "dpkg -P finishwatch"},
		{"apt remove", "needs root, and is a part of purge", boot, "dpkg -P finishwatch"},
		{"systemctl enable --now finishwatch", "needs systemd", boot, "systemctl enable --now finishwatch"},
		{"systemctl enable --now finishwatch@NAME", "needs systemd", boot, "systemctl start finishwatch@a finishwatch@b"},
		{"systemctl status finishwatch", "needs systemd", boot, "systemctl status --no-pager"},
		{"systemctl start finishwatch", "needs systemd", boot, "systemctl start finishwatch"},
		{"systemctl stop finishwatch", "needs systemd", boot, "systemctl stop finishwatch"},
		{"systemctl restart finishwatch", "needs systemd", boot, "systemctl restart finishwatch"},
		{"systemctl reload finishwatch", "needs systemd", boot, "systemctl reload finishwatch"},
		{"systemctl daemon-reload", "needs systemd", boot, "systemctl daemon-reload"},
		{"journalctl -u finishwatch", "needs systemd", boot, "-u finishwatch"},
		{"journalctl -u finishwatch BIB=349", "needs systemd", boot, "-u finishwatch BIB=1"},
		{"journalctl -x -u finishwatch", "needs systemd", boot, "-x -u finishwatch"},
		{"mkdir -p /etc/systemd/system/finishwatch.service.d", "needs root", boot, "mkdir -p /etc/systemd/system/finishwatch.service.d"},
		{"cp /usr/share/finishwatch/drop-ins/share.conf /etc/systemd/system/finishwatch.service.d/", "needs root", boot, "drop_in share"},
		{"systemd-escape --path --suffix=mount /srv/timing", "needs systemd", "systemd/drop-ins/share.conf", "srv-timing.mount"},
		{"install -m 755 finishwatch /usr/local/bin/", "needs root, and copies a file", "", ""},
		{"apt install cifs-utils", shared, "", ""},
		{"mkdir -p /srv/timing", shared, "", ""},
		{"install -m 600 /dev/null /etc/timing.credentials", shared, "", ""},
		{"mount /srv/timing", shared, "", ""},
		{"net user timer PASSWORD /add", shared, "", ""},
		{"net share timing=C:\\timing /grant:timer,READ", shared, "", ""},
		{"ipconfig", harmless, "", ""},
		{"df -h /var/lib/finishwatch", harmless, "", ""},
		{"dmesg", harmless, "", ""},
		{"sysctl fs.inotify.max_user_watches=524288", "needs root", "", ""},
	}
}

// samples are the blocks that show what somebody sees, by their first line, with what keeps them right.
func samples() []claim {
	return []claim{
		{
			"  6.9s  append R1/1/1 3 rows  195 21:29.65  274 21:34.12  340 21:38.68 → HTTP 200", "the figures of one run",
			"cmd/finishwatch/testdata/script/rehearse.txtar", "on the page exactly once",
		},
		{"FINISHWATCH ON RACE DAY", "its commands are run", "cmd/finishwatch/readme_run_test.go", "TestTheCommandsOfTheReadmeRun"},
		{"LIVE, attention: 1 row is held", "a race at one moment", "cmd/internal/status/testdata/pictures.txtar", "LIVE, attention: 1 row is held"},
		{"  5k*.csv → R1/1/1 My 5k: 1 file, 412 finishes, time from Zeit", "a folder at one moment", "cmd/internal/forecast/forecast_test.go", "no file yet"},
		{"line 203", "compared with what explain prints", "cmd/finishwatch/readme_run_test.go", "TestTheExplainedRowOfTheReadme"},
		{"Bib,Name,Time", "the export that is read", "cmd/finishwatch/readme_run_test.go", "TestTheBlocksOfTheReadmeRun"},
		{"username=timer", "the file of mount.cifs(8)", "", ""},
		{"//192.168.1.20/timing /srv/timing cifs", "a line of fstab(5), compared with the table below it", "cmd/finishwatch/readme_run_test.go", "TestTheShareOfTheReadme"},
	}
}

// claim is something in the README that is tried elsewhere: why not here, and a file that has the proof. Without a file nobody
// tries it.
type claim struct{ what, why, file, proof string }

// claims says which claim covers a text, and in the end which covered none, or prove nothing.
type claims struct {
	list []claim
	used map[string]bool
}

func newClaims(t *testing.T, list []claim) *claims {
	t.Helper()
	c := &claims{list: list, used: map[string]bool{}}
	for _, one := range list {
		text, err := os.ReadFile(filepath.Join(root, one.file))
		if one.file != "" && (err != nil || !strings.Contains(string(text), one.proof)) {
			t.Errorf("%q is said to be tried in %s, which has no %q (%v)", one.what, one.file, one.proof, err)
		}
	}
	return c
}

func (c *claims) cover(text string) bool {
	i := slices.IndexFunc(c.list, func(one claim) bool { return one.what == text })
	if i >= 0 {
		c.used[text] = true
	}
	return i >= 0
}

func (c *claims) unused(t *testing.T) {
	t.Helper()
	for _, one := range c.list {
		if !c.used[one.what] {
			t.Errorf("take %q out of the list of what is tried elsewhere: the README does not say it", one.what)
		}
	}
}
