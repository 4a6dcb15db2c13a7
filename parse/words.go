package parse

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// role is what a column is for, as far as its header word says.
type role uint8

const (
	noRole       role = iota
	bibRole           // a bib and nothing else
	numberRole        // "No": a bib where no column says so more clearly
	chipRole          // the net clock
	gunRole           // the gross clock
	timeRole          // a finish time that does not say of which clock
	placeRole         // a place; holds a status in some exports
	statusRole        // every word in it counts
	classRole         // SportSoftware's classifier: a status as a digit
	noteRole          // may hold a status among other things
	ncRole            // not competing, as a flag
	dnfRole           // did not finish, as a flag
	dnsRole           // did not start, as a flag
	dqRole            // disqualified, as a flag
	finishedRole      // whether somebody finished, as a flag
	pointRole         // where on the course a row was taken: then a row is a passing and no finish
	siteRole          // where something is: a point on the course, or somebody\'s home
	startRole         // the time of day of the start: then "Finish" is a time of day too
	raceRole          // which race of several: then rows of another distance are not of this one
	doubtRole         // a clock that says more than we understand, such as "Adjusted Chip Time"
	otherRole         // known, and none of the above
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
		startovnicislo startovecislo stcislo startcislo startcis startnicislo rajtszam startanumurs startenummer runnerbib racebib
		vestno vestnumber compno compnumber competitorno competitornumber doss npett npettorale peito npeito numeropeito lobsnr
		lobenummer kilpnro kilpailunro rinnanr startonr startonumeris stc startnastevilka stst startovnecislo startnibroj nrconcurs numarconcurs
		gogusno gogusnumarasi rasnumer dortsala стартовыйномер нагрудныйномер стартовийномер αριθμοςσυμμετοχης 號碼布 號碼 背號
		参赛号 參賽號碼 参赛号码 号码 号码布 ナンバー ナンバーカード ゼッケン 배번 배번호`,
	numberRole: `no nr num number nro numero nummer numer numbr nbr cislo stevilka numurs broj номер αριθμος`,
	chipRole: `chiptime chipfinish chipresult chipelapsed chipzeit chiptid chiptijd nettime net netto nettotime nettozeit
		nettotid nettotijd nettoaika nettoaeg neto netoaeg netelapsed netresult nettolaufzeit netzeit tempsnet tempsreel tempspuce
		tempschip tiempochip tiemponeto tiemporeal tempochip temponetto temporeale realtime tempoliquido czasnetto cistycas
		finishnet finishchip nettoido nett netttime netcas netoczas tneto tnet tnetto treal treel tchip tpsreel tempodechip
		tempoliq tiempodechip netovreme netovrijeme timpnet nettosure чистоевремя чистийчас 晶片時間 芯片时间 净成绩 净时间 淨時間
		個人時間 ネットタイム 넷타임`,
	gunRole: `guntime gun gunfinish gunresult gunelapsed clocktime clockfinish gross grosstime grossresult brutto bruttotime
		bruttozeit bruttotid bruttotijd bruttoaika bruttoaeg bruttolaufzeit tempsbrut tempsofficiel temposcratch tempolordo
		tempogun tempobruto tiempobruto tiempooficial tempoufficiale czasbrutto hrubycas finishgun finishclock bruttoido clock
		toficial tofficiel tbruto tbrut tgun tpsofficiel tpsbrut tpsscratch timpbrut грязноевремя 大會時間 枪声成绩 枪声时间 毛成绩
		グロスタイム 총시간`,
	timeRole: `time times finish finishtime finishedtime timefinish officialtime timefull fulltime racetime totaltime timetotal
		finaltime finals overalltime elapsed elapsedtime finishedelapsedtime result resulttime mark zeit ziel zielzeit endzeit laufzeit
		gesamtzeit rennzeit ergebnis temps tempsfinal tempstotal tempscourse chrono arrivee performance perf tiempo tiempofinal
		tiempototal meta llegada resultado marca tempo tempofinale tempofinal tempototale tempogara arrivo tijd eindtijd
		totaaltijd tid sluttid maltid totaltid maal loppuaika aika tulos kokonaisaika aeg lopuaeg loppaeg koguaeg tulemus total
		resultat czas wynik czaskoncowy cas vyslednycas vysledek rezultat ido eredmeny laiks laikas rezultats rezultatas
		tps tpsfinal tpstotal timetext hhmmss hmmss totaltm duration duree duracion dauer durata finiss tfinale tfinal vrijeme vreme timp
		sure timi denbora rezultat время результат час χρονος τελικοςχρονος 成績 成绩 完賽時間 完赛时间 タイム 記録 기록`,
	placeRole: `place places pos posn position rank ranking rnk plc pl plz platz rang placing placement overall overallplace
		placeoverall plass plats plassering placering sija sijoitus koht kohta classement clas clt puesto posicion pos posizione
		plaats plek poradi miejsce msc misto helyezes vieta oplace finishplace finishposition
		scratch clasificacion classifica lugar posto hely plac sij poradie mce uvrstitev plasman sira saeti postua
		lloc место місце θεση 名次 順位 순위`,
	statusRole: `status statut staatus statuss tila finishstatus racestatus resultstatus athletestatus`,
	classRole:  `classifier`,
	noteRole:   `remark remarks comment comments note notes bemerkung estado state etat stato stan stav anmerkung info`,
	ncRole:     `nc notcompeting dqreason dsqreason disqreason dnfreason`,
	dnfRole:    `dnf didnotfinish abandon abandoned retired`,
	dnsRole:    `dns didnotstart noshow`,
	dqRole:     `dq dsq disq disqualified`,

	finishedRole: `finished isfinished didfinish finisher isfinisher`,
	startRole:    `start starttime startzeit heuredepart depart salida partenza starttid starttijd lahto lahtoaika stardiaeg`,
	pointRole: `checkpoint checkpointname timingpoint timingpointname splitname passingpoint measuringpoint messpunkt
		interval intervalname timingmat timinglocation controlpoint lap lapno lapnumber lapnr lapnum leg legno legnumber legnr runde
		rundennr pointdepassage puntodecontrol zeitmesspunkt kontrollpunkt`,
	siteRole: `location locationname mat matname reader readername antenna station point pointname control sitename`,
	raceRole: `race racename racedistance racetype distancekm distkm distancemiles distancemi streckekm distanciakm distanzakm event eventname eventdistance subevent distance dist contest contestname course
		coursename rennen wettbewerb wettkampf bewerb strecke lauf parcours epreuve course distancia distanza distans distants
		distanca dystans distancija distance gara carrera prueba prova evento matka afstand lop lopp loppet bieg trat percorso
		katigoria дистанция дистанція αγωνισμα 項目 组别 組別 種目 종목
		category categoryname categorie categoria kategorie kategoria kategorija division divisionname klasse klass class sarja
		sorozat tavolsag tav`,
	otherRole: `name names fullname lastname firstname surname forename givenname familyname runner athlete participant
		nom prenom nomprenom nachname vorname nimi etunimi sukunimi eesnimi perenimi navn fornavn etternavn namn fornamn efternamn
		nombre apellido apellidos nome cognome sobrenome naam voornaam achternaam nazwisko imie jmeno prijmeni nev
		club klub klubi clubteam verein societa societe equipe equipo seura forening team teamname squadra vereniging
		sex gender geschlecht sexe sexo sesso kjonn kon sugu age agegroup alter edad eta klasa cat div group grp yob jg jahrgang born dob nation nat nationality country land
		pays pais city town ort ville state region year pace avgpace speed split laps half hm
		predicted projected estimated est target goal seed expected previous prev best qualifying pb
		gap diff difference delta behind points score chip chipno tag epc ecard sicard license id`,
})

// wordTable turns lists of words into one table. A word of two roles has the one that is tried first in role's order.
func wordTable(lists map[role]string) map[string]role {
	table := make(map[string]role)
	for r := noRole; r <= otherRole; r++ {
		for word := range strings.FieldsSeq(lists[r]) {
			// As a header would be read: accents and the parts of Korean letters are taken apart there.
			word = strings.Join(headerTokens(word), "")
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
	timeRole: `time finish elapsed result zeit temps tps tiempo tempo tijd tid aika aeg czas cas total ziel`,
	chipRole: `chip net nett netto neto`,
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
	found, noun, doubt := timeRole, false, false
	for _, w := range words {
		switch nounRoles[w] {
		case noRole:
			if headerWords[w] != noRole || strings.ContainsAny(w, "0123456789") {
				return noRole
			}
			doubt = true
		case timeRole:
			noun = true
		case chipRole, gunRole:
			if found != timeRole && found != nounRoles[w] {
				return noRole
			}
			found = nounRoles[w]
		}
	}
	switch {
	case !noun || hoursAndMinutes(words) || doubt && found == timeRole:
		return noRole
	case doubt:
		return doubtRole
	}
	return found
}

// hoursAndMinutes reports a header such as "Time (h:mm)", under which 2:58 is nearly three hours.
func hoursAndMinutes(words []string) bool {
	n := len(words)
	return n >= 2 && words[n-1] == "mm" && (words[n-2] == "hh" || words[n-2] == "h")
}

// otherLegs are words for what comes before the run of a triathlon or a duathlon; runLegs are times that are then the
// run's alone.
var (
	otherLegs = map[string]bool{
		"swim": true, "swimming": true, "bike": true, "cycle": true, "cycling": true, "t1": true, "t2": true, "schwimmen": true,
		"rad": true, "radfahren": true, "natation": true, "velo": true, "ski": true, "kayak": true, "paddle": true,
		"nuoto": true, "bici": true, "natacion": true, "ciclismo": true, "zwemmen": true, "fietsen": true, "sim": true, "cykel": true,
		"svomning": true, "sykkel": true, "uinti": true, "pyoraily": true, "plavani": true, "kolo": true, "plywanie": true, "rower": true,
	}
	runLegs = map[string]bool{"laufzeit": true, "tempscourse": true}
)

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
