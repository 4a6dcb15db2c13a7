package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// What an Order waits for.
const (
	OnPut      = "put"      // the next uploads
	OnLogin    = "login"    // the next logins
	OnRead     = "read"     // the next API calls that are neither
	OnReadBack = "readback" // the next read-backs
	OnAny      = "any"      // whatever comes next of these
)

// Order is faults ordered by HTTP, for tests of the real binary: POST /sandbox/faults takes one or a list of them.
//
//	{"kind":"lost-reply","count":2}
//	{"kind":"answer","status":429,"header":{"Retry-After":"2"}}
//	{"kind":"redirect","location":"/login/"}
//	{"kind":"drop","on":"any","for":"30s"}
//	{"kind":"answer","status":502,"for":"1m","every":3,"name":"flaky"}
//
// The first order that fits a request is its fault; orders are used up in turn.
type Order struct {
	Kind FaultKind `json:"kind"`
	// On is what is hit, "put" when empty; Count how many requests, 1 when 0.
	On    string `json:"on,omitempty"`
	Count int    `json:"count,omitempty"`
	// For hits everything that fits for so long from now ("30s") instead of counting.
	For string `json:"for,omitempty"`
	// Every lets only every so manyeth request that fits be hit: 3 is every third. 0 and 1 are each.
	Every int `json:"every,omitempty"`
	// First puts it in front of the orders that there are already.
	First bool `json:"first,omitempty"`
	// Name is what the page and [Server.Suffered] call it; the kind when empty.
	Name string `json:"name,omitempty"`
	// Status, Header, Body, Location and Delay ("2s") are those of Fault.
	Status   int               `json:"status,omitempty"`
	Header   map[string]string `json:"header,omitempty"`
	Body     string            `json:"body,omitempty"`
	Location string            `json:"location,omitempty"`
	Delay    string            `json:"delay,omitempty"`

	delay time.Duration
	until time.Time // zero: by Count
	met   int       // requests that fitted
}

// maxDelay keeps a delay below the write timeout of Serve.
const maxDelay = 4 * time.Minute

// Order queues faults as POST /sandbox/faults does. An error says which word is wrong; nothing is queued then.
func (s *Server) Order(orders ...Order) error {
	checked := make([]Order, 0, len(orders))
	for _, order := range orders {
		order, err := order.check(time.Now())
		if err != nil {
			return fmt.Errorf("sandbox: order a fault: %w", err)
		}
		checked = append(checked, order)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, order := range checked {
		at := len(s.orders)
		if order.First {
			at = 0
		}
		s.orders = slices.Insert(s.orders, at, order)
	}
	s.restaged()
	return nil
}

// check fills in what was left out and refuses what is misspelled: a fault that never comes makes a test pass.
func (o Order) check(now time.Time) (Order, error) {
	o.On, o.Count = or(o.On, OnPut), or(o.Count, 1)
	kinds := []FaultKind{
		FaultAnswer, FaultDrop, FaultLostReply, FaultApplyAnswer, FaultSlowReply,
		FaultRedirect, FaultExpired, FaultDenied, FaultDelay,
	}
	switch {
	case !slices.Contains(kinds, o.Kind):
		return o, fmt.Errorf("kind %q is none of %q", o.Kind, kinds)
	case !slices.Contains([]string{OnPut, OnLogin, OnRead, OnReadBack, OnAny}, o.On):
		return o, fmt.Errorf("on %q is none of put, login, read, readback, any", o.On)
	case o.Every < 0:
		return o, fmt.Errorf("every %d is not a number of requests", o.Every)
	case o.Count < 1:
		return o, fmt.Errorf("count %d is not a number of requests", o.Count)
	case o.Status != 0 && (o.Status < 200 || o.Status > 599):
		return o, fmt.Errorf("status %d is not one of HTTP's final answers", o.Status)
	}
	return o.checkTimes(now)
}

// checkTimes reads delay and for.
func (o Order) checkTimes(now time.Time) (_ Order, err error) {
	if o.Delay != "" {
		if o.delay, err = time.ParseDuration(o.Delay); err != nil || o.delay < 0 || o.delay > maxDelay {
			return o, fmt.Errorf("delay %q is not a time up to %s, such as \"2s\"", o.Delay, maxDelay)
		}
	}
	if o.For != "" {
		length, err := time.ParseDuration(o.For)
		if err != nil || length <= 0 {
			return o, fmt.Errorf("for %q is not a time such as \"30s\"", o.For)
		}
		o.until = now.Add(length)
	}
	return o, nil
}

// takeOrder takes one fault out of the first order that fits. The caller holds the lock.
func (s *Server) takeOrder(on string) (Fault, bool) {
	s.forgetOrders(time.Now())
	for i := range s.orders {
		order := &s.orders[i]
		if !order.hits(on) {
			continue
		}
		s.suffered[order.name()]++
		if order.until.IsZero() {
			order.Count--
			s.restaged()
		}
		return order.fault(), true
	}
	return Fault{}, false
}

// hits tells whether it is the order's turn to hit a request, and counts those that fit.
func (o *Order) hits(on string) bool {
	if o.On != on && o.On != OnAny {
		return false
	}
	o.met++
	return o.Every == 0 || o.met%o.Every == 0
}

// name is what people call it.
func (o Order) name() string { return or(o.Name, string(o.Kind)) }

// forgetOrders drops the orders that are used up or over. The caller holds the lock.
func (s *Server) forgetOrders(now time.Time) {
	s.orders = slices.DeleteFunc(s.orders, func(o Order) bool {
		return o.Count == 0 || !o.until.IsZero() && !now.Before(o.until)
	})
}

// fault is one fault of the order.
func (o Order) fault() Fault {
	header := http.Header{}
	for name, value := range o.Header {
		header.Set(name, value)
	}
	if o.Location != "" {
		header.Set("Location", o.Location)
	}
	return Fault{Kind: o.Kind, Status: o.Status, Header: header, Body: o.Body, Delay: o.delay}
}

// addOrders answers POST /sandbox/faults.
func (s *Server) addOrders(w http.ResponseWriter, r *http.Request) {
	orders, err := readOrders(r)
	if err == nil {
		err = s.Order(orders...)
	}
	if err != nil {
		detail(http.StatusBadRequest, err.Error()).write(w)
		return
	}
	s.showOrders(w, r)
}

// readOrders reads one order or a list of them.
func readOrders(r *http.Request) ([]Order, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&raw); err != nil {
		return nil, fmt.Errorf("sandbox: read faults: %w", err)
	}
	if raw[0] != '[' {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	var orders []Order
	if err := strictly(raw, &orders); err != nil {
		return nil, fmt.Errorf("sandbox: read faults: %w", err)
	}
	return orders, nil
}

// showOrders answers GET /sandbox/faults.
func (s *Server) showOrders(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.forgetOrders(time.Now())
	orders := append([]Order{}, s.orders...)
	s.mu.Unlock()
	jsonAnswer(http.StatusOK, orders).write(w)
}

// dropOrders answers DELETE /sandbox/faults.
func (s *Server) dropOrders(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.orders = nil
	s.restaged()
	s.mu.Unlock()
	s.showOrders(w, r)
}
