package status

import (
	"testing"
	"time"
)

func TestDurationsInWords(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0 s", 400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", time.Minute: "1m", 754 * time.Second: "12m34s",
		10 * time.Minute: "10m", 130 * time.Second: "2m10s", time.Hour: "1h", 130 * time.Minute: "2h10m", 20 * time.Hour: "20h",
		72 * time.Hour: "3 days",
	}
	for d, want := range tests {
		if got := seconds(d.Seconds()); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if got := since(now, now.Add(time.Hour)); got != "0 s" {
		t.Errorf("what is still to come was %q ago", got)
	}
}
