// SPDX-License-Identifier: EUPL-1.2

package handbook

import "strings"

// place is a topic, or a section of one.
type place struct{ topic, anchor string }

// SectionHelp is the Erläuterung beside a section of the form.
type SectionHelp struct {
	place
	Use string // what the registry does with this part, one or two sentences
}

// Address is the page on which the section is explained.
func (h SectionHelp) Address() string { return h.address() }

func (p place) address() string {
	path := "/hilfe/" + p.topic
	if p.anchor != "" {
		path += "#" + p.anchor
	}
	return path
}

// ForSection gives what stands beside a section of the form, by its name.
func ForSection(name string) (SectionHelp, bool) {
	h, known := sections[name]
	return h, known
}

// ForField tells where a field is explained, by its key; "" when only its
// section is. Numbers of rows in the key do not matter.
func ForField(key string) (topic, anchor string) {
	var names []string
	for name := range strings.SplitSeq(key, ".") {
		if strings.Trim(name, "0123456789") != "" {
			names = append(names, name)
		}
	}
	for ; len(names) > 0; names = names[:len(names)-1] { // the longest beginning decides
		if p, known := fields[strings.Join(names, ".")]; known {
			return p.topic, p.anchor
		}
	}
	return "", ""
}

// Address is the page that explains a field of a section, or the section when
// the field needs no word of its own; /hilfe when neither is known.
func Address(section, key string) string {
	if topic, anchor := ForField(key); topic != "" {
		return place{topic, anchor}.address()
	}
	if h, known := sections[section]; known {
		return h.address()
	}
	return "/hilfe"
}

// sections explain the sections of the form by their names.
var sections = map[string]SectionHelp{
	"person": {place{"person", ""},
		"Aus Namen, Geburtsdatum und Geschlecht bildet die Vertrauensstelle Kontrollnummern. Nur sie kommen ins Register und zeigen dort, dass mehrere Meldungen dieselbe Person betreffen."},
	"anschrift": {place{"anschrift-versicherung", ""},
		"Der Wohnort entscheidet, welches Land zuständig ist. Die Versichertennummer macht die Zuordnung sicher, und über die Kasse wird die Meldung vergütet."},
	"kinderkrebs": {place{"kinderkrebs", "person"},
		"Diese Angaben sind für das Deutsche Kinderkrebsregister bestimmt, nur mit Einwilligung."},
	"kinderkrebs-tumor": {place{"kinderkrebs", "tumor"}, "Diese Angaben sind für das Deutsche Kinderkrebsregister bestimmt."},
	"kinderkrebs-alt":   {place{"kinderkrebs", "tumor"}, "Diese Angaben sind für das Deutsche Kinderkrebsregister bestimmt."},
	"tumor": {place{"tumor", ""},
		"Daran erkennt das Register, dass Meldungen verschiedener Stellen denselben Tumor meinen. Wählen Sie den Tumor der ersten Meldung, wenn es ihn schon gibt."},
	"diagnose": {place{"diagnose", ""},
		"Mit der Diagnose beginnt die Tumorhistorie. Ohne sie lassen sich Behandlung und Verlauf nicht bewerten."},
	"befund": {place{"pathologie", ""},
		"Der Befund sichert die Diagnose. Das Register zieht ihn der klinischen Angabe vor, wenn beide vorliegen."},
	"histologie": {place{"histologie", ""},
		"Gewebetyp und Differenzierung ordnen den Tumor ein. Sie entscheiden mit, ob zwei Meldungen denselben Tumor betreffen."},
	"stadium": {place{"tnm", ""},
		"Am Stadium misst das Register, wie früh Tumoren erkannt werden und wie Behandlungen wirken."},
	"stadium-pathologisch": {place{"tnm", "klinisch-pathologisch"},
		"Das pathologische Stadium gilt nach einer Operation als das genauere."},
	"ausbreitung": {place{"ausbreitung", ""},
		"Metastasen und weitere Befunde zeigen, wie weit die Krankheit war, und machen Vergleiche gerecht."},
	"einsender": {place{"einsender", ""},
		"Über den Einsender findet das Register die behandelnde Stelle. Diese Angaben bleiben in der Vertrauensstelle."},
	"operation": {place{"operation", ""},
		"Das Register vergleicht Eingriffe und ihr Ergebnis, zum Beispiel wie oft der Tumor ganz entfernt wird."},
	"komplikationen": {place{"komplikationen", ""},
		"Komplikationen zählen in der Qualitätssicherung. Die Namen der Operateure bleiben in der Vertrauensstelle."},
	"strahlentherapie": {place{"strahlentherapie", ""},
		"Beginn und Ende gehören zusammen: Erst beide zeigen, ob die Behandlung wie geplant abgeschlossen wurde."},
	"bestrahlungen": {place{"strahlentherapie", "bestrahlungen"},
		"Zielgebiet und Dosis machen Bestrahlungen vergleichbar."},
	"nebenwirkungen": {place{"nebenwirkungen", ""},
		"Schwere Nebenwirkungen zeigen, was eine Behandlung die Person kostet."},
	"systemtherapie": {place{"systemtherapie", ""},
		"Beginn und Ende gehören zusammen: Erst beide zeigen, ob die Behandlung wie geplant abgeschlossen wurde."},
	"substanzen": {place{"systemtherapie", "substanzen"},
		"An den Substanzen sieht das Register, welche Behandlungen in der Versorgung ankommen."},
	"verlauf": {place{"verlauf", ""},
		"Aus den Verläufen berechnet das Register, wie lange Menschen ohne Rückfall leben."},
	"tod": {place{"tod", ""},
		"Ohne das Sterbedatum wären Angaben zum Überleben falsch."},
	"konferenz": {place{"tumorkonferenz", ""},
		"Das Register sieht, wie oft gemeinsam beraten wird und ob der Empfehlung gefolgt wurde."},
	"modul-mamma":    {place{"modul-mamma", ""}, "Rezeptoren und Größe entscheiden bei Brustkrebs über die Behandlung und stehen in den Qualitätsberichten."},
	"modul-darm":     {place{"modul-darm", ""}, "Abstände und Güte der Präparate sind Kennzahlen der Darmkrebszentren."},
	"modul-prostata": {place{"modul-prostata", ""}, "Gleason-Score und PSA bestimmen bei Prostatakrebs die Risikogruppe."},
	"modul-melanom":  {place{"modul-melanom", ""}, "Tumordicke und Ulzeration bestimmen beim Melanom das Stadium."},
	"begleitung":     {place{"begleitung", ""}, "Beratung und Studienteilnahme sind Kennzahlen der Zentren."},
	"zusatz":         {place{"weitere-angaben", ""}, "Hier steht, was der bundesweite Datensatz nicht fasst. Freier Text bleibt in der Vertrauensstelle."},
	"meldung":        {place{"grund-der-meldung", ""}, "Diese Angaben entscheiden, was mit der Identität geschieht und ob die Meldung vergütet wird."},
}

// fields explain single fields, by the beginning of their keys. Keys that mean
// another thing in every form (date, id, phase, text) are left to the section.
var fields = map[string]place{
	"patient.surname":              {"person", "namen"},
	"patient.first-names":          {"person", "namen"},
	"patient.prefix":               {"person", "namen"},
	"patient.title":                {"person", "namen"},
	"patient.suffix":               {"person", "namen"},
	"patient.birth-name":           {"person", "fruehere-namen"},
	"patient.former-names":         {"person", "fruehere-namen"},
	"patient.sex":                  {"person", "geschlecht"},
	"patient.birth-date":           {"person", "geburtsdatum"},
	"patient.address":              {"anschrift-versicherung", "anschrift"},
	"patient.insurance":            {"anschrift-versicherung", "versicherung"},
	"patient.insurance.other":      {"anschrift-versicherung", "ersatzkode"},
	"patient.remark":               {"offener-text", ""},
	"patient.childhood":            {"kinderkrebs", "person"},
	"tumour.icd":                   {"tumor", "diagnose"},
	"tumour.diagnosed-on":          {"tumor", "diagnosedatum"},
	"tumour.side":                  {"tumor", "seite"},
	"tumour.morphology":            {"tumor", "morphologie"},
	"topography":                   {"codesuche", "lokalisation"},
	"topography-text":              {"offener-text", ""},
	"certainty":                    {"diagnose", "sicherung"},
	"performance":                  {"diagnose", "leistungszustand"},
	"earlier":                      {"diagnose", "frueher"},
	"histology":                    {"histologie", ""},
	"histology.date":               {"histologie", "datum"},
	"histology.specimen":           {"histologie", "einsendenummer"},
	"histology.morphologies":       {"histologie", "morphologie"},
	"histology.grading":            {"histologie", "grading"},
	"histology.nodes-examined":     {"histologie", "lymphknoten"},
	"histology.nodes-affected":     {"histologie", "lymphknoten"},
	"histology.sentinel-examined":  {"histologie", "lymphknoten"},
	"histology.sentinel-affected":  {"histologie", "lymphknoten"},
	"clinical":                     {"tnm", "klinisch-pathologisch"},
	"pathological":                 {"tnm", "klinisch-pathologisch"},
	"tnm":                          {"tnm", ""},
	"clinical.edition":             {"tnm", "auflage"},
	"pathological.edition":         {"tnm", "auflage"},
	"tnm.edition":                  {"tnm", "auflage"},
	"clinical.after-therapy":       {"tnm", "zusaetze"},
	"clinical.recurrence":          {"tnm", "zusaetze"},
	"clinical.autopsy":             {"tnm", "zusaetze"},
	"clinical.multiple":            {"tnm", "zusaetze"},
	"pathological.after-therapy":   {"tnm", "zusaetze"},
	"pathological.recurrence":      {"tnm", "zusaetze"},
	"pathological.autopsy":         {"tnm", "zusaetze"},
	"pathological.multiple":        {"tnm", "zusaetze"},
	"tnm.after-therapy":            {"tnm", "zusaetze"},
	"tnm.recurrence":               {"tnm", "zusaetze"},
	"tnm.autopsy":                  {"tnm", "zusaetze"},
	"tnm.multiple":                 {"tnm", "zusaetze"},
	"clinical.stage":               {"tnm", "uicc"},
	"pathological.stage":           {"tnm", "uicc"},
	"tnm.stage":                    {"tnm", "uicc"},
	"metastases":                   {"ausbreitung", "metastasen"},
	"classifications":              {"ausbreitung", "klassifikationen"},
	"genetics":                     {"ausbreitung", "genetik"},
	"local-residual":               {"operation", "residualstatus"},
	"residual":                     {"operation", "residualstatus"},
	"procedures":                   {"operation", "ops"},
	"complications":                {"komplikationen", "arten"},
	"surgeons":                     {"komplikationen", "operateure"},
	"intention":                    {"meldeanlass", "intention"},
	"relation":                     {"meldeanlass", "stellung"},
	"end-reason":                   {"meldeanlass", "ende"},
	"courses":                      {"strahlentherapie", "bestrahlungen"},
	"courses.percutaneous.target":  {"strahlentherapie", "zielgebiet"},
	"courses.contact.target":       {"strahlentherapie", "zielgebiet"},
	"courses.metabolic.target":     {"strahlentherapie", "zielgebiet"},
	"courses.other.target":         {"strahlentherapie", "zielgebiet"},
	"courses.percutaneous.total":   {"strahlentherapie", "dosis"},
	"courses.percutaneous.single":  {"strahlentherapie", "dosis"},
	"courses.contact.total":        {"strahlentherapie", "dosis"},
	"courses.contact.single":       {"strahlentherapie", "dosis"},
	"courses.metabolic.total":      {"strahlentherapie", "dosis"},
	"courses.metabolic.single":     {"strahlentherapie", "dosis"},
	"courses.other.total":          {"strahlentherapie", "dosis"},
	"courses.other.single":         {"strahlentherapie", "dosis"},
	"substances":                   {"systemtherapie", "substanzen"},
	"protocol":                     {"systemtherapie", "protokoll"},
	"side-effects":                 {"nebenwirkungen", "grad"},
	"general":                      {"begleitung", ""},
	"overall":                      {"verlauf", "beurteilung"},
	"local":                        {"verlauf", "beurteilung"},
	"nodes":                        {"verlauf", "beurteilung"},
	"distant":                      {"verlauf", "beurteilung"},
	"by-tumour":                    {"tod", "ursache"},
	"causes":                       {"tod", "ursache"},
	"recommendation":               {"tumorkonferenz", "empfehlung"},
	"recommendation.patients-wish": {"tumorkonferenz", "abweichung"},
	"submitter":                    {"einsender", ""},
	"report":                       {"offener-text", ""},
	"remark":                       {"offener-text", ""},
	"extras":                       {"weitere-angaben", "zusatzangaben"},
	"reason":                       {"grund-der-meldung", "information"},
	"own-service":                  {"grund-der-meldung", "eigene-leistung"},
	"certification":                {"grund-der-meldung", "zentrum"},
	"voluntary-consent":            {"grund-der-meldung", "freiwillig"},
	"breast":                       {"modul-mamma", ""},
	"breast.oestrogen":             {"modul-mamma", "rezeptoren"},
	"breast.progesterone":          {"modul-mamma", "rezeptoren"},
	"breast.her2":                  {"modul-mamma", "rezeptoren"},
	"breast.invasive-size":         {"modul-mamma", "groesse"},
	"breast.dcis-size":             {"modul-mamma", "groesse"},
	"breast.wire-marking":          {"modul-mamma", "markierung"},
	"breast.specimen-control":      {"modul-mamma", "markierung"},
	"colorectal":                   {"modul-darm", ""},
	"colorectal.anal-verge":        {"modul-darm", "abstaende"},
	"colorectal.aboral-margin":     {"modul-darm", "abstaende"},
	"colorectal.circular-margin":   {"modul-darm", "abstaende"},
	"colorectal.mesorectal-fascia": {"modul-darm", "abstaende"},
	"colorectal.tme":               {"modul-darm", "tme"},
	"colorectal.leakage":           {"modul-darm", "eingriff"},
	"colorectal.urgency":           {"modul-darm", "eingriff"},
	"colorectal.stoma-marking":     {"modul-darm", "eingriff"},
	"colorectal.asa":               {"modul-darm", "eingriff"},
	"colorectal.ras":               {"modul-darm", "ras"},
	"prostate":                     {"modul-prostata", ""},
	"prostate.gleason":             {"modul-prostata", "gleason"},
	"prostate.gleason-from":        {"modul-prostata", "gleason"},
	"prostate.biopsy-date":         {"modul-prostata", "stanzen"},
	"prostate.cores":               {"modul-prostata", "stanzen"},
	"prostate.positive-cores":      {"modul-prostata", "stanzen"},
	"prostate.core-involvement":    {"modul-prostata", "stanzen"},
	"prostate.psa":                 {"modul-prostata", "psa"},
	"prostate.psa-date":            {"modul-prostata", "psa"},
	"melanoma":                     {"modul-melanom", ""},
	"melanoma.thickness":           {"modul-melanom", "dicke"},
	"melanoma.ulceration":          {"modul-melanom", "dicke"},
	"melanoma.margin":              {"modul-melanom", "abstand"},
	"melanoma.ldh":                 {"modul-melanom", "ldh"},
}
