// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"meldewerk/calendar"
	"meldewerk/identity"
)

// PersonsCSV writes a table of persons as `meldewerk link` and `meldewerk
// pseudonymise` read it: one row per patient and reporter, as that reporter
// knows the person, numbered by the reporter's Patient_ID. To truth, when not
// nil, goes a table id,person that says which rows are one person.
func (w *World) PersonsCSV(out, truth io.Writer) error {
	rows, persons := csv.NewWriter(out), csv.NewWriter(io.Discard)
	if truth != nil {
		persons = csv.NewWriter(truth)
	}
	if err := rows.Write([]string{"id", "first_name", "last_name", "birth_name", "former_name", "title", "sex", "birth_date",
		"postal_code", "place", "kvnr"}); err != nil {
		return fmt.Errorf("write persons: %w", err)
	}
	if err := persons.Write([]string{"id", "person"}); err != nil {
		return fmt.Errorf("write truth of persons: %w", err)
	}
	last := ""
	for e := range w.Entries() {
		id := string(e.Report.Patient)
		if id == last {
			continue
		}
		last = id
		if err := rows.Write(personRow(id, &e.Report.Person)); err != nil {
			return fmt.Errorf("write persons: %w", err)
		}
		if err := persons.Write([]string{id, strconv.Itoa(e.Person)}); err != nil {
			return fmt.Errorf("write truth of persons: %w", err)
		}
	}
	rows.Flush()
	persons.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write persons: %w", err)
	}
	if err := persons.Error(); err != nil {
		return fmt.Errorf("write truth of persons: %w", err)
	}
	return nil
}

func personRow(id string, p *identity.Person) []string {
	insured := ""
	if s := p.Insurance.Statutory; s != nil {
		insured = s.Number
	}
	surname := p.Surname
	if p.Prefix != "" {
		surname = p.Prefix + " " + surname
	}
	return []string{id, p.FirstNames, surname, p.BirthName, strings.Join(p.FormerNames, " "), p.Title, string(p.Sex), knownPart(p.BirthDate),
		p.Address.PostalCode, p.Address.Place, insured}
}

// knownPart writes a date only as far as it is known.
func knownPart(d calendar.Date) string {
	switch d.Accuracy {
	case calendar.DayEstimated:
		return d.String()[:7]
	case calendar.MonthEstimated, calendar.AllEstimated:
		return d.String()[:4]
	}
	return d.String()
}
