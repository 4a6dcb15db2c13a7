package uploader

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// Result is one row of a unit as the server shows it.
type Result struct {
	Bib         parse.Bib
	Performance string // as the server writes it; empty for a starter without a result
}

// Is reports whether the result is this mark. It compares numerically: 14:25.10 comes back as 14:25.1.
func (r Result) Is(mark parse.Mark) bool {
	shown, err := parse.ParseMark(r.Performance)
	return err == nil && shown.Same(mark)
}

// maxReadBack bounds a read-back: 100,000 rows of the documented shape are about 15 MB.
const maxReadBack = 64 << 20

// ReadBack returns the rows of a unit as the server shows them (OpenTrack's public event pages as JSON, documented in
// part). Results may be hidden by the director. Reading back informs; it never blocks uploading.
func (c *Client) ReadBack(ctx context.Context, unit state.Unit) ([]Result, error) {
	const op = "read results back"
	address := c.address("x", c.account.Competition, "event", unit.Event, strconv.Itoa(unit.Round), strconv.Itoa(unit.Heat), "json") + "/"
	c.mu.Lock()
	defer c.mu.Unlock()
	// Without the second login of [Client.Put]: a proxy's 403 for a public page says nothing about the token.
	_, body, err := c.do(ctx, func(ctx context.Context) (*http.Request, error) {
		// A proxy in front of the public pages keeps copies; a new query makes it ask.
		return http.NewRequestWithContext(ctx, http.MethodGet, address+"?nocache="+strconv.FormatInt(time.Now().UnixNano(), 36), nil)
	}, op, maxReadBack)
	if err != nil {
		return nil, err
	}
	results, err := decodeResults(body)
	if err != nil {
		return nil, &Error{Op: op, Class: Doubtful, Err: err}
	}
	return results, nil
}

// decodeResults reads the documented shape: rows that carry bib and performance, in a list named results. Bibs may
// come as numbers.
func decodeResults(body []byte) ([]Result, error) {
	var page struct {
		Results *[]struct {
			Bib         text `json:"bib"`
			Performance text `json:"performance"`
		} `json:"results"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("not the JSON of a results page: %w", err)
	}
	if page.Results == nil {
		return nil, fmt.Errorf("the JSON has no results")
	}
	results := make([]Result, 0, len(*page.Results))
	for _, row := range *page.Results {
		results = append(results, Result{Bib: parse.Bib(row.Bib), Performance: string(row.Performance)})
	}
	return results, nil
}

// text is a JSON string, number or null, as text.
type text string

// UnmarshalJSON takes a number as it is spelled.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*t = text(s)
		return err
	}
	if string(b) != "null" {
		*t = text(b)
	}
	return nil
}
