package config

import (
	"net/url"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// table is a table of the schema. Everything that is known about the file is in [tables] and [keys]: checks, defaults,
// hints and the test of the example file come from there.
type table struct {
	name     string
	list     bool // [[race]], not [race]
	required bool
	anyKey   bool // its keys are names of columns
	also     []string
}

// key is a key of the schema.
type key struct {
	table, name string
	standard    any  // the default, as it would be read from the file
	example     any  // what the example file shows where the default says nothing
	required    bool // has no default
	header      bool // is likely as the header of a column, too
	also        []string
	set         func(*draft, value) []fault
}

// draft is a configuration while it is read.
type draft struct {
	config *Config
	race   *Race // the one whose table is being read
}

// into reads a value by its kind and keeps it.
func into[T any](k kind[T], field func(*draft) *T) func(*draft, value) []fault {
	return func(d *draft, v value) []fault {
		read, faults := k.read(v)
		if faults == nil {
			*field(d) = read
		}
		return faults
	}
}

func tables() []table {
	return []table{
		{name: "opentrack", required: true, also: []string{"server", "api", "upload"}},
		{name: "watch", required: true, also: []string{"watcher", "folder", "input"}},
		{name: "state", also: []string{"ledger", "storage", "database"}},
		{name: "log", also: []string{"logging", "logs"}},
		{name: "alert", also: []string{"alerts", "alarm", "notify", "notifications"}},
		{name: "race", list: true, required: true, also: []string{"races", "event", "unit"}},
		{name: "race.columns", also: []string{"column"}},
		{name: "race.where", anyKey: true, also: []string{"filter", "only"}},
		{name: "race.passings", also: []string{"passing", "chips"}},
	}
}

// keys lists the schema in the order of the example file. stateFile is the default of state.file on this machine.
func keys(stateFile string) []key {
	all := openTrackKeys()
	all = append(all, watchKeys()...)
	all = append(all, serviceKeys(stateFile)...)
	all = append(all, alertKeys()...)
	all = append(all, raceKeys()...)
	all = append(all, rulesKeys()...)
	all = append(all, columnKeys()...)
	return append(all, passingKeys()...)
}

func openTrackKeys() []key {
	const t = "opentrack"
	return []key{
		{
			table: t, name: "competition", required: true, also: []string{"url", "address", "server", "link", "page"},
			set: func(d *draft, v value) []fault {
				read, faults := competition{}.read(v)
				d.config.OpenTrack.Server, d.config.OpenTrack.Competition = read.server, read.slug
				return faults
			},
		},
		{
			table: t, name: "username", required: true, also: []string{"user", "login", "email", "mail", "account"},
			set: into(text{example: "me@example.org", filled: true}, func(d *draft) *string { return &d.config.OpenTrack.Username }),
		},
		{
			table: t, name: "password_file", standard: "", example: "/etc/finishwatch/opentrack.password", also: []string{"passwordpath"},
			set: into(file{example: "/etc/finishwatch/opentrack.password", plain: true}, func(d *draft) *string { return &d.config.OpenTrack.PasswordFile }),
		},
		{
			table: t, name: "ignore_unknowns", standard: false, also: []string{"ignore", "unknowns", "skip_unknowns"},
			set: into(yesNo{}, func(d *draft) *bool { return &d.config.OpenTrack.IgnoreUnknowns }),
		},
		{
			table: t, name: "compress", standard: "auto", also: []string{"compression", "zlib", "gzip"},
			set: into(words("auto", "always", "never").or(map[string]string{"true": "always", "on": "always", "yes": "always", "false": "never", "off": "never", "no": "never"}), func(d *draft) *string { return &d.config.OpenTrack.Compress }),
		},
		{
			table: t, name: "timeout", standard: "30s",
			set: into(duration{100 * time.Millisecond, 10 * time.Minute}, func(d *draft) *time.Duration { return &d.config.OpenTrack.Timeout }),
		},
		{
			table: t, name: "min_interval", standard: "2s", also: []string{"interval", "every", "delay"},
			set: into(duration{0, time.Hour}, func(d *draft) *time.Duration { return &d.config.OpenTrack.MinInterval }),
		},
		{
			table: t, name: "max_batch", standard: int64(500), also: []string{"batch", "batch_size"},
			set: into(whole{1, 5000}, func(d *draft) *int { return &d.config.OpenTrack.MaxBatch }),
		},
		{
			table: t, name: "new_finishers", standard: "append", also: []string{"mode"},
			set: into(words(state.Append, state.Update), func(d *draft) *state.Mode { return &d.config.OpenTrack.NewFinishers }),
		},
		{
			table: t, name: "corrections", standard: "update",
			set: into(words("update", "hold"), func(d *draft) *string { return &d.config.OpenTrack.Corrections }),
		},
		{
			table: t, name: "removals", standard: "hold", also: []string{"deletions", "deletes"},
			set: into(words("hold", "replace"), func(d *draft) *string { return &d.config.OpenTrack.Removals }),
		},
		{
			table: t, name: "removals_limit", standard: int64(5), also: []string{"max_removals", "removal_limit"},
			set: into(whole{1, 1000}, func(d *draft) *int { return &d.config.OpenTrack.RemovalsLimit }),
		},
	}
}

func watchKeys() []key {
	const t = "watch"
	return []key{
		{
			table: t, name: "dir", required: true, also: []string{"directory", "folder", "path"},
			set: into(file{example: "/srv/timing", filled: true}, func(d *draft) *string { return &d.config.Watch.Dir }),
		},
		{
			table: t, name: "poll", standard: "1s", also: []string{"polling", "poll_interval", "interval"},
			set: into(duration{100 * time.Millisecond, time.Hour}, func(d *draft) *time.Duration { return &d.config.Watch.Poll }),
		},
		{
			table: t, name: "settle", standard: "300ms", also: []string{"debounce", "quiet"},
			set: into(duration{10 * time.Millisecond, time.Minute}, func(d *draft) *time.Duration { return &d.config.Watch.Settle }),
		},
		{
			table: t, name: "max_age", standard: "24h", also: []string{"age"},
			set: into(duration{0, 10 * 365 * 24 * time.Hour}, func(d *draft) *time.Duration { return &d.config.Watch.MaxAge }),
		},
		{
			table: t, name: "max_size", standard: "64MB", also: []string{"size", "max_bytes"},
			set: into(size{1 << 10, 1 << 30}, func(d *draft) *int64 { return &d.config.Watch.MaxSize }),
		},
	}
}

func serviceKeys(stateFile string) []key {
	return []key{
		{
			table: "state", name: "file", standard: stateFile, also: []string{"path", "db", "database"},
			set: into(file{example: "/var/lib/finishwatch/finishwatch.db", filled: true, plain: true}, func(d *draft) *string { return &d.config.State.File }),
		},
		{
			table: "log", name: "level", standard: "info", also: []string{"verbosity"},
			set: into(words("debug", "info", "warn", "error").or(map[string]string{"warning": "warn", "verbose": "debug", "all": "debug", "quiet": "error"}), func(d *draft) *string { return &d.config.Log.Level }),
		},
		{
			table: "log", name: "format", standard: "auto", also: []string{"encoding", "output"},
			set: into(words("auto", "console", "json", "journal"), func(d *draft) *string { return &d.config.Log.Format }),
		},
	}
}

func alertKeys() []key {
	const t = "alert"
	return []key{
		{
			table: t, name: "quiet_alert", standard: "10m", also: []string{"quiet", "silence"},
			set: into(duration{0, 24 * time.Hour}, func(d *draft) *time.Duration { return &d.config.Alert.Quiet }),
		},
		{
			table: t, name: "command", standard: []any{}, example: []any{"/usr/local/bin/alert-phone", "race"}, also: []string{"cmd", "exec", "program", "script"},
			set: into(program{}, func(d *draft) *[]string { return &d.config.Alert.Command }),
		},
		{
			table: t, name: "heartbeat_url", standard: "", example: "https://example.org/ping/my-race", also: []string{"heartbeat", "url", "ping", "ping_url"},
			set: into(webAddress{}, func(d *draft) **url.URL { return &d.config.Alert.HeartbeatURL }),
		},
	}
}

func raceKeys() []key {
	const t = "race"
	return []key{
		{
			table: t, name: "files", required: true, also: []string{"file", "glob", "pattern", "path", "export"},
			set: into(patterns{}, func(d *draft) *[]string { return &d.race.Files }),
		},
		{
			table: t, name: "eventid", required: true, also: []string{"event", "id", "num", "event_num"},
			set: into(eventID{}, func(d *draft) *string { return &d.race.Unit.Event }),
		},
		{
			table: t, name: "round", standard: int64(1), header: true,
			set: into(whole{1, 999}, func(d *draft) *int { return &d.race.Unit.Round }),
		},
		{
			table: t, name: "heat", standard: int64(1), header: true,
			set: into(whole{1, 999}, func(d *draft) *int { return &d.race.Unit.Heat }),
		},
		{
			table: t, name: "name", standard: "", header: true, also: []string{"title"},
			set: into(text{most: 200}, func(d *draft) *string { return &d.race.Name }),
		},
		{
			table: t, name: "note", standard: "", header: true, also: []string{"notes", "comment"},
			set: into(text{most: 500}, func(d *draft) *string { return &d.race.Note }),
		},
	}
}

// rulesKeys are the keys of a race that say how its files are read.
func rulesKeys() []key {
	const t = "race"
	formats := words("auto").or(map[string]string{"excel": "xlsx", "txt": "csv", "text": "csv", "tsv": "csv", "xml": "iof", "json": "raceresult-json", "finishlynx": "lif", "wiclax": "clax"})
	for _, f := range parse.Formats() {
		formats.words = append(formats.words, word[string]{f.Name, f.Name})
	}
	units := words("", "seconds", "minutes", "days", "m.ss").or(map[string]string{"s": "seconds", "sec": "seconds", "min": "minutes", "d": "days"})
	rounding := choice[parse.Rounding]{words: []word[parse.Rounding]{{"none", parse.RoundNone}, {"up_tenth", parse.RoundUpTenth}, {"up_second", parse.RoundUpSecond}}}
	return []key{
		{
			table: t, name: "format", standard: "auto", header: true, also: []string{"type"},
			set: into(formats, func(d *draft) *string { return &d.race.Rules.Format }),
		},
		{
			table: t, name: "encoding", standard: "auto", also: []string{"charset"},
			set: into(encoding{}, func(d *draft) *string { return &d.race.Rules.Encoding }),
		},
		{
			table: t, name: "clock", standard: "", header: true,
			set: into(words("", "gun", "chip").or(map[string]string{"net": "chip", "netto": "chip", "real": "chip", "gross": "gun", "brutto": "gun", "official": "gun"}), func(d *draft) *string { return &d.race.Rules.Clock }),
		},
		{
			table: t, name: "start", standard: "", header: true, also: []string{"start_time", "gun_time"},
			set: into(start{}, func(d *draft) *parse.Start { return &d.race.Rules.Start }),
		},
		{
			table: t, name: "time_unit", standard: "", also: []string{"unit", "units"},
			set: into(units, func(d *draft) *string { return &d.race.Rules.TimeUnit }),
		},
		{
			table: t, name: "rounding", standard: "none", also: []string{"round_up"},
			set: into(rounding, func(d *draft) *parse.Rounding { return &d.race.Rules.Rounding }),
		},
		{
			table: t, name: "statuses", standard: []any{"DNF", "DNS", "DQ"}, also: []string{"codes"},
			set: into(statuses{}, func(d *draft) *[]parse.Code { return &d.race.Rules.Statuses }),
		},
		{
			table: t, name: "minutes_past_hour", standard: false, also: []string{"minutes"},
			set: into(yesNo{}, func(d *draft) *bool { return &d.race.Rules.MinutesPastHour }),
		},
		{
			table: t, name: "fastest", standard: "", also: []string{"min_time"},
			set: into(bound{}, func(d *draft) *parse.Mark { return &d.race.Rules.Fastest }),
		},
		{
			table: t, name: "slowest", standard: "", also: []string{"max_time", "cutoff"},
			set: into(bound{}, func(d *draft) *parse.Mark { return &d.race.Rules.Slowest }),
		},
	}
}

func columnKeys() []key {
	const t = "race.columns"
	return []key{
		{
			table: t, name: "bib", standard: "", example: "Startnr", also: []string{"number", "startnr", "no"},
			set: into(column{}, func(d *draft) *string { return &d.race.Rules.Columns.Bib }),
		},
		{
			table: t, name: "time", standard: "", example: "Zeit", also: []string{"finish", "mark", "result"},
			set: into(column{}, func(d *draft) *string { return &d.race.Rules.Columns.Time }),
		},
		{
			table: t, name: "status", standard: "", example: "Status", also: []string{"code"},
			set: into(column{}, func(d *draft) *string { return &d.race.Rules.Columns.Status }),
		},
	}
}

func passingKeys() []key {
	const t = "race.passings"
	return []key{
		{
			table: t, name: "chips", standard: "", example: "chips.csv", also: []string{"file", "map", "chip_file"},
			set: into(file{example: "chips.csv", plain: true}, func(d *draft) *string { return &d.race.ChipFile }),
		},
		{
			table: t, name: "min", standard: "0s", example: "5m", also: []string{"minimum", "after", "min_time"},
			set: into(duration{0, 24 * time.Hour}, func(d *draft) *time.Duration { return &d.race.Rules.Passings.Min }),
		},
	}
}
