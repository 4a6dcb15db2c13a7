package uploader_test

import (
	"fmt"
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// BenchmarkBody writes down what goes over the wire: one row as it is, and a full batch compressed.
func BenchmarkBody(b *testing.B) {
	for _, rows := range []int{1, 500} {
		b.Run(fmt.Sprintf("%drows", rows), func(b *testing.B) {
			batch := state.Batch{Unit: r1, Mode: state.Append}
			for i := range rows {
				mark, err := parse.TimeMark(int64(90_000+i), 2)
				if err != nil {
					b.Fatal(err)
				}
				batch.Rows = append(batch.Rows, state.Row{Bib: parse.Bib(fmt.Sprint(100_000 + i)), Mark: mark})
			}
			form, size := uploader.Form{Compress: "auto"}, 0
			b.ReportAllocs()
			for b.Loop() {
				body, err := form.Body([]state.Batch{batch})
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(size), "B/body")
		})
	}
}
