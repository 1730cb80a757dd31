// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"meldewerk/calendar"
	"meldewerk/tumour"
)

// A day stands in a sheet as it is typed: 15.03.2024, 03.2024 or 2024; behind
// it the letter of the accuracy when it is not the one that follows from how
// much is given.

// dayText writes a day of the model.
func dayText(n *Node, d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	full := fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year)
	if d.Accuracy == n.exact() {
		return full
	}
	for _, short := range []string{full[3:], full[6:]} {
		if again, message := readDay(n, short); message == "" && again == d {
			return short
		}
	}
	letter := string(d.Accuracy)
	if d.Accuracy == calendar.Unstated {
		letter = "-"
	}
	return full + " " + letter
}

// exact is the accuracy of a day that is given in full.
func (n *Node) exact() calendar.Accuracy {
	if n.Kind == About {
		return calendar.Exact
	}
	return calendar.Unstated
}

// Where only the month or the year is known, the data set still wants a day:
// the middle of what is known.
const (
	middleDay   = 15
	middleMonth = 7
	firstDay    = 1
)

// readDay reads what was typed, or says what is wrong.
func readDay(n *Node, typed string) (calendar.Date, string) {
	text, letter, marked := strings.Cut(strings.TrimSpace(typed), " ")
	parts := strings.Split(text, ".")
	numbers := make([]int, len(parts))
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 || v < 0 {
			return calendar.Date{}, "Geben Sie Tag, Monat und Jahr als Zahlen ein, zum Beispiel 03.11.2025."
		}
		numbers[i] = v
	}
	var d calendar.Date
	switch len(numbers) {
	case 3:
		d = calendar.Date{Year: int16(numbers[2]), Month: uint8(min(numbers[1], 99)), Day: uint8(min(numbers[0], 99)), Accuracy: n.exact()}
	case 2:
		d = calendar.Date{Year: int16(numbers[1]), Month: uint8(min(numbers[0], 99)), Day: middleDay, Accuracy: calendar.DayEstimated}
	case 1:
		d = calendar.Date{Year: int16(numbers[0]), Month: middleMonth, Day: firstDay, Accuracy: calendar.MonthEstimated}
	default:
		return calendar.Date{}, "Geben Sie Tag, Monat und Jahr ein, zum Beispiel 03.11.2025."
	}
	if marked {
		switch a := calendar.Accuracy(letter); {
		case letter == "-":
			d.Accuracy = calendar.Unstated
		case a == calendar.Exact || a == calendar.DayEstimated || a == calendar.MonthEstimated || a == calendar.AllEstimated:
			d.Accuracy = a
		default:
			return calendar.Date{}, "Wählen Sie, wie genau das Datum bekannt ist."
		}
	}
	if len(numbers) < 3 && n.Kind == Day {
		return calendar.Date{}, "Geben Sie das Datum mit Tag und Monat ein."
	}
	if last := parts[len(parts)-1]; len(last) < 3 {
		return calendar.Date{}, "Geben Sie das Jahr mit vier Ziffern ein, zum Beispiel 2025."
	}
	if d.Year < 1000 || d.Month < 1 || d.Month > 12 || d.Day < 1 || int(d.Day) > calendar.DaysIn(int(d.Year), int(d.Month)) {
		return calendar.Date{}, "Diesen Tag gibt es nicht. Prüfen Sie Tag, Monat und Jahr (mit vier Ziffern)."
	}
	return d, ""
}

// DayParts takes a day of a sheet apart for the three fields of a page and the
// choice of its accuracy.
func DayParts(text string) (day, month, year, accuracy string) {
	date, letter, _ := strings.Cut(text, " ")
	parts := strings.Split(date, ".")
	switch len(parts) {
	case 3:
		return parts[0], parts[1], parts[2], letter
	case 2:
		return "", parts[0], parts[1], letter
	}
	return "", "", date, letter
}

// JoinDay makes the day of a sheet from the fields of a page. A whole date in
// the first field counts as typed into all three, as people write it:
// 3.11.2025, 3. 11. 2025, 11/2025, 2025-11-03, 2025-11, 2025.
func JoinDay(day, month, year, accuracy string) string {
	day, month, year = strings.TrimSpace(day), strings.TrimSpace(month), strings.TrimSpace(year)
	text := ""
	if month == "" && year == "" {
		text = wholeDay(day)
	}
	if text == "" {
		day, month = strings.TrimSuffix(day, "."), strings.TrimSuffix(month, ".")
		text = strings.TrimLeft(pad(day)+"."+pad(month)+"."+year, ".")
	}
	if text != "" && accuracy != "" {
		text += " " + accuracy
	}
	return text
}

// wholeDay is a date that was written into one field, "" when it is none.
func wholeDay(typed string) string {
	parts := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune("./- ", r) })
	if strings.Trim(typed, "0123456789./- ") != "" || len(parts) > 3 {
		return ""
	}
	if len(parts) > 1 && len(parts[0]) == 4 {
		slices.Reverse(parts) // the year stands first
	}
	if len(parts) < 2 && len(strings.Join(parts, "")) != 4 {
		return "" // a day alone
	}
	for i := range parts {
		parts[i] = pad(parts[i])
	}
	return strings.Join(parts, ".")
}

func pad(v string) string {
	if len(v) == 1 {
		return "0" + v
	}
	return v
}

func itoa(i int) string { return strconv.Itoa(i) }

// joined and split keep several values in one field of a sheet.
func joined(codes []tumour.Code) string {
	parts := make([]string, len(codes))
	for i, c := range codes {
		parts[i] = string(c)
	}
	return strings.Join(parts, " ")
}

func split(v string) []tumour.Code {
	var out []tumour.Code
	for part := range strings.FieldsSeq(v) {
		out = append(out, tumour.Code(part))
	}
	return out
}
