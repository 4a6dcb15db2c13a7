package uploader_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/uploader/sandbox"
)

// field of play: the whole uploader against the imitation over a real connection.
type match struct {
	t        *testing.T
	world    *world
	ledger   *state.Ledger
	loop     *uploader.Uploader
	verifier *uploader.Verifier
}

func newMatch(t *testing.T, options sandbox.Options, change func(*uploader.Config, *uploader.Form)) *match {
	t.Helper()
	config := uploader.Config{Units: []state.Unit{r1, r2}, MaxBatch: 500, NewFinishers: state.Append}
	m := &match{t: t}
	m.world = newWorld(t, options, func(_ *uploader.Account, form *uploader.Form) {
		if change != nil {
			change(&config, form)
		}
	})
	var err error
	if m.ledger, err = state.Open(filepath.Join(t.TempDir(), "ledger.db"), state.Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	m.loop = uploader.New(config, m.ledger, m.world.client, zap.NewNop())
	m.verifier = uploader.NewVerifier(config.Units, m.ledger, m.world.client, m.loop.Wake, zap.NewNop())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.loop.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = m.ledger.Close()
	})
	return m
}

// read lets a settled export say bib=mark pairs about R1.
func (m *match) read(pairs ...string) {
	m.t.Helper()
	o := state.Observation{File: "f.csv", Settled: true}
	for i := 0; i < len(pairs); i += 2 {
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(pairs[i]), Mark: mustMark(m.t, pairs[i+1]), Line: i + 1})
	}
	if _, err := m.ledger.Observe(r1, o); err != nil {
		m.t.Fatal(err)
	}
	m.loop.Wake()
}

// await waits until the imitation's page is this, in its order: "349=14:25.10 690=DNF".
func (m *match) await(want string) {
	m.t.Helper()
	var got string
	for deadline := time.Now().Add(20 * time.Second); ; {
		var rows []string
		for _, row := range m.world.server.Rows("R1", 1, 1) {
			rows = append(rows, row.Bib+"="+row.Mark)
		}
		if got = strings.Join(rows, " "); got == want && m.ledger.Counts(r1).Pending == 0 {
			return
		}
		if time.Now().After(deadline) {
			m.t.Fatalf("the page has %q, and should have %q; %+v", got, want, m.ledger.Counts(r1))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// What nobody outside OpenTrack knows must work either way (OPENTRACK 5): each switch of the imitation on and off, with new
// finishers, a correction and a code.
func TestEveryUnknownWorksEitherWay(t *testing.T) {
	starters := map[string][]string{"R1": {"347", "349", "690", "7", "007"}}
	for sentence, tt := range map[string]struct {
		off, on sandbox.Options
		change  func(*uploader.Config, *uploader.Form)
	}{
		"the status of a success": {sandbox.Options{SuccessStatus: 200}, sandbox.Options{SuccessStatus: 201}, nil},
		"no body":                 {sandbox.Options{}, sandbox.Options{SuccessEmpty: true}, nil},
		"204":                     {sandbox.Options{}, sandbox.Options{SuccessStatus: 204}, nil},
		"append on a seeded start list, update for new finishers": {
			sandbox.Options{StartList: starters},
			sandbox.Options{StartList: starters, SeededAppend: true},
			func(c *uploader.Config, _ *uploader.Form) { c.NewFinishers = state.Update },
		},
		"a list is carried out in part": {sandbox.Options{}, sandbox.Options{PartialList: true}, nil},
		"a token that ends":             {sandbox.Options{}, sandbox.Options{TokenUses: 1}, nil},
		"results are hidden":            {sandbox.Options{}, sandbox.Options{ReadBackHidden: true}, nil},
		"the page is behind a proxy":    {sandbox.Options{}, sandbox.Options{ReadBackStatus: 403}, nil},
		"the page is down":              {sandbox.Options{}, sandbox.Options{ReadBackStatus: 502}, nil},
		"uploads may not come soon":     {sandbox.Options{}, sandbox.Options{MinInterval: 300 * time.Millisecond}, nil},
		"uploads may not be large":      {sandbox.Options{}, sandbox.Options{MaxRows: 1}, nil},
		"unknown bibs are dropped": {
			sandbox.Options{StartList: starters},
			sandbox.Options{StartList: starters},
			func(_ *uploader.Config, f *uploader.Form) { f.IgnoreUnknowns = true },
		},
		"every event exists": {sandbox.Options{}, sandbox.Options{AnyEvent: true}, nil},
	} {
		for i, options := range []sandbox.Options{tt.off, tt.on} {
			t.Run(fmt.Sprintf("%s %d", sentence, i), func(t *testing.T) {
				m := newMatch(t, options, tt.change)
				m.read("349", "14:25.10", "347", "14:33", "690", "DNF")
				rest := ""
				if options.StartList != nil {
					rest = " 7= 007="
				}
				m.await("349=14:25.10 347=14:33 690=DNF" + rest)
				m.read("349", "14:52.30", "347", "14:33", "690", "15:01")
				m.await("347=14:33 349=14:52.30 690=15:01" + rest)
			})
		}
	}
}

// Append meets starters that count as results: the times stay out, and the verification says so and points to the key.
func TestAppendThatMeetsASeededStartListIsNoticed(t *testing.T) {
	m := newMatch(t, sandbox.Options{StartList: map[string][]string{"R1": {"349", "347"}}, SeededAppend: true}, nil)
	m.read("349", "14:25.10", "347", "14:33")
	m.awaitConfirmed(2)
	found := m.verifier.Look(t.Context(), r1)
	if found.Err != nil || len(found.Was.Missing) != 2 || found.Was.Same != 0 {
		t.Errorf("%+v", found)
	}
}

// ignore_unknowns drops a bib without a word: the verification says that it is not there.
func TestABibThatIsDroppedIsNoticed(t *testing.T) {
	m := newMatch(t, sandbox.Options{StartList: map[string][]string{"R1": {"349"}}}, func(_ *uploader.Config, f *uploader.Form) { f.IgnoreUnknowns = true })
	m.read("349", "14:25.10", "999", "14:33")
	m.awaitConfirmed(2)
	found := m.verifier.Look(t.Context(), r1)
	if found.Err != nil || len(found.Was.Stripped) != 1 || found.Was.Stripped[0] != "999" || found.Was.Same != 1 {
		t.Errorf("%+v", found)
	}
}

func (m *match) awaitConfirmed(n int) {
	m.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); m.ledger.Counts(r1).Confirmed < n; {
		if time.Now().After(deadline) {
			m.t.Fatalf("%+v", m.ledger.Counts(r1))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Places by arrival or by time: both are right, because a batch is in the order of the finish and late finishers come behind.
func TestTheOrderOfThePageIsThatOfTheFinish(t *testing.T) {
	for _, arrival := range []bool{false, true} {
		m := newMatch(t, sandbox.Options{ArrivalOrder: arrival}, nil)
		m.read("3", "14:40", "1", "14:20", "690", "DNF", "2", "14:30")
		m.await("1=14:20 2=14:30 3=14:40 690=DNF")
		m.read("3", "14:40", "1", "14:20", "690", "DNF", "2", "14:30", "4", "14:50")
		m.await("1=14:20 2=14:30 3=14:40 4=14:50 690=DNF")
	}
}

// 007 and 7 are two bibs here; where the server folds them the verification says that they differ, and nothing is sent for
// ever.
func TestLeadingNoughtsThatAreFolded(t *testing.T) {
	for _, fold := range []bool{false, true} {
		m := newMatch(t, sandbox.Options{FoldZeros: fold}, nil)
		m.read("7", "14:20", "1", "14:10")
		m.awaitConfirmed(2)
		m.read("7", "14:20", "1", "14:10", "007", "14:30")
		m.awaitConfirmed(3)
		found := m.verifier.Look(t.Context(), r1)
		if found.Err != nil || found.Was.Clean() == fold {
			t.Errorf("fold %v: %+v", fold, found)
		}
	}
}

// A code that the competition does not take, an event that wants minutes, a competition that is closed, a user without
// rights: what is refused is said, and the rest goes on.
func TestWhatACompetitionDoesNotTake(t *testing.T) {
	for sentence, tt := range map[string]struct {
		options  sandbox.Options
		marks    []string
		want     string
		held     int
		unitSays bool
	}{
		"a code":              {sandbox.Options{RefuseCodes: []string{"DNS"}}, []string{"1", "14:20", "2", "DNS", "3", "14:30"}, "1=14:20 3=14:30", 1, false},
		"hours":               {sandbox.Options{MinutesOnly: []string{"R1"}}, []string{"1", "59:20", "2", "1:00:15", "3", "59:30"}, "1=59:20 3=59:30", 1, false},
		"minutes past":        {sandbox.Options{MinutesOnly: []string{"R1"}}, []string{"1", "59:20", "2", "60:15"}, "1=59:20 2=60:15", 0, false},
		"nothing: it is over": {sandbox.Options{Closed: true}, []string{"1", "14:20", "2", "14:30"}, "", 0, true},
		"another status":      {sandbox.Options{RefuseCodes: []string{"DNS"}, RefusalStatus: 422}, []string{"1", "14:20", "2", "DNS", "3", "14:30"}, "1=14:20 3=14:30", 1, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			m := newMatch(t, tt.options, nil)
			m.read(tt.marks...)
			if !tt.unitSays {
				m.await(tt.want)
			}
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
				if len(m.ledger.Held(r1)) == tt.held && (m.loop.Report().RefusedUnit[r1] != nil) == tt.unitSays {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("held %v, refused %v", m.ledger.Held(r1), m.loop.Report().RefusedUnit)
				}
			}
		})
	}
	m := newMatch(t, sandbox.Options{NoRights: true}, nil)
	m.read("1", "14:20")
	for deadline := time.Now().Add(20 * time.Second); m.loop.Report().Class != uploader.LoginRefused; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%+v", m.loop.Report())
		}
	}
}
