package bench

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"finishwatch/uploader/sandbox"
)

// bare does the least that any program must do that is live and forgets nothing: it hears of a write, reads what is new,
// makes it durable, and sends it. It does not look at what it sends, and nobody could trust it.
type bare struct {
	client http.Client
	server string
	token  string
}

func newBare(t *testing.T, server string) *bare {
	t.Helper()
	f := &bare{server: "http://" + server}
	answer, err := f.client.PostForm(f.server+"/api/get-auth-token/", url.Values{"username": {username}, "password": {password}})
	must(t, err)
	defer answer.Body.Close()
	var login struct{ Token string }
	must(t, json.NewDecoder(answer.Body).Decode(&login))
	f.token = login.Token
	return f
}

// put sends a body.
func (f *bare) put(body []byte) error {
	request, err := http.NewRequest(http.MethodPut, f.server+"/api/2026/GBR/api-test/roadxc_upload/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Token "+f.token)
	answer, err := f.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("a bare PUT: HTTP %d", answer.StatusCode)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// follow sends each line that is appended to the one file of a folder, until the folder is removed.
func (f *bare) follow(dir, name, log string) (run func() error, err error) {
	notify, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := unix.InotifyAddWatch(notify, dir, unix.IN_MODIFY|unix.IN_DELETE_SELF); err != nil {
		return nil, err
	}
	ledger, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	return func() error {
		defer unix.Close(notify)
		defer ledger.Close()
		read, events := 0, make([]byte, 4<<10)
		for {
			if _, err := unix.Read(notify, events); err != nil {
				return err
			}
			data, err := os.ReadFile(filepath.Join(dir, name))
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || len(data) == read {
				continue
			}
			row := data[read:]
			read = len(data)
			if err := f.send(ledger, row); err != nil {
				return err
			}
		}
	}, nil
}

func (f *bare) send(ledger *os.File, row []byte) error {
	if _, err := ledger.Write(row); err != nil {
		return err
	}
	if err := ledger.Sync(); err != nil {
		return err
	}
	var data [][2]string
	for line := range strings.Lines(string(row)) {
		bib, mark, _ := strings.Cut(strings.TrimSpace(line), ",")
		data = append(data, [2]string{bib, mark})
	}
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return f.put(fmt.Appendf(nil, `{"eventid":"R2","round":1,"heat":1,"mode":"append","data":%s}`, text))
}

// bodiesOf are the bodies of the uploads of a journal as they went over the wire, made beforehand.
func bodiesOf(t *testing.T, journal []sandbox.Entry) (bodies [][]byte) {
	t.Helper()
	for _, entry := range journal {
		text, err := json.Marshal(entry.Batches)
		must(t, err)
		if entry.Compressed {
			var small bytes.Buffer
			w := zlib.NewWriter(&small)
			_, err := w.Write(text)
			must(t, err)
			must(t, w.Close())
			text = small.Bytes()
		}
		bodies = append(bodies, text)
	}
	return bodies
}
