package uploader

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"finishwatch/state"
)

// Competitions returns the addresses of the competitions that this user may edit and that begin within a year (OpenTrack's
// documentation, my-competitions). The short name of the competition stands at the end of an address.
func (c *Client) Competitions(ctx context.Context) ([]string, error) {
	const op = "list competitions"
	address := c.address("api", "my-competitions") + "/?to_date=" + time.Now().AddDate(1, 0, 0).Format(time.DateOnly)
	body, err := c.authorised(ctx, func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	}, op, maxReadBack)
	if err != nil {
		return nil, err
	}
	var page struct {
		Competitions *[]struct {
			URL string `json:"url"`
		} `json:"competitions"`
	}
	if err := json.Unmarshal(body, &page); err != nil || page.Competitions == nil {
		return nil, &Error{Op: op, Class: Doubtful, Detail: "the answer is no list of competitions"}
	}
	var addresses []string
	for _, competition := range *page.Competitions {
		addresses = append(addresses, competition.URL)
	}
	return addresses, nil
}

// Exists reports whether the server has a page of the unit. An error means that nobody knows.
func (c *Client) Exists(ctx context.Context, unit state.Unit) (bool, error) {
	_, err := c.ReadBack(ctx, unit)
	if refused, ok := errors.AsType[*Error](err); ok && refused.StatusCode == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// Date asks the server for its time, which stands in the head of any answer, and when that was here, in the middle between
// question and answer.
func (c *Client) Date(ctx context.Context) (theirs, ours time.Time, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, c.account.Server.String()+"/", nil)
	if err != nil {
		return theirs, ours, err
	}
	request.Header.Set("User-Agent", c.account.Agent)
	before := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return theirs, ours, c.plain(err)
	}
	defer response.Body.Close()
	c.contact.answered(before, response)
	theirs, err = http.ParseTime(response.Header.Get("Date"))
	return theirs, before.Add(time.Since(before) / 2), err
}
