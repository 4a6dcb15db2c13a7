package uploader_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/uploader/sandbox"
)

// Every answer tells that the server can be reached, how fast it is and what its clock says; a login that it took, too.
func TestWhatAnswersTellBesides(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	if c := w.client.Contact(); c != (uploader.Contact{}) {
		t.Errorf("before the first answer: %+v", c)
	}
	if _, err := w.client.ReadBack(t.Context(), r1); err != nil {
		t.Fatal(err)
	}
	read := w.client.Contact()
	if read.Status != 200 || read.Took <= 0 || read.At.IsZero() || !read.LoggedIn.IsZero() || !read.Clock.Known {
		t.Errorf("after a page that needs no login: %+v", read)
	}
	if err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:20")}); err != nil {
		t.Fatal(err)
	}
	put := w.client.Contact()
	if put.LoggedIn.IsZero() || !put.At.After(read.At) || put.Clock.Least > 0 || put.Clock.Most < 0 {
		t.Errorf("after an upload: %+v", put)
	}
	w.http.Close()
	if err := w.client.Login(t.Context()); err == nil {
		t.Fatal("nobody is there and answers")
	}
	if c := w.client.Contact(); c != put {
		t.Errorf("no answer changed it: %+v", c)
	}
}

func TestALoginAloneIsALogin(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	if err := w.client.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := w.client.Contact(); c.LoggedIn.IsZero() {
		t.Errorf("%+v", c)
	}
}

func TestARefusedLoginIsNoLogin(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(a *uploader.Account, _ *uploader.Form) { a.Password = "wrong" })
	if err := w.client.Login(t.Context()); err == nil {
		t.Fatal("a wrong password is taken")
	}
	if c := w.client.Contact(); !c.LoggedIn.IsZero() || c.At.IsZero() {
		t.Errorf("%+v", c)
	}
}

// What a proxy kept has the time at which it was made.
func TestTheDateOfAKeptCopyIsNotTheTime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Mon, 04 May 2026 10:00:00 GMT")
		w.Header().Set("Age", "3600")
	}))
	t.Cleanup(server.Close)
	client := clientOf(t, server.URL, nil)
	if _, _, err := client.Date(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := client.Contact(); c.Clock.Known || c.Status != 200 {
		t.Errorf("%+v", c)
	}
}

func TestTheReportSaysHowEachUnitWasSentLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) {
			c.Contact = func() uploader.Contact { return uploader.Contact{Status: 201} }
		})
		r.server.took = 180 * time.Millisecond
		r.run()
		r.read(r1, "1", "14:20")
		r.later(time.Second)
		first := r.loop.Report().Sent
		if got, ok := first[r1]; !ok || got.Status != 201 || got.Took != 180*time.Millisecond || len(first) != 1 {
			t.Errorf("%+v", first)
		}
		r.read(r2, "2", "14:30")
		r.later(time.Second)
		second := r.loop.Report().Sent
		if second[r1] != first[r1] || !second[r2].At.After(first[r1].At) {
			t.Errorf("%+v", second)
		}
		r.server.scripted(func(int, []state.Batch) (bool, error) { return false, unreachable(503, 0) })
		r.read(r2, "3", "14:40")
		r.later(time.Second)
		if got := r.loop.Report().Sent[r2]; got != second[r2] {
			t.Errorf("what was not accepted counts: %+v", got)
		}
	})
}
