package state

import (
	"errors"
	"fmt"
	"strings"

	"finishwatch/parse"
)

// Released is a bib that a person released.
type Released struct {
	Bib    parse.Bib
	Mark   parse.Mark // what may go out now; zero where no file has a finish of this bib yet
	Reason string     // why it was held
}

// Choice is one of the marks that a person may release for a bib.
type Choice struct {
	Mark parse.Mark
	Line int
	File string // empty where it is not known any more
}

// ChoiceError says that a person has to choose one mark.
type ChoiceError struct {
	Bib     parse.Bib
	Choices []Choice // none where the files have not been read since the start
}

func (e *ChoiceError) Error() string {
	if len(e.Choices) == 0 {
		return fmt.Sprintf("bib %s: its files have not been read; say which mark", e.Bib)
	}
	var choices []string
	for _, c := range e.Choices {
		choices = append(choices, fmt.Sprintf("%s (%s line %d)", c.Mark, c.File, c.Line))
	}
	return fmt.Sprintf("bib %s: choose one mark: %s", e.Bib, strings.Join(choices, ", "))
}

var (
	// ErrNothingHeld says that there is nothing to release.
	ErrNothingHeld = errors.New("nothing is held")
	// ErrVanished says that no file has this bib any more, so that there is no mark to release.
	ErrVanished = errors.New("it has vanished from the exports; export it again, or remove it with finishwatch sync")
)

// Release is a person's word that a held mark is right. Without a bib it is about the race: it ends the hold of the
// race, and releases every held bib for which there is exactly one mark. With a bib and no mark it releases the only
// one that there is. It returns what was released; a [*ChoiceError] when there are several marks, or the mark is none of
// them; [ErrNothingHeld] and [ErrVanished].
func (l *Ledger) Release(unit Unit, bib parse.Bib, mark parse.Mark) ([]Released, error) {
	return nil, errToDo
}

var errToDo = errors.New("not possible yet")
