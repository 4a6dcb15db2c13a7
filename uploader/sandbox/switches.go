package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Switch is one of [Options] that can be set by a word, for what nobody outside OpenTrack knows.
type Switch struct {
	Usage   string // as it is written: name, or name=VALUE
	Summary string // what it does, in a line

	set func(o *Options, value string) error
}

// Switches lists them.
func Switches() []Switch {
	return []Switch{
		{"success-status=CODE", "answer an upload that was carried out with 200, 201, 202 or 204", whole(func(o *Options) *int { return &o.SuccessStatus }, 200, 299)},
		{"success-empty", "leave the body of that answer out", on(func(o *Options) *bool { return &o.SuccessEmpty })},
		{"refusal-status=CODE", "refuse with this status: 400, 422, …", whole(func(o *Options) *int { return &o.RefusalStatus }, 400, 499)},
		{"seeded-append", "append leaves starters without a time as they are", on(func(o *Options) *bool { return &o.SeededAppend })},
		{"partial-list", "keep what stands before the refused object of a list", on(func(o *Options) *bool { return &o.PartialList })},
		{"arrival-order", "places go by arrival, not by time", on(func(o *Options) *bool { return &o.ArrivalOrder })},
		{"fold-zeros", "take the bib 007 for 7", on(func(o *Options) *bool { return &o.FoldZeros })},
		{"refuse-codes=CODES", "codes that are not taken, such as DNS,DQ", func(o *Options, value string) error {
			o.RefuseCodes = strings.Split(value, ",")
			return nil
		}},
		{"minutes-only=EVENTS", "events that want 60:15 in the place of 1:00:15", func(o *Options, value string) error {
			o.MinutesOnly = strings.Split(value, ",")
			return nil
		}},
		{"any-event", "every event exists", on(func(o *Options) *bool { return &o.AnyEvent })},
		{"closed", "refuse every upload, as some days after the meeting", on(func(o *Options) *bool { return &o.Closed })},
		{"no-rights", `answer uploads with the documented "500: Permission Denied"`, on(func(o *Options) *bool { return &o.NoRights })},
		{"readback-hidden", "show no results, as when the director hides them", on(func(o *Options) *bool { return &o.ReadBackHidden })},
		{"readback-status=CODE", "answer read-backs with this status and a web page", whole(func(o *Options) *int { return &o.ReadBackStatus }, 400, 599)},
		{"token-uses=N", "a token is good for so many calls", whole(func(o *Options) *int { return &o.TokenUses }, 1, 1<<30)},
		{"token-lifetime=TIME", "a token is good for so long, such as 10m", length(func(o *Options) *time.Duration { return &o.TokenLifetime })},
		{"max-rows=N", "refuse uploads of more rows with 413", whole(func(o *Options) *int { return &o.MaxRows }, 1, 1<<30)},
		{"min-interval=TIME", "answer uploads that come sooner with 429", length(func(o *Options) *time.Duration { return &o.MinInterval })},
	}
}

func on(field func(*Options) *bool) func(*Options, string) error {
	return func(o *Options, value string) error {
		if value != "" {
			return fmt.Errorf("it takes no value")
		}
		*field(o) = true
		return nil
	}
}

func whole(field func(*Options) *int, least, most int) func(*Options, string) error {
	return func(o *Options, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a number from %d to %d", value, least, most)
		}
		*field(o) = n
		return nil
	}
}

func length(field func(*Options) *time.Duration) func(*Options, string) error {
	return func(o *Options, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a length of time such as \"10m\"", value)
		}
		*field(o) = d
		return nil
	}
}

// Switch sets one switch, as name or name=VALUE. An error says what is wrong and what there is.
func (o *Options) Switch(text string) error {
	name, value, valued := strings.Cut(text, "=")
	var names []string
	for _, s := range Switches() {
		known, _, takes := strings.Cut(s.Usage, "=")
		names = append(names, known)
		if known != name {
			continue
		}
		if takes && (!valued || value == "") {
			return fmt.Errorf("switch %s: write %s", name, s.Usage)
		}
		if err := s.set(o, value); err != nil {
			return fmt.Errorf("switch %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("there is no switch %q; there are %s", name, strings.Join(names, ", "))
}

// ReadStartList reads bibs, one a line, entered for all events, or event,bib for one of them. Blank lines, a header
// and lines that begin with # are passed over.
func ReadStartList(r io.Reader, events []string) (map[string][]string, error) {
	list := map[string][]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		event, bib, both := strings.Cut(line, ",")
		event, bib = strings.TrimSpace(event), strings.TrimSpace(bib)
		switch {
		case line == "", line[0] == '#', n == 1 && strings.EqualFold(line, "bib"), n == 1 && strings.EqualFold(bib, "bib"):
		case !both:
			for _, e := range events {
				list[e] = append(list[e], line)
			}
		case !slices.Contains(events, event):
			return nil, fmt.Errorf("line %d: event %q is not in the event grid (%s)", n, event, strings.Join(events, ", "))
		case bib == "" || strings.Contains(bib, ","):
			return nil, fmt.Errorf("line %d: write a bib, or event,bib", n)
		default:
			list[event] = append(list[event], bib)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("a line is too long for a bib")
	}
	return list, nil
}
