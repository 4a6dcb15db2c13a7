package config

import (
	"fmt"
	"io"
	"os"
	"time"

	"finishwatch/parse"
)

// maxChipFile bounds a chip map, in bytes: a hundred thousand chips are about 3 MB.
const maxChipFile = 32 << 20

// RulesWithChips returns the rules of the race with its chip map as the file has it now, and with the time zone of this
// laptop for reads that count in UTC. Races without a chip file get no map. The error is for people and ends in what to do.
func (r Race) RulesWithChips() (parse.Rules, error) {
	rules := r.Rules
	rules.Zone = time.Local
	if r.ChipFile == "" {
		return rules, nil
	}
	f, err := os.Open(r.ChipFile)
	if err != nil {
		return r.Rules, fmt.Errorf("chips: %w; write the chip map there, or correct chips in [race.passings]", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxChipFile))
	if err != nil {
		return r.Rules, fmt.Errorf("chips: %w; it is read again with the next change of the export", err)
	}
	if rules.Passings.Chips, err = parse.ReadChips(data); err != nil {
		return r.Rules, fmt.Errorf("chips %s: %w; correct the chip map", r.ChipFile, err)
	}
	return rules, nil
}
