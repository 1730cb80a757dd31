// SPDX-License-Identifier: EUPL-1.2

package packing

// Sentence is a Satz in two parts: what is wrong, and how to mend it.
type Sentence struct{ Message, Remedy string }

// Refusal is an Abweisung: why a file cannot be taken. It is an error and
// holds nothing of the file.
type Refusal struct {
	Rule    string // stable, DATEI-01 and following
	German  Sentence
	English Sentence
}

func (r *Refusal) Error() string { return "package refused by " + r.Rule }

// In gives the sentence in English or German.
func (r *Refusal) In(english bool) Sentence {
	if english {
		return r.English
	}
	return r.German
}

var (
	errKind = &Refusal{"DATEI-01",
		Sentence{"Die Datei ist weder XML noch ein ZIP- oder gzip-Archiv mit XML.",
			"Exportieren Sie das Paket aus Ihrem Dokumentationssystem als oBDS-Datei und senden Sie diese."},
		Sentence{"The file is neither XML nor a ZIP or gzip archive of XML.",
			"Export the package from your documentation system as an oBDS file and send that."}}
	errGzip = &Refusal{"DATEI-02",
		Sentence{"Das gzip-Archiv ist beschädigt oder unvollständig.", "Packen Sie die XML-Datei neu oder senden Sie sie ungepackt."},
		Sentence{"The gzip archive is damaged or incomplete.", "Pack the XML file again or send it unpacked."}}
	errEncrypted = &Refusal{"DATEI-04",
		Sentence{"Das ZIP-Archiv ist mit einem Kennwort verschlüsselt.", "Senden Sie es ohne Kennwort; die Übertragung selbst ist verschlüsselt."},
		Sentence{"The ZIP archive is protected by a password.", "Send it without a password; the transfer itself is encrypted."}}
	errName = &Refusal{"DATEI-05",
		Sentence{"Ein Dateiname im ZIP-Archiv enthält einen Pfad oder unerlaubte Zeichen.", packAgain},
		Sentence{"A file name in the ZIP archive holds a path or characters that are not allowed.", packAgainEnglish}}
	errForeign = &Refusal{"DATEI-06",
		Sentence{"Das ZIP-Archiv enthält eine Datei, die keine XML-Datei ist.", "Packen Sie nur XML-Dateien mit der Endung .xml in das Archiv."},
		Sentence{"The ZIP archive holds a file that is not an XML file.", "Pack only XML files whose names end in .xml."}}
	errNoXML = &Refusal{"DATEI-07",
		Sentence{"Das ZIP-Archiv enthält keine XML-Datei.", "Packen Sie die XML-Datei mit der Endung .xml in das Archiv."},
		Sentence{"The ZIP archive holds no XML file.", "Pack the XML file with a name that ends in .xml."}}
)

// The limits as refusals.
var (
	ErrUnpacked = &Refusal{"DATEI-09",
		Sentence{"Das Paket ist entpackt größer als erlaubt.", "Teilen Sie es auf und senden Sie die Teile einzeln."},
		Sentence{"The unpacked package is larger than allowed.", "Split it and send the parts one by one."}}
	ErrRatio = &Refusal{"DATEI-10",
		Sentence{"Das Paket ist stärker gepackt, als Meldungen es sein können.", "Senden Sie die XML-Datei ungepackt."},
		Sentence{"The package is packed more tightly than reports can be.", "Send the XML file unpacked."}}
	ErrEntries = &Refusal{"DATEI-11",
		Sentence{"Das Archiv enthält mehr Dateien als erlaubt.", "Senden Sie weniger Dateien in einem Archiv."},
		Sentence{"The archive holds more files than allowed.", "Send fewer files in one archive."}}
	// ErrEmpty means that the file holds no byte.
	ErrEmpty = &Refusal{"DATEI-12",
		Sentence{"Die Datei ist leer.", "Wählen Sie die Datei mit dem Meldungspaket aus."},
		Sentence{"The file is empty.", "Choose the file that holds the package of reports."}}
)

const (
	packAgain        = "Packen Sie das Archiv mit dem ZIP-Werkzeug des Betriebssystems neu oder senden Sie die XML-Datei ungepackt."
	packAgainEnglish = "Pack the archive again with the ZIP tool of the operating system or send the XML file unpacked."
)

// badStructure refuses an archive that is not built by the rules.
func badStructure(german, english string) error {
	return &Refusal{"DATEI-03",
		Sentence{"Das ZIP-Archiv ist nicht regelgerecht aufgebaut: " + german + ".", packAgain},
		Sentence{"The ZIP archive is not built by the rules: " + english + ".", packAgainEnglish}}
}
