package uploader

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"finishwatch/state"
)

// Account says where and as whom the client works.
type Account struct {
	Server      *url.URL // scheme and host
	Competition string   // year/country/slug
	Username    string
	Password    string
	Timeout     time.Duration // of one request, from dialling to the last byte of the answer
	Agent       string        // the User-Agent
}

// Client speaks OpenTrack's documented interface. It logs in when it has to and logs in again once when a token is
// refused. Its methods return an [*Error] for everything that is not a success. It is safe for concurrent use.
type Client struct {
	account Account
	form    Form
	http    *http.Client
	contact contact

	mu    sync.Mutex
	token string
}

// NewClient returns a client. It makes no request.
func NewClient(account Account, form Form) *Client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: min(account.Timeout, 15*time.Second), KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: account.Timeout,
		IdleConnTimeout:       2 * time.Minute,
		ForceAttemptHTTP2:     true,
	}
	return &Client{
		account: account,
		form:    form,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// maxAnswer bounds how much of an answer is read. The words of an upload's answer are for people only.
const maxAnswer = 64 << 10

// Put sends batches as one request. Nil means that the server answered with a success.
func (c *Client) Put(ctx context.Context, batches []state.Batch) error {
	body, err := c.form.Body(batches)
	if err != nil {
		return err
	}
	const op = "PUT roadxc_upload"
	_, err = c.authorised(ctx, func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodPut, c.address("api", c.account.Competition, "roadxc_upload")+"/", bytes.NewReader(body))
	}, op, maxAnswer)
	return err
}

// Login gets a token, and tells by its error whether the account works.
func (c *Client) Login(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.login(ctx)
}

func (c *Client) login(ctx context.Context) error {
	c.token = ""
	form := url.Values{"username": {c.account.Username}, "password": {c.account.Password}}.Encode()
	const op = "log in"
	status, body, err := c.do(ctx, func(ctx context.Context) (*http.Request, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address("api", "get-auth-token")+"/", strings.NewReader(form))
		if err == nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return request, err
	}, op, maxAnswer)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Class == BatchRefused {
		refused.Class = LoginRefused
	}
	if err != nil {
		return err
	}
	var answer struct {
		Token string `json:"token"`
	}
	// A refusal is documented as JSON without a token, whatever its status.
	if json.Unmarshal(body, &answer) != nil || answer.Token == "" || strings.ContainsAny(answer.Token, "\r\n") {
		// What stands in it is not shown: it may be a token under another name.
		return &Error{Op: op, Class: LoginRefused, StatusCode: status, Detail: "the answer has no token"}
	}
	c.token = answer.Token
	c.contact.loggedIn()
	return nil
}

// maker makes a request anew for each attempt.
type maker func(context.Context) (*http.Request, error)

// authorised makes a request with the token. A refused token is replaced once; refused again, it is the login.
func (c *Client) authorised(ctx context.Context, newRequest maker, op string, limit int64) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := false
	for {
		if c.token == "" {
			if err := c.login(ctx); err != nil {
				return nil, err
			}
			fresh = true
		}
		_, body, err := c.do(ctx, newRequest, op, limit)
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Class != LoginRefused || fresh {
			if err == nil {
				c.contact.loggedIn()
			}
			return body, err
		}
		c.token = ""
	}
}

// do makes one request and sorts its answer.
func (c *Client) do(ctx context.Context, newRequest maker, op string, limit int64) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.account.Timeout)
	defer cancel()
	request, err := newRequest(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", op, err)
	}
	request.Header.Set("Referer", c.account.Server.String()+"/")
	request.Header.Set("User-Agent", c.account.Agent)
	if c.token != "" {
		request.Header.Set("Authorization", "Token "+c.token)
	}
	asked := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, &Error{Op: op, Class: Unreachable, Err: c.plain(err)}
	}
	defer response.Body.Close()
	c.contact.answered(asked, response)
	if response.StatusCode < http.StatusOK {
		// Of 101 the body is the bare connection: to read it would wait for ever, whatever ctx says.
		return 0, nil, &Error{Op: op, Class: Unreachable, StatusCode: response.StatusCode, Detail: "no answer to the request"}
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, limit))
	class, ok := classify(response.StatusCode, response.Header.Get("Content-Type"), body)
	if err != nil && ok {
		// The status was a success, so the server has taken it; but an answer cut in the middle may be a page.
		return 0, nil, &Error{Op: op, Class: Unreachable, Err: c.plain(err)}
	}
	if !ok {
		response.Header.Set("Location", c.scrub(response.Header.Get("Location")))
		return response.StatusCode, nil, refusal(op, class, response, []byte(c.scrub(string(body))), time.Now())
	}
	return response.StatusCode, body, nil
}

// plain takes the address out of the network's error: it is long, and said elsewhere. What a broken server said may
// stand in it, so secrets are taken out as well.
func (c *Client) plain(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
		if wrapped.Timeout() {
			err = fmt.Errorf("no answer in time: %w", wrapped.Err)
		}
	}
	if text := words([]byte(c.scrub(err.Error()))); text != err.Error() {
		return errors.New(text)
	}
	return err
}

// scrub takes the secrets out of the server's words, should it repeat them, as they are or in the forms in which a
// server would write them: of a form, of a path, of JSON, of HTML.
func (c *Client) scrub(text string) string {
	for _, secret := range []string{c.account.Password, c.token} {
		if secret == "" {
			continue
		}
		quoted, _ := json.Marshal(secret)
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`), html.EscapeString(secret)} {
			text = strings.ReplaceAll(text, form, "***")
		}
	}
	return text
}

func (c *Client) address(parts ...string) string {
	return c.account.Server.JoinPath(parts...).String()
}
