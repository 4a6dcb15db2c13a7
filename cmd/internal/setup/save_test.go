package setup

import "testing"

func TestAPathThatCanBePasted(t *testing.T) {
	for _, c := range []struct{ system, path, want string }{
		{"linux", "/srv/timing/5k.csv", "/srv/timing/5k.csv"},
		{"linux", "/srv/my race/5k.csv", "'/srv/my race/5k.csv'"},
		{"linux", `a'b\c`, `'a'\''b\c'`},
		{"darwin", "/Volumes/my race", "'/Volumes/my race'"},
		{"windows", `C:\timing\5k.csv`, `C:\timing\5k.csv`},
		{"windows", `\\timing-pc\exports`, `\\timing-pc\exports`},
		{"windows", `C:\my race\it's.csv`, `"C:\my race\it's.csv"`},
		{"windows", "", `""`},
	} {
		if got := quoted(c.path, c.system); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.system, c.path, got, c.want)
		}
	}
}
