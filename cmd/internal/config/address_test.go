package config

import (
	"strings"
	"testing"
	"time"
)

func TestAddressesThatPeopleCopy(t *testing.T) {
	for address, want := range map[string][2]string{
		"https://test-data.opentrack.run/en-gb/x/2026/GBR/api-test/":                {"https://test-data.opentrack.run", "2026/GBR/api-test"},
		"https://data.opentrack.run/x/2026/GBR/api-test":                            {"https://data.opentrack.run", "2026/GBR/api-test"},
		"https://data.opentrack.run/de/x/2026/AUT/wien_10k/event/R1/1/1/":           {"https://data.opentrack.run", "2026/AUT/wien_10k"},
		"https://data.opentrack.run/en-gb/x/2026/GBR/api-test/manage/?tab=2#events": {"https://data.opentrack.run", "2026/GBR/api-test"},
		"https://data.opentrack.run/api/2026/GBR/api-test/":                         {"https://data.opentrack.run", "2026/GBR/api-test"},
		"https://data.opentrack.run/api/2026/GBR/api-test/roadxc_upload/":           {"https://data.opentrack.run", "2026/GBR/api-test"},
		"  https://Data.OpenTrack.run:8443/x/2026/GBR/api-test/  ":                  {"https://data.opentrack.run:8443", "2026/GBR/api-test"},
		"http://localhost:8080/x/2026/GBR/api-test/":                                {"http://localhost:8080", "2026/GBR/api-test"},
		"http://127.0.0.2:1/api/2026/GBR/api-test/":                                 {"http://127.0.0.2:1", "2026/GBR/api-test"},
		"http://[::1]:8080/x/2026/GBR/api-test/":                                    {"http://[::1]:8080", "2026/GBR/api-test"},
	} {
		read, faults := competition{}.read(value{name: "competition", any: address})
		if faults != nil {
			t.Errorf("%s: %s", address, faults[0].text)
			continue
		}
		if got := [2]string{read.server.String(), read.slug}; got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestAddressesThatWouldGoAstray(t *testing.T) {
	for _, address := range []string{
		"http://localhost.example.org/x/2026/GBR/a/", "http://127.0.0.1.example.org/x/2026/GBR/a/", "http://10.0.0.1/x/2026/GBR/a/",
		"https://data.opentrack.run:99999/x/2026/GBR/a/", "https://data.opentrack.run/x/2026/GBR/../", "https://data.opentrack.run/x/2026/GBR/a%2Fb%3F/",
		"https://data.opentrack.run/english/x/2026/GBR/a/", "https:data.opentrack.run/x/2026/GBR/a/", "https://@data.opentrack.run/x/2026/GBR/a/",
		"https://data.opentrack.run/x/2026/GBR/%2e%2e/", "x/2026/GBR/a",
	} {
		if read, faults := (competition{}).read(value{name: "competition", any: address}); faults == nil {
			t.Errorf("%s is taken as %s of %s", address, read.slug, read.server)
		}
	}
}

func TestAmounts(t *testing.T) {
	for written, want := range map[string]time.Duration{"0s": 0, "1m30s": 90 * time.Second, "1.5s": 1500 * time.Millisecond, "1h": time.Hour} {
		if got, faults := (duration{0, time.Hour}).read(value{any: written}); faults != nil || got != want {
			t.Errorf("%s: %s, %v", written, got, faults)
		}
	}
	for written, want := range map[string]int64{"1KB": 1 << 10, "1024B": 1 << 10, "64MB": 64 << 20, "1GB": 1 << 30} {
		if got, faults := (size{1 << 10, 1 << 30}).read(value{any: written}); faults != nil || got != want {
			t.Errorf("%s: %d, %v", written, got, faults)
		}
	}
	for _, written := range []string{"17179869185GB", "1TB", "-1MB", "1.5GB", "MB", "", "64"} {
		if got, faults := (size{1 << 10, 1 << 30}).read(value{any: written}); faults == nil {
			t.Errorf("%q is taken as %d", written, got)
		}
	}
}

func TestWhatPeopleMeantByADuration(t *testing.T) {
	for written, want := range map[string]string{
		"5 s": "5s", "5sec.": "5s", "10 Minuten": "10m", "1,5 h": "1.5h", "2 days": "48h", "300 MS": "300ms", "7": "7s", "soon": "", "5 parsecs": "",
	} {
		if got, _ := meantDuration(written); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
}

func TestHintsAreNeitherDeafNorWild(t *testing.T) {
	candidates := []string{"dir", "poll", "settle", "max_age", "max_size", "username", "ignore_unknowns"}
	for written, want := range map[string]string{
		"setle": "settle", "SETTLE": "settle", "stetle": "settle", "maxage": "max_age", "max-size": "max_size", "pol": "poll", "usernme": "username",
		"colour": "", "abc": "", "x": "", "": "", strings.Repeat("settle", 100): "",
	} {
		if got := nearest(written, candidates); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
}

func TestReadAddressSaysWhatIsWrongWithoutRepeatingIt(t *testing.T) {
	server, slug, err := ReadAddress("https://data.opentrack.run/en-gb/x/2026/GBR/my-race/event/R1/?key=1")
	if err != nil || server.String() != "https://data.opentrack.run" || slug != "2026/GBR/my-race" {
		t.Errorf("%v %q %v", server, slug, err)
	}
	if _, _, err := ReadAddress("https://me:hunter2@data.opentrack.run/x/2026/GBR/my-race/"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}
