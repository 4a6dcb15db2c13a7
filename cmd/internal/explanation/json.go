package explanation

import (
	"encoding/json"
	"io"

	"finishwatch/parse"
)

// The JSON of DESIGN section 7. Keys may be added, never renamed.
type (
	jsonFinish struct {
		Line int    `json:"line"`
		Bib  string `json:"bib"`
		Mark string `json:"mark"`
	}
	jsonHeld struct {
		Line   int    `json:"line"`
		Bib    string `json:"bib"`
		Reason string `json:"reason"`
	}
	jsonIgnored struct {
		Line   int    `json:"line"`
		Reason string `json:"reason"`
	}
	jsonColumns struct {
		Bib    string `json:"bib"`
		Time   string `json:"time"`
		Status string `json:"status"`
	}
	jsonExplanation struct {
		File      string        `json:"file"`
		Race      string        `json:"race"`
		Format    string        `json:"format"`
		Encoding  string        `json:"encoding"`
		Delimiter string        `json:"delimiter"`
		Columns   jsonColumns   `json:"columns"`
		Finishes  []jsonFinish  `json:"finishes"`
		Held      []jsonHeld    `json:"held"`
		Ignored   []jsonIgnored `json:"ignored"`
		Error     string        `json:"error"`
		Accounts  []jsonAccount `json:"accounts,omitzero"` // where rows are asked for
		Guards    []Guard       `json:"guards,omitempty"`  // with a configuration: what keeps rows back besides
	}
)

// What --line and --bib add.
type (
	jsonAccount struct {
		Line    int        `json:"line"` // 0 where no row has the bib
		Text    string     `json:"text"` // empty in documents
		Bib     string     `json:"bib"`
		Cells   []jsonCell `json:"cells"`
		Rules   []jsonRule `json:"rules"`
		Verdict string     `json:"verdict"` // finish, held, ignored, no row
		Mark    string     `json:"mark"`
		Reason  string     `json:"reason"`
	}
	jsonCell struct {
		Column  int    `json:"column"`
		Heading string `json:"heading"`
		Text    string `json:"text"`
		Written string `json:"written,omitempty"`
		Taken   string `json:"taken"`
	}
	jsonRule struct {
		Rule string `json:"rule"`
		Text string `json:"text"`
	}
)

// JSON writes one object on one line.
func (e *Explanation) JSON(w io.Writer) error {
	out := jsonExplanation{File: e.File, Race: e.Race, Finishes: []jsonFinish{}, Held: []jsonHeld{}, Ignored: []jsonIgnored{}, Guards: e.Guards}
	if e.Asked {
		out.Accounts = []jsonAccount{}
	}
	if e.Err != nil {
		out.Error = e.Err.Error()
	} else {
		e.fill(&out)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

func (e *Explanation) fill(out *jsonExplanation) {
	r := e.only()
	out.Format, out.Encoding, out.Delimiter = r.Format, r.Encoding, r.Delimiter
	out.Columns = jsonColumns(r.Columns)
	for _, f := range r.Finishes {
		out.Finishes = append(out.Finishes, jsonFinish{f.Line, string(f.Bib), f.Mark.String()})
	}
	for _, h := range r.Held {
		out.Held = append(out.Held, jsonHeld{h.Line, string(h.Bib), h.Reason})
	}
	for _, i := range r.Ignored {
		out.Ignored = append(out.Ignored, jsonIgnored{i.Line, i.Reason})
	}
	for _, a := range e.Accounts {
		out.Accounts = append(out.Accounts, accountOf(a))
	}
}

func accountOf(a parse.Account) jsonAccount {
	out := jsonAccount{
		Line: a.Line, Text: a.Text, Bib: string(a.Bib), Cells: []jsonCell{}, Rules: []jsonRule{},
		Verdict: string(a.Verdict), Mark: a.Mark.String(), Reason: a.Reason,
	}
	for _, c := range a.Cells {
		out.Cells = append(out.Cells, jsonCell(c))
	}
	for _, s := range a.Steps {
		out.Rules = append(out.Rules, jsonRule(s))
	}
	return out
}
