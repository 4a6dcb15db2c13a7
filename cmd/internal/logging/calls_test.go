package logging

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const zapPath = "go.uber.org/zap"

// Every log call of the module, outside tests, uses the names of Fields and a constant lower-case message.
func TestLogCallsOfTheModule(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for _, dir := range goFolders(t, root) {
		for _, complaint := range checkFolder(parseFolder(t, dir)) {
			t.Error(complaint)
		}
	}
}

func TestLogCallsAreChecked(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"a listed name":              {`log.Info("row held", zap.String("bib", "7"))`, ""},
		"a name that is not listed":  {`log.Info("row held", zap.String("runner", "7"))`, `field name "runner" is not in logging.Fields`},
		"a name from a constant":     {`log.Info("row held", zap.String(key, "7"))`, ""},
		"a bad name from a constant": {`log.Info("row held", zap.Int(bad, 7))`, `field name "runner" is not in logging.Fields`},
		"a name that is built":       {`log.Info("row held", zap.String("b"+x, "7"))`, "field name is not a constant"},
		"a field outside a call":     {`_ = zap.NamedError("oops", nil)`, `field name "oops" is not in logging.Fields`},
		"an error has its own name":  {`log.Info("row held", zap.Error(nil))`, ""},
		"capitals":                   {`log.Warn("Row held")`, `message "Row held" is not lower-case`},
		"proper names have capitals": {`log.Warn("login to OpenTrack refused")`, ""},
		"a full stop":                {`log.Warn("row held.")`, `message "row held." ends in punctuation`},
		"a message that is built":    {`log.Error("row " + x)`, "message is not a constant"},
		"a message from a constant":  {`log.With(zap.Int("rows", 1)).Info(key)`, ""},
		"a sugared logger":           {`log.Sugar().Infow("row held", "runner", "7")`, "Sugar hides the fields from this test"},
		"not a logger":               {`http.Error(nil, "Not found", 404); fmt.Println(err.Error())`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			source := "package p\nimport (\"fmt\"; \"net/http\"; \"go.uber.org/zap\")\nconst (key = \"bib\"; bad = \"runner\")\nfunc f() {\n" +
				test.body + "\n}\n"
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, "p.go", source, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := []string(nil)
			if test.want != "" {
				want = []string{"p.go:5: " + test.want}
			}
			if diff := cmp.Diff(want, checkFolder(set, []*ast.File{file})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFieldsAreWellNamed(t *testing.T) {
	var names []string
	for _, field := range Fields() {
		if field.Name != strings.ToLower(field.Name) || field.Holds == "" || strings.ContainsAny(field.Name, " -.") {
			t.Errorf("%+v", field)
		}
		names = append(names, field.Name)
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(Fields()) {
		t.Error("the list is not sorted, or a name stands in it twice")
	}
}

func goFolders(t *testing.T, root string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && path != root
		if hidden || entry.Name() == "testdata" || entry.Name() == "dist" {
			return filepath.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// parseFolder leaves out files that are no Go: the compiler says so better.
func parseFolder(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution); err == nil {
			files = append(files, file)
		}
	}
	return set, files
}

// checkFolder returns a complaint for each log call that breaks a rule. It goes by names alone, without types: a
// logger is what a method called Info, Warn and so on with a message is called on, unless that is a package.
func checkFolder(set *token.FileSet, files []*ast.File) []string {
	var complaints []string
	constants := textConstants(files)
	for _, file := range files {
		imports := importNames(file)
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if complaint := checkCall(call, imports, constants); complaint != "" {
					at := set.Position(call.Pos())
					complaints = append(complaints, fmt.Sprintf("%s:%d: %s", at.Filename, at.Line, complaint))
				}
			}
			return true
		})
	}
	return complaints
}

func checkCall(call *ast.CallExpr, imports, constants map[string]string) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if receiver, ok := method.X.(*ast.Ident); ok && imports[receiver.Name] != "" {
		if imports[receiver.Name] != zapPath || !isField(method.Sel.Name, len(call.Args)) {
			return ""
		}
		return checkName(call.Args[0], constants)
	}
	switch method.Sel.Name {
	case "Sugar":
		return "Sugar hides the fields from this test"
	case "Debug", "Info", "Warn", "Error":
		if len(call.Args) > 0 {
			return checkMessage(call.Args[0], constants)
		}
	}
	return ""
}

// isField reports whether a function of zap makes a field with a name in front.
func isField(function string, args int) bool {
	switch function {
	case "New", "NewStdLogAt", "RedirectStdLogAt", "RegisterEncoder", "RegisterSink":
		return false
	}
	return args >= 2 || function == "Namespace"
}

func checkName(arg ast.Expr, constants map[string]string) string {
	name, ok := constant(arg, constants)
	switch {
	case !ok:
		return "field name is not a constant"
	case !slices.ContainsFunc(Fields(), func(f Field) bool { return f.Name == name }):
		return fmt.Sprintf("field name %q is not in logging.Fields", name)
	}
	return ""
}

func checkMessage(arg ast.Expr, constants map[string]string) string {
	message, ok := constant(arg, constants)
	if !ok {
		return "message is not a constant"
	}
	common := strings.NewReplacer("OpenTrack", "", "HTTP", "", "DNF", "", "TOML", "").Replace(message)
	switch {
	case common != strings.ToLower(common):
		return fmt.Sprintf("message %q is not lower-case", message)
	case strings.TrimRight(message, ".!:\n ") != message || message == "":
		return fmt.Sprintf("message %q ends in punctuation", message)
	}
	return ""
}

// constant returns the text of a literal or of a constant of the same package.
func constant(arg ast.Expr, constants map[string]string) (string, bool) {
	switch e := arg.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := constants[e.Name]
		return text, ok
	}
	return "", false
}

func textConstants(files []*ast.File) map[string]string {
	constants := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			group, ok := node.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				return true
			}
			for _, spec := range group.Specs {
				value := spec.(*ast.ValueSpec)
				for i, name := range value.Names {
					if i < len(value.Values) {
						if text, ok := constant(value.Values[i], nil); ok {
							constants[name.Name] = text
						}
					}
				}
			}
			return true
		})
	}
	return constants
}

func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}
