package config

import (
	"maps"
	"slices"
	"strings"
)

// reader walks through a decoded document along the schema. It goes on after a mistake: all are said at once.
type reader struct {
	doc      *document
	mistakes *Mistakes
	draft    *draft
	tables   []table
	keys     []key
	gaps     bool // lines with syntax errors were left out: then nothing is said to be missing
	races    []keyPath
}

// document reads the whole file.
func (r *reader) document(values map[string]any) {
	r.contents(table{}, keyPath{}, values)
	for _, t := range r.tables {
		if _, ok := values[t.name]; ok || strings.Contains(t.name, ".") {
			continue
		}
		if t.required {
			r.missingTable(t, values)
			continue
		}
		r.contents(t, keyPath{}, map[string]any{})
	}
	r.compareRaces()
}

// contents reads the keys of one table, then fills in the defaults of those that are not there.
func (r *reader) contents(t table, at keyPath, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		r.entry(t, at, name, values[name])
	}
	for _, k := range r.keys {
		if _, ok := values[k.name]; ok || k.table != t.name {
			continue
		}
		if k.required {
			r.missingKey(k, at, values)
			continue
		}
		// A default goes through the same rules as a value in the file.
		k.set(r.draft, value{name: k.name, any: k.standard})
	}
}

// entry reads one key or table.
func (r *reader) entry(t table, at keyPath, name string, written any) {
	here := at.key(name)
	if sub, ok := r.table(join(t.name, name)); ok {
		r.enter(sub, here, written)
		return
	}
	v := value{name: name, any: written, at: here, doc: r.doc}
	if t.anyKey {
		r.where(v)
		return
	}
	k, ok := r.key(t.name, name)
	if !ok {
		r.unknown(t, v)
		return
	}
	v.standard = k.shown()
	r.report(k.set(r.draft, v))
}

// shown is a value of the key that can be shown as an example.
func (k key) shown() any {
	if k.example != nil {
		return k.example
	}
	return k.standard
}

// enter reads a table, or each of a list of tables.
func (r *reader) enter(t table, at keyPath, written any) {
	list, single := asTables(written)
	switch {
	case list == nil:
		r.mistake(r.doc.places.find(at).value, t.name+" must be a table, not "+kindName(written), "write "+t.header()+" on a line of its own and its keys below")
		return
	case single && t.list:
		r.mistake(r.doc.places.find(at).name, "there can be several races, so this table needs double brackets", "write "+t.header())
	case !single && !t.list:
		r.mistake(r.doc.places.find(at).name, "there is only one table "+t.name+", so it has single brackets", "write "+t.header())
	}
	if len(list) == 0 {
		r.mistake(r.doc.places.find(at).value, "there is no "+t.header()+" in this list", "write "+t.header()+" on a line of its own and its keys below")
	}
	for i, values := range list {
		here := at
		if !single {
			here = at.item(i)
		}
		if t.name == "race" {
			r.race(t, here, values)
			continue
		}
		r.contents(t, here, values)
	}
}

// asTables returns the tables of [x], [[x]], x = {…} or x = [{…}]; nil where something else was written.
func asTables(written any) (list []map[string]any, single bool) {
	switch written := written.(type) {
	case map[string]any:
		return []map[string]any{written}, true
	case []map[string]any:
		return written, false
	case []any:
		list = []map[string]any{}
		for _, item := range written {
			values, ok := item.(map[string]any)
			if !ok {
				return nil, false
			}
			list = append(list, values)
		}
	}
	return list, false
}

func (r *reader) table(name string) (table, bool) {
	i := slices.IndexFunc(r.tables, func(t table) bool { return t.name == name })
	if i < 0 {
		return table{}, false
	}
	return r.tables[i], true
}

func (r *reader) key(table, name string) (key, bool) {
	i := slices.IndexFunc(r.keys, func(k key) bool { return k.table == table && k.name == name })
	if i < 0 {
		return key{}, false
	}
	return r.keys[i], true
}

// header spells the line that opens a table.
func (t table) header() string {
	if t.list {
		return "[[" + t.name + "]]"
	}
	return "[" + t.name + "]"
}

func join(table, name string) string {
	if table == "" {
		return name
	}
	return table + "." + name
}

// report gives faults their places.
func (r *reader) report(faults []fault) {
	for _, f := range faults {
		at := r.doc.places.find(f.at).value
		r.mistakes.add(min(at.start+f.offset, at.end), f.text, f.fix)
	}
}

func (r *reader) mistake(at span, text, fix string) { r.mistakes.add(at.start, text, fix) }

// missingKey says that a required key is not there, unless a misspelled one will be said.
func (r *reader) missingKey(k key, at keyPath, values map[string]any) {
	t, _ := r.table(k.table)
	if r.gaps || r.misspelled(k.name, k.also, values, func(name string) bool { _, ok := r.key(k.table, name); return ok }) {
		return
	}
	r.mistake(r.doc.places.find(at).name, k.name+" is missing in "+t.header(), "write "+r.exampleOf(k)+" below "+t.header())
}

// missingTable is missingKey for a whole table.
func (r *reader) missingTable(t table, values map[string]any) {
	if r.gaps || r.misspelled(t.name, t.also, values, func(name string) bool { _, ok := r.table(name); return ok }) {
		return
	}
	var wanted []string
	for _, k := range r.keys {
		if k.table == t.name && k.required {
			wanted = append(wanted, k.name)
		}
	}
	r.mistake(span{}, "the table "+t.header()+" is missing", "write "+t.header()+" on a line of its own and "+strings.Join(wanted, " and ")+" below it")
}

// misspelled reports whether one of the unknown names is likely meant to be the wanted one.
func (r *reader) misspelled(wanted string, also []string, values map[string]any, known func(string) bool) bool {
	for name := range values {
		if below, ok := values[name].(map[string]any); ok && below[wanted] != nil {
			return true // as in watch.dir below [watch]
		}
		if list, ok := values[name].([]map[string]any); ok && wanted == "race" && !known(name) && len(list) > 0 && list[0]["files"] != nil {
			return true // as in [[5k]]
		}
		if !known(name) && (slices.Contains(also, plain(name)) || nearest(name, []string{wanted}) != "") {
			return true
		}
	}
	return false
}

// exampleOf shows a required key with a value.
func (r *reader) exampleOf(k key) string {
	switch k.name {
	case "competition":
		return `competition = "` + exampleAddress + `"`
	case "username":
		return `username = "me@example.org"`
	case "dir":
		return `dir = "/srv/timing"`
	case "files":
		return `files = ["5k*.csv"]`
	}
	return k.name + ` = "R1"`
}
