package config

import (
	"slices"
	"strings"
)

// unknown says that a key or table is not in the schema, and what was likely meant.
func (r *reader) unknown(t table, v value) {
	at := r.doc.places.find(v.at)
	if looksSecret(v.name) {
		r.mistakes.source.hide(at.value)
	}
	if looksSecret(v.name) && nearest(v.name, []string{"password_file"}) == "" {
		r.mistake(at.name, "a password does not belong in this file, which others may read",
			`write it into a file of its own and here only password_file = "/etc/finishwatch/opentrack.password" below [opentrack]`)
		return
	}
	if _, ok := v.any.(map[string]any); ok {
		r.unknownTable(t, v, at)
		return
	}
	if _, ok := v.any.([]map[string]any); ok {
		r.unknownTable(t, v, at)
		return
	}
	text := "unknown key " + bareOrQuoted(v.name)
	if t.name != "" {
		text += " in " + t.header()
	}
	r.mistake(at.name, text, r.keyHint(t, v.name))
}

func (r *reader) unknownTable(parent table, v value, at place) {
	name := join(parent.name, v.name)
	text := "unknown table " + name
	var names []string
	for _, t := range r.tables {
		names = append(names, t.name)
		if slices.Contains(t.also, plain(v.name)) && (parent.name == "" || strings.HasPrefix(t.name, parent.name+".")) {
			r.mistake(at.name, text, "did you mean "+t.header()+"?")
			return
		}
	}
	if top, ok := r.table(v.name); ok && parent.name != "" {
		fix := "write its keys below " + top.header()
		if top.name == parent.name {
			fix = "leave " + v.name + ". out in front of the key: it stands below " + parent.header() + " already"
		}
		r.mistake(at.name, text, fix)
		return
	}
	if list, ok := v.any.([]map[string]any); ok && parent.name == "" && len(list) > 0 && nearest(name, names) == "" && list[0]["files"] != nil {
		r.mistake(at.name, text, "every race is [[race]]; write its name below, as name = "+written(v.name))
		return
	}
	if t, ok := r.table(nearest(name, names)); ok {
		r.mistake(at.name, text, "did you mean "+t.header()+"?")
		return
	}
	if t, ok := r.table(join("race", v.name)); ok {
		r.mistake(at.name, text, "did you mean "+t.header()+"?")
		return
	}
	var headers []string
	for _, t := range r.tables {
		headers = append(headers, t.header())
	}
	r.mistake(at.name, text, "the tables are "+strings.Join(headers, ", "))
}

// keyHint says which key was meant: one of this table, else one of another.
func (r *reader) keyHint(t table, name string) string {
	here := func(k key) bool { return k.table == t.name }
	elsewhere := func(k key) bool { return k.table != t.name }
	if meant, ok := r.meant(name, here); ok {
		return "did you mean " + meant.name + "?"
	}
	if meant, ok := r.meant(name, elsewhere); ok {
		home, _ := r.table(meant.table)
		if strings.HasPrefix(t.name, home.name+".") {
			return meant.name + " belongs in " + home.header() + ": write it above " + t.header()
		}
		if meant.name == name {
			return name + " belongs below " + home.header()
		}
		return "did you mean " + meant.name + " below " + home.header() + "?"
	}
	var known []string
	for _, k := range r.keys {
		if here(k) {
			known = append(known, k.name)
		}
	}
	if len(known) == 0 {
		return "every key stands below the header of a table, such as [watch]"
	}
	return t.header() + " has the keys " + strings.Join(known, ", ")
}

// meant finds the key that a name stands for: spelled so, known by that word, or spelled nearly so.
func (r *reader) meant(name string, in func(key) bool) (key, bool) {
	var names []string
	for _, k := range r.keys {
		if in(k) && k.name == name {
			return k, true
		}
	}
	for _, k := range r.keys {
		if !in(k) {
			continue
		}
		names = append(names, k.name)
		if slices.ContainsFunc(k.also, func(also string) bool { return plain(also) == plain(name) }) {
			return k, true
		}
	}
	near := nearest(name, names)
	for _, k := range r.keys {
		if in(k) && k.name == near {
			return k, true
		}
	}
	return key{}, false
}
