package logging

// messageIDs gives a log message its journal MESSAGE_ID: 128 random bits in hex, made with systemd-id128 new, never
// changed once published. Every message at warning or above is listed here and explained in systemd/finishwatch.catalog
// (journalctl -x: what happened, what is safe, what to do now); others need no ID. A test keeps the three equal.
func messageIDs() map[string]string {
	return map[string]string{
		"a loop hangs; the service manager is not told any more that all is well, and starts finishwatch again": "a51b9b90a1014777a62d514c075de3fc",
		"an earlier upload was carried out after a later one; rows are sent again":                              "c968e49ef17946b688c2c8e8a993c9aa",
		"answer is a web page and the rows are not there; rows are kept on this laptop":                         "ae03eee1f96841f6ab1602a7bb08466d",
		"chip map refused, the one before counts":                                                               "14d2c5dac5ef4fd486b3205ae2b5e503",
		"commands such as pause and release do not reach this finishwatch; results go on":                       "f8752770baa546fabc427d5c91efa16d",
		"competition address is wrong; rows are kept on this laptop":                                            "06f9c4ba302541a9b86ea7907abbcc6b",
		"configuration has mistakes; finishwatch does not start with it":                                        "d6922dea900c4fca9fea00031e30ceca",
		"configuration refused, the one before stays in force":                                                  "c294a2e1290c4386b9d39df8657bcfb1",
		"export is too old, held until it is written again":                                                     "22c99ea090314cef989f2599d5a5c647",
		"export refused":          "0c0af261f62b47f897619879e053f139",
		"file cannot be taken":    "0c15b63613db4b04bd2ae2ea00d73a17",
		"folder cannot be listed": "f90ca6da08fe423181f575e3cd807aa6",
		"ledger cannot be used; finishwatch ends, and is started again":                                               "9775cac52b494649b92c8165f2b422d2",
		"ledger cannot be written; nothing is sent until it can":                                                      "a1c76254441148679aff2a526c660d45",
		"ledger cannot be written; the files are read again until it can":                                             "152790763315433b80de3c28a5d88abe",
		"ledger is damaged and was set aside; a fresh one begins with what the exports say, and what is public stays": "85d5382ec02d4f9fa82e5fedaeaf1800",
		"ledger is gone or damaged; finishwatch ends, and begins a fresh one when it is started again":                "c11dd76109d040e083734851961df1c8",
		"login refused; rows are kept on this laptop":                                                                 "993ac9d7a8624b55b2c7a0b2d270832f",
		"more bibs vanished": "eba710a11cfc44ad8dfd9bf493634405",
		"name or note of the race refused by the server; results go on without":           "36b3b7584a094c11a0044562d3b06f09",
		"no notifications for folder":                                                     "98b5c341c6754f488bb655d6fc975fc0",
		"race refused by the server; its rows are kept on this laptop, other races go on": "ad88157378c24026a3b065b19b722566",
		"removal refused by the server; vanished bibs stay there":                         "59bcf61ef160455db1e28e01885f7e0d",
		"row held": "5ffedfe679f2463a98a418195aedce7f",
		"row refused by the server, held; the others go on":                                  "d43a920652724206b4bdf5c615c86e57",
		"rows are accepted and have no time on the page":                                     "95557c7547f74323a901f85b2d923992",
		"rows are accepted and not on the page":                                              "77c1dc5dcb664e268dec8836ea0a3a8e",
		"rows differ on the page from what was accepted":                                     "637e5f9fb35c4ff8a7446b0a9c1b4a46",
		"server out of reach; rows are kept on this laptop":                                  "88ffecfe6abf473891d4a46f2c0f9a18",
		"status file cannot be written; results go on":                                       "c5da55a4c5d44e49bf90ef048782f1e2",
		"too many marks would change what is public; they are held":                          "0da82538661a4dc6adeb39f8cdce0334",
		"vanished bibs stay on the server; a person has to look":                             "4f14887bc31442f1b31fd8126f6343a0",
		"what persons held was looked for in the damaged ledger; hold again what is missing": "8572720e01884c17a8785eb0674e6a3d",
	}
}
