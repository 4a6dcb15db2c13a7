// Package setup writes a first configuration from what lies in a folder: [Look] at the folder, let [Ask] ask where results
// go, and [Save] what [Folder.Config] writes.
//
// Its one idea: nothing stands in the file that was not read with. Every export is read by the rules that its [[race]] will
// say, again after each key that is added, and the finished text is read by package config and compared with them. Where an
// export leaves a question, its likely answer is written when it is the only one that makes sense of the rows, or is the
// rule of the sport; otherwise the key stays switched off below the word CHOOSE, and the race is refused until somebody does.
//
// What stands in exports is not trusted: names of files, headings and names of races are escaped or cleaned, and what could
// be the name of an athlete is not repeated. Exports are only read.
package setup
