package parse

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// role is what a column is for, as far as its header word says.
type role uint8

const (
	noRole     role = iota
	bibRole         // a bib and nothing else
	numberRole      // "No": a bib where no column says so more clearly
	chipRole        // the net clock
	gunRole         // the gross clock
	timeRole        // a finish time that does not say of which clock
	placeRole       // a place; holds a status in some exports
	statusRole      // every word in it counts
	classRole       // SportSoftware's classifier: a status as a digit
	noteRole        // may hold a status among other things
	ncRole          // not competing, as a flag
	dnfRole         // did not finish, as a flag
	pointRole       // where on the course a row was taken: then a row is a passing and no finish
	startRole       // the time of day of the start: then "Finish" is a time of day too
	otherRole       // known, and none of the above
)

// isTime reports whether a column of this role can be the finish.
func (r role) isTime() bool { return r == chipRole || r == gunRole || r == timeRole }

// isBib reports whether a column of this role can be the bib.
func (r role) isBib() bool { return r == bibRole || r == numberRole }

// headerWords are whole headers, as the joined words of [headerTokens]. Sources: FORMATS 4 and the languages of the programs there.
var headerWords = wordTable(map[role]string{
	bibRole: `bib bibs bibno bibnr bibnum bibnumber thebib racenr raceno racenum racenumber racebib runnerno runnernumber
		runerno athletenumber athleteno compno compnumber competitorno competitornumber startnr startno startnum startnumber startnummer stnr stno snr snum dossard dossards dos
		numdossard numerodossard numerodedossard nodossard nrdossard dorsal dorsales numerodorsal nodorsal numdorsal pettorale pett
		numpettorale numeropettorale npettorale peitoral numerodepeito rugnummer rugnr borstnummer startnumer nummerlapp nrlapp
		kilpailunumero kilpailijanumero rintanumero stardinumber stardinr rinnanumber numerstartowy nrstartowy nrst stnumer
		startovnicislo startovecislo stcislo startcislo startcis startnicislo rajtszam startanumurs startenummer`,
	numberRole: `no nr num number nro numero nummer numer numbr nbr cislo stevilka`,
	chipRole: `chiptime chipfinish chipresult chipelapsed chipzeit chiptid chiptijd nettime net netto nettotime nettozeit
		nettotid nettotijd nettoaika nettoaeg neto netoaeg netelapsed netresult nettolaufzeit netzeit tempsnet tempsreel tempspuce
		tempschip tiempochip tiemponeto tiemporeal tempochip temponetto temporeale realtime tempoliquido czasnetto cistycas
		finishnet finishchip nettoido`,
	gunRole: `guntime gun gunfinish gunresult gunelapsed clocktime clockfinish gross grosstime grossresult brutto bruttotime
		bruttozeit bruttotid bruttotijd bruttoaika bruttoaeg bruttolaufzeit tempsbrut tempsofficiel temposcratch tempolordo
		tempogun tempobruto tiempobruto tiempooficial tempoufficiale czasbrutto hrubycas finishgun finishclock bruttoido`,
	timeRole: `time times finish finishtime finishedtime timefinish officialtime timefull fulltime racetime totaltime timetotal
		finaltime finals overalltime elapsed elapsedtime finishedelapsedtime result resulttime mark zeit ziel zielzeit endzeit laufzeit
		gesamtzeit rennzeit ergebnis temps tempsfinal tempstotal tempscourse chrono arrivee performance perf tiempo tiempofinal
		tiempototal meta llegada resultado marca tempo tempofinale tempofinal tempototale tempogara arrivo tijd eindtijd
		totaaltijd tid sluttid maltid totaltid maal loppuaika aika tulos kokonaisaika aeg lopuaeg loppaeg koguaeg tulemus total
		resultat czas wynik czaskoncowy cas vyslednycas vysledek rezultat ido eredmeny laiks laikas rezultats rezultatas`,
	placeRole: `place places pos posn position rank ranking rnk plc pl plz platz rang placing placement overall overallplace
		placeoverall plass plats plassering placering sija sijoitus koht kohta classement clas clt puesto posicion pos posizione
		plaats plek poradi miejsce msc misto helyezes vieta oplace finishplace finishposition`,
	statusRole: `status statut staatus statuss tila finishstatus racestatus resultstatus athletestatus`,
	classRole:  `classifier`,
	noteRole:   `remark remarks comment comments note notes bemerkung estado state etat stato stan stav anmerkung info`,
	ncRole:     `nc notcompeting`,
	dnfRole:    `dnf`,
	startRole:  `start starttime startzeit heuredepart depart salida partenza starttid starttijd lahto lahtoaika stardiaeg`,
	pointRole:  `checkpoint checkpointname timingpoint timingpointname splitname passingpoint measuringpoint messpunkt`,
	otherRole: `name names fullname lastname firstname surname forename givenname familyname runner athlete participant
		nom prenom nomprenom nachname vorname nimi etunimi sukunimi eesnimi perenimi navn fornavn etternavn namn fornamn efternamn
		nombre apellido apellidos nome cognome sobrenome naam voornaam achternaam nazwisko imie jmeno prijmeni nev
		club klub klubi clubteam verein societa societe equipe equipo seura forening team teamname squadra vereniging
		sex gender genderplace geschlecht sexe sexo sesso kjonn kon sugu age agegroup alter edad eta category categorie categoria kategorie
		kategoria klasse klass class klasa cat division div group grp yob jg jahrgang born dob nation nat nationality country land
		pays pais city town ort ville state region event race course distance dist year pace avgpace speed split lap laps half hm
		gap diff delta behind points score chip chipno tag epc ecard sicard license id`,
})

// wordTable turns lists of words into one table. A word of two roles has the one that is tried first in role's order.
func wordTable(lists map[role]string) map[string]role {
	table := make(map[string]role)
	for r := noRole; r <= otherRole; r++ {
		for word := range strings.FieldsSeq(lists[r]) {
			if _, taken := table[word]; !taken {
				table[word] = r
			}
		}
	}
	return table
}

// nounRoles are the words of which a longer header can be made: "Finished Elapsed Time", "Net Time (hh:mm:ss)". A
// header is a time only when all its words are here, so that "Time Behind" and "Best Time" are none.
var nounRoles = wordTable(map[role]string{
	timeRole: `time finish elapsed result zeit temps tiempo tempo tijd tid aika aeg czas cas total ziel`,
	chipRole: `chip net netto neto`,
	gunRole:  `gun gross clock brutto`,
	otherRole: `finished finisher final official race overall full the run running of de hh mm ss h m s hms hhmmss mmss
		hmmss min sec`,
})

// headerRole says what a header cell is for.
func headerRole(text string) role {
	words := headerTokens(text)
	if r, ok := headerWords[strings.Join(words, "")]; ok {
		return r
	}
	if r := composite(words); r != noRole {
		return r
	}
	for _, w := range words {
		if headerWords[w] == placeRole {
			return placeRole
		}
	}
	return noRole
}

// composite is the role of a time column that is headed by several words.
func composite(words []string) role {
	found, noun := timeRole, false
	for _, w := range words {
		switch nounRoles[w] {
		case noRole:
			return noRole
		case timeRole:
			noun = true
		case chipRole, gunRole:
			if found != timeRole && found != nounRoles[w] {
				return noRole
			}
			found = nounRoles[w]
		}
	}
	if !noun || hoursAndMinutes(words) {
		return noRole
	}
	return found
}

// hoursAndMinutes reports a header such as "Time (h:mm)", under which 2:58 is nearly three hours.
func hoursAndMinutes(words []string) bool {
	n := len(words)
	return n >= 2 && words[n-1] == "mm" && (words[n-2] == "hh" || words[n-2] == "h")
}

// saysElapsed reports whether a header rules out a time of day.
func saysElapsed(text string) bool {
	for _, w := range headerTokens(text) {
		switch w {
		case "elapsed", "chip", "net", "netto", "chiptime", "nettime", "total":
			return true
		}
	}
	return false
}

// headerTokens returns the words of a header in lower case without accents: at most eight, of a text that is not too
// long to be a header.
func headerTokens(text string) []string {
	if len(text) > 80 {
		return nil
	}
	if strings.Contains(text, "°") {
		text = strings.NewReplacer("n°", "no", "N°", "no").Replace(text)
	}
	if before, after, ok := strings.Cut(text, "#"); ok && strings.TrimSpace(before) != "" {
		text = before + " no " + after
	}
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = nil
		}
	}
	lower := false
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && lower:
			flush()
			fallthrough
		default:
			word = append(word, unfold(unicode.ToLower(r)))
		}
		lower = unicode.IsLower(r)
	}
	flush()
	if len(words) > 8 {
		return nil
	}
	return words
}

// unfold replaces letters that have no decomposition.
func unfold(r rune) rune {
	switch r {
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'đ':
		return 'd'
	case 'ı':
		return 'i'
	}
	return r
}
