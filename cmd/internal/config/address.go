package config

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// competition is the address of a competition's page or of its API.
type competition struct{}

// site is what the address says.
type site struct {
	server *url.URL // scheme and host
	slug   string   // year/country/slug
}

const exampleAddress = "https://data.opentrack.run/en-gb/x/2026/GBR/my-race/"

const copyAddress = "open the competition's page in the browser and copy its address, such as " + exampleAddress

func (competition) read(v value) (site, []fault) {
	s, faults := readText(v, exampleAddress)
	if faults != nil {
		return site{}, faults
	}
	server, text, fix := readServer(strings.TrimSpace(s))
	if text != "" {
		return site{}, v.wrong(fix, "%s", text)
	}
	slug, text, fix := readSlug(server.EscapedPath())
	if text != "" {
		return site{}, v.wrong(fix, "%s", text)
	}
	return site{server: &url.URL{Scheme: server.Scheme, Host: strings.ToLower(server.Host)}, slug: slug}, nil
}

// readServer checks everything in front of the path. What it says never repeats the address: it may hold a password.
func readServer(s string) (u *url.URL, text, fix string) {
	if s == "" {
		return nil, "competition is empty", copyAddress
	}
	if !strings.Contains(s, "://") {
		return nil, "the address does not begin with https://", withScheme(s)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || !goodPort(u.Port()):
		return nil, "this is not the address of a page", copyAddress
	case u.User != nil:
		return nil, "a user name or password does not belong in the address", "write the address without everything from // to @; username and password_file have keys of their own"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, "http would send the password readable for everyone on the way", "write https:// instead of http://"
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, "the address does not begin with https://", copyAddress
	}
	return u, "", ""
}

// withScheme is what to do about an address without https://. It does not repeat the address.
func withScheme(s string) string {
	rest := strings.TrimLeft(regexp.MustCompile(`^(?i)https?[:/]*`).ReplaceAllString(s, ""), "/")
	if u, err := url.Parse("https://" + rest); err == nil && strings.Contains(u.Hostname(), ".") && u.User == nil {
		if _, text, _ := readSlug(u.EscapedPath()); text == "" {
			return "write https:// in front of " + u.Host
		}
	}
	return copyAddress
}

func goodPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n >= 1 && n <= 65535
}

// isLoopback reports whether a host is this machine, as for the sandbox.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// readSlug finds year, country and slug in [en-gb/]x/2026/GBR/slug/… and in api/2026/GBR/slug/….
func readSlug(path string) (slug, text, fix string) {
	steps := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(steps) > 1 && steps[1] == "x" && regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$`).MatchString(steps[0]) {
		steps = steps[1:]
	}
	if len(steps) == 0 || steps[0] != "x" && steps[0] != "api" {
		return "", "the address is not that of a competition: /x/ or /api/ with year, country and name is missing", copyAddress
	}
	if len(steps) < 4 {
		return "", "the address ends too early: behind /" + steps[0] + "/ come year, country and name", copyAddress
	}
	year, country, name := steps[1], steps[2], steps[3]
	switch {
	case !regexp.MustCompile(`^\d{4}$`).MatchString(year):
		return "", "the year in the address is not a year: " + short(year), copyAddress
	case regexp.MustCompile(`^[A-Za-z]{3}$`).MatchString(country) && country != strings.ToUpper(country):
		return "", "the country in the address is not three capitals: " + short(country), "write " + strings.ToUpper(country) + " in the place of " + country
	case !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(country):
		return "", "the country in the address is not three capitals: " + short(country), copyAddress
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*$`).MatchString(name):
		return "", "the name of the competition in the address has characters that do not belong there: " + short(name), copyAddress
	}
	return year + "/" + country + "/" + name, "", ""
}

// ReadAddress reads the address of a competition as the key competition does: the server and year/country/slug. Its error
// ends in what to do and does not repeat the address, which may hold a password.
func ReadAddress(address string) (server *url.URL, slug string, err error) {
	found, faults := competition{}.read(value{name: "competition", any: address})
	if faults != nil {
		return nil, "", errors.New(faults[0].text + "; " + faults[0].fix)
	}
	return found.server, found.slug, nil
}
