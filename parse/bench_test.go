package parse

import (
	"bytes"
	"encoding/csv"
	"io"
	"testing"
)

// BenchmarkRead and BenchmarkEncodingCSV read the same export, so that their ratio says something on any machine.
func BenchmarkRead(b *testing.B) {
	data := export(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Read(data, Rules{}, TailGrowing)
		if err != nil || len(r.Finishes) != 100_000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodingCSV(b *testing.B) {
	data := export(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
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
