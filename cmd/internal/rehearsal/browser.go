package rehearsal

import (
	"fmt"
	"os/exec"
	"runtime"
)

// openPage shows an address in the browser of this laptop. An error says that it could not even be tried.
func openPage(address string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	case "darwin":
		cmd = exec.Command("open", address)
	default:
		cmd = exec.Command("xdg-open", address)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("no browser can be opened (%w); open %s yourself", err, address)
	}
	go func() { _ = cmd.Wait() }() // whether anything is shown, a person sees better than this program
	return nil
}
