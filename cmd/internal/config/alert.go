package config

import (
	"net/url"
	"strconv"
	"strings"
)

// program is a program with its first arguments: a list, or only the program. No shell reads it, so a command line in one
// text would be looked for as a program of that name.
type program struct{}

func (program) read(v value) ([]string, []fault) {
	if _, ok := v.any.(string); ok {
		one, faults := file{example: "/usr/local/bin/alert-phone"}.read(v)
		switch first, _, several := strings.Cut(one, " "); {
		case faults != nil || one == "":
			return nil, faults
		case several && !strings.ContainsAny(first, `/\`) || strings.Contains(one, " -"):
			return nil, v.wrong(v.write(listOf(strings.Fields(one))), "no shell reads %s: the program and each argument stand in quotes of their own", v.name)
		}
		return []string{one}, nil
	}
	list, ok := v.any.([]any)
	if !ok {
		return nil, v.wrong(v.write(`["/usr/local/bin/alert-phone", "race"]`), "%s must be a program, or a list of a program and its arguments, not %s", v.name, kindName(v.any))
	}
	var words []string
	var all []fault
	for i := range list {
		example := "race"
		if i == 0 {
			example = "/usr/local/bin/alert-phone"
		}
		word, faults := text{example: example, most: 4000, filled: i == 0}.read(v.item(i))
		all = append(all, faults...)
		words = append(words, word)
	}
	if all != nil {
		return nil, all
	}
	return words, nil
}

func listOf(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// webAddress is an address that is asked for; empty for none. What it says never repeats the address: who knows it can
// pretend to be this laptop.
type webAddress struct{}

const exampleHeartbeat = "https://example.org/ping/my-race"

func (webAddress) read(v value) (*url.URL, []fault) {
	s, faults := readText(v, exampleHeartbeat)
	if s = strings.TrimSpace(s); faults != nil || s == "" {
		return nil, faults
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || !goodPort(u.Port()):
		return nil, v.wrong(v.write(strconv.Quote(exampleHeartbeat)), "%s is not an address", v.name)
	case u.User != nil:
		return nil, v.wrong("leave out everything from // to @", "a user name or password does not belong in %s", v.name)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, v.wrong("write https:// instead of http://", "with http everyone on the way can read %s", v.name)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, v.wrong(v.write(strconv.Quote(exampleHeartbeat)), "%s does not begin with https://", v.name)
	}
	return u, nil
}
