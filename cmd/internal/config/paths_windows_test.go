package config

import (
	"errors"
	"strings"
	"testing"
)

// in is a configuration for a folder.
func in(dir string) []byte { return []byte(strings.Replace(small, `"/srv/timing"`, "'"+dir+"'", 1)) }

func TestPathsOfWindows(t *testing.T) {
	tests := map[string]struct{ dir, want string }{
		"a drive":                            {`C:\timing`, `C:\timing`},
		"a drive, with the slashes of Unix":  {`C:/timing/5k/`, `C:\timing\5k`},
		"a share":                            {`\\timing-pc\exports\5k`, `\\timing-pc\exports\5k`},
		"a share, with the slashes of Unix":  {`//timing-pc/exports`, `\\timing-pc\exports`},
		"beside the configuration":           {`exports\5k`, `D:\race\exports\5k`},
		"above the configuration":            {`..\timing`, `D:\timing`},
		"the top of the configuration's own": {`\timing`, `D:\timing`},
		"the same with the slash of Unix":    {`/timing`, `D:\timing`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := parseWith(`D:\race\config.toml`, in(test.dir), noEnvironment)
			if err != nil {
				t.Fatal(err)
			}
			if c.Watch.Dir != test.want {
				t.Errorf("%s is %s, want %s", test.dir, c.Watch.Dir, test.want)
			}
		})
	}
}

func TestADriveWithoutAPlaceOnItIsAMistake(t *testing.T) {
	_, err := parseWith(`D:\race\config.toml`, in(`C:timing`), noEnvironment)
	mistakes, ok := errors.AsType[*Mistakes](err)
	if !ok {
		t.Fatalf("no mistake: %v", err)
	}
	var out strings.Builder
	mistakes.Print(&out)
	if !strings.Contains(out.String(), `write 'C:\timing'`) {
		t.Error(out.String())
	}
}
