package uploader_test

import (
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/uploader"
)

// A loop that waits, for the network too, makes progress; one that stays in a request does not.
func TestTheStepOfTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.MinInterval = 0 })
		r.run()
		time.Sleep(time.Hour)
		synctest.Wait()
		if step := r.loop.Step(); step != 0 {
			t.Errorf("with nothing to do it has been at one step for %s", step)
		}
		r.server.took = time.Hour
		r.read(r1, "1", "14:20")
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if step := r.loop.Step(); step < 10*time.Minute {
			t.Errorf("in a request of an hour it has been at one step for %s", step)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if step := r.loop.Step(); step != 0 {
			t.Errorf("after it, for %s", step)
		}
	})
}
