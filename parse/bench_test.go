package parse

import (
	"bytes"
	"encoding/csv"
	"io"
	"testing"
)

// These read the same export, so that their ratios say something on any machine: BenchmarkRead makes finishes of it,
// BenchmarkStrings makes strings of every cell, as whoever compares records has to, and BenchmarkRecords throws each
// record away.
func BenchmarkRead(b *testing.B) {
	data := benchmarkExport(b)
	for b.Loop() {
		r, err := Read(data, Rules{}, TailGrowing)
		if err != nil || len(r.Finishes) != 100_000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkStrings(b *testing.B) {
	data := benchmarkExport(b)
	for b.Loop() {
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(rows) != 100_001 {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	data := benchmarkExport(b)
	for b.Loop() {
		rows := csv.NewReader(bytes.NewReader(data))
		rows.ReuseRecord = true
		n := 0
		for {
			if _, err := rows.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100_001 {
			b.Fatal(n)
		}
	}
}

// BenchmarkGrowth reads the same export again with one row more: what it costs must not depend on the rows above.
func BenchmarkGrowth(b *testing.B) {
	data := benchmarkExport(b)
	last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	g := NewGrowth(Rules{})
	if _, _, err := g.Read(data[:last], 0, TailGrowing); err != nil {
		b.Fatal(err)
	}
	before := *g
	for b.Loop() {
		*g = before
		if _, more, err := g.Read(data, last, TailGrowing); err != nil || !more {
			b.Fatal(more, err)
		}
	}
}

func benchmarkExport(b *testing.B) []byte {
	data := export(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	return data
}
