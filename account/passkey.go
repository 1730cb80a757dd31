// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrPasskey refuses the answer of a passkey: of another origin or account, to
// another challenge, used before, or of a key whose counter went back. Which
// of them is nobody's business.
var ErrPasskey = errors.New("the passkey's answer is not accepted")

// ChallengeLife is how long a passkey has to answer.
const ChallengeLife = 5 * time.Minute

// maxAnswer is more bytes than an honest authenticator's answer has.
const maxAnswer = 16 << 10

// Relying is the Haus as passkeys know it: the host name they are bound to and
// the origins whose pages may ask them (WebAuthn Level 3). It is safe for
// concurrent use.
type Relying struct{ web *webauthn.WebAuthn }

// NewRelying makes it for a host name and origins ("https://host" or
// "https://host:port"). The name is what the browser shows.
func NewRelying(host, name string, origins []string) (*Relying, error) {
	made, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementDiscouraged, UserVerification: protocol.VerificationPreferred,
		},
		// Nothing is asked of extensions; some password managers answer unasked.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return &Relying{web: made}, nil
}

// Passkey is a Passkey: the public half of a key that a device or a hardware
// token keeps, with its counter. It opens nothing by itself, but is kept
// sealed, so that nobody who writes to the database can plant one.
type Passkey struct{ credential webauthn.Credential }

// Hash is the value by which a passkey is found, and is unique in a house.
func (p Passkey) Hash() []byte {
	sum := sha256.Sum256(p.credential.ID)
	return sum[:]
}

// Encode gives the stored form, to be sealed at once.
func (p Passkey) Encode() ([]byte, error) { return json.Marshal(p.credential) }

// ParsePasskey reads what Encode wrote.
func ParsePasskey(stored []byte) (Passkey, error) {
	var p Passkey
	err := json.Unmarshal(stored, &p.credential)
	return p, err
}

// Challenge is the Aufgabe for a passkey: fresh randomness that its answer
// signs, once.
type Challenge struct {
	Made time.Time            `json:"made"`
	Data webauthn.SessionData `json:"data"`
}

// open says whether the passkey may still answer.
func (c Challenge) open(now time.Time) bool {
	return c.Data.Challenge != "" && !now.Before(c.Made) && now.Sub(c.Made) <= ChallengeLife
}

// Register begins the registration of a further passkey. It gives what the
// script hands to navigator.credentials.create, and the challenge to keep.
func (r *Relying) Register(a Account, present []Passkey, now time.Time) ([]byte, Challenge, error) {
	var exclude []protocol.CredentialDescriptor
	for _, p := range present {
		exclude = append(exclude, p.credential.Descriptor())
	}
	options, data, err := r.web.BeginRegistration(holder{a, present}, webauthn.WithExclusions(exclude))
	if err != nil {
		return nil, Challenge{}, fmt.Errorf("begin registration of a passkey: %w", err)
	}
	return asked(options, data, now)
}

// Registered takes the answer of the new passkey.
func (r *Relying) Registered(a Account, c Challenge, answer []byte, now time.Time) (Passkey, error) {
	if len(answer) > maxAnswer || !c.open(now) {
		return Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, ErrPasskey // the cause quotes the answer
	}
	// No attestation is asked for, so no statement of a maker is parsed.
	if format := parsed.Response.AttestationObject.Format; format != "none" && format != "packed" {
		return Passkey{}, ErrPasskey
	}
	made, err := r.web.CreateCredential(holder{account: a}, c.Data, parsed)
	if err != nil {
		return Passkey{}, ErrPasskey
	}
	made.Attestation = webauthn.CredentialAttestation{} // says which device it is; nobody needs to know
	made.Authenticator.AAGUID = make([]byte, 16)
	return Passkey{credential: *made}, nil
}

// Ask begins a proof by one of the passkeys. It gives what the script hands to
// navigator.credentials.get, and the challenge to keep.
func (r *Relying) Ask(a Account, keys []Passkey, now time.Time) ([]byte, Challenge, error) {
	options, data, err := r.web.BeginLogin(holder{a, keys})
	if err != nil {
		return nil, Challenge{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return asked(options, data, now)
}

// Prove compares the answer with the challenge and the account's passkeys. It
// gives the one that answered, with its new counter, or ErrPasskey.
func (r *Relying) Prove(a Account, keys []Passkey, c Challenge, answer []byte, now time.Time) (Passkey, error) {
	if len(answer) > maxAnswer || !c.open(now) {
		return Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Passkey{}, ErrPasskey
	}
	found, err := r.web.ValidateLogin(holder{a, keys}, c.Data, parsed)
	if err != nil || found.Authenticator.CloneWarning {
		return Passkey{}, ErrPasskey
	}
	return Passkey{credential: *found}, nil
}

func asked(options any, data *webauthn.SessionData, now time.Time) ([]byte, Challenge, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, Challenge{}, fmt.Errorf("write challenge: %w", err)
	}
	return text, Challenge{Made: now, Data: *data}, nil
}

// holder is the account as the WebAuthn library wants it. The handle is the
// account's opaque id.
type holder struct {
	account Account
	keys    []Passkey
}

// WebAuthnID is the handle.
func (h holder) WebAuthnID() []byte { return []byte(h.account.ID) }

// WebAuthnName is shown in the list of the holder's passkeys.
func (h holder) WebAuthnName() string { return string(h.account.Username) }

// WebAuthnDisplayName likewise.
func (h holder) WebAuthnDisplayName() string {
	if h.account.Holder == "" {
		return string(h.account.Username)
	}
	return h.account.Holder
}

// WebAuthnCredentials are the passkeys that may answer.
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, 0, len(h.keys))
	for _, p := range h.keys {
		list = append(list, p.credential)
	}
	return slices.Clip(list)
}
