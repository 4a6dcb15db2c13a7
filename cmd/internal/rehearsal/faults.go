package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"finishwatch/uploader/sandbox"
)

// FaultHelp is a fault and what it does, in a line.
type FaultHelp struct {
	Usage   string
	Summary string
}

// Faults lists the faults by name.
func Faults() []FaultHelp {
	var list []FaultHelp
	for _, k := range faultKinds() {
		list = append(list, FaultHelp{k.usage, k.summary})
	}
	return list
}

// faultKind is an entry of the table of faults.
type faultKind struct {
	name    string
	usage   string
	summary string
	length  time.Duration // when nobody says how long; 0 is the whole race
	instant bool          // it has no length
	windows bool          // each time that it is on counts as one, not each request that it hits
	counted [2]string     // what is survived: one, many
	orders  []sandbox.Order
}

// faultKinds is the table. All faults but the kill are orders to the imitation.
func faultKinds() []faultKind {
	const loginPage = "<!DOCTYPE html><html><head><title>Welcome to the WLAN</title></head><body>Please accept our terms.</body></html>"
	put := func(o sandbox.Order, every int) sandbox.Order {
		o.Every = every
		return o
	}
	return []faultKind{
		{
			name: "flaky", usage: "flaky [LENGTH] [at TIME]", summary: "now and then an upload gets 502, 429 with Retry-After, or a cut connection",
			counted: [2]string{"flaky answer", "flaky answers"},
			orders: []sandbox.Order{
				put(sandbox.Order{Kind: sandbox.FaultAnswer, Status: 502}, 4),
				put(sandbox.Order{Kind: sandbox.FaultDrop}, 5),
				put(sandbox.Order{Kind: sandbox.FaultAnswer, Status: 429, Header: map[string]string{"Retry-After": "1"}}, 6),
			},
		},
		{
			name: "outage", usage: "outage [LENGTH] [at TIME]", summary: "the network is off: every connection is cut",
			length: 10 * time.Second, windows: true, counted: [2]string{"outage", "outages"},
			orders: []sandbox.Order{{Kind: sandbox.FaultDrop, On: sandbox.OnAny}},
		},
		{
			name: "lost-replies", usage: "lost-replies [LENGTH] [at TIME]", summary: "every third upload is carried out, but its reply is lost",
			counted: [2]string{"lost reply", "lost replies"},
			orders:  []sandbox.Order{put(sandbox.Order{Kind: sandbox.FaultLostReply}, 3)},
		},
		{
			name: "token-expiry", usage: "token-expiry [LENGTH] [at TIME]", summary: "at every fifth upload the login has expired",
			counted: [2]string{"expired login", "expired logins"},
			orders:  []sandbox.Order{put(sandbox.Order{Kind: sandbox.FaultExpired}, 5)},
		},
		{
			name: "slow", usage: "slow [LENGTH] [at TIME]", summary: "every upload takes two seconds longer",
			counted: [2]string{"slow reply", "slow replies"},
			orders:  []sandbox.Order{{Kind: sandbox.FaultSlowReply, Delay: "2s"}},
		},
		{
			name: "captive", usage: "captive [LENGTH] [at TIME]", summary: "the login page of a WLAN answers everything with 200 in the place of OpenTrack",
			length: 10 * time.Second, windows: true, counted: [2]string{"captive network", "captive networks"},
			orders: []sandbox.Order{{Kind: sandbox.FaultAnswer, Status: 200, Body: loginPage, On: sandbox.OnAny}},
		},
		{
			name: "kill", usage: "kill [at TIME]", summary: "finishwatch is killed as by a power cut, and started again",
			instant: true, windows: true, counted: [2]string{"kill", "kills"},
		},
	}
}

// fault is one line of a script of faults.
type fault struct {
	faultKind
	at, length time.Duration
	timed      bool // at was said
}

// String is the fault as it could be written.
func (f fault) String() string {
	text := f.name
	if !f.instant {
		text += " " + f.length.Round(time.Second/10).String()
	}
	return text + " at " + f.at.Round(time.Second/10).String()
}

// readFaults reads "NAME [LENGTH] [at TIME]; …".
func readFaults(script string) ([]fault, error) {
	var faults []fault
	for part := range strings.SplitSeq(script, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		f, err := readFault(words)
		if err != nil {
			return nil, fmt.Errorf("--faults: %q: %w", strings.TrimSpace(part), err)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

func readFault(words []string) (f fault, err error) {
	kinds := faultKinds()
	i := slices.IndexFunc(kinds, func(k faultKind) bool { return k.name == words[0] })
	if i < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, k.name)
		}
		return f, fmt.Errorf("there is no fault %q; there are %s", words[0], strings.Join(names, ", "))
	}
	f = fault{faultKind: kinds[i], length: kinds[i].length}
	rest := words[1:]
	if len(rest) > 0 && rest[0] != "at" && !f.instant {
		if f.length, err = faultTime(rest[0], 100*time.Millisecond); err != nil {
			return f, err
		}
		rest = rest[1:]
	}
	if len(rest) == 2 && rest[0] == "at" {
		f.timed = true
		if f.at, err = faultTime(rest[1], 0); err != nil {
			return f, err
		}
		rest = nil
	}
	if len(rest) > 0 {
		return f, fmt.Errorf("write it as %s, with times such as 30s or 1m", f.usage)
	}
	return f, nil
}

// longest bounds a time in a script of faults.
const longest = 24 * time.Hour

func faultTime(text string, least time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > longest {
		return 0, fmt.Errorf("%q is not a time such as 30s or 1m", text)
	}
	return d, nil
}

// afterFaults is how long the race goes on after the last fault.
const afterFaults = 3 * time.Second

// place gives every fault its time in a race of that length, and says how long the race has to be for them.
func place(faults []fault, length time.Duration) (placed []fault, needed time.Duration) {
	needed = length
	if len(faults) > 0 {
		needed = max(length, 12*time.Second) // so that there are uploads for each to hit
	}
	for _, f := range faults {
		if f.length > 0 || f.instant {
			at := f.at
			if !f.timed {
				at = f.length / 2
			}
			needed = max(needed, at+f.length+afterFaults)
		}
	}
	for _, f := range faults {
		switch {
		case f.timed:
		case f.instant:
			f.at = needed / 2
		case f.length > 0:
			f.at = min(needed/4, needed-f.length-afterFaults)
		}
		if f.length == 0 && !f.instant {
			f.length = max(needed-f.at, time.Second)
		}
		placed = append(placed, f)
	}
	slices.SortStableFunc(placed, func(a, b fault) int { return int(a.at - b.at) })
	return placed, needed
}
