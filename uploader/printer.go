package uploader

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"finishwatch/state"
)

// Printer is a [Server] that prints the requests of a dry run and sends nothing. It answers every one as a server
// without any results would.
type Printer struct {
	w       io.Writer
	account Account
	form    Form
}

// NewPrinter returns a printer.
func NewPrinter(w io.Writer, account Account, form Form) *Printer {
	return &Printer{w: w, account: account, form: form}
}

// Put prints the request that [Client.Put] would send.
func (p *Printer) Put(_ context.Context, batches []state.Batch) error {
	text, err := p.form.JSON(batches)
	if err != nil {
		return err
	}
	body, err := p.form.Body(batches)
	if err != nil {
		return err
	}
	address := p.account.Server.JoinPath("api", p.account.Competition, "roadxc_upload").String() + "/"
	how := "as it stands here"
	if len(body) != len(text) {
		how = "zlib-compressed"
	}
	_, err = fmt.Fprintf(p.w, "PUT %s\nHost: %s\nAuthorization: Token ***\nReferer: %s/\nContent-Length: %d (%s)\n\n%s\n\n",
		address, p.account.Server.Host, (&url.URL{Scheme: p.account.Server.Scheme, Host: p.account.Server.Host}).String(), len(body), how, text)
	return err
}

// Login has nobody to ask.
func (p *Printer) Login(context.Context) error { return nil }

// ReadBack shows nothing: a dry run asks nobody, so it supposes a race without results.
func (p *Printer) ReadBack(context.Context, state.Unit) ([]Result, error) { return nil, nil }
