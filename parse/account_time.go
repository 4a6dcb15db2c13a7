package parse

import "strings"

// timeStep says how the time was read.
func (r *rowAccount) timeStep() {
	s := r.table.schema
	content, rules := r.content(s.time), r.table.rules
	says := ""
	switch raw := readTime(r.at); {
	case r.table.clock.kind == timesOfDay && r.time.kind == clearTime:
		says = " is a time of day, counted from start = " + rules.Start.String()
	case raw.kind == noTime && content == "blank":
	case raw.kind == noTime:
		says = " is no time yet"
	case raw.kind == bareNumber && rules.TimeUnit != "" && r.time.kind == clearTime:
		says = " is a number, time_unit says " + rules.TimeUnit
	case raw.kind == bareNumber && r.time.kind == bareNumber:
		says = " is a bare number, and no time_unit says of what"
	case raw.kind == remarked:
		says = " has a remark behind the time"
	case r.time.kind == offClock:
		says = " cannot be counted from start = " + rules.Start.String()
	case raw.kind == clearTime:
		says = " is " + timeForm(r.at, raw)
	default:
		says = " is no time"
	}
	if m, err := TimeMark(r.time.hundredths, int(r.time.decimals)); err == nil && r.time.kind == clearTime {
		says += " → " + m.String()
	}
	r.account.step("time", r.where(s.time)+": "+content+says)
}

// timeForm describes how a time is written: h:mm:ss,t.
func timeForm(at []byte, t timeCell) string {
	letters := "hms"
	if t.fields == 2 {
		letters = "ms"
	}
	var b strings.Builder
	field, fraction := 0, false
	for i, c := range at {
		switch {
		case c >= '0' && c <= '9' && fraction:
			b.WriteByte('t')
		case c >= '0' && c <= '9' && field < len(letters):
			b.WriteByte(letters[field])
		case c == ':' && !fraction:
			b.WriteByte(c)
			field++
		case (c == '.' || c == ',') && i > 0 && !fraction:
			b.WriteByte(c)
			fraction = field == len(letters)-1
			field++
		default:
			return "a time"
		}
	}
	if t.decimals == 2 && strings.HasSuffix(b.String(), "ttt") {
		b.WriteString(", up to the next hundredth")
	}
	return b.String()
}

// rounding says what the rules of the race made of the time.
func (r *rowAccount) rounding() {
	m, err := TimeMark(r.time.hundredths, int(r.time.decimals))
	if err != nil || r.time.kind != clearTime || r.said.verdict == saysCode || r.said.verdict == needsPerson {
		return
	}
	rules := r.table.rules
	r.account.roundingSteps(rules, m)
}

// roundingSteps says what rounding and minutes_past_hour make of a time.
func (a *Account) roundingSteps(rules *Rules, m Mark) {
	names := map[Rounding]string{RoundUpTenth: "up_tenth", RoundUpSecond: "up_second"}
	rounded := m.Rounded(rules.Rounding)
	if rounded != m {
		a.step("rounding", names[rules.Rounding]+": "+m.String()+" → "+rounded.String())
	}
	if written := rules.written(m); written != rounded {
		a.step("minutes", "minutes_past_hour: "+rounded.String()+" → "+written.String())
	}
}
