package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"finishwatch/uploader/sandbox"
)

// weather stands between the program and the imitation of OpenTrack. What goes wrong before or behind the server it orders
// from the server's own faults; what goes wrong on the wire (resets, slow and cut answers) it does itself.
type weather struct {
	server *sandbox.Server
	judge  *judge
	late   bool

	mu       sync.Mutex
	random   *rand.Rand
	calm     bool
	honest   bool      // the pages are read back without trouble; see loseLedger
	storm    int       // of a hundred uploads so many meet trouble
	life     int       // the program was started so often
	trouble  time.Time // when an upload of this life last failed
	tokens   map[string]bool
	faults   map[string]int
	requests int
	open     map[net.Conn]bool
	diary    func(string, ...any)
}

// fault is what happens to one request.
type fault struct {
	name    string
	server  sandbox.Fault
	wire    string        // reset-before, reset-after, cut, slow
	wait    time.Duration // of slow
	patient bool          // the program has to keep its distance afterwards
	life    int
}

type faultKey struct{}

func newWeather(server *sandbox.Server, j *judge, random *rand.Rand, diary func(string, ...any)) *weather {
	w := &weather{server: server, judge: j, random: random, storm: []int{5, 15, 40}[random.IntN(3)], tokens: map[string]bool{}, faults: map[string]int{}, open: map[net.Conn]bool{}, diary: diary}
	server.SetFaults(func(r *http.Request) sandbox.Fault {
		f, _ := r.Context().Value(faultKey{}).(fault)
		return f.server
	})
	return w
}

const page = "<!DOCTYPE html><html><body>Welcome to the stadium's network. Please log in.</body></html>"

func answer(status int) sandbox.Fault {
	return sandbox.Fault{Kind: sandbox.FaultAnswer, Status: status}
}

// putFaults are what can happen to an upload.
func (w *weather) putFaults(r *http.Request) []fault {
	ms := func(most int) time.Duration { return time.Duration(w.random.IntN(most)) * time.Millisecond }
	list := []fault{
		{name: "5xx", server: answer([]int{500, 502, 503, 504}[w.random.IntN(4)]), patient: true},
		{name: "429", server: sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 429, Header: http.Header{"Retry-After": {"1"}}}, patient: true},
		{name: "4xx", server: answer(w.refusal(r))},
		{name: "reset before applying", wire: "reset-before", patient: true},
		{name: "reset after applying", wire: "reset-after", patient: true},
		{name: "closed before applying", server: sandbox.Fault{Kind: sandbox.FaultDrop}, patient: true},
		{name: "lost reply", server: sandbox.Fault{Kind: sandbox.FaultLostReply}, patient: true},
		{name: "5xx after applying", server: sandbox.Fault{Kind: sandbox.FaultApplyAnswer, Status: 502}, patient: true},
		{name: "page after applying", server: sandbox.Fault{Kind: sandbox.FaultApplyAnswer, Status: 200, Body: page}},
		{name: "page before applying", server: sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 200, Body: page}},
		{name: "cut answer", wire: "cut", patient: true},
		{name: "slow answer", wire: "slow", wait: ms(300)},
		{name: "answer too late", wire: "slow", wait: timeout + ms(500)},
		{name: "slow to apply", server: sandbox.Fault{Kind: sandbox.FaultDelay, Delay: ms(200)}},
		{name: "slow to apply, then lost", server: sandbox.Fault{Kind: sandbox.FaultLostReply, Delay: ms(200)}, patient: true},
		{name: "expired token", server: sandbox.Fault{Kind: sandbox.FaultExpired}},
		{name: "echoes secrets", server: w.echo(r), patient: true},
	}
	if w.random.IntN(4) == 0 { // what only a person mends keeps the program waiting for half a minute
		list = append(list, fault{name: "denied", server: sandbox.Fault{Kind: sandbox.FaultDenied}},
			fault{name: "redirect", server: sandbox.Fault{Kind: sandbox.FaultRedirect, Header: http.Header{"Location": {"/login/"}}}, patient: true})
	}
	for range 8 {
		if !w.late {
			break
		}
		list = append(list, fault{name: "applied much later", server: sandbox.Fault{Kind: sandbox.FaultDelay, Delay: timeout + ms(2000)}})
	}
	return list
}

// refusal is a status that refuses an upload. A single row that is refused is to blame and held (a person releases it),
// and that is right; so only what is larger is refused here, or refused for its size, for which no single row is to blame.
func (w *weather) refusal(r *http.Request) int {
	if r.ContentLength < 150 {
		return http.StatusRequestEntityTooLarge
	}
	return []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}[w.random.IntN(3)]
}

// echo is a server that repeats what it was sent.
func (w *weather) echo(r *http.Request) sandbox.Fault {
	return sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 500, Body: fmt.Sprintf("Traceback: %q password=%s %s", r.Header, password, url.QueryEscape(password))}
}

func (w *weather) loginFaults(r *http.Request) []fault {
	return []fault{
		{name: "login: 5xx", server: answer(503)},
		{name: "login: refused", server: answer(400)},
		{name: "login: reset", wire: "reset-before"},
		{name: "login: reply lost", wire: "reset-after"},
		{name: "login: cut answer", wire: "cut"},
		{name: "login: echoes secrets", server: w.echo(r)},
		{name: "login: page", server: sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 200, Body: page}},
	}
}

func (w *weather) readFaults() []fault {
	return []fault{
		{name: "read-back: 403", server: answer(403)},
		{name: "read-back: 502", server: answer(502)},
		{name: "read-back: page", server: sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 200, Body: page}},
		{name: "read-back: reset", wire: "reset-before"},
		{name: "read-back: cut answer", wire: "cut"},
		{name: "read-back: slow", wire: "slow", wait: 200 * time.Millisecond},
	}
}

// draw decides what happens to a request.
func (w *weather) draw(r *http.Request) fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	isPut := strings.HasSuffix(r.URL.Path, "/roadxc_upload/")
	if isPut {
		w.watchDistance()
	}
	var list []fault
	switch {
	case w.calm:
	case isPut && w.random.IntN(100) < w.storm:
		list = w.putFaults(r)
	case strings.HasSuffix(r.URL.Path, "/get-auth-token/") && w.random.IntN(100) < 15:
		list = w.loginFaults(r)
	case strings.HasSuffix(r.URL.Path, "/json/") && w.random.IntN(100) < 25 && !w.honest:
		list = w.readFaults()
	}
	if len(list) == 0 {
		return fault{}
	}
	f := list[w.random.IntN(len(list))]
	f.life = w.life
	w.faults[f.name]++
	w.diary("weather: %s", f.name)
	return f
}

// leastDistance is below the shortest pause of the program after trouble, which is 750 ms.
const leastDistance = 700 * time.Millisecond

// watchDistance is called with each upload: after trouble one life of the program must not try again at once. The caller
// holds the lock.
func (w *weather) watchDistance() {
	if since := time.Since(w.trouble); since < leastDistance {
		w.judge.violate("endless sending: an upload %s after one that failed", since)
	}
}

// ServeHTTP lets the server carry a request out, or not, and sends its answer, or not.
func (w *weather) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	f := w.draw(r)
	if f.patient {
		defer w.inTrouble(f.life)
	}
	if f.wire == "reset-before" {
		_, _ = io.Copy(io.Discard, r.Body)
		reset(rw)
		return
	}
	recorded, closed := w.carryOut(r, f)
	w.takeToken(r, recorded)
	switch {
	case closed:
		panic(http.ErrAbortHandler)
	case f.wire == "reset-after":
		reset(rw)
	case f.wire == "cut":
		cut(rw, recorded)
	case f.wire == "slow":
		select {
		case <-r.Context().Done():
			return
		case <-time.After(f.wait):
		}
		fallthrough
	default:
		maps.Copy(rw.Header(), recorded.Header())
		rw.WriteHeader(recorded.Code)
		rw.Write(recorded.Body.Bytes())
	}
}

// inTrouble is called when an upload has failed, unless the program has been started anew meanwhile.
func (w *weather) inTrouble(life int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if life == w.life {
		w.trouble = time.Now()
	}
}

// carryOut is the server's answer, or that it closes the connection.
func (w *weather) carryOut(r *http.Request, f fault) (recorded *httptest.ResponseRecorder, closed bool) {
	defer func() {
		if reason := recover(); reason != nil {
			if err, ok := reason.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(reason)
			}
			closed = true
		}
	}()
	recorded = httptest.NewRecorder()
	w.server.ServeHTTP(recorded, r.WithContext(context.WithValue(r.Context(), faultKey{}, f)))
	return recorded, false
}

// takeToken remembers each token that the server gives out.
func (w *weather) takeToken(r *http.Request, recorded *httptest.ResponseRecorder) {
	if recorded == nil || !strings.HasSuffix(r.URL.Path, "/get-auth-token/") {
		return
	}
	var given struct{ Token string }
	if json.Unmarshal(recorded.Body.Bytes(), &given) == nil && given.Token != "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tokens[given.Token] = true
	}
}

// reset ends the connection with a reset, as a phone does that has lost its network.
func reset(rw http.ResponseWriter) {
	conn, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// cut sends an answer and closes the connection in its middle.
func cut(rw http.ResponseWriter, recorded *httptest.ResponseRecorder) {
	conn, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	body := recorded.Body.String()
	fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		recorded.Code, http.StatusText(recorded.Code), recorded.Header().Get("Content-Type"), len(body)+1, body[:len(body)/2])
}

// connected keeps the list of connections, so that a race can wait until the server has dealt with what a killed program
// sent. Whether a server carries out a request after its successor is the question of -campaign.late.
func (w *weather) connected(c net.Conn, s http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch s {
	case http.StateNew, http.StateActive, http.StateIdle:
		w.open[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(w.open, c)
	}
}

func (w *weather) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open) == 0
}

func (w *weather) set(change func(*weather)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}
