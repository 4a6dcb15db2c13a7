package parse

// kept is what a reader of a format leaves behind for accounts. They are derived from it when the reading is done, so
// that judging rows costs nothing where nobody asks: all methods may be called on nil.
type kept struct {
	file    *decoded
	table   *table     // that judged the rows, of a file or of a sheet
	log     *readerLog // of a raw log instead
	reads   []keptRead
	written map[[2]int]string // by line and column: cells that a sheet has in other words than the file
}

// keptRead is one read of a raw log that was judged.
type keptRead struct {
	line int
	chip string
	at   stamp
}

func (k *kept) opened(d *decoded) {
	if k != nil {
		k.file, d.kept = d, k
	}
}

func (k *kept) judges(t *table) {
	if k != nil {
		k.table = t
	}
}

func (k *kept) logs(l *readerLog) {
	if k != nil {
		k.log, l.kept = l, k
	}
}

func (k *kept) read(line int, chip []byte, at stamp) {
	if k != nil {
		k.reads = append(k.reads, keptRead{line, string(chip), at})
	}
}

func (k *kept) wrote(line, column int, text string) {
	if k == nil {
		return
	}
	if k.written == nil {
		k.written = make(map[[2]int]string)
	}
	k.written[[2]int{line, column}] = text
}

// another keeps the cells of one of several sheets.
func (k *kept) another() *kept {
	if k == nil {
		return nil
	}
	return &kept{}
}

// holds takes over the cells of the sheet that is read.
func (k *kept) holds(o *kept) {
	if k != nil {
		k.written = o.written
	}
}
