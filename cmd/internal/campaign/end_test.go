package campaign

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// end lets the weather be calm and the files at rest, and judges what is on the server then. Nobody can wait for nothing to
// happen; so something is made to happen behind it, a sentinel, and what was uploaded until then is looked at.
func (r *race) end() {
	r.must(r.player.finish())
	r.weather.set(func(w *weather) { w.calm = true })
	r.awaitServer()
	r.say("race: the end begins")
	begin := len(r.server.Journal())
	p := r.start("")
	if !r.awaitPages() {
		r.say("race: %s", r.tail())
		p.kill()
		return
	}
	r.sentinels()
	rest := len(r.server.Journal())
	sent := r.sentinels()
	for _, e := range r.player.exports {
		r.must(r.player.again(e))
	}
	sent = append(sent, r.sentinels()...)
	r.stop(p)
	r.finishLife(p, "stopped")
	p = r.start("")
	sent = append(sent, r.sentinels()...)
	r.stop(p)
	r.finishLife(p, "stopped")
	r.compare(begin, rest, sent)
	r.judge.read(r.server.Journal())
}

// awaitPages waits until every page shows what the exports say.
func (r *race) awaitPages() bool {
	return r.await("the pages to show what the exports say", patience, func() (bool, string) {
		want := r.player.want()
		var list []string
		for _, u := range units() {
			list = append(list, r.judge.differences(u, want[u], r.server.Rows(u.Event, u.Round, u.Heat))...)
		}
		return len(list) == 0, strings.Join(list, "\n")
	})
}

// patience is longer than all the waits of a program in calm weather: a last line that no newline ends is believed after a
// hundred times settle, and a page that was overtaken by a late request is looked at again after some minutes.
const patience = 90 * time.Second

// sentinels lets one more finisher into each export and waits for them.
func (r *race) sentinels() []fact {
	var list []fact
	for _, e := range r.player.exports {
		f, err := r.player.sentinel(e)
		r.must(err)
		list = append(list, f)
	}
	if r.awaitPages() {
		r.awaitConfirmed(list)
	}
	return list
}

// awaitConfirmed waits until the program has said that rows are confirmed. A program that is stopped between the page and
// the answer sends them once more, and rightly.
func (r *race) awaitConfirmed(list []fact) {
	r.await("the program to say that its last rows are confirmed", patience, func() (bool, string) {
		log, _ := os.ReadFile(r.logPath())
		said := slices.DeleteFunc(strings.Split(string(log), "\n"), func(line string) bool { return !strings.Contains(line, `"msg":"confirmed"`) })
		for _, f := range list {
			unit, bib := fmt.Sprintf(`"unit":"%s"`, f.unit), fmt.Sprintf(`"%s"`, f.bib)
			if !slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, unit) && strings.Contains(line, bib) }) {
				return false, f.String()
			}
		}
		return true, ""
	})
}

// compare looks for rows that were sent although there was no reason to.
func (r *race) compare(begin, rest int, sent []fact) {
	journal := r.server.Journal()
	for _, f := range twice(journal[begin:]) {
		r.judge.violate("endless sending: %s twice in calm weather", f)
	}
	awaited := map[fact]bool{}
	for _, f := range sent {
		awaited[f] = true
	}
	for _, entry := range journal[rest:] {
		for _, b := range entry.Batches {
			for _, row := range b.Rows {
				if f := (fact{b.Unit, row[0], plain(row[1])}); !awaited[f] {
					r.judge.violate("endless sending: %s although everything was confirmed", f)
				}
			}
			if len(b.Rows) == 0 {
				r.judge.violate("endless sending: %s an upload without rows although everything was confirmed", b.Unit)
			}
		}
	}
}

// tail is the end of the program's log.
func (r *race) tail() string {
	text, _ := os.ReadFile(r.logPath())
	return string(text[max(0, len(text)-3000):])
}

// report puts the race into the figures and says what was violated.
func (r *race) report() {
	c := r.count
	r.weather.set(func(w *weather) {
		c.add("", "requests", w.requests)
		for name, n := range w.faults {
			c.add("faults", name, n)
		}
	})
	for name, n := range r.player.done {
		c.add("writes", name, n)
	}
	for name, n := range r.player.changes {
		c.add("changes", name, n)
	}
	journal := r.server.Journal()
	c.add("", "uploads carried out", len(journal))
	for _, entry := range journal {
		for _, b := range entry.Batches {
			c.add("rows by mode", b.Mode, len(b.Rows))
		}
	}
	for _, u := range units() {
		c.add("", "results on the pages", len(r.server.Rows(u.Event, u.Round, u.Heat)))
	}
	c.add("", "ledgers lost", r.lost)
	c.add("", "excused rows that were uploaded", r.judge.used)
	c.add("", "races", 1)
	c.add("", "violations", len(r.judge.violations))
	for _, v := range r.judge.violations {
		r.say("VIOLATION: %s", v)
		r.t.Errorf("%s\n(diary and logs are in %s; -artifacts keeps them)", v, r.dir)
	}
	if len(r.judge.violations) > 0 {
		r.t.Logf("-campaign.seed=%d", *seed)
	}
}
