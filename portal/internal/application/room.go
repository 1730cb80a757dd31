// SPDX-License-Identifier: EUPL-1.2

package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/fault"
)

// Handle is the opaque name of an application in the address of its status
// page, 26 characters.
type Handle string

// Draft is an Antrag as far as it is filled in.
type Draft struct {
	Form  access.ApplicationForm
	Noted bool     // the remark was asked for, be it empty
	Sent  *Receipt // nil: not sent in yet
}

// Receipt is the Eingangsbestätigung of an application.
type Receipt struct {
	Handle     Handle
	Number     string
	ReceivedAt time.Time
}

// Status is what the status page tells.
type Status struct {
	Receipt
	Stage   access.Stage
	StageAt time.Time
	Reason  string // of a declined one
}

// Limits bound what people do who have not signed in.
type Limits struct {
	Drafts         int           // at once in all
	SourceDrafts   int           // of one source in a day
	Changes        int           // of one draft
	Applications   int           // of all in a day
	SourceSent     int           // of one source in a day
	DraftLife      time.Duration // then a draft goes
	KeepStatus     time.Duration // after the last stage
	KeepUnfinished time.Duration // of applications that were never decided
}

// DefaultLimits let a clinic apply for all its departments in a day, and keep
// a flood from filling the database.
var DefaultLimits = Limits{Drafts: 3000, SourceDrafts: 40, Changes: 400, Applications: 300, SourceSent: 20, DraftLife: 24 * time.Hour,
	KeepStatus: 180 * 24 * time.Hour, KeepUnfinished: 2 * 365 * 24 * time.Hour}

// The refusals of an application.
var (
	// ErrNoDraft means that there is no draft with this token any more.
	ErrNoDraft = fault.New(fault.Expired, "application.no_draft",
		"Der Entwurf Ihres Antrags besteht nicht mehr; er wird 24 Stunden aufgehoben. Beginnen Sie den Antrag neu.")
	// ErrSent means that the draft was sent in and stays as it is.
	ErrSent = fault.New(fault.Conflict, "application.sent",
		"Dieser Antrag ist schon abgesendet und lässt sich hier nicht mehr ändern. Wenden Sie sich mit der Antragsnummer an die Vertrauensstelle.")
	// ErrIncomplete means that an answer is missing.
	ErrIncomplete = fault.New(fault.Invalid, "application.incomplete",
		"Im Antrag fehlt noch eine Angabe. Gehen Sie die Fragen durch und ergänzen Sie sie.")
	// ErrTooMany means that a limit is reached.
	ErrTooMany = fault.New(fault.Unavailable, "application.too_many",
		"Von Ihrem Anschluss oder insgesamt kamen heute sehr viele Anträge. Versuchen Sie es morgen noch einmal oder rufen Sie die Vertrauensstelle an.")
	// ErrNoForm means that the form to print is not here any more.
	ErrNoForm = fault.New(fault.NotFound, "application.no_form",
		"Das Formular zum Ausdrucken gibt es nur in dem Browser, mit dem Sie den Antrag abgesendet haben, und nur 24 Stunden lang. Danach stellt die Vertrauensstelle es Ihnen aus; nennen Sie dort die Antragsnummer.")
	// ErrUnknown means that there is no application with this handle.
	ErrUnknown = fault.New(fault.NotFound, "application.unknown",
		"Einen Antrag unter dieser Adresse gibt es nicht. Prüfen Sie, ob die Adresse vollständig ist.")
)

// Store keeps drafts and applications. Every method is one transaction.
type Store interface {
	// BeginDraft makes an empty draft, or returns ErrTooMany.
	BeginDraft(ctx context.Context, token []byte, source netip.Prefix, l Limits) error
	// Draft gives the draft of a token that is not older than the day it lives, or ErrNoDraft.
	Draft(ctx context.Context, token []byte, l Limits) (Draft, error)
	// ChangeDraft lets change work on a draft that was not sent in.
	ChangeDraft(ctx context.Context, token []byte, l Limits, change func(*Draft)) (Draft, error)
	// Send makes an application of a draft. A draft that was sent in before
	// gives its receipt of then.
	Send(ctx context.Context, token []byte, source netip.Prefix, l Limits, recipient string,
		number func(year int, sequence int64) string, seal func(Draft) ([]byte, error)) (Receipt, error)
	// DropDraft deletes a draft; what was sent in stays.
	DropDraft(ctx context.Context, token []byte) error
	// Status gives the status of an application, or ErrUnknown.
	Status(ctx context.Context, handle Handle) (Status, error)
	// TidyApplications deletes what has outlived its time, and says how much.
	TidyApplications(ctx context.Context, l Limits) (int, error)
}

// Room is the application room of a portal. It is safe for concurrent use.
type Room struct {
	store     Store
	recipient string
	keys      envelope.Recipients
	limits    Limits
}

// New makes the room. Applications are sealed to the recipient.
func New(store Store, recipient string, keys envelope.Recipients, limits Limits) *Room {
	return &Room{store: store, recipient: recipient, keys: keys, limits: limits}
}

// Begin makes a draft and gives its token.
func (m *Room) Begin(ctx context.Context, from netip.Addr) (account.Token, error) {
	token := account.NewToken()
	return token, m.store.BeginDraft(ctx, token.Hash(), sourceOf(from), m.limits)
}

// Draft gives the draft of a token, or ErrNoDraft.
func (m *Room) Draft(ctx context.Context, token account.Token) (Draft, error) {
	if token.IsZero() {
		return Draft{}, ErrNoDraft
	}
	return m.store.Draft(ctx, token.Hash(), m.limits)
}

// Change lets change work on a draft. What is changed must have been checked;
// the whole is checked again before it is sent in.
func (m *Room) Change(ctx context.Context, token account.Token, change func(*Draft)) (Draft, error) {
	if token.IsZero() {
		return Draft{}, ErrNoDraft
	}
	return m.store.ChangeDraft(ctx, token.Hash(), m.limits, change)
}

// Send seals the application and sends it in. Sending it again gives the first
// receipt.
func (m *Room) Send(ctx context.Context, token account.Token, from netip.Addr) (Receipt, error) {
	if token.IsZero() {
		return Receipt{}, ErrNoDraft
	}
	return m.store.Send(ctx, token.Hash(), sourceOf(from), m.limits, m.recipient, Number, m.seal)
}

// Drop deletes a draft. What was sent in stays.
func (m *Room) Drop(ctx context.Context, token account.Token) error {
	if token.IsZero() {
		return nil
	}
	return m.store.DropDraft(ctx, token.Hash())
}

// seal checks the form as the trust centre will and seals it.
func (m *Room) seal(d Draft) ([]byte, error) {
	if err := d.Form.Check(); err != nil {
		return nil, ErrIncomplete.Because(err)
	}
	text, err := json.Marshal(d.Form)
	if err != nil {
		return nil, errors.New("application cannot be written as JSON")
	}
	sealed, err := envelope.SealBytes(text, m.keys)
	if err != nil {
		return nil, fmt.Errorf("seal application: %w", err)
	}
	if len(sealed) > access.MaxSealed {
		return nil, ErrIncomplete.Because(errors.New("application is too large"))
	}
	return sealed, nil
}

// Status gives the status of an application.
func (m *Room) Status(ctx context.Context, handle Handle) (Status, error) {
	return m.store.Status(ctx, handle)
}

// Tidy deletes drafts and applications at the end of their time.
func (m *Room) Tidy(ctx context.Context) (bool, error) {
	gone, err := m.store.TidyApplications(ctx, m.limits)
	if err != nil {
		return false, fmt.Errorf("tidy applications: %w", err)
	}
	return gone > 0, nil
}

// sourceOf is the address itself, or the /64 of an IPv6 address: that is what
// one household or practice gets.
func sourceOf(from netip.Addr) netip.Prefix {
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	prefix, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // unknown addresses share their limits
	}
	return prefix
}

// checkLetters are the letters of the check sign: 23, a prime, without I, O
// and Q, which are misread.
const checkLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// Number writes the Antragsnummer as people read it out: Z, year, sequence,
// and a check letter that finds every single wrong digit and every swap of two
// neighbours.
func Number(year int, sequence int64) string {
	digits := fmt.Sprintf("%04d%06d", year, sequence)
	sum := 0
	for _, d := range digits {
		sum = (sum*10 + int(d-'0')) % len(checkLetters)
	}
	return fmt.Sprintf("Z-%04d-%06d-%c", year, sequence, checkLetters[sum])
}
