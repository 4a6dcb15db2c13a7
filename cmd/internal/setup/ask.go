package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"finishwatch/cmd/internal/config"
)

// Terminal is where a person answers. A line without an answer is empty; io.EOF ends the questions.
type Terminal interface {
	Say(text string)
	Line(ctx context.Context, prompt string) (string, error)
	Secret(ctx context.Context, prompt string) (string, error) // shows nothing of what is typed
}

// Answers are what a person said. The password goes into a file of its own and nowhere else.
type Answers struct {
	Destination
	Password string
}

// Ask asks for what is not known yet: where results go and who sends them. Enter skips a question. A password is asked for
// only where keep names the file that it will be stored in.
func Ask(ctx context.Context, t Terminal, known Destination, keep string) (Answers, error) {
	a := Answers{Destination: known}
	var err error
	if a.Competition == "" {
		t.Say("Where do results go? Open the competition's page in the browser and copy its address.")
		if a.Competition, err = askAddress(ctx, t); err != nil {
			return a, over(err)
		}
	}
	if a.Username == "" {
		if a.Username, err = askUsername(ctx, t, IsTest(a.Competition)); err != nil {
			return a, over(err)
		}
	}
	if keep == "" || a.Username == "" {
		return a, nil
	}
	t.Say("The password can be stored in " + remark(keep) + ", readable for you alone. Nothing is shown while you type.")
	a.Password, err = askPassword(ctx, t)
	return a, over(err)
}

// over turns the end of the input into no more answers.
func over(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func askAddress(ctx context.Context, t Terminal) (string, error) {
	for {
		line, err := t.Line(ctx, "Address (Enter: OpenTrack's public test competition): ")
		if line = strings.TrimSpace(line); err != nil || line == "" {
			return "", err
		}
		address, err := Address(line)
		if err == nil {
			t.Say("  results go to " + address)
			return address, nil
		}
		t.Say("  " + remark(err.Error()))
	}
}

// Address reads the address of a competition and writes it without what does not belong there, such as a query.
func Address(text string) (string, error) {
	server, slug, err := config.ReadAddress(text)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s/x/%s/", server, slug), nil
}

func askUsername(ctx context.Context, t Terminal, test bool) (string, error) {
	without := "later"
	if test {
		without = "the public test login"
	}
	for {
		line, err := t.Line(ctx, "Login, the e-mail of somebody with director rights (Enter: "+without+"): ")
		if line = strings.TrimSpace(line); err != nil || line == "" {
			return "", err
		}
		if writable(line) {
			return line, nil
		}
		t.Say("  a login has no invisible characters and is not as long; type it anew")
	}
}

func askPassword(ctx context.Context, t Terminal) (string, error) {
	for {
		secret, err := t.Secret(ctx, "Password (Enter: do not store it): ")
		if err != nil || secret == "" {
			return "", err
		}
		if !strings.ContainsAny(secret, "\x00\r\n") && len(secret) <= MaxPassword {
			return secret, nil
		}
		t.Say("  that is no password: it has invisible characters, or is too long; type it anew")
	}
}

// MaxPassword is what a password file may hold, in bytes.
const MaxPassword = 4000
