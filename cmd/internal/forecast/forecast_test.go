package forecast

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/cmd/internal/config"
)

// folder is what lies in the watched folder, and how the races are written in the configuration.
type folder struct {
	files map[string]string
	races string
}

// load writes the files and reads the configuration.
func (f folder) load(t *testing.T) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range f.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	cfg, err := config.Parse(filepath.Join(dir, ".config.toml"), []byte(`[opentrack]
competition = "https://data.opentrack.run/x/2026/GBR/my-race/"
username = "me@example.org"
[watch]
dir = "."
`+f.races))
	must(t, err)
	return cfg
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func printed(f *Forecast) string {
	var out strings.Builder
	f.Print(&out)
	return out.String()
}

const my5k = "[[race]]\nfiles = [\"5k*.csv\"]\neventid = \"R1\"\nname = \"My 5k\"\n"

func TestWhatARaceWillDo(t *testing.T) {
	const two = "Bib,Gun Time,Chip Time\n349,14:25,14:20\n690,14:30,14:29\n"
	for sentence, test := range map[string]struct {
		folder
		want string
	}{
		"a file with both clocks, of which one is chosen": {
			folder{map[string]string{"5k.csv": two}, my5k + "clock = \"gun\"\n"},
			"  5k*.csv → R1/1/1 My 5k: 1 file, 2 finishes, clock gun\n",
		},
		"a file with both clocks, of which none is chosen": {
			folder{map[string]string{"5k.csv": two}, my5k},
			`  5k*.csv → R1/1/1 My 5k: refused: 5k.csv: this export has Gun Time and Chip Time; set clock = "gun" or clock = "chip"` + "\n",
		},
		"the column of the times, where no clock is named": {
			folder{map[string]string{"5k.csv": "Startnr;Zeit\n349;14:25\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 1 file, 1 finish, time from Zeit\n",
		},
		"no file yet": {
			folder{nil, my5k},
			"  5k*.csv → R1/1/1 My 5k: no file yet\n",
		},
		"no file yet, and one that is spelled in another way": {
			folder{map[string]string{"5-k.csv": two, ".hidden": "x"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: no file yet; no race reads 5-k.csv\n",
		},
		"no file yet, and a chip map": {
			folder{map[string]string{"chips.csv": "chip,bib\nA,1\n"}, my5k + "format = \"ipico\"\n[race.passings]\nchips = \"chips.csv\"\n"},
			"  5k*.csv → R1/1/1 My 5k: no file yet\n",
		},
		"no file yet, and an archive": {
			folder{map[string]string{"a.csv": "", "b.csv": "", "c.csv": "", "d.csv": "", "e.csv": ""}, my5k},
			"  5k*.csv → R1/1/1 My 5k: no file yet; no race reads a.csv, b.csv, c.csv and 2 more files of the folder\n",
		},
		"an export that no race reads beside one that is read": {
			folder{map[string]string{"5k.csv": "Startnr;Zeit\n349;14:25\n", "10k.csv": "Startnr;Zeit\n12;31:02\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 1 file, 1 finish, time from Zeit\n  no race reads 10k.csv\n",
		},
		"rows that are held": {
			folder{map[string]string{"5k.csv": "Bib,Time\n349,14:25\n,14:26\n77,14:27\n77,14:28\n,14:29\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 1 file, 1 finish, time from Time, 3 held: 2 × no bib, two times (finishwatch explain shows them)\n",
		},
		"two files that are one race": {
			folder{map[string]string{"5k-1.csv": "Bib,Time\n349,14:25\n", "5k-2.csv": "Bib,Time\n349,14:25\n690,14:30\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 2 files, 2 finishes, time from Time\n",
		},
		"two files that differ": {
			folder{map[string]string{"5k-1.csv": "Bib,Time\n349,14:25\n7,15:00\n", "5k-2.csv": "Bib,Time\n349,14:26\n", "5k-3.csv": "Bib,Time\n349,14:27\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 3 files, 1 finish, time from Time, 1 held: two files differ (finishwatch explain shows them)\n",
		},
		"a bib that is a finish in one file and held in another": {
			folder{map[string]string{"5k-1.csv": "Bib,Time\n349,14:25\n7,15:00\n", "5k-2.csv": "Bib,Time\n7,abc\n", "5k-3.csv": "Bib,Time\n7,15:00\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 3 files, 1 finish, time from Time, 1 held: not a time (finishwatch explain shows them)\n",
		},
		"a bib that is held in one file and a finish in another": {
			folder{map[string]string{"5k-1.csv": "Bib,Time\n7,abc\n", "5k-2.csv": "Bib,Time\n7,15:00\n349,14:25\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 2 files, 1 finish, time from Time, 1 held: not a time (finishwatch explain shows them)\n",
		},
		"a good file and one that is none": {
			folder{map[string]string{"5k.csv": "Bib,Time\n349,14:25\n", "5k-list.csv": "Bib,Name\n1,Ash\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: 2 files, 1 finish, time from Time, 1 refused: 5k-list.csv: ",
		},
		"a race that waits for a choice": {
			folder{map[string]string{"5k.csv": "Bib,Time,Race\n349,14:25,5K\n"}, my5k + "[race.where]\nRace = \"CHOOSE\"\n"},
			"  5k*.csv → R1/1/1 My 5k: waits for your choice: CHOOSE stands below [race.where] of the [[race]] in line 6; write which value of Race is this race\n",
		},
		"a race whose start is not chosen, before its first export": {
			folder{nil, "[[race]]\nfiles = [\"a.csv\"]\neventid = \"R9\"\n" + my5k + "# CHOOSE: when the race began. Then take the # away in front of:\n#start = \"10:00:00\"\n"},
			"  a.csv → R9/1/1: no file yet\n  5k*.csv → R1/1/1 My 5k: no file yet; waits for your choice: CHOOSE stands above start in line 14\n",
		},
		"a choice that was made below its remark": {
			folder{nil, my5k + "# CHOOSE: when the race began. Then take the # away in front of:\nstart = \"10:00:00\"\n"},
			"  5k*.csv → R1/1/1 My 5k: no file yet\n",
		},
		"a race whose start is not chosen": {
			folder{map[string]string{"5k.csv": "CT01_33~1~finish~349~10:42:13.45~1~0F2C18~1\n"}, my5k},
			"  5k*.csv → R1/1/1 My 5k: refused: 5k.csv: these are ChronoTrack reads with times of day; ",
		},
		"a chip map that is not there": {
			folder{map[string]string{"5k.csv": "aa00058000123b3200012603071348503277\n"}, my5k + "start = \"10:00\"\n[race.passings]\nchips = \"none.csv\"\n"},
			"  5k*.csv → R1/1/1 My 5k: refused: 5k.csv: chips: ",
		},
		"one file for two races": {
			folder{
				map[string]string{"all.csv": "Bib,Time,Race\n349,14:25,5K\n7,30:00,10K\n8,31:00,10K\n"},
				"[[race]]\nfiles = [\"all.csv\"]\neventid = \"R1\"\nwhere.Race = \"5K\"\n[[race]]\nfiles = [\"all.csv\"]\neventid = \"R2\"\nwhere.Race = \"10K\"\n",
			},
			"  all.csv → R1/1/1: 1 file, 1 finish, time from Time\n  all.csv → R2/1/1: 1 file, 2 finishes, time from Time\n",
		},
		"a name that moves the cursor": {
			folder{map[string]string{"x\x1b[31m.csv": ""}, my5k},
			"  5k*.csv → R1/1/1 My 5k: no file yet; no race reads x",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			got := printed(Look(t.Context(), test.load(t), time.Now(), Usual(), func(int) {}))
			if strings.ContainsRune(got, '\x1b') {
				t.Errorf("%q moves the cursor", got)
			}
			if strings.HasSuffix(test.want, "\n") && got != test.want || !strings.HasPrefix(got, test.want) {
				t.Error(cmp.Diff(test.want, got))
			}
		})
	}
}

func TestAnOldExportIsSaidToBeHeld(t *testing.T) {
	cfg := folder{map[string]string{"5k.csv": "Bib,Time\n349,14:25\n"}, my5k}.load(t)
	tomorrow := time.Now().Add(25 * time.Hour)
	want := "  5k*.csv → R1/1/1 My 5k: 1 file, 5k.csv older than [watch] max_age: held until it is written again, " +
		"or finishwatch release R1/1/1; for a trial set max_age = \"0s\"\n"
	if diff := cmp.Diff(want, printed(Look(t.Context(), cfg, tomorrow, Usual(), func(int) {}))); diff != "" {
		t.Error(diff)
	}
}

// A file that cannot be taken is the trouble of the races that read it, and of no other.
func TestAFileThatCannotBeTakenConcernsItsRace(t *testing.T) {
	cfg := folder{map[string]string{"10k.csv": "Bib,Time\n349,34:25\n"}, my5k + "[[race]]\nfiles = [\"10k*.csv\"]\neventid = \"R2\"\n"}.load(t)
	must(t, os.Symlink("/etc/hosts", filepath.Join(cfg.Watch.Dir, "5k.csv")))
	said := printed(Look(t.Context(), cfg, time.Now(), Usual(), func(int) {}))
	if !strings.Contains(said, "R1/1/1 My 5k: refused: 5k.csv") || !strings.Contains(said, "R2/1/1: 1 file, 1 finish, time from Time\n") {
		t.Errorf("check says\n%s", said)
	}
}

func TestAFolderThatCannotBeListed(t *testing.T) {
	cfg := folder{nil, my5k}.load(t)
	cfg.Watch.Dir = filepath.Join(cfg.Watch.Dir, "gone")
	f := Look(t.Context(), cfg, time.Now(), Usual(), func(int) {})
	if f.Folder == nil || !strings.Contains(f.Folder.Error(), "mount the share") || printed(f) != "  5k*.csv → R1/1/1 My 5k: not looked at: the folder cannot be read\n" {
		t.Errorf("%v, %s", f.Folder, printed(f))
	}
}

// A huge folder is looked at in part, and that is said.
func TestTheLookIsBounded(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"5k-1.csv", "5k-2.csv", "5k-3.csv", "5k-4.csv"} {
		files[name] = "Bib,Time\n" + name[3:4] + ",14:25\n"
	}
	files["z.csv"] = "Bib,Time\n1,14:25\n"
	usual := Usual()
	for sentence, test := range map[string]struct {
		limits Limits
		read   int
		first  string // what is said of the race with many files
		second string // of the one behind it
	}{
		"many files":      {Limits{2, usual.Bytes, usual.Time, usual.Wait}, 3, "the first 2 files, 2 finishes", "1 file, 1 finish"},
		"many bytes":      {Limits{usual.Files, 20, usual.Time, usual.Wait}, 2, "the first 2 files, 2 finishes", "its files were not read, because there are many"},
		"it takes long":   {Limits{usual.Files, usual.Bytes, -1, usual.Wait}, 0, "its files were not read, because there are many", "its files were not read, because there are many"},
		"all of it is ok": {usual, 5, "4 files, 4 finishes", "1 file, 1 finish"},
	} {
		t.Run(sentence, func(t *testing.T) {
			cfg := folder{files, my5k + "[[race]]\nfiles = [\"z.csv\"]\neventid = \"R2\"\n"}.load(t)
			read := 0
			f := Look(t.Context(), cfg, time.Now(), test.limits, func(n int) { read = n })
			if read != test.read || (f.Cut == "") != (test.read == len(files)) {
				t.Errorf("read %d, cut %q", read, f.Cut)
			}
			if text := printed(f); !strings.Contains(text, "My 5k: "+test.first) || !strings.Contains(text, "R2/1/1: "+test.second) {
				t.Error(text)
			}
		})
	}
}

// Nothing ends a read from a dead share.
func TestAFolderThatDoesNotAnswerIsLeftBehind(t *testing.T) {
	cfg := folder{map[string]string{"5k.csv": "Bib,Time\n1,14:25\n"}, my5k}.load(t)
	limits := Usual()
	limits.Wait = time.Millisecond
	dead := make(chan struct{})
	defer close(dead)
	f := Look(t.Context(), cfg, time.Now(), limits, func(int) { <-dead })
	if f.Folder == nil || !strings.Contains(f.Folder.Error(), "does not answer") {
		t.Errorf("%v", f.Folder)
	}
}

// Without max_age a file of any age counts, as it does for the daemon.
func TestAFileOfAnyAge(t *testing.T) {
	cfg := folder{map[string]string{"5k.csv": "Bib,Time\n349,14:25\n"}, my5k}.load(t)
	for maxAge, want := range map[time.Duration]int{0: 1, time.Hour: 0} {
		cfg.Watch.MaxAge = maxAge
		f := Look(t.Context(), cfg, time.Now().Add(48*time.Hour), Usual(), func(int) {})
		if got := f.Races[0].Finishes; got != want {
			t.Errorf("%s: %d finishes, want %d", maxAge, got, want)
		}
	}
}
