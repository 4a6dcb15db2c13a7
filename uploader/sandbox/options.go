package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// Options say which OpenTrack is imitated. The zero value is the test server of OpenTrack's documentation:
// competition 2026/GBR/api-test, its published account, events R1 and R2, no start list.
//
// The fields from SuccessStatus on are switches for what nobody outside OpenTrack knows. A client is right
// only when it works with each of them either way.
type Options struct {
	// Competition is YEAR/COUNTRY/SLUG as in the address of the competition's page.
	Competition string
	// Username and Password are the one account that may upload.
	Username, Password string
	// Events are the event grid's Num, as text: "R1", "1", "003". Every round and heat of one exists.
	Events []string
	// AnyEvent lets every event exist.
	AnyEvent bool
	// StartList holds the bibs entered for an event. An event that is missing here has no start list, and
	// ignore_unknowns then strips nothing.
	StartList map[string][]string
	// MinutesOnly names the events that refuse a mark with an hours field, as OpenTrack's library does for
	// the bare event code XC: 1:00:15 is refused, 60:15 is taken.
	MinutesOnly []string
	// NoRights answers uploads with the documented "500: Permission Denied", and lists no competition.
	NoRights bool

	// SuccessStatus answers an upload that was carried out; 0 is 200. With 204 there is no body.
	SuccessStatus int
	// SuccessEmpty leaves out the JSON body of that answer.
	SuccessEmpty bool
	// RefusalStatus answers an upload that OpenTrack will not take as it is; 0 is 400.
	RefusalStatus int
	// SeededAppend makes append leave a starter without a result as it is: starters and results are the same
	// rows on OpenTrack, so a starter may count as an existing result, and the time stays out.
	SeededAppend bool
	// PartialList keeps what came before the refused object of a list; otherwise a list is carried out as a
	// whole or not at all.
	PartialList bool
	// ArrivalOrder gives places in the order in which rows arrived; otherwise in the order of their times.
	ArrivalOrder bool
	// FoldZeros takes the bib 007 for 7; otherwise they are two.
	FoldZeros bool
	// RefuseCodes are codes that this competition does not take, such as DNS.
	RefuseCodes []string
	// Closed refuses every upload, as OpenTrack may some days after the meeting.
	Closed bool

	// ReadBackHidden answers read-backs with no results at all, as when the director hides them.
	ReadBackHidden bool
	// ReadBackStatus answers read-backs with this status and an HTML page, as the proxy in front of
	// OpenTrack's public pages does (403, 502, 503, 504); 0 answers them properly.
	ReadBackStatus int

	// TokenUses is how many API calls a token is good for, TokenLifetime how long; 0 is without end. The next
	// login after that gives another token.
	TokenUses     int
	TokenLifetime time.Duration

	// MaxBody bounds the bytes of an upload, as sent and once inflated, MaxRows its rows; beyond: 413. 0 is
	// 16 MiB for the bytes and no bound for the rows.
	MaxBody int64
	MaxRows int
	// MinInterval is the least time between two uploads that are carried out; a sooner one gets 429 with
	// Retry-After.
	MinInterval time.Duration
}

// withDefaults fills in what was left zero.
func (o Options) withDefaults() Options {
	o.Competition = strings.Trim(or(o.Competition, "2026/GBR/api-test"), "/")
	o.Username = or(o.Username, "api-test@mailinator.com")
	o.Password = or(o.Password, "apitest")
	o.SuccessStatus = or(o.SuccessStatus, http.StatusOK)
	o.RefusalStatus = or(o.RefusalStatus, http.StatusBadRequest)
	o.MaxBody = or(o.MaxBody, 16<<20)
	if o.Events == nil {
		o.Events = []string{"R1", "R2"}
	}
	return o
}

// or is value, or other where value is zero.
func or[T comparable](value, other T) T {
	var zero T
	if value == zero {
		return other
	}
	return value
}
