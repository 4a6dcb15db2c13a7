package rehearsal

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/status"
	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// TestMain lets the test binary be the daemon as well: "TEST as HOW run --config FILE" is finishwatch run, as it is or
// broken in one way.
func TestMain(m *testing.M) {
	if len(os.Args) == 6 && os.Args[1] == "as" {
		if err := runAs(os.Args[2], os.Args[5]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// as is the daemon in one of the ways of [runAs].
func as(how string) []string {
	own, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return []string{own, "as", how}
}

// runAs runs the daemon until it is asked to stop.
func runAs(how, path string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	log, err := logging.New(os.Stderr, cfg.Log.Level, cfg.Log.Format, os.Getenv)
	if err != nil {
		return err
	}
	options := daemon.Options{Password: "apitest", Version: "test", StatusFile: cfg.StatusFile(os.Getenv)}
	switch how {
	case "whole":
	case "one who believes that it has sent":
		options.DryRun = io.Discard
	case "one who rounds":
		cfg.Races[0].Rules.Rounding = parse.RoundUpSecond
	case "one who leaves out a code":
		cfg.Races[0].Rules.Statuses = []parse.Code{parse.DQ}
	case "one who ends by itself":
		stop := time.AfterFunc(time.Second, func() { os.Exit(73) })
		defer stop.Stop()
	case "one who does not stop well":
		defer os.Exit(4)
	case "a naive one":
		return naive(ctx, cfg, options)
	default:
		return fmt.Errorf("nobody is %q", how)
	}
	d, err := daemon.New(cfg, options, log)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Run(ctx)
}

// naive is what somebody writes in an afternoon: it looks into the file, takes whatever looks like a row, and sends each
// bib once.
func naive(ctx context.Context, cfg *config.Config, options daemon.Options) error {
	client := uploader.NewClient(uploader.Account{
		Server: cfg.OpenTrack.Server, Competition: cfg.OpenTrack.Competition, Username: cfg.OpenTrack.Username,
		Password: options.Password, Timeout: time.Second,
	}, uploader.Form{Compress: "never"})
	row := regexp.MustCompile(`(?m)^\d+,(\d+),"[^"]*",\d+,([\d:.]+|DNF|DQ)`)
	s := status.Status{State: status.Live, PID: os.Getpid(), Units: []status.Unit{{Unit: "R1/1/1"}}}
	sent := map[string]bool{}
	for {
		data, _ := os.ReadFile(filepath.Join(cfg.Watch.Dir, fieldName))
		for _, m := range row.FindAllStringSubmatch(string(data), -1) {
			mark, err := parse.ParseMark(m[2])
			if err != nil {
				mark = parse.CodeMark(parse.DNF)
			}
			if !sent[m[1]] {
				sent[m[1]] = true
				_ = client.Put(ctx, []state.Batch{{
					Unit: cfg.Races[0].Unit, Mode: state.Append, Rows: []state.Row{{Bib: parse.Bib(m[1]), Mark: mark}},
				}})
			}
		}
		s.Units[0].Read, s.Units[0].Confirmed, s.Updated = len(sent), len(sent), time.Now()
		if err := s.Write(options.StatusFile); err != nil || !wait(ctx, 20*time.Millisecond) {
			return err
		}
	}
}
