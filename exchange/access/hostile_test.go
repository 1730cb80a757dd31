// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/access"
)

// TestC8DoorRefusesHostileOrders: one bad order, and none of the call reaches
// the portal.
func TestC8DoorRefusesHostileOrders(t *testing.T) {
	t.Parallel()
	spoils := map[string]func([]access.Order){
		"number 0":               func(o []access.Order) { o[0].Number = 0 },
		"twice":                  func(o []access.Order) { o[1].Number = 1 },
		"out of order":           func(o []access.Order) { o[1], o[2] = o[2], o[1] },
		"unknown act":            func(o []access.Order) { o[1].Act = "make-coffee" },
		"no act":                 func(o []access.Order) { o[1].Act = "" },
		"no time":                func(o []access.Order) { o[1].At = time.Time{} },
		"no account":             func(o []access.Order) { o[1].Account = "" },
		"odd account":            func(o []access.Order) { o[1].Account = "../A" },
		"long account":           func(o []access.Order) { o[1].Account = account.ID(strings.Repeat("a", 65)) },
		"password with creation": func(o []access.Order) { o[1].Password = o[2].Password },
		"unit with a password":   func(o []access.Order) { o[2].Unit = o[0].Unit },
		"no unit":                func(o []access.Order) { o[0].Unit = nil },
		"unit without name":      func(o []access.Order) { o[0].Unit.Name = "" },
		"name of two lines":      func(o []access.Order) { o[0].Unit.Name = "a\nb" },
		"name with a control":    func(o []access.Order) { o[0].Unit.Name = "a\x1b[2Jb" },
		"name turned around":     func(o []access.Order) { o[0].Unit.Name = "a\u202eb" },
		"long name":              func(o []access.Order) { o[0].Unit.Name = strings.Repeat("ä", 201) },
		"name not UTF-8":         func(o []access.Order) { o[0].Unit.Name = "a\xff" },
		"unit id":                func(o []access.Order) { o[0].Unit.ID = "a b" },
		"reporter twice":         func(o []access.Order) { o[0].Unit.ReporterIDs = []string{"a", "a"} },
		"empty reporter":         func(o []access.Order) { o[0].Unit.ReporterIDs = []string{""} },
		"long reporter":          func(o []access.Order) { o[0].Unit.ReporterIDs = []string{strings.Repeat("1", 51)} },
		"closed and released":    func(o []access.Order) { o[0].Unit.Closed = true },
		"user name in capitals":  func(o []access.Order) { o[1].Person.Username = "M.Muster" },
		"short user name":        func(o []access.Order) { o[1].Person.Username = "mm" },
		"no holder":              func(o []access.Order) { o[1].Person.Holder = "" },
		"no units of a person":   func(o []access.Order) { o[1].Person.Units = nil },
		"unit of a person twice": func(o []access.Order) { o[1].Person.Units = []account.UnitID{"a", "a"} },
		"no roles":               func(o []access.Order) { o[1].Person.Roles = nil },
		"role of another house":  func(o []access.Order) { o[1].Person.Roles = []account.Role{account.RoleKeyHolder} },
		"role twice":             func(o []access.Order) { o[1].Person.Roles = []account.Role{account.RoleReporter, account.RoleReporter} },
		"password in clear":      func(o []access.Order) { o[2].Password.Hash = "ACDE-hn23-TUWX-4567" },
		"memory bomb":            func(o []access.Order) { o[2].Password.Hash = strings.Replace(hash, "m=64", "m=4194304", 1) },
		"expired letter":         func(o []access.Order) { o[2].Password.Expires = now },
		"letter for ever":        func(o []access.Order) { o[2].Password.Expires = time.Time{} },
		"no lock":                func(o []access.Order) { o[4].Lock = 0 },
		"lock below zero":        func(o []access.Order) { o[4].Lock = -1 },
		"release unrecognised":   func(o []access.Order) { o[4].Recognised = "" },
		"recognised somehow":     func(o []access.Order) { o[4].Recognised = "by-feeling" },
		"reset unrecognised":     func(o []access.Order) { o[5].Recognised = "" },
		"reset of a lock":        func(o []access.Order) { o[5].Lock = 1 },
		"short key":              func(o []access.Order) { o[8].Key.Public = make([]byte, 31) },
		"key without software":   func(o []access.Order) { o[8].Key.Software = "" },
		"key without unit":       func(o []access.Order) { o[8].Key.Unit = "" },
		"odd key id":             func(o []access.Order) { o[8].Key.ID = "a/b" },
		"label of two lines":     func(o []access.Order) { o[8].Key.Label = "a\nb" },
		"revoked with more":      func(o []access.Order) { o[9].Key.Unit = "unit-1" },
		"unknown stage":          func(o []access.Order) { o[10].Application.Stage = "lost" },
		"reason without refusal": func(o []access.Order) { o[10].Application.Stage = access.Granted },
		"long reason":            func(o []access.Order) { o[10].Application.Reason = strings.Repeat("x", 1001) },
		"odd application id":     func(o []access.Order) { o[10].Application.ID = "" },
	}
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{}
		door := open(portal)
		for name, spoil := range spoils {
			list := orders()
			spoil(list)
			if _, err := door.PutOrders(t.Context(), list); !errors.Is(err, access.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		many := make([]access.Order, access.MaxItems+1)
		for i := range many {
			many[i] = access.Order{Number: access.OrderNumber(i + 1), At: now, Act: access.EndSessions, Account: "A"}
		}
		if _, err := door.PutOrders(t.Context(), many); !errors.Is(err, access.ErrMalformed) {
			t.Errorf("too many: %v", err)
		}
		if portal.calls != 0 {
			t.Errorf("%d hostile calls reached the portal", portal.calls)
		}
	})
}

// TestC8DoorRefusesHostileAnswers: the trust centre takes the portal for hostile.
func TestC8DoorRefusesHostileAnswers(t *testing.T) {
	t.Parallel()
	answers := map[string][]access.Answer{
		"another number":  {{Number: 2, Outcome: access.Done}},
		"more than asked": {{Number: 1, Outcome: access.Done}, {Number: 2, Outcome: access.Done}, {Number: 3, Outcome: access.Done}},
		"unknown outcome": {{Number: 1, Outcome: "maybe"}},
		"hole":            {{Number: 1, Outcome: access.Done}, {Number: 3, Outcome: access.Done}},
	}
	standings := map[string]func(*access.Standing){
		"no account":          func(s *access.Standing) { s.Account = "" },
		"odd account":         func(s *access.Standing) { s.Account = "a b" },
		"no change":           func(s *access.Standing) { s.Change = 0 },
		"eleven codes":        func(s *access.Standing) { s.CodesUsed = 11 },
		"codes below zero":    func(s *access.Standing) { s.CodesUsed = -1 },
		"passkeys below zero": func(s *access.Standing) { s.Passkeys = -1 },
		"locked by no lock":   func(s *access.Standing) { s.Lock = 0 },
		"last before first":   func(s *access.Standing) { s.LastSignIn = s.FirstSignIn.Add(-time.Second) },
	}
	applications := map[string]func(*access.Application){
		"no id":          func(a *access.Application) { a.ID = "" },
		"no number":      func(a *access.Application) { a.Number = "" },
		"odd number":     func(a *access.Application) { a.Number = "<b>" },
		"no time":        func(a *access.Application) { a.ReceivedAt = time.Time{} },
		"nothing sealed": func(a *access.Application) { a.Sealed = nil },
		"oversize":       func(a *access.Application) { a.Sealed = make([]byte, access.MaxSealed+1) },
		"twice":          func(a *access.Application) { *a = application(1) },
		"number twice":   func(a *access.Application) { a.Number = application(1).Number },
	}
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{}
		door := open(portal)
		for name, list := range answers {
			portal.answers = list
			if got, err := door.PutOrders(t.Context(), orders()[:2]); !errors.Is(err, access.ErrMalformed) || got != nil {
				t.Errorf("answers, %s: %v, %v", name, got, err)
			}
		}
		for name, spoil := range standings {
			s := standing("A2")
			spoil(&s)
			portal.standings = []access.Standing{standing("A1"), s}
			if got, err := door.NextStandings(t.Context(), 10); !errors.Is(err, access.ErrMalformed) || got != nil {
				t.Errorf("standings, %s: %v, %v", name, got, err)
			}
		}
		portal.standings = []access.Standing{standing("A1"), standing("A1")}
		_, twice := door.NextStandings(t.Context(), 10)
		portal.standings = []access.Standing{standing("A1"), standing("A2")}
		_, many := door.NextStandings(t.Context(), 1)
		if !errors.Is(twice, access.ErrMalformed) || !errors.Is(many, access.ErrMalformed) {
			t.Errorf("one twice: %v; more than asked: %v", twice, many)
		}
		for name, spoil := range applications {
			a := application(2)
			spoil(&a)
			portal.applications = []access.Application{application(1), a}
			if got, err := door.NextApplications(t.Context(), 10); !errors.Is(err, access.ErrMalformed) || got != nil {
				t.Errorf("applications, %s: %v, %v", name, got, err)
			}
		}
	})
}

func TestC8DoorRefusesHostileCalls(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(access.Door) access.Door) {
		portal := &shelf{}
		door := open(portal)
		ctx := t.Context()
		for i, limit := range []int{0, -1, access.MaxItems + 1} {
			_, standings := door.NextStandings(ctx, limit)
			_, applications := door.NextApplications(ctx, limit)
			if !errors.Is(standings, access.ErrMalformed) || !errors.Is(applications, access.ErrMalformed) {
				t.Errorf("limit %d: %v, %v", i, standings, applications)
			}
		}
		for name, err := range map[string]error{
			"odd account":   door.TakeStandings(ctx, []access.Taken{{Account: "a b", Change: 1}}),
			"no change":     door.TakeStandings(ctx, []access.Taken{{Account: "a"}}),
			"too many":      door.TakeStandings(ctx, slices.Repeat([]access.Taken{{Account: "a", Change: 1}}, access.MaxItems+1)),
			"odd id":        door.TakeApplications(ctx, []string{"a b"}),
			"too many ids":  door.TakeApplications(ctx, slices.Repeat([]string{"a"}, access.MaxItems+1)),
			"path as an id": door.TakeApplications(ctx, []string{"../../etc"}),
		} {
			if !errors.Is(err, access.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if portal.calls != 0 {
			t.Errorf("%d hostile calls reached the portal", portal.calls)
		}
	})
}

func form() access.ApplicationForm {
	return access.ApplicationForm{Facility: "Klinikum Süd", Kind: access.KindHospital, Street: "Probeweg 7", PostalCode: "30159", Place: "Musterstadt",
		IK: "260530103", System: "tumour-documentation", Software: "Probe 1", Channel: access.ChannelBoth, Occasions: []string{"diagnosis", "surgery"},
		Physician: "Prof. Dr. M. Muster", Remark: "Zeile 1\nZeile 2",
		People: []access.Applicant{{Name: "Ö. Probe", Function: "Dokumentation", Email: "probe@example.org", Phone: "+49 (511) 123-45/6", Roles: []account.Role{account.RoleReporter}}}}
}

// TestC8ApplicationFormIsCheckedAfterOpening: what the portal sealed is
// hostile to the trust centre all the same.
func TestC8ApplicationFormIsCheckedAfterOpening(t *testing.T) {
	t.Parallel()
	good := form()
	good.IK = ikOf("26053010")
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*access.ApplicationForm){
		"no facility":            func(f *access.ApplicationForm) { f.Facility = "" },
		"markup over lines":      func(f *access.ApplicationForm) { f.Facility = "a\n<script>" },
		"unknown kind":           func(f *access.ApplicationForm) { f.Kind = "circus" },
		"no street":              func(f *access.ApplicationForm) { f.Street = "" },
		"postal code of letters": func(f *access.ApplicationForm) { f.PostalCode = "3015A" },
		"postal code 00000":      func(f *access.ApplicationForm) { f.PostalCode = "00000" },
		"hospital without IK":    func(f *access.ApplicationForm) { f.IK = "" },
		"IK with a typing error": func(f *access.ApplicationForm) { f.IK = "1" + f.IK[1:8] + "x" },
		"practice without BSNR":  func(f *access.ApplicationForm) { f.Kind = access.KindPractice },
		"odd BSNR":               func(f *access.ApplicationForm) { f.BSNR = "12345678" },
		"unknown system":         func(f *access.ApplicationForm) { f.System = "paper" },
		"unknown channel":        func(f *access.ApplicationForm) { f.Channel = "fax" },
		"no occasion":            func(f *access.ApplicationForm) { f.Occasions = nil },
		"occasion twice":         func(f *access.ApplicationForm) { f.Occasions = []string{"death", "death"} },
		"unknown occasion":       func(f *access.ApplicationForm) { f.Occasions = []string{"birthday"} },
		"no physician":           func(f *access.ApplicationForm) { f.Physician = "" },
		"long remark":            func(f *access.ApplicationForm) { f.Remark = strings.Repeat("x", 1001) },
		"nobody":                 func(f *access.ApplicationForm) { f.People = nil },
		"a crowd":                func(f *access.ApplicationForm) { f.People = slices.Repeat(f.People, 21) },
		"person without name":    func(f *access.ApplicationForm) { f.People[0].Name = "" },
		"person without phone":   func(f *access.ApplicationForm) { f.People[0].Phone = "" },
		"phone of letters":       func(f *access.ApplicationForm) { f.People[0].Phone = "call me" },
		"odd address":            func(f *access.ApplicationForm) { f.People[0].Email = "probe@localhost" },
		"staff role":             func(f *access.ApplicationForm) { f.People[0].Roles = []account.Role{account.RoleHead} },
		"operator of the portal": func(f *access.ApplicationForm) { f.People[0].Roles = []account.Role{account.RoleOperator} },
		"no role":                func(f *access.ApplicationForm) { f.People[0].Roles = nil },
	} {
		f := form()
		f.IK = good.IK
		spoil(&f)
		if err := f.Check(); !errors.Is(err, access.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ikOf adds the check digit.
func ikOf(eight string) string {
	for d := range 10 {
		if ik := fmt.Sprint(eight, d); access.IKValid(ik) {
			return ik
		}
	}
	return ""
}

// TestIKFindsEveryWrongDigit: real numbers of insurers pass, and each single
// wrong digit behind the class and most swaps are found.
func TestIKFindsEveryWrongDigit(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"104212505", "109519005", "108018007"} {
		if !access.IKValid(good) {
			t.Errorf("%s is refused", good)
		}
		for at := 2; at < 9; at++ {
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(good)
				if wrong[at] == d {
					continue
				}
				wrong[at] = d
				if access.IKValid(string(wrong)) {
					t.Errorf("%s passes for %s", wrong, good)
				}
			}
		}
	}
	for _, bad := range []string{"", "10421250", "1042125050", "10421250X", "004212505", "１０４２１２５０５"} {
		if access.IKValid(bad) {
			t.Errorf("%q passes", bad)
		}
	}
	for bsnr, want := range map[string]bool{"171234500": true, "000000000": false, "111111111": false, "12345678": false, "99345678x": false, "001234567": false} {
		if access.BSNRValid(bsnr) != want {
			t.Errorf("BSNR %s: %v", bsnr, !want)
		}
	}
}
