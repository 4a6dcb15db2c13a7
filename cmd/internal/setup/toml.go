package setup

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"finishwatch/cmd/internal/logging"
)

// maxRemark bounds what is repeated from outside in a remark, in characters.
const maxRemark = 300

// writable reports whether a text of a file can be a value of the configuration, which takes no invisible characters.
func writable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxRemark && !strings.ContainsFunc(s, invisible)
}

func invisible(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
}

// literal writes a text as a value: in single quotes where it has a backslash, as people write paths of Windows.
func literal(s string) string {
	if strings.Contains(s, `\`) && !strings.Contains(s, "'") && writable(s) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s { // what is no UTF-8 becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case invisible(r) && r != utf8.RuneError:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// bareKey is a key that needs no quotes.
var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// keyName writes the name of a key, such as the heading of a column.
func keyName(s string) string {
	if bareKey.MatchString(s) {
		return s
	}
	return literal(s)
}

// columnNumber is a column that is named by its number, which stands without quotes.
var columnNumber = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)

func columnLiteral(s string) string {
	if columnNumber.MatchString(s) {
		return s
	}
	return literal(s)
}

func listLiteral(items []string) string {
	var out []string
	for _, s := range items {
		out = append(out, literal(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// remark makes any text fit for one remark: one line of bounded length without invisible characters.
func remark(s string) string {
	s = strings.Map(func(r rune) rune {
		if invisible(r) && r != ' ' {
			return '·'
		}
		return r
	}, logging.Clean(s))
	if runes := []rune(s); len(runes) > maxRemark {
		s = string(runes[:maxRemark]) + "…"
	}
	return s
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
