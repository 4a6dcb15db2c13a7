package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"finishwatch/uploader/sandbox"
)

// The tests in this file look at the page as a person does, in Chromium. Where there is none they are skipped.

// tab is a page in a browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu   sync.Mutex
	said []string // what stands in its console, with its source
}

// browse opens an address in a browser without a window.
func browse(t *testing.T, address string) *tab {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("there is no Chromium on this machine; install chromium to test the page")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1100, 800),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-first-run", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.said = append(b.said, m.Source+" "+m.String())
			b.mu.Unlock()
		}
	}()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return b
}

// ask is the value of an expression on the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true.
func (b *tab) until(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ask[bool](b, expression); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("never true: %s\n%s", expression, ask[string](b, "document.body.innerText"))
		}
	}
}

// rows are the lines of the first race: place, bib and mark.
const rows = `[...document.querySelectorAll("section")[0].querySelectorAll("tbody tr")].map((r) => [0, 1, 2].map((i) => r.cells[i].textContent).join(" ").trim())`

func (b *tab) shows(want ...string) {
	b.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		b.t.Fatal(err)
	}
	b.until(fmt.Sprintf("JSON.stringify(%s) === JSON.stringify(%s)", rows, text))
}

// quiet fails when something stands in the console, besides what is allowed.
func (b *tab) quiet(allowed ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.said {
		if !slices.ContainsFunc(allowed, func(a string) bool { return strings.Contains(text, a) }) {
			b.t.Errorf("in the console: %s", text)
		}
	}
}

func TestBrowserShowsWhatArrives(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	b := browse(t, c.base)
	b.until(`document.getElementById("connection").textContent === "Live."`)
	ask[bool](b, "window.stays = true")
	c.taken(r1("append", "1 14:20", "2 14:30.5", "3 DNF"))
	b.shows("1 1 14:20", "2 2 14:30.5", "3 DNF")
	c.taken(r1("append", "4 14:10"))
	b.shows("1 4 14:10", "2 1 14:20", "3 2 14:30.5", "3 DNF")
	c.taken(r1("update", "2 14:05"))
	b.shows("1 2 14:05", "2 4 14:10", "3 1 14:20", "3 DNF")
	if gap := ask[string](b, `document.querySelectorAll("tbody tr")[2].cells[3].textContent`); gap != "+0:15" {
		t.Errorf("gap %q", gap)
	}
	c.taken(r1("update", "1 14:10.5"))
	b.until(`document.querySelectorAll("tbody tr")[2].cells[3].textContent === "+0:05.50"`)
	c.taken(r1("replace", "3 14:00"))
	b.shows("1 3 14:00")
	if !ask[bool](b, "window.stays === true") {
		t.Error("the page was loaded anew")
	}
	if err := s.Order(sandbox.Order{Kind: sandbox.FaultDrop, For: "20s", Name: "outage"}); err != nil {
		t.Fatal(err)
	}
	b.until(`/^outage: (20|1[5-9]) s to go$/.test(document.getElementById("stage").textContent)`)
	s.Conclude(false, "NOT CLEAN: <b>1</b> missing")
	b.until(`document.getElementById("verdict").innerText === "NOT CLEAN: <b>1</b> missing"`)
	b.quiet()
}

// Whatever a bib, a name or an answer has in it is text.
func TestBrowserShowsHostileTextAsText(t *testing.T) {
	const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`
	s, c := start(t, sandbox.Options{StartList: map[string][]string{"R1": {hostile, "\u202e349", "a</td><td>b"}}})
	s.Announce(hostile)
	b := browse(t, c.base)
	for i, bib := range []string{hostile, "\u202e349", "a</td><td>b"} {
		body, err := json.Marshal(map[string]any{
			"eventid": "R1", "round": 1, "heat": 1, "mode": "append", "name": hostile, "note": hostile, "data": [][2]string{{bib, fmt.Sprintf("14:0%d", i)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.taken(strings.ReplaceAll(string(body), "\u202e", `\u202e`)) // the imitation wants ASCII, as we send it
	}
	c.put(hostile)
	b.until(`document.querySelectorAll("#put-list li").length === 4`)
	b.until(`document.querySelectorAll("tbody tr").length === 3`)
	if got := ask[string](b, `document.querySelectorAll("tbody tr")[0].cells[1].firstChild.textContent`); got != hostile {
		t.Errorf("%q", got)
	}
	for _, expression := range []string{
		`document.querySelectorAll("img").length === 0`,
		`document.querySelectorAll("script").length === 1`,
		`document.title !== "taken"`,
		`document.querySelectorAll("tbody tr")[2].cells.length === 5`,
		`document.querySelector("h2 .name").textContent.startsWith("<img")`,
		`document.getElementById("stage").textContent.startsWith("<img")`,
		`[...document.querySelectorAll("#put-list pre")].some((p) => p.textContent.startsWith("<img"))`,
		`document.querySelectorAll("tbody tr")[1].cells[1].firstChild.tagName === "BDI"`,
	} {
		if !ask[bool](b, expression) {
			t.Errorf("not true: %s", expression)
		}
	}
	b.quiet()
}

// A page whose server goes away and comes back catches up; another server's page is another page.
func TestBrowserCatchesUp(t *testing.T) {
	first := sandbox.New(sandbox.Options{})
	address, down := serveAt(t, first, "127.0.0.1:0")
	c := connect(t, "http://"+address)
	c.login()
	c.taken(r1("append", "1 14:20"))
	b := browse(t, c.base)
	b.shows("1 1 14:20")
	down()
	b.until(`document.getElementById("connection").className === "lost"`)
	if err := first.Seed("R1", 1, 1, [2]string{"2", "14:10"}); err != nil {
		t.Fatal(err)
	}
	_, down = serveAt(t, first, address)
	b.shows("1 2 14:10", "2 1 14:20")
	b.until(`document.getElementById("connection").textContent === "Live."`)
	down()
	other := sandbox.New(sandbox.Options{Events: []string{"R1"}})
	if err := other.Seed("R1", 1, 1, [2]string{"7", "15:00"}); err != nil {
		t.Fatal(err)
	}
	_, down = serveAt(t, other, address)
	b.shows("1 7 15:00")
	other.Conclude(true, "CLEAN")
	b.until(`document.getElementById("verdict").textContent === "CLEAN"`)
	down()
	b.until(`document.getElementById("connection").textContent.startsWith("The rehearsal is over")`)
	b.quiet("network ") // the browser itself says that a connection was lost
}

// serveAt serves at an address; down cuts every connection.
func serveAt(t *testing.T, s *sandbox.Server, address string) (string, func()) {
	t.Helper()
	var listener net.Listener
	var err error
	for range 100 {
		if listener, err = net.Listen("tcp", address); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond) // somebody else has the port for a moment
	}
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(listener) }()
	down := func() { _ = server.Close() }
	t.Cleanup(down)
	return listener.Addr().String(), down
}

// The weight of the page, and how long an upload takes to be seen: figures, and bounds that nothing sound exceeds.
func TestBrowserFigures(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	b := browse(t, c.base)
	b.until(`document.getElementById("connection").textContent === "Live."`)
	weight := 0
	for _, path := range []string{pagePath, "/sandbox/page.css", "/sandbox/page.js"} {
		_, body := c.get(path)
		weight += len(body)
	}
	ask[bool](b, `(() => {
		window.seen = {};
		new MutationObserver(() => {
			for (const row of document.querySelectorAll("tbody tr")) window.seen[row.cells[1].textContent.trim()] ??= performance.timeOrigin + performance.now();
		}).observe(document.getElementById("results"), { subtree: true, childList: true, characterData: true });
		return true;
	})()`)
	var took []float64
	for i := range 40 {
		bib := fmt.Sprint(100 + i)
		sent := time.Now()
		c.taken(r1("append", fmt.Sprintf("%s 14:%02d", bib, i)))
		b.until(fmt.Sprintf(`window.seen[%q] !== undefined`, bib))
		took = append(took, ask[float64](b, fmt.Sprintf("window.seen[%q]", bib))-float64(sent.UnixNano())/1e6)
	}
	slices.Sort(took)
	t.Logf("the page weighs %.1f KB in 3 requests; from PUT to DOM %.0f ms in the middle, worst of 40 %.0f ms", float64(weight)/1024, took[20], took[39])
	if weight > 40<<10 || took[20] > 2000 {
		t.Error("too much")
	}
	b.quiet()
}

// A field of 50,000 at full speed: the page stays usable, and says how many rows it draws.
func TestBrowserWithALargeField(t *testing.T) {
	const athletes, batch = 50_000, 500
	s, c := start(t, sandbox.Options{})
	b := browse(t, c.base)
	b.until(`document.getElementById("connection").textContent === "Live."`)
	ask[bool](b, `(() => {
		window.worst = 0;
		let last = performance.now();
		const tick = (now) => { window.worst = Math.max(window.worst, now - last); last = now; requestAnimationFrame(tick); };
		requestAnimationFrame(tick);
		return true;
	})()`)
	began := time.Now()
	for from := 0; from < athletes; from += batch {
		var lines []string
		for i := from; i < from+batch; i++ {
			lines = append(lines, fmt.Sprintf("%d 1:%02d:%02d.%02d", i+1, i/6000, i/100%60, i%100))
		}
		c.taken(r1("append", lines...))
	}
	sent := time.Since(began)
	b.until(`document.querySelector(".count").textContent.startsWith("50000 results")`)
	shown := time.Since(began)
	text := ask[string](b, `document.querySelector(".count").textContent`)
	drawn := ask[int](b, `document.querySelectorAll("tbody tr").length`)
	t.Logf("%d finishers in %d uploads took %.1f s, on the page after %.1f s; %d rows drawn, longest pause between two frames %.0f ms: %s",
		athletes, athletes/batch, sent.Seconds(), shown.Seconds(), drawn, ask[float64](b, "window.worst"), text)
	if drawn != 200 || !strings.Contains(text, "the first 200 are drawn") {
		t.Errorf("%d rows: %s", drawn, text)
	}
	if err := chromedp.Do(b.ctx, chromedp.SendKeys(chromedp.ID("find"), "49999")); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector("tr.found")?.cells[0].textContent === "49999"`)
	if len(s.Rows("R1", 1, 1)) != athletes {
		t.Error("rows are missing")
	}
	b.quiet()
}
