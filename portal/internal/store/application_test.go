// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/application"
)

var (
	limits = application.Limits{Drafts: 5, SourceDrafts: 3, Changes: 4, Applications: 3, SourceSent: 2, DraftLife: 24 * time.Hour,
		KeepStatus: 100 * 24 * time.Hour, KeepUnfinished: 400 * 24 * time.Hour}
	here  = netip.MustParsePrefix("192.0.2.7/32")
	there = netip.MustParsePrefix("2001:db8:1:2::/64")
)

func token(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func (b bench) send(ctx context.Context, n byte, from netip.Prefix) (application.Receipt, error) {
	return b.Send(ctx, token(n), from, limits, "trustcentre", application.Number,
		func(d application.Draft) ([]byte, error) { return []byte("sealed " + d.Form.Facility), nil })
}

// raw gives a column of all rows as it lies in the table.
func (b bench) raw(t *testing.T, query string) [][]byte {
	t.Helper()
	var out [][]byte
	err := b.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var value []byte
			if err := rows.Scan(&value); err != nil {
				return err
			}
			out = append(out, value)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestApplicationIsSentInOnce: many processes, many presses of the button, one
// application; then the draft does not change any more.
func TestApplicationIsSentInOnce(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if err := b.BeginDraft(ctx, token(1), here, limits); err != nil {
			t.Fatal(err)
		}
		set := func(d *application.Draft) { d.Form.Facility = "Praxis Zzyzx" }
		if d, err := b.ChangeDraft(ctx, token(1), limits, set); err != nil || d.Form.Facility != "Praxis Zzyzx" {
			t.Fatal(d, err)
		}
		for _, content := range b.raw(t, `SELECT content FROM application_draft`) {
			if bytes.Contains(content, []byte("Zzyzx")) {
				t.Error("a draft lies in clear")
			}
		}
		var group sync.WaitGroup
		receipts := make([]application.Receipt, 8)
		for n := range receipts {
			group.Go(func() {
				var err error
				if receipts[n], err = b.send(ctx, 1, here); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, r := range receipts[1:] {
			if r != receipts[0] {
				t.Errorf("two receipts: %+v, %+v", r, receipts[0])
			}
		}
		list, err := b.Applications(ctx, "trustcentre", 10)
		if err != nil || len(list) != 1 || string(list[0].Sealed) != "sealed Praxis Zzyzx" || list[0].Check() != nil {
			t.Fatalf("%+v, %v", list, err)
		}
		if list, err := b.Applications(ctx, "other", 10); err != nil || len(list) != 0 {
			t.Errorf("another trust centre gets %+v, %v", list, err)
		}
		if _, err := b.ChangeDraft(ctx, token(1), limits, set); !errors.Is(err, application.ErrSent) {
			t.Errorf("changed after it was sent in: %v", err)
		}
		if d, err := b.Draft(ctx, token(1), limits); err != nil || d.Sent == nil || *d.Sent != receipts[0] {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// TestApplicationsHaveLimits: of one source, of all, and a day later again.
func TestApplicationsHaveLimits(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		begin := func(n byte, from netip.Prefix) error { return b.BeginDraft(ctx, token(n), from, limits) }
		for n := range byte(3) {
			if err := begin(n+1, here); err != nil {
				t.Fatal(err)
			}
		}
		if err := begin(4, here); !errors.Is(err, application.ErrTooMany) {
			t.Errorf("a fourth draft of one source: %v", err)
		}
		for n := range 5 {
			_, err := b.ChangeDraft(ctx, token(1), limits, func(*application.Draft) {})
			if (err != nil) != (n == 4) || err != nil && !errors.Is(err, application.ErrTooMany) {
				t.Errorf("change %d of one draft: %v", n+1, err)
			}
		}
		if err := errors.Join(begin(5, there), begin(6, there)); err != nil {
			t.Fatal(err)
		}
		if err := begin(7, there); !errors.Is(err, application.ErrTooMany) {
			t.Errorf("a sixth draft in all: %v", err)
		}
		for _, c := range []struct {
			n    byte
			from netip.Prefix
			want error
		}{{1, here, nil}, {2, here, nil}, {3, here, application.ErrTooMany}, {5, there, nil}, {6, there, application.ErrTooMany}} {
			if _, err := b.send(ctx, c.n, c.from); !errors.Is(err, c.want) {
				t.Errorf("application %d: %v, want %v", c.n, err, c.want)
			}
		}
		b.clock.Advance(25 * time.Hour)
		if err := begin(8, here); err != nil {
			t.Errorf("a day later: %v", err)
		}
		if _, err := b.send(ctx, 8, here); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

// TestApplicationsGoAtTheEndOfTheirTime: drafts after a day, sources too,
// decided ones later; what the trust centre has not taken stays for ever.
func TestApplicationsGoAtTheEndOfTheirTime(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		var handles []string
		for n := range byte(2) {
			if err := b.BeginDraft(ctx, token(n+1), here, limits); err != nil {
				t.Fatal(err)
			}
			r, err := b.send(ctx, n+1, here)
			if err != nil {
				t.Fatal(err)
			}
			handles = append(handles, string(r.Handle))
		}
		tidy := func() {
			t.Helper()
			if _, err := b.TidyApplications(ctx, limits); err != nil {
				t.Fatal(err)
			}
		}
		tidy()
		if len(b.raw(t, `SELECT content FROM application_draft`)) != 2 {
			t.Error("a draft went too early")
		}
		if err := b.Taken(ctx, "other", handles); err != nil || len(b.raw(t, `SELECT sealed FROM application WHERE sealed IS NOT NULL`)) != 2 {
			t.Errorf("another trust centre took them: %v", err)
		}
		if err := b.Taken(ctx, "trustcentre", handles[:1]); err != nil {
			t.Fatal(err)
		}
		reason := "Die Praxis Zzyzx ist schon angemeldet."
		err := b.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			for _, handle := range handles {
				known, err := b.SetStage(ctx, tx, "trustcentre", access.ApplicationState{ID: handle, Stage: access.Declined, Reason: reason})
				if err != nil || !known {
					return fmt.Errorf("set stage: %w %v", err, known)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := b.Status(ctx, application.Handle(handles[0])); err != nil || s.Reason != reason || s.Stage != access.Declined {
			t.Errorf("%+v, %v", s, err)
		}
		if got := b.raw(t, `SELECT reason FROM application`); bytes.Contains(bytes.Join(got, nil), []byte("Zzyzx")) {
			t.Error("the reason lies in clear")
		}
		b.clock.Advance(25 * time.Hour)
		tidy()
		if left := b.raw(t, `SELECT content FROM application_draft`); len(left) != 0 {
			t.Errorf("%d drafts are left after their day", len(left))
		}
		if left := b.raw(t, `SELECT source FROM application WHERE source IS NOT NULL`); len(left) != 0 {
			t.Errorf("%d sources are left after their day", len(left))
		}
		b.clock.Advance(500 * 24 * time.Hour)
		tidy()
		if _, err := b.Status(ctx, application.Handle(handles[0])); !errors.Is(err, application.ErrUnknown) {
			t.Errorf("a decided one is left: %v", err)
		}
		if list, err := b.Applications(ctx, "trustcentre", 10); err != nil || len(list) != 1 || list[0].ID != handles[1] {
			t.Errorf("the one that was not taken: %+v, %v", list, err)
		}
	})
}
