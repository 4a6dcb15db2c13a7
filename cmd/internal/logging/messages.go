package logging

// messageIDs gives a log message its journal MESSAGE_ID: 128 random bits in hex, made with systemd-id128 new, never
// changed once published. A message is listed here when the journal catalog explains it (journalctl -x: what happened
// and what to do now); others need no ID.
var messageIDs = map[string]string{}
