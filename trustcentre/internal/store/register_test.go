// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	room "meldewerk/trustcentre/internal/access"
	"meldewerk/trustcentre/internal/store"
)

// counter is a register with a desk on it and a clock.
type counter struct {
	t        *testing.T
	db       *database.DB
	accounts *ground.Accounts
	log      *ground.AuditLog
	register *store.Register
	desk     *room.Desk

	mu  sync.Mutex
	now time.Time
}

func (c *counter) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *counter) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *counter) refuses(what string, err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

var (
	clerk = room.Staff{ID: "staff-1", Name: "Britta Beraterin"}
	fast  = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))
)

func onBothRegisters(t *testing.T, run func(t *testing.T, c *counter)) {
	t.Helper()
	t.Parallel()
	c := &counter{}
	databasetest.RunWith(t, database.Options{Clock: c.clock}, func(t *testing.T, open func(t *testing.T) *database.DB) {
		c.t, c.now = t, begin // one engine after the other
		c.open(open(t))
		run(t, c)
	})
}

func (c *counter) open(db *database.DB) {
	c.db = db
	c.must(db.Migrate(c.t.Context(), ground.Migrations(), store.Migrations()))
	var err error
	c.log, err = ground.NewAuditLog(db, "trustcentre", ground.AuditOptions{})
	c.must(err)
	key := filepath.Join(c.t.TempDir(), "master.key")
	c.must(atrest.CreateMasterKey(key))
	ring, err := atrest.OpenKeyring(c.t.Context(), key, ground.NewDataKeys(db, c.log))
	c.must(err)
	c.t.Cleanup(ring.Close)
	c.accounts, err = ground.OpenAccounts(c.t.Context(), db, c.log, ring, account.StaffSessions)
	c.must(err)
	c.register, err = store.NewRegister(c.t.Context(), db, c.log, ring, c.accounts)
	c.must(err)
	c.desk = room.NewDesk(c.register, fast, false, room.Letterhead{Sender: "Vertrauensstelle Musterland", Place: "Musterstadt"}, c.clock)
}

// unit enters an institution with an address.
func (c *counter) unit() account.UnitID {
	c.t.Helper()
	id, err := c.desk.PutUnit(c.t.Context(), clerk, room.Unit{Unit: account.Unit{Name: "Praxis Öhringen", ReporterIDs: []string{"M-1", "M-2"}},
		Detail: room.Detail{Kind: access.KindPractice, System: "none", BSNR: "179000100", Street: "Geheimgasse 7", PostalCode: "00002", Place: "Öhringen", Physician: "Dr. Quirin Quellmann"}})
	c.must(err)
	return id
}

func person(name, username string, units ...account.UnitID) room.Account {
	return room.Account{Username: account.Username(username), Units: units, Roles: account.Roles{account.RoleReporter},
		Person: room.Person{Name: name, Function: "Dokumentation", Phone: "0000 4711-12"}}
}

// account makes an account that the portal has confirmed.
func (c *counter) account() account.ID {
	c.t.Helper()
	id, err := c.desk.AddAccount(c.t.Context(), clerk, person("Žofie Čapková", "z.capkova", c.unit()))
	c.must(err)
	c.answer(access.Done)
	return id
}

// answer plays the portal: every waiting order gets the outcome.
func (c *counter) answer(outcome access.Outcome) []access.Order {
	c.t.Helper()
	waiting, err := c.register.Outgoing(c.t.Context(), 1000)
	c.must(err)
	var answers []access.Answer
	for i := range waiting {
		c.must(waiting[i].Check())
		answers = append(answers, access.Answer{Number: waiting[i].Number, Outcome: outcome})
	}
	c.must(c.register.Answered(c.t.Context(), answers))
	return waiting
}

func (c *counter) get(id account.ID) *room.Account {
	c.t.Helper()
	a, err := c.desk.Account(c.t.Context(), id)
	c.must(err)
	return &a
}

func (c *counter) status(id account.ID, want room.StatusCode) {
	c.t.Helper()
	a := c.get(id)
	if got := a.Status(c.clock()); got.Code != want || got.Next == "" || got.Word == "" {
		c.t.Errorf("status %+v, want %s", got, want)
	}
}

// dump gives every value of every table, as text and as bytes in hex.
func (c *counter) dump() string {
	c.t.Helper()
	var out strings.Builder
	c.must(c.db.Read(c.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		query := `SELECT name FROM sqlite_master WHERE type = 'table'`
		if tx.Engine() != database.SQLite {
			query = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
		}
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			tables = append(tables, name)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, table := range tables {
			if err := c.dumpTable(ctx, tx, table, &out); err != nil {
				return err
			}
		}
		return nil
	}))
	if out.Len() < 2000 {
		c.t.Fatal("the dump is empty")
	}
	return out.String()
}

func (c *counter) dumpTable(ctx context.Context, tx *database.Tx, table string, out *strings.Builder) error {
	columns := `SELECT name FROM pragma_table_info($1)`
	if tx.Engine() != database.SQLite {
		columns = `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`
	}
	rows, err := tx.QueryContext(ctx, columns, table)
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	rows, err = tx.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s`, strings.Join(names, ", "), table))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if raw, is := v.([]byte); is {
				fmt.Fprintf(out, "%s.%s %s %x\n", table, names[i], raw, raw)
			} else {
				fmt.Fprintf(out, "%s.%s %v\n", table, names[i], v)
			}
		}
	}
	return rows.Err()
}

// holds says where a text shows in the dump, as it is, in hex or base64.
func holds(dump, text string) string {
	for _, form := range []string{text, hex.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString([]byte(text))} {
		if at := strings.Index(dump, form); at >= 0 {
			return dump[max(0, at-60):min(len(dump), at+60)]
		}
	}
	return ""
}

// printed gives the password that stands in a letter.
func printed(t *testing.T, sheet []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the letter cannot be read")
	}
	c := exec.CommandContext(t.Context(), tool, "-layout", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewReader(sheet)
	text, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(string(text)) {
		if len(word) == 19 && word[4] == '-' && word[9] == '-' && word[14] == '-' {
			return word
		}
	}
	t.Fatal("the letter holds no password")
	return ""
}

// TestA10PasswordStandsInTheLetterAlone searches everything that the house has
// for it, and shows that the hash in the order is that of the letter.
func TestA10PasswordStandsInTheLetterAlone(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		id := c.account()
		c.status(id, room.LetterToPrint)
		sheet, err := c.desk.Print(t.Context(), clerk, id, room.WithPassword)
		c.must(err)
		password := printed(t, sheet)
		orders := c.answer(access.Done)
		if len(orders) != 1 || orders[0].Act != access.IssuePassword || !orders[0].Password.MustChange || !orders[0].Password.Expires.Equal(begin.Add(account.InitialPasswordLife)) {
			t.Fatalf("orders: %v", orders)
		}
		hash, err := account.ParseHash(orders[0].Password.Hash)
		c.must(err)
		verdict, err := fast.Verify(t.Context(), account.Credential{Hash: hash, Generated: true}, account.NewPassword(password))
		c.must(err)
		if !verdict.Right {
			t.Error("the hash that left is not that of the letter")
		}
		dump := c.dump()
		for what, text := range map[string]string{"password": password, "hash": orders[0].Password.Hash, "half of the password": password[:9]} {
			if where := holds(dump, text); where != "" {
				t.Errorf("the %s stands in the database: %s", what, where)
			}
		}
		if a := c.get(id); a.Letter(room.WithPassword).State != room.LetterPrinted {
			t.Errorf("letter: %+v", a.Letters)
		}
		c.status(id, room.LetterToSend)
	})
}

// TestH26NamesLieSealed searches the database for everything personal.
func TestH26NamesLieSealed(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		id := c.account()
		unit := c.get(id).Units[0]
		c.must(c.desk.AddDevice(t.Context(), clerk, room.Device{Label: "LEIH-7", Kind: room.Telephone}))
		devices, err := c.desk.Devices(t.Context())
		c.must(err)
		c.must(c.desk.Lend(t.Context(), clerk, devices[0].ID, room.Loan{Unit: unit, Borrower: "Ignatia Ausleihdorf", DueAt: begin.Add(24 * time.Hour)}))
		c.must(c.register.Applied(t.Context(), []room.Arrived{application("app-1", "A-2026-000001-K")}))
		dump := c.dump()
		for _, text := range []string{"Čapková", "z.capkova", "4711-12", "Geheimgasse", "179000100", "Quellmann", "Ausleihdorf", "Beraterin", "Antragsgau", "Antragsperson"} {
			if where := holds(dump, text); where != "" {
				t.Errorf("%s stands in the database: %s", text, where)
			}
		}
		if holds(dump, "Praxis Öhringen") == "" {
			t.Error("the search finds nothing at all")
		}
	})
}

// TestH1LettersGoThroughTheirStates walks bestellt, gedruckt, versandt, erste
// Anmeldung, and the ways beside it.
func TestH1LettersGoThroughTheirStates(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		id, err := c.desk.AddAccount(ctx, clerk, person("Žofie Čapková", "z.capkova", c.unit()))
		c.must(err)
		c.status(id, room.IsOrdered)
		_, err = c.desk.Print(ctx, clerk, id, room.WithPassword)
		c.refuses("printed before the portal knows the account", err, room.ErrNotThere)
		c.answer(access.Done)
		first, err := c.desk.Print(ctx, clerk, id, room.WithPassword)
		c.must(err)
		letter := c.get(id).Letter(room.WithPassword).ID
		c.pass(time.Hour)
		second, err := c.desk.Print(ctx, clerk, id, room.WithPassword)
		c.must(err)
		if printed(t, first) == printed(t, second) {
			t.Error("printing again gave the same password")
		}
		c.refuses("the replaced letter sent", c.desk.MarkSent(ctx, clerk, id, letter), room.ErrLetterGone)
		letter = c.get(id).Letter(room.WithPassword).ID
		c.must(c.desk.MarkSent(ctx, clerk, id, letter))
		c.refuses("sent twice", c.desk.MarkSent(ctx, clerk, id, letter), room.ErrLetterGone)
		c.answer(access.Done)
		c.status(id, room.LetterUnderWay)
		c.pass(account.InitialPasswordLife)
		c.status(id, room.LetterUnused)
		_, err = c.desk.Print(ctx, clerk, id, room.WithPassword)
		c.must(err)
		c.answer(access.Done)
		c.pass(time.Hour)
		c.must(c.register.Heard(ctx, []access.Standing{{Account: id, Change: 4, FirstSignIn: c.clock(), LastSignIn: c.clock(), Enrolled: true}}))
		c.status(id, room.InUse)
		c.must(c.register.Heard(ctx, []access.Standing{{Account: id, Change: 3, Locked: true, Lock: 1, LockedAt: c.clock()}, {Account: "foreign", Change: 1}}))
		c.status(id, room.InUse) // the older standing came late
		states := []room.LetterState{}
		for _, l := range c.get(id).Letters {
			states = append(states, l.State)
		}
		if !slices.Equal(states, []room.LetterState{room.LetterUsed, room.LetterReplaced, room.LetterReplaced}) {
			t.Errorf("letters: %v", states)
		}
		c.pass(200 * 24 * time.Hour)
		c.status(id, room.LongUnused)
	})
}

// TestH5ReleaseNamesTheVeryLock shows what happens to an order about a lock
// that is gone, and who may give it.
func TestH5ReleaseNamesTheVeryLock(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		id := c.account()
		c.refuses("no lock", c.desk.Unlock(ctx, clerk, id, 1, account.RecognisedByCallBack), room.ErrOtherLock)
		c.must(c.register.Heard(ctx, []access.Standing{{Account: id, Change: 2, Locked: true, Lock: 7, LockedAt: begin, CodesUsed: 10, Enrolled: true}}))
		c.status(id, room.IsLocked)
		c.refuses("another lock", c.desk.Unlock(ctx, clerk, id, 6, account.RecognisedByCallBack), room.ErrOtherLock)
		c.refuses("nobody recognised", c.desk.Unlock(ctx, clerk, id, 7, "recognised.by-voice"), room.ErrRecognised)
		c.refuses("own account", c.desk.Unlock(ctx, room.Staff{ID: "staff-2", Name: "Dr. Čapková, Žofie"}, id, 7, account.RecognisedInPerson), room.ErrOwn)
		c.must(c.desk.Unlock(ctx, clerk, id, 7, account.RecognisedByLetter))
		c.refuses("released twice", c.desk.Unlock(ctx, clerk, id, 7, account.RecognisedByLetter), room.ErrOtherLock)
		c.status(id, room.IsReleasing)
		orders := c.answer(access.OtherLock)
		if o := orders[len(orders)-1]; o.Act != access.ReleaseLock || o.Lock != 7 || o.Recognised != account.RecognisedByLetter {
			t.Errorf("order %+v", o)
		}
		entries, err := c.desk.Orders(ctx, string(id), 1)
		c.must(err)
		if len(entries) != 1 || entries[0].Lock != 7 || entries[0].Remedy() == "" || entries[0].Actor != string(clerk.ID) || room.RecognisedWords(entries[0].Recognised) == "" {
			t.Errorf("%+v", entries)
		}
		logged, err := c.log.Entries(ctx, ground.EntryFilter{Code: audit.AccountUnlocked, Limit: 9})
		c.must(err)
		if len(logged) != 1 || logged[0].Entry.Act.Purpose != string(account.RecognisedByLetter) || logged[0].Entry.Act.Actor != string(clerk.ID) {
			t.Errorf("log: %+v", logged)
		}
	})
}

// TestA13ResetOrdersTheEndAndTellsTheHolder covers the reset of a factor.
func TestA13ResetOrdersTheEndAndTellsTheHolder(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		id := c.account()
		sheet, err := c.desk.Print(ctx, clerk, id, room.WithPassword)
		c.must(err)
		c.answer(access.Done)
		c.pass(time.Hour)
		c.must(c.register.Heard(ctx, []access.Standing{{Account: id, Change: 2, FirstSignIn: c.clock(), LastSignIn: c.clock(), Enrolled: true}}))
		c.refuses("nobody recognised", c.desk.Reset(ctx, clerk, id, ""), room.ErrRecognised)
		c.refuses("own account", c.desk.Reset(ctx, room.Staff{ID: "x", Name: "Zofie Capkova"}, id, account.RecognisedInPerson), room.ErrOwn)
		c.must(c.desk.Reset(ctx, clerk, id, account.RecognisedByCallBack))
		orders := c.answer(access.Done)
		if len(orders) != 1 || orders[0].Act != access.ResetFactor || orders[0].Recognised != account.RecognisedByCallBack {
			t.Fatalf("%+v", orders)
		}
		c.status(id, room.NoticeToPrint)
		notice, err := c.desk.Print(ctx, clerk, id, room.FactorGone)
		c.must(err)
		if bytes.Contains(notice, []byte(printed(t, sheet))) || len(c.answer(access.Done)) != 0 {
			t.Error("the notice holds a password or orders something")
		}
		c.status(id, room.NoticeToSend)
		_, err = c.desk.Print(ctx, clerk, id, room.FactorGone) // the printer was out of paper
		c.must(err)
		c.must(c.desk.MarkSent(ctx, clerk, id, c.get(id).Letter(room.FactorGone).ID))
		c.must(c.register.Heard(ctx, []access.Standing{{Account: id, Change: 3, FirstSignIn: c.clock(), LastSignIn: c.clock()}}))
		c.status(id, room.FactorToSetUp)
	})
}

// TestOrdersHaveNumbersWithoutAGap orders from many sides at once, and lets
// acts fail in between.
func TestOrdersHaveNumbersWithoutAGap(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		unit := c.unit()
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				a := person(fmt.Sprintf("Person Nummer %d", i), fmt.Sprintf("name%d", i/2), unit)
				if _, err := c.desk.AddAccount(ctx, clerk, a); err != nil && !errors.Is(err, room.ErrTaken) && !errors.Is(err, database.ErrBusy) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		waiting, err := c.register.Outgoing(ctx, 1000)
		c.must(err)
		for i, o := range waiting {
			if o.Number != access.OrderNumber(i+1) {
				t.Fatalf("order %d has the number %d", i+1, o.Number)
			}
		}
		accounts, err := c.desk.Accounts(ctx)
		c.must(err)
		if len(accounts) < 2 || len(accounts) > 6 || len(waiting) != 1+len(accounts) {
			t.Errorf("%d accounts, %d orders", len(accounts), len(waiting))
		}
	})
}

// TestOrderAndItsActStandOrFallTogether breaks the log and looks for halves.
func TestOrderAndItsActStandOrFallTogether(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		id := c.account()
		before := c.dump()
		nobody := room.Staff{ID: "not fit for the log", Name: "Nina Niemand"} // a blank in the actor: Append refuses
		for what, act := range map[string]func() error{
			"unit": func() error {
				_, err := c.desk.PutUnit(ctx, nobody, room.Unit{Unit: account.Unit{Name: "X"}})
				return err
			},
			"account": func() error {
				_, err := c.desk.AddAccount(ctx, nobody, person("A B", "abcd", c.get(id).Units[0]))
				return err
			},
			"letter": func() error { _, err := c.desk.Print(ctx, nobody, id, room.WithPassword); return err },
			"end":    func() error { return c.desk.End(ctx, nobody, id) },
			"close":  func() error { return c.desk.Close(ctx, nobody, id) },
			"reset":  func() error { return c.desk.Reset(ctx, nobody, id, account.RecognisedInPerson) },
		} {
			if act() == nil {
				t.Errorf("%s: done without an entry in the log", what)
			}
		}
		if c.dump() != before {
			t.Error("something was left of a refused act")
		}
	})
}

func application(id, number string) room.Arrived {
	form := access.ApplicationForm{Facility: "Klinik Antragsgau", Kind: access.KindHospital, Street: "Antragsgau 1", PostalCode: "01001", Place: "Antragsgau",
		IK: "260100023", System: "none", Channel: access.ChannelForm, Occasions: []string{"diagnosis"}, Physician: "Dr. Antragsperson",
		People: []access.Applicant{{Name: "Paula Antragsperson", Function: "Dokumentation", Phone: "0000 4711-99", Roles: []account.Role{account.RoleReporter}}}}
	return room.Arrived{Application: access.Application{ID: id, Number: number, ReceivedAt: begin, Sealed: []byte("sealed")}, Form: &form}
}

// TestGrantMakesUnitPeopleAndAccounts is all or nothing.
func TestGrantMakesUnitPeopleAndAccounts(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		id := c.account()
		c.must(c.register.Applied(ctx, []room.Arrived{application("app-1", "A-1")}))
		c.must(c.register.Applied(ctx, []room.Arrived{application("app-1", "A-1"), {Application: access.Application{ID: "app-2", Number: "A-2", ReceivedAt: begin, Sealed: []byte("?")}}}))
		list, err := c.desk.Applications(ctx)
		c.must(err)
		if len(list) != 2 || list[0].Form == nil || list[1].Form != nil {
			t.Fatalf("%d applications", len(list))
		}
		c.must(c.desk.Check(ctx, clerk, "app-1"))
		c.refuses("checked twice", c.desk.Check(ctx, clerk, "app-1"), room.ErrDecided)
		grant := room.Grant{Application: "app-1", Unit: room.Unit{Unit: account.Unit{Name: "Klinik Antragsgau", ReporterIDs: []string{"M-9"}}, Detail: list[0].Detail()},
			Accounts: []room.Account{person("Paula Antragsperson", "z.capkova")}}
		units, err := c.desk.Units(ctx)
		c.must(err)
		_, err = c.desk.Grant(ctx, clerk, grant)
		c.refuses("a user name that is taken", err, room.ErrTaken)
		if again, err := c.desk.Units(ctx); err != nil || len(again) != len(units) {
			t.Error("half a grant was left")
		}
		grant.Accounts[0].Username = "p.antragsperson"
		old, err := c.desk.PutUnit(ctx, clerk, room.Unit{Unit: account.Unit{Name: "Klinik Antragsgau (alt)"}})
		c.must(err)
		_, err = c.desk.PutUnit(ctx, clerk, room.Unit{Unit: account.Unit{ID: old, Name: "Klinik Antragsgau (alt)", Closed: true}})
		c.must(err)
		closed := grant
		closed.Unit.ID = old
		_, err = c.desk.Grant(ctx, clerk, closed)
		c.refuses("granted to a closed unit", err, room.ErrUnitClosed)
		c.answer(access.Done)
		unit, err := c.desk.Grant(ctx, clerk, grant)
		c.must(err)
		orders := c.answer(access.Done)
		var acts []access.Act
		for _, o := range orders {
			acts = append(acts, o.Act)
		}
		if !slices.Equal(acts, []access.Act{access.PutUnit, access.CreateAccount, access.SetApplication}) {
			t.Errorf("orders: %v", acts)
		}
		granted, err := c.desk.Application(ctx, "app-1")
		c.must(err)
		if granted.Unit != unit || granted.IsOpen() {
			t.Errorf("%+v", granted)
		}
		_, err = c.desk.Grant(ctx, clerk, grant)
		c.refuses("granted twice", err, room.ErrDecided)
		c.refuses("declined after that", c.desk.Decline(ctx, clerk, "app-1", "Nein."), room.ErrDecided)
		c.refuses("declined without a reason", c.desk.Decline(ctx, clerk, "app-2", " "), room.ErrReason)
		c.must(c.desk.Decline(ctx, clerk, "app-2", "Der Antrag war nicht lesbar. Stellen Sie ihn noch einmal."))
		_ = id
	})
}

// A portal that was set back to a backup gives numbers once more. What comes
// under a used number is kept all the same: the portal deletes what was taken.
func TestApplicationsUnderOneNumberAreAllKept(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		for range 2 { // everything comes twice
			for _, id := range []string{"app-1", "app-2", "app-3"} {
				c.must(c.register.Applied(ctx, []room.Arrived{application(id, "Z-2026-000001-K")}))
			}
		}
		list, err := c.desk.Applications(ctx)
		c.must(err)
		numbers := map[string]string{}
		for _, a := range list {
			numbers[a.ID] = a.Number
		}
		if len(list) != 3 || numbers["app-1"] != "Z-2026-000001-K" || numbers["app-2"] != "Z-2026-000001-K.2" || numbers["app-3"] != "Z-2026-000001-K.3" {
			t.Errorf("%v", numbers)
		}
	})
}

// TestUsernameThatIsTakenAtThePortalIsMended covers the refusal of an order.
func TestUsernameThatIsTakenAtThePortalIsMended(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		unit := c.unit()
		c.answer(access.Done)
		id, err := c.desk.AddAccount(ctx, clerk, person("Anna Beispiel", "a.beispiel", unit))
		c.must(err)
		c.answer(access.UsernameGone)
		c.status(id, room.IsRefused)
		a := c.get(id)
		a.Username = "a.beispiel2"
		c.must(c.desk.Change(ctx, clerk, *a))
		orders := c.answer(access.Done)
		if len(orders) != 1 || orders[0].Act != access.CreateAccount || orders[0].Account != id || orders[0].Person.Username != "a.beispiel2" {
			t.Errorf("%+v", orders)
		}
		c.status(id, room.LetterToPrint)
		other, err := c.desk.AddAccount(ctx, clerk, person("Bert Beispiel", "b.beispiel", unit))
		c.must(err)
		c.answer(access.Done)
		b := c.get(other)
		b.Username = "a.beispiel2"
		c.refuses("a name that is taken here", c.desk.Change(ctx, clerk, *b), room.ErrTaken)
		b.Username = "c.beispiel"
		c.must(c.desk.Change(ctx, clerk, *b))
		c.answer(access.UsernameGone)
		_, err = c.desk.Print(ctx, clerk, other, room.WithPassword)
		c.refuses("a letter with a name that the portal does not know", err, room.ErrNameGone)
		b.Username = "d.beispiel"
		c.must(c.desk.Change(ctx, clerk, *b))
		c.answer(access.Done)
		_, err = c.desk.Print(ctx, clerk, other, room.WithPassword)
		c.must(err)
		b.Username, b.Person.Name = "b.beispiel", "Britta Beraterin"
		c.refuses("turned into one's own", c.desk.Change(ctx, clerk, *b), room.ErrOwn)
	})
}

// TestReleaseTravelsAsAnOrder: the release is a fact of the unit (H19).
func TestH19ReleaseTravelsAsAnOrder(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		unit := c.unit()
		c.must(c.register.SetReleased(ctx, "staff-1", unit, true))
		c.must(c.register.SetReleased(ctx, "staff-1", unit, true)) // changes nothing
		u, err := c.desk.Unit(ctx, unit)
		c.must(err)
		u.Name = "Praxis am Markt"
		_, err = c.desk.PutUnit(ctx, clerk, u)
		c.must(err)
		c.must(c.register.SetReleased(ctx, "staff-1", unit, false))
		var released []bool
		for _, o := range c.answer(access.Done) {
			released = append(released, o.Unit.Released)
		}
		if !slices.Equal(released, []bool{false, true, true, false}) {
			t.Errorf("orders: %v", released)
		}
		known, err := c.accounts.Unit(ctx, unit)
		c.must(err)
		if known.Released || known.Name != "Praxis am Markt" {
			t.Errorf("the verdict sees %+v", known)
		}
		empty, err := c.desk.PutUnit(ctx, clerk, room.Unit{Unit: account.Unit{Name: "Ohne Melder-ID", Released: true}})
		c.must(err)
		if u, err := c.desk.Unit(ctx, empty); err != nil || u.Released {
			t.Error("a new unit came released")
		}
		c.refuses("released without a Melder-ID", c.register.SetReleased(ctx, "staff-1", empty, true), room.ErrNoReporter)
		u.Closed = true
		_, err = c.desk.AddAccount(ctx, clerk, person("Anna Beispiel", "a.beispiel", unit))
		c.must(err)
		_, err = c.desk.PutUnit(ctx, clerk, u)
		c.refuses("closed with an open account", err, room.ErrUnitStays)
	})
}

// TestH11DevicesAreLentOnce covers loans.
func TestH11DevicesAreLentOnce(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		unit := c.unit()
		c.must(c.desk.AddDevice(ctx, clerk, room.Device{Label: "LEIH-1", Kind: room.Token}))
		c.refuses("the same label", c.desk.AddDevice(ctx, clerk, room.Device{Label: "LEIH-1", Kind: room.Telephone}), room.ErrLabel)
		devices, err := c.desk.Devices(ctx)
		c.must(err)
		id, loan := devices[0].ID, room.Loan{Unit: unit, Borrower: "Žofie Čapková", DueAt: begin.Add(time.Hour)}
		c.must(c.desk.Lend(ctx, clerk, id, loan))
		c.refuses("lent twice", c.desk.Lend(ctx, clerk, id, loan), room.ErrLent)
		c.pass(time.Minute)
		c.must(c.desk.TakeBack(ctx, clerk, id, false))
		c.refuses("taken back twice", c.desk.TakeBack(ctx, clerk, id, false), room.ErrNotLent)
		c.must(c.desk.Lend(ctx, clerk, id, loan))
		devices, err = c.desk.Devices(ctx)
		c.must(err)
		if l := devices[0].Loans; len(l) != 2 || devices[0].Loan() == nil || l[0].Lender != clerk.Name || l[0].Borrower != loan.Borrower || l[1].ReturnedAt.IsZero() {
			t.Errorf("%+v", l)
		}
		c.must(c.desk.TakeBack(ctx, clerk, id, true))
		c.refuses("lent when gone", c.desk.Lend(ctx, clerk, id, loan), room.ErrNoDevice)
	})
}

// TestInstallationKeysAreEnteredAndRevoked covers their way.
func TestInstallationKeysAreEnteredAndRevoked(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		key := room.Key{Unit: c.unit(), Software: "KIS-7", Label: "Server im Keller"}
		line := "mwk1 " + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
		for _, bad := range []string{"", "mwk1", "mwk2 " + line[5:], "mwk1 AAAA", "mwk1 " + base64.StdEncoding.EncodeToString(make([]byte, 32)), line + " mehr"} {
			_, err := c.desk.AddKey(ctx, clerk, key, bad)
			c.refuses(bad, err, room.ErrPublicKey)
		}
		id, err := c.desk.AddKey(ctx, clerk, key, "  "+line+"\n")
		c.must(err)
		_, err = c.desk.AddKey(ctx, clerk, key, line)
		c.refuses("twice", err, room.ErrKeyTwice)
		c.answer(access.Done)
		c.must(c.desk.RevokeKey(ctx, clerk, id))
		c.refuses("revoked twice", c.desk.RevokeKey(ctx, clerk, id), room.ErrKeyEnded)
		c.refuses("unknown", c.desk.RevokeKey(ctx, clerk, "nothing"), room.ErrNoKey)
		orders := c.answer(access.Done)
		if len(orders) != 1 || orders[0].Act != access.RevokeKey || orders[0].Key.ID != id {
			t.Errorf("%+v", orders)
		}
		keys, err := c.desk.Keys(ctx)
		c.must(err)
		if len(keys) != 1 || keys[0].State != room.KeyRevoked || keys[0].EndedAt.IsZero() {
			t.Errorf("%+v", keys)
		}
	})
}

// TestOldOrdersAreEmptied: what is kept only for a portal set back to a backup
// goes when no backup can lack it any more.
func TestOldOrdersAreEmptied(t *testing.T) {
	onBothRegisters(t, func(t *testing.T, c *counter) {
		ctx := t.Context()
		c.account()
		if kept, err := c.register.Kept(ctx, 1, 100); err != nil || len(kept) != 2 {
			t.Fatalf("%d kept, %v", len(kept), err)
		}
		c.pass(time.Hour)
		c.unit()
		n, err := c.register.ExpireRegister(ctx, c.clock(), begin)
		c.must(err)
		kept, err := c.register.Kept(ctx, 1, 100)
		c.must(err)
		if n != 2 || len(kept) != 1 || kept[0].Number != 3 {
			t.Errorf("%d emptied, %d kept", n, len(kept))
		}
	})
}
