package control

import (
	"encoding/json"
	"net"
	"os"
	"time"
)

// ours reports whether root or this user is at the other end. The rights of a socket that this program makes say the same;
// the one that systemd makes is open to everybody, for its owner would be root, and a service asks itself to reload. Where the
// system cannot say who it is, the rights decide.
func ours(c net.Conn) bool {
	uid, known := peer(c)
	return mayAsk(uid, known, os.Geteuid())
}

func mayAsk(peer int, known bool, self int) bool { return !known || peer == 0 || peer == self }

// refuse says why, and hangs up.
func refuse(c net.Conn) {
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_ = json.NewEncoder(c).Encode(message{End: &Outcome{Exit: 1, Error: "only root and the user of finishwatch may ask for this; use sudo"}})
	_ = c.Close()
}
