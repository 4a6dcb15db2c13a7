package rehearsal

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser starts a browser without a window; where there is none the test is skipped.
func browser(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("there is no Chromium on this machine; install chromium to see the page")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(760, 720),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-first-run", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// stills takes pictures of the page.
type stills struct {
	t   *testing.T
	ctx context.Context
	dir string
}

// when waits for an expression on the page to be true and takes a picture.
func (s *stills) when(name, expression string) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		ready, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](expression))
		if err != nil || time.Now().After(deadline) {
			s.t.Errorf("%s: %s is never true: %v", name, expression, err)
			return
		}
		if ready {
			break
		}
	}
	picture, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, name), picture, 0o644)
	}
	if err != nil {
		s.t.Error(err)
	}
}

// artefacts is where pictures are left for people: $ARTEFACTS, or where go test -artifacts says.
func artefacts(t *testing.T) string {
	if dir := os.Getenv("ARTEFACTS"); dir != "" {
		return dir
	}
	return t.ArtifactDir()
}

// A rehearsal in three pictures: how it begins, an outage, the verdict. The page and the verdict agree.
func TestBrowserStills(t *testing.T) {
	s := &stills{t: t, ctx: browser(t), dir: artefacts(t)}
	o := tried(60)
	o.Faults = "outage 4s at 4s"
	watching := make(chan struct{})
	o.onPage = func(address string) {
		if err := chromedp.Do(s.ctx, chromedp.Navigate(address)); err != nil {
			t.Error(err)
		}
		go func() {
			defer close(watching)
			s.when("rehearsal-1-start.png", `document.querySelectorAll("tbody tr").length >= 8`)
			s.when("rehearsal-2-outage.png", `/^outage: [12] s to go/.test(document.getElementById("stage").textContent)`)
			s.when("rehearsal-3-verdict.png", `!document.getElementById("verdict").hidden && document.querySelectorAll("tbody tr").length === 60`)
		}()
	}
	o.onEnd = func() { <-watching }
	var text bytes.Buffer
	if err := Run(t.Context(), &text, &text, o); err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	shown, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](`document.getElementById("verdict").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(shown, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(text.String(), "\n"+line+"\n") {
			t.Errorf("the page says %q\n%s", line, &text)
		}
	}
	t.Logf("three pictures are in %s", s.dir)
}
