package config

import "strings"

// Nearest returns the candidate that a person most likely meant by what was written, or nothing.
func Nearest(written string, candidates []string) string { return nearest(written, candidates) }

// nearest returns the candidate that a person most likely meant, or nothing.
func nearest(written string, candidates []string) string {
	best, distance := "", 0
	for _, candidate := range candidates {
		a, b := plain(written), plain(candidate)
		d := editDistance(a, b)
		// A third of the letters may differ: "levl" is level, but "abc" is not "dir".
		if d > max(1, min(len(a), len(b))/3) || d >= min(len(a), len(b)) {
			continue
		}
		if best == "" || d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// plain ignores what people mix up without noticing: capitals, hyphens and underscores.
func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// editDistance counts letters to insert, delete, change or swap with their neighbour.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
