package setup

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
)

// Destination says where results go. What is empty is written as OpenTrack's public test competition.
type Destination struct {
	Competition  string // the address of its page
	Username     string
	PasswordFile string
}

// The public test competition, whose login OpenTrack's documentation gives to everybody.
const (
	testCompetition = "https://test-data.opentrack.run/en-gb/x/2026/GBR/api-test/"
	testUsername    = "api-test@mailinator.com"
	TestPassword    = "apitest"
)

// IsTest reports whether the public test login is the right one where nobody gave another: in the test competition, and in an
// imitation on this machine, which alone has an address without TLS.
func IsTest(competition string) bool {
	return competition == "" || competition == testCompetition || strings.HasPrefix(competition, "http://")
}

const guessedEvent = "a guess: check it against the column Num of OpenTrack's event grid"

// page is the text of a configuration while it is written.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// say writes a remark, whatever stands in it.
func (p *page) say(text string) { p.line("# %s", remark(text)) }

// Config writes the configuration. Now is today, to tell exports of last week; path is where the file will lie.
func (f *Folder) Config(path string, to Destination, now time.Time) (string, error) {
	p := &page{}
	p.say("Written by finishwatch init. Check every line that has a remark; config.example.toml explains all keys.")
	p.say("A line that begins with # is switched off.")
	if open := len(f.toChoose()); open > 0 {
		p.say(counted(open, "thing is", "things are") + " left to choose: look for CHOOSE.")
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	p.openTrack(path, to)
	p.folder(f, now)
	p.state(path)
	if f.cut != "" {
		p.line("")
		p.say(f.cut)
	}
	p.others(f.others)
	for _, r := range f.races {
		p.race(r, f.Dir)
	}
	if len(f.races) == 0 {
		p.noRace()
	}
	return p.String(), f.proofread(path, p.String())
}

func (p *page) openTrack(path string, to Destination) {
	p.line("\n[opentrack]")
	if to.Competition == "" {
		p.say("OpenTrack's public test competition. Write the address of your competition's page instead.")
		to.Competition = testCompetition
	}
	p.line("competition = %s", literal(to.Competition))
	switch {
	case to.Username == "" && IsTest(to.Competition):
		p.say("The public test login; its password is apitest. Write your own instead.")
	case to.Username == "":
		p.say("CHOOSE: your own login. This one is the public test login, which may enter results in no other competition.")
	}
	if to.Username == "" {
		to.Username = testUsername
	}
	p.line("username = %s", literal(to.Username))
	if config.Served(path) {
		p.say("The password is not here: finishwatch login --config " + path + " stores it, and systemd hands it to the service.")
		return
	}
	if to.PasswordFile != "" {
		p.line("password_file = %s", literal(filepath.Base(to.PasswordFile))) // it lies beside the configuration
		return
	}
	p.say("A file that holds only the password (chmod 600); or set $FINISHWATCH_PASSWORD, or see the README for the service.")
	p.line(`#password_file = "opentrack.password"`)
}

func (p *page) folder(f *Folder, now time.Time) {
	p.line("\n[watch]\ndir = %s", literal(f.Dir))
	if !f.Newest.IsZero() && now.Sub(f.Newest) > 24*time.Hour {
		p.say("The exports here are older than a day, and are held as last week's race. For a trial with them:")
		p.line(`#max_age = "0s"`)
	}
}

// state says where the ledger is. The service has a place of its own, and could not write beside its settings.
func (p *page) state(path string) {
	if config.Served(path) {
		return
	}
	p.line("\n[state]")
	p.say("What was read, sent and confirmed: beside this file, on this machine's own disk. The installed service has a place of its")
	p.say("own for it: leave [state] out there.")
	p.line(`file = "finishwatch.db"`)
}

// maxOthers bounds the list of files that are no exports.
const maxOthers = 30

func (p *page) others(list []other) {
	if len(list) == 0 {
		return
	}
	p.line("")
	p.say("Not read as results:")
	for _, o := range list[:min(len(list), maxOthers)] {
		p.say("  " + o.path + ": " + o.why)
	}
	if more := len(list) - maxOthers; more > 0 {
		p.say("  and " + counted(more, "file", "files") + " more")
	}
}

// noRace stands in for the exports that are still to come.
func (p *page) noRace() {
	p.line("")
	p.say("There is no export of results yet. Run finishwatch init again when there is one, or write its name here.")
	p.line("[[race]]\nfiles = [\"*.csv\"]\neventid = \"R1\"   # %s", guessedEvent)
}

func (p *page) race(r *race, dir string) {
	p.line("")
	for _, text := range r.describe() {
		p.say(text)
	}
	p.line("[[race]]")
	p.line("files = %s", listLiteral(r.files))
	p.line("eventid = %s   # %s", literal(r.event), guessedEvent)
	if r.round > 0 {
		p.line("round = %d\nheat = %d", r.round, r.heat)
	}
	rules := r.rules
	if rules.Format != "auto" {
		p.line("format = %s", literal(rules.Format))
	}
	p.key(r, "clock", rules.Clock, literal)
	p.key(r, "time_unit", rules.TimeUnit, literal)
	p.choices(r, "")
	p.columns(r)
	p.where(r)
	p.passings(r, dir)
}

// key writes a key and why it was chosen.
func (p *page) key(r *race, name, value string, written func(string) string) {
	if value == "" {
		return
	}
	if why := r.remarks[name]; why != "" {
		p.say("CHECK: " + why)
	}
	p.line("%s = %s", keyName(name[strings.LastIndexByte(name, '.')+1:]), written(value))
}

// choices writes the keys of one table that are left open.
func (p *page) choices(r *race, table string) {
	for _, s := range r.open {
		name, ok := strings.CutPrefix(s.key, table)
		if !ok || table == "" && strings.Contains(name, ".") {
			continue
		}
		if s.on {
			p.say("CHOOSE: " + s.why)
			continue // it stands among the keys that are set
		}
		p.say("CHOOSE: " + s.why + ". Then take the # away in front of:")
		p.line("#%s = %s", keyName(name), s.value)
	}
}

func (r *race) opens(table string) bool {
	return slices.ContainsFunc(r.open, func(s setting) bool { return strings.HasPrefix(s.key, table) })
}

func (p *page) columns(r *race) {
	c := r.rules.Columns
	if c == (parse.Columns{}) && !r.opens("columns.") {
		return
	}
	p.line("[race.columns]")
	p.key(r, "columns.bib", c.Bib, columnLiteral)
	p.key(r, "columns.time", c.Time, columnLiteral)
	p.key(r, "columns.status", c.Status, columnLiteral)
	p.choices(r, "columns.")
}

func (p *page) where(r *race) {
	if len(r.rules.Where) == 0 && !r.opens("where.") {
		return
	}
	p.line("[race.where]")
	if why := r.remarks["where"]; why != "" {
		p.say("CHECK: " + why)
	}
	p.choices(r, "where.")
	for _, name := range slices.Sorted(maps.Keys(r.rules.Where)) {
		p.line("%s = %s", keyName(name), literal(r.rules.Where[name]))
	}
}

func (p *page) passings(r *race, dir string) {
	if r.chips == "" && !r.opens("passings.") {
		return
	}
	p.line("[race.passings]")
	if r.chips != "" {
		p.key(r, "passings.chips", filepath.Join(dir, filepath.FromSlash(r.chips)), literal)
	}
	p.choices(r, "passings.")
	p.say("The finish is the first read that is this long after the start, or later:")
	p.line(`#min = "5m"`)
}

// proofread reads the text as the program will, and compares the rules of each race with those that its export was read by.
func (f *Folder) proofread(path, text string) error {
	cfg, err := config.Parse(path, []byte(text))
	if err != nil {
		return fmt.Errorf("what was written cannot be read, which is a mistake of finishwatch: %w; please report it", err)
	}
	same := len(cfg.Races) == max(len(f.races), 1)
	for i, r := range f.races {
		if !same {
			break
		}
		want := r.rules
		want.Passings.Chips = nil
		same = reflect.DeepEqual(want, cfg.Races[i].Rules) && slices.Equal(r.files, cfg.Races[i].Files)
	}
	if !same {
		return errors.New("what was written means something else than what was found, which is a mistake of finishwatch; please report it")
	}
	return nil
}
