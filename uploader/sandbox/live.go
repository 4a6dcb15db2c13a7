package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The page follows /sandbox/live: server-sent events, each of which says what has changed since the one before. A page
// that lost its connection says which event it had last, and is told the rest; after a restart of the server, whose
// events begin anew, it is told everything.

// liveEvent is what one event says.
type liveEvent struct {
	Fresh bool       `json:"fresh,omitempty"` // the first of all that there is: forget what was shown
	Units []liveUnit `json:"units,omitempty"`
	Puts  []Exchange `json:"puts,omitempty"`
	Stage *liveStage `json:"stage,omitempty"` // when it has changed
}

// liveUnit is what has changed of one Unit.
type liveUnit struct {
	Unit  string    `json:"unit"`
	Name  string    `json:"name"`
	Note  string    `json:"note"`
	Reset bool      `json:"reset,omitempty"` // forget its rows first
	Rows  []liveRow `json:"rows,omitempty"`
}

// liveRow is one line of the page with what orders it: rank, then time, then when it came.
type liveRow struct {
	Bib     string  `json:"bib"`
	Shown   string  `json:"shown"`
	Rank    int     `json:"rank"` // 0 a time, 1 a code, 2 no result
	Time    float64 `json:"time"` // seconds; 0 where places go by arrival
	Came    int     `json:"came"`
	Seconds float64 `json:"seconds"` // for gaps
	Changed int64   `json:"changed"` // milliseconds since 1970; 0 for never
	Unknown bool    `json:"unknown,omitempty"`
}

const (
	// liveRows is how many rows one event has at the most, so that a page can draw while a large field arrives.
	liveRows = 2000
	// liveGap is the least time between two events of one page: while thousands arrive, a page is told ten times a second.
	liveGap = 100 * time.Millisecond
	// liveBeat is how often a quiet connection is written to, so that both ends notice when it is gone.
	liveBeat = 10 * time.Second
	// liveSlow is how long a page may take to take an event.
	liveSlow = 30 * time.Second
)

// stirred notes that something has changed and wakes the pages. The caller holds the lock.
func (s *Server) stirred() {
	s.seq++
	close(s.stir)
	s.stir = make(chan struct{})
}

// live answers GET /sandbox/live.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	out := liveWriter{w: w, control: http.NewResponseController(w), boot: s.boot()}
	last, known := out.after(r.Header.Get("Last-Event-ID"))
	for {
		events, seq, stir := s.since(last, !known)
		if out.write(events, seq) != nil || !idle(r.Context(), liveGap, nil) {
			return
		}
		last, known = seq, true
		for beat := true; beat; {
			var going bool
			if beat, going = quiet(r.Context(), stir); !going || beat && out.beat() != nil {
				return
			}
		}
	}
}

// quiet waits for a change; beat is set when there was none for a while, going unless the page or the server is gone.
func quiet(ctx context.Context, stir <-chan struct{}) (beat, going bool) {
	select {
	case <-stir:
		return false, true
	default:
		going = idle(ctx, liveBeat, stir)
	}
	select {
	case <-stir:
		return false, going
	default:
		return true, going
	}
}

// idle waits for d or a change; false when the page or the server is gone.
func idle(ctx context.Context, d time.Duration, stir <-chan struct{}) bool {
	life, ok := ctx.Value(lifeKey{}).(context.Context)
	if !ok {
		life = context.Background()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-life.Done():
		return false
	case <-timer.C:
	case <-stir:
	}
	return true
}

// boot tells this run of the server from every other one.
func (s *Server) boot() string { return strconv.FormatInt(s.started.UnixNano(), 36) }

// liveWriter writes events to one page.
type liveWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	boot    string
}

// after reads which event a page had last; false where that was of another run, or none.
func (l liveWriter) after(id string) (seq uint64, known bool) {
	boot, number, _ := strings.Cut(id, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if boot != l.boot || err != nil {
		return 0, false
	}
	return seq, true
}

// write writes events; only the last one counts as had, so that a page that loses its connection in the middle gets all
// of them again.
func (l liveWriter) write(events []liveEvent, seq uint64) error {
	_ = l.control.SetWriteDeadline(time.Now().Add(liveSlow)) // not every writer has deadlines
	for i, event := range events {
		text, err := json.Marshal(event)
		if err != nil {
			return fmt.Errorf("sandbox: live: %w", err)
		}
		if i == len(events)-1 {
			if _, err := fmt.Fprintf(l.w, "id: %s-%d\n", l.boot, seq); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(l.w, "data: %s\n\n", text); err != nil {
			return err
		}
	}
	return l.control.Flush()
}

func (l liveWriter) beat() error {
	_ = l.control.SetWriteDeadline(time.Now().Add(liveSlow))
	if _, err := fmt.Fprint(l.w, ":\n\n"); err != nil {
		return err
	}
	return l.control.Flush()
}

// since is what has changed since an event, or all there is; the number of the event that says so; and a channel that is
// closed at the next change.
func (s *Server) since(last uint64, all bool) ([]liveEvent, uint64, <-chan struct{}) {
	units := s.Units()
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []liveEvent
	for _, state := range units {
		u := s.units[state.Unit]
		if u == nil {
			u = s.newUnit(state.Unit)
		}
		if all || u.seq > last {
			events = u.news(events, state.Unit, last, all || u.reset > last, s.opts.ArrivalOrder)
		}
	}
	rest := liveEvent{Puts: s.putsAfter(last)}
	if all || s.staged > last {
		rest.Stage = s.stage()
	}
	if len(rest.Puts) > 0 || rest.Stage != nil {
		events = append(events, rest)
	}
	if all {
		events[0].Fresh = true
	}
	return events, s.seq, s.stir
}

// news adds what has changed of a Unit, in events of a bounded size.
func (u *unit) news(events []liveEvent, key Unit, last uint64, reset, arrival bool) []liveEvent {
	out := liveUnit{Unit: key.String(), Name: u.name, Note: u.note, Reset: reset}
	for _, r := range u.arrived {
		if !reset && r.seq <= last {
			continue
		}
		if len(out.Rows) == liveRows {
			events = append(events, liveEvent{Units: []liveUnit{out}})
			out.Reset, out.Rows = false, nil
		}
		out.Rows = append(out.Rows, r.live(arrival))
	}
	return append(events, liveEvent{Units: []liveUnit{out}})
}

// live is a row as the page is told of it.
func (r *row) live(arrival bool) liveRow {
	out := liveRow{
		Bib: r.bib, Shown: r.mark.shown, Rank: r.mark.rank(), Time: r.mark.seconds, Seconds: r.mark.seconds,
		Came: r.came, Unknown: !r.listed,
	}
	if arrival {
		out.Time = 0
	}
	if !r.changed.IsZero() && r.mark.sent != "" {
		out.Changed = r.changed.UnixMilli()
	}
	return out
}
