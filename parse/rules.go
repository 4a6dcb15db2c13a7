package parse

import "time"

// Rules are what a person decided about the files of one race. The zero value recognises everything by itself.
type Rules struct {
	Format   string // "" or "auto", else a name that [Formats] lists
	Encoding string // "" or "auto", else a name such as "utf-8", "utf-16", "windows-1252" (any WHATWG label)
	Clock    string // "", "gun" or "chip"
	TimeUnit string // "", "seconds", "minutes", "days" or "m.ss": what bare numbers in the time column are
	Rounding Rounding

	// Statuses are the codes that may be sent. Others are held. Nil means all three.
	Statuses []Code

	// MinutesPastHour writes 60:15 instead of 1:00:15, for events whose field in OpenTrack wants it so.
	MinutesPastHour bool

	// Fastest and Slowest bound the marks that are believed; a time outside is held. Zero means no bound, but without
	// Fastest a time under one minute is held (OpenTrack turns "59.5" into 59 minutes 5 seconds).
	Fastest, Slowest Mark

	// Columns are header texts or 1-based column numbers that a person named; empty means recognised.
	Columns Columns

	// Where keeps only the rows whose column (header text or 1-based number) has this value; all pairs must match.
	// In a workbook, Sheet names the worksheet. The value "*" takes every row, of whatever race it is.
	Where map[string]string

	// Mixed is set where rows of several races are meant to go to each of them. Without it, and without a pair of Where for
	// that column, rows of another distance than the first result's are held.
	Mixed bool

	// Start is when the race began. Times of day count from it; without it they are held.
	Start Start

	// Zone is where a Start without an offset was, for reads that count in UTC. Nil holds such reads. It is used for
	// nothing else: reads without an offset are compared as wall-clock time.
	Zone *time.Location

	// Passings is for raw reader logs only.
	Passings Passings
}

// Passings says how the reads of a raw log become finishes: the finish of a bib is the earliest read of its chips that
// is Min or more after Start, wherever it stands in the file. A read that arrives late may change it.
type Passings struct {
	// Chips is the chip map as [ReadChips] returns it. A chip that is not in it is a stranger and nobody's finish.
	// Without a map the formats that can carry bibs are read by themselves, and the others are refused.
	Chips map[string]Bib
	Min   time.Duration
}

// Rounding is a road rule for the last digits of a time. All of them round up.
type Rounding int

const (
	// RoundNone keeps the digits of the source, at most hundredths; more digits go up to the next hundredth.
	RoundNone Rounding = iota
	// RoundUpTenth goes up to the next tenth of a second.
	RoundUpTenth
	// RoundUpSecond goes up to the next whole second.
	RoundUpSecond
)
