// Package sandbox is an imitation of OpenTrack on loopback, for rehearsals and tests: make one with New, hand it to
// httptest as a handler or let Serve run it.
//
// Its one idea is to be stricter than the original where strictness finds mistakes (a bib twice, a false in any
// spelling, a compressed body with a header), exactly as careless where carelessness hurts (59.5 becomes 59 minutes
// 5 seconds without a word), and to have a switch for everything that is not known about the original.
//
// It does not know athletes, categories, teams or the distances of events (so it never says "too fast for 5K"), keeps
// everything in memory, and logs nothing: the journal of accepted uploads is its log.
//
// Beside OpenTrack's own addresses it answers
//
//	GET    /sandbox/journal                      every accepted upload, a JSON object (Entry) a line
//	GET    /sandbox/faults                       the faults still to come, a JSON list (Order)
//	POST   /sandbox/faults                       one Order or a list of them: {"kind":"lost-reply","count":2}
//	DELETE /sandbox/faults                       no more faults
//	POST   /sandbox/rows?event=R1&round=1&heat=1 rows that somebody else put there: [["349","14:25.10"]]
//	GET    /sandbox/units                        what exists, a JSON list (UnitState)
//	GET    /sandbox/live                         what changes, as server-sent events for the page
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is one imitated OpenTrack. It is safe for concurrent use; each upload is carried out under one lock.
type Server struct {
	opts    Options
	started time.Time
	handler http.Handler
	page    *template.Template

	mu        sync.Mutex // guards everything below
	token     token
	units     map[Unit]*unit
	journal   []Entry
	lastPut   time.Time
	seq       uint64        // grows with every change that a page shows
	stir      chan struct{} // closed and replaced at every change
	puts      []Exchange    // the latest uploads, refused ones too
	exchanges int           // so many there were
	faults    func(*http.Request) Fault
	orders    []Order
	suffered  map[string]int // requests that an order hit, by its name
	now       string         // what is announced
	verdict   *liveVerdict   // of a rehearsal
	staged    uint64         // the last change of what is going on beside the results
}

// New makes an OpenTrack as options say, with nothing uploaded yet.
func New(options Options) *Server {
	s := &Server{
		opts:    options.withDefaults(),
		started: time.Now(),
		page:    parsePage(),
		units:   map[Unit]*unit{},
		stir:    make(chan struct{}),

		suffered: map[string]int{},
	}
	s.handler = withoutLanguage(withSlash(http.NewCrossOriginProtection().Handler(s.routes())))
	return s
}

// ServeHTTP answers everything: API, read-back, pages and the sandbox's own addresses.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// routes is the table of addresses. The API's are from OpenTrack's documentation (authentication, roadxc_upload) and
// its public examples; the path of the events is ours.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	upload := "/api/{year}/{country}/{slug}/roadxc_upload/{$}"
	page := "/x/{year}/{country}/{slug}/"
	mux.HandleFunc("/api/get-auth-token/{$}", s.call(OnLogin, http.MethodPost, s.login))
	mux.HandleFunc("/api/hello/{$}", s.call(OnRead, http.MethodGet, s.withToken(s.hello)))
	mux.HandleFunc("/api/my-competitions/{$}", s.call(OnRead, http.MethodGet, s.withToken(s.myCompetitions)))
	mux.HandleFunc("/api/competitors/{$}", s.call(OnRead, http.MethodGet, s.withToken(s.competitors)))
	mux.HandleFunc("/api/events/{$}", s.call(OnRead, http.MethodGet, s.withToken(s.events)))
	mux.HandleFunc(upload, s.recorded(s.call(OnPut, http.MethodPut, s.withToken(s.upload))))
	mux.HandleFunc("/api/", noSuchCall)
	mux.HandleFunc("GET "+page+"event/{event}/{round}/{heat}/json/{$}", s.call(OnReadBack, http.MethodGet, s.readUnit))
	mux.HandleFunc("GET "+page+"json/{$}", s.call(OnReadBack, http.MethodGet, s.readAll))
	mux.HandleFunc("GET "+page+"{$}", s.showPage)
	mux.HandleFunc("GET /{$}", s.toPage)
	mux.HandleFunc("GET /sandbox/page.css", showPart("text/css; charset=utf-8", pageStyle))
	mux.HandleFunc("GET /sandbox/page.js", showPart("text/javascript; charset=utf-8", pageScript))
	mux.HandleFunc("GET /sandbox/live", s.live)
	mux.HandleFunc("GET /sandbox/journal", s.showJournal)
	mux.HandleFunc("GET /sandbox/units", s.showUnits)
	mux.HandleFunc("POST /sandbox/rows", s.seedRows)
	mux.HandleFunc("GET /sandbox/faults", s.showOrders)
	mux.HandleFunc("POST /sandbox/faults", s.addOrders)
	mux.HandleFunc("DELETE /sandbox/faults", s.dropOrders)
	return mux
}

// lifeKey finds, in a request's context, the context that ends with the server rather than with the request.
type lifeKey struct{}

// Serve answers on l until ctx ends, then returns nil. It closes l, and refuses one that can be reached from another
// machine: the imitation's password is published.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer l.Close()
	if !staysHere(l.Addr()) {
		return fmt.Errorf("sandbox: %s is not a loopback address: listen on 127.0.0.1 or [::1]", l.Addr())
	}
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      5 * time.Minute, // longer than a fault's delay may be
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return context.WithValue(ctx, lifeKey{}, ctx) },
	}
	shut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(shut); shutDown(server) })
	err := server.Serve(l)
	if stop() {
		return fmt.Errorf("sandbox: serve %s: %w", l.Addr(), err)
	}
	<-shut
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("sandbox: serve %s: %w", l.Addr(), err)
	}
	return nil
}

// shutDown lets answers under way finish for a moment, then cuts them off.
func shutDown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

// staysHere tells whether only this machine can reach addr.
func staysHere(addr net.Addr) bool {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.IP.IsLoopback()
	}
	return addr.Network() == "unix" || addr.Network() == "pipe"
}
