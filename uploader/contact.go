package uploader

import (
	"net/http"
	"sync"
	"time"
)

// Contact is what the server's answers tell besides what was asked for. The zero value is that of a client that has had
// no answer yet.
type Contact struct {
	At       time.Time     // when the last answer came, whatever it said
	Took     time.Duration // from that question to the head of its answer
	Status   int           // the HTTP status of that answer
	LoggedIn time.Time     // when the server last took the account; zero when it has not yet
	Clock    Clock
}

// contact is the [Contact] of one client. It has a lock of its own: who asks for it must not wait for a request.
type contact struct {
	mu  sync.Mutex
	now Contact
}

// answered takes down an answer. A copy that some proxy kept (RFC 9111, 5.1) has the Date of another time.
func (c *contact) answered(asked time.Time, response *http.Response) {
	now := time.Now()
	date, err := http.ParseTime(response.Header.Get("Date"))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.At, c.now.Took, c.now.Status = now, now.Sub(asked), response.StatusCode
	if err == nil && response.Header.Get("Age") == "" {
		// Without the monotonic clock, which does not notice that ours was set.
		c.now.Clock = c.now.Clock.with(asked.Round(0), now.Round(0), date)
	}
}

func (c *contact) loggedIn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.LoggedIn = time.Now()
}

// Contact returns what the server's answers to this client told. It waits for no request.
func (c *Client) Contact() Contact {
	c.contact.mu.Lock()
	defer c.contact.mu.Unlock()
	return c.contact.now
}
