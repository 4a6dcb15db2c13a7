package config

import (
	"fmt"
	"io"
	"time"

	"finishwatch/cmd/internal/borrow"
	"finishwatch/parse"
)

// maxChipFile bounds a chip map, in bytes: a hundred thousand chips are about 3 MB.
const maxChipFile = 32 << 20

// RulesWith returns the rules of the race with its chip map, nil for none, and with the time zone of this laptop for
// reads that count in UTC.
func (r Race) RulesWith(chips map[string]parse.Bib) parse.Rules {
	rules := r.Rules
	rules.Zone = time.Local
	rules.Passings.Chips = chips
	return rules
}

// RulesWithChips returns the rules of the race with its chip map as the file has it now. Races without a chip file get
// no map. The error is for people and ends in what to do.
func (r Race) RulesWithChips() (parse.Rules, error) {
	if r.ChipFile == "" {
		return r.RulesWith(nil), nil
	}
	data, err := ReadChipFile(r.ChipFile)
	if err != nil {
		return r.Rules, err
	}
	chips, err := ParseChips(r.ChipFile, data)
	if err != nil {
		return r.Rules, err
	}
	return r.RulesWith(chips), nil
}

// ReadChipFile returns the content of a chip map.
func ReadChipFile(path string) ([]byte, error) {
	f, err := borrow.Open(path)
	if err != nil {
		return nil, fmt.Errorf("chips: %w; write the chip map there, or correct chips in [race.passings]", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxChipFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("chips: %w; look at the disk, it is tried again", err)
	case len(data) > maxChipFile:
		return nil, fmt.Errorf("chips %s: larger than %d MB; name the chip map, CSV with the header chip,bib", path, maxChipFile>>20)
	}
	return data, nil
}

// ParseChips returns what a chip map says.
func ParseChips(path string, data []byte) (map[string]parse.Bib, error) {
	chips, err := parse.ReadChips(data)
	if err != nil {
		return nil, fmt.Errorf("chips %s: %w; correct the chip map", path, err)
	}
	return chips, nil
}
