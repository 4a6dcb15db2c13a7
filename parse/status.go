package parse

import (
	"bytes"
	"strings"
)

// verdict is what a status word says about a row.
type verdict uint8

const (
	unknownWord verdict = iota
	saysNothing         // "OK", "Finisher": the time counts
	stillOut            // "Started": no result yet
	saysCode            // DNF, DNS, DQ
	needsPerson         // "MP", "OT", "NC": what it means for the result is the race's decision
)

// statusWord is a known word.
type statusWord struct {
	verdict verdict
	code    Code
	column  int // where it stands, from 1, where nobody would look for it; else 0
}

// statusWords are the words of a status column, of a place or of a time cell, as the joined words of [headerTokens]. Sources:
// FORMATS 3, and the localised lists of the programs there.
var statusWords = statusTable(
	statusWord{verdict: saysCode, code: DNF}, `dnf abd abandon abandono abandoned ret retired rtd withdrawn withdrawal withdrew wd
		didnotfinish aufg aufgegeben aufgabe rit ritirato brutt brot utgatt utg udg kesk keskeyttanyt katkestas katk
		desistencia desistiu retirado abandonne abandonnee abandonado abandonada abandonou abandons renuntat renuntare
		ausgeschieden ausgestiegen сошел
		sporedo nedokoncil nedokoncila nieukonczyl nieukonczyla dropped dropout droppedout uitgevallen opgave opgegeven
		didnotcomplete didnotfinishdnf brutit keskeytti katkestanud izstajas nefinisavo udgaet сошла
		棄權 弃权 棄権 退賽 退赛 未完賽 未完赛`,
	statusWord{verdict: saysCode, code: DNS}, `dns didnotstart didntstart nostart notstarted nonstarter nonpartant np nang nichtangetreten
		nichtgestartet nonpartito nopresentado nosalio ikkestartet ejstart ejstartande eistartannut eilahtenyt eistartinud
		nonpartante nonpartants neprezentat naolargou nestartovala nichtamstart нестартовал
		nietgestart nestartoval niewystartowal noshow scratched didnotstartdns`,
	statusWord{verdict: saysCode, code: DQ}, `dq dsq disq disqualified disqualifie disqualification disqualifiziert descalificado
		desclassificado squalificato diskvalificeret diskvalifisert diskvalificerad hylatty hyl diskvalifitseeritud
		descalificat desqualificado desclassificada disqualifiee descalificada squalificata дисквалификация
		gediskwalificeerd diskvalifikovan diskvalifikacia zdyskwalifikowany kizarva dqf
		diskvalif disqualifieddq disqualifieddsq`,
	statusWord{verdict: saysNothing}, `ok okay finished finisher finishers regular fin finish official q valid classified complete
		completed done confirmed imziel zielerreicht arrive classe finalizado llegado arrivato godkjent godkant fullfort maali
		finiseerinud gefinisht ukonczyl dokoncil`,
	statusWord{verdict: stillOut}, `started running oncourse racing inprogress active pending registered entered unterwegs
		gestartet encourse notfinishedyet waiting checkedin na nt null none notime`,
	statusWord{verdict: needsPerson}, `mp mispunch mispunched missingpunch ot overtime overtheimit otl nc notcompeting hc ak
		sportingwithdrawal sportwithdr horscourse horsclassement nonclasse nonclassee nonclasses horsdelai horsdelais
		ausserkonkurrenz außerkonkurrenz ohnewertung ow notclassified unclassified notranked nichtklassiert unklassiert
		qry query uof unofficial provisional protest cut notfinished unfinished nonfinisher`,
)

func statusTable(pairs ...any) map[string]statusWord {
	table := make(map[string]statusWord)
	for i := 0; i < len(pairs); i += 2 {
		for word := range strings.FieldsSeq(pairs[i+1].(string)) {
			table[strings.Join(headerTokens(word), "")] = pairs[i].(statusWord)
		}
	}
	return table
}

// maxStatus is the length of a cell beyond which it is no status word, in bytes.
const maxStatus = 40

// statusOf looks a cell up. It is called for cells that are not times, which are few.
func statusOf(text string) statusWord {
	if len(text) > maxStatus {
		return statusWord{}
	}
	return statusWords[strings.Join(headerTokens(strings.ToLower(text)), "")]
}

// classifiers are SportSoftware's digits: 0 OK, 1 DNS, 2 DNF, 3 mispunched, 4 disqualified, 5 over time.
var classifiers = map[string]statusWord{
	"0": {verdict: saysNothing}, "1": {verdict: saysCode, code: DNS}, "2": {verdict: saysCode, code: DNF},
	"3": {verdict: needsPerson}, "4": {verdict: saysCode, code: DQ}, "5": {verdict: needsPerson},
}

// classifierWords say for people what those digits mean that are no result by themselves.
var classifierWords = map[string]string{"3": "mispunched", "5": "over time"}

// blankStatus reports a status cell that says nothing: empty, or dashes.
func blankStatus(b []byte) bool {
	return len(bytes.Trim(b, "-. ")) == 0
}
