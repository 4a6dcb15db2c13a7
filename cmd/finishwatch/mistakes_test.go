package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finishwatch/cmd/internal/config"
	"finishwatch/uploader"
)

// A mistake is told as operation, object, and what to do: here are those of the server and of files, with their whole text.

func TestWhatTheServerRefusesEndsInWhatToDo(t *testing.T) {
	const put = "PUT roadxc_upload"
	outOfReach := errors.New("dial tcp: lookup data.opentrack.run: no such host")
	stranger := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	for sentence, test := range map[string]struct {
		refused         uploader.Error
		daemon, command string // what they say; the command's is empty where it is the same
	}{
		"no network": {
			uploader.Error{Op: put, Err: outOfReach},
			"PUT roadxc_upload: dial tcp: lookup data.opentrack.run: no such host; it is tried again by itself",
			"PUT roadxc_upload: dial tcp: lookup data.opentrack.run: no such host; look at the network (cable, WLAN, mobile data), and run it again",
		},
		"the server is in trouble": {
			uploader.Error{Op: put, StatusCode: 503, Detail: "an HTML page"},
			"PUT roadxc_upload: HTTP 503: an HTML page; it is tried again by itself",
			"PUT roadxc_upload: HTTP 503: an HTML page; look at the network (cable, WLAN, mobile data), and run it again",
		},
		"somebody else answers": {
			uploader.Error{Op: "log in", Err: stranger},
			"log in: tls: failed to verify certificate: x509: certificate signed by unknown authority; look at this laptop's date and time, and for a login page of the network; it is tried again by itself",
			"log in: tls: failed to verify certificate: x509: certificate signed by unknown authority; look at this laptop's date and time, and for a login page of the network, and run it again",
		},
		"a wrong password": {
			uploader.Error{Op: "log in", Class: uploader.LoginRefused, StatusCode: 400, Detail: "Unable to log in with provided credentials."},
			"log in: HTTP 400: Unable to log in with provided credentials; check username and password, and that this user may edit the competition; then finishwatch reload, or start it again", "",
		},
		"an unknown event": {
			uploader.Error{Op: put, Class: uploader.BatchRefused, StatusCode: 400, Detail: "no event R9"},
			"PUT roadxc_upload: HTTP 400: no event R9; check that the event, round and heat exist in the competition's event grid", "",
		},
		"a wrong address": {
			uploader.Error{Op: put, Class: uploader.WrongAddress, StatusCode: 404},
			"PUT roadxc_upload: HTTP 404; check [opentrack] competition: year, country and short name as in the address of its page", "",
		},
		"a login page of the network": {
			uploader.Error{Op: put, Class: uploader.Doubtful, StatusCode: 200, Detail: "an HTML page"},
			"PUT roadxc_upload: HTTP 200: an HTML page; is there a login page between this laptop and the internet? Open a page in the browser and log in there", "",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			if got := test.refused.Error(); got != test.daemon {
				t.Errorf("the daemon says %q", got)
			}
			if test.command == "" {
				test.command = test.daemon
			}
			got := failed(&test.refused)
			if got.Error() != test.command {
				t.Errorf("a command says %q", got.Error())
			}
			if known, ok := errors.AsType[*uploader.Error](got); !ok || known != &test.refused {
				t.Errorf("%v has lost its cause", got)
			}
		})
	}
}

func TestAFileThatExplainRefusesEndsInWhatToDo(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.csv")
	if err := os.WriteFile(large, []byte(strings.Repeat("x", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, nil, 0); err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Watch: config.Watch{MaxSize: 1000}}
	for file, want := range map[string]string{
		filepath.Join(dir, "none.csv"): "there is no such file; look at the spelling",
		dir:                            "not a regular file; give the path of an export",
		large:                          "it has 2000 bytes, more than the 1000 of [watch] max_size; raise max_size if it is an export",
		secret:                         "it cannot be read: permission denied; let this user, and that of finishwatch, read it",
	} {
		_, err := readExport(cfg, file)
		if file == secret && err == nil {
			continue // root may read everything
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}

// Whatever makes package parse refuse a whole file must come with what to do.
func TestEveryRefusalOfAnExportSaysWhatToDo(t *testing.T) {
	files, err := filepath.Glob("../../parse/*.go")
	if err != nil {
		t.Fatal(err)
	}
	refusals := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if name, named := literal.Type.(*ast.Ident); !named || name.Name != "FileError" {
				return true
			}
			refusals++
			if !hasFix(literal) {
				t.Errorf("%s: a refusal without Fix", set.Position(literal.Pos()))
			}
			return true
		})
	}
	if refusals < 50 {
		t.Errorf("%d refusals were looked at; where are the others?", refusals)
	}
}

func hasFix(literal *ast.CompositeLit) bool {
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Fix" {
			text, isText := pair.Value.(*ast.BasicLit)
			return !isText || len(text.Value) > 2
		}
	}
	return false
}
