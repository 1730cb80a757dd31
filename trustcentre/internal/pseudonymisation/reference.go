// SPDX-License-Identifier: EUPL-1.2

package pseudonymisation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"meldewerk/envelope/keyfile"
	"meldewerk/identity"
	"meldewerk/pseudonym"
	"meldewerk/report"
)

// Purposes of the key files of this package.
const (
	PurposeReference = "reference" // K_ref: references of patients, tumours, reports
	PurposeDigest    = "digest"    // K_digest: digests of contents, for Doppelmeldungen
)

// References are the Verweise of a report: keyed, so that nobody without the
// key can test a patient number against them, and the same for all versions.
type References struct {
	Report   pseudonym.ReportRef
	Patient  pseudonym.PatientRef
	Tumour   pseudonym.TumourRef
	Reporter pseudonym.ReporterRef
}

// Digests are the Prüfsummen of a report; they tell whether a version is unchanged: of the person, and of all the rest.
type Digests struct {
	Person   [32]byte
	Content  [32]byte
	Occasion [32]byte // of the Meldeanlass; another one for each report, so that rows do not show what kind they are of
}

// Clerk is the Verweisstelle: it forms references and digests.
type Clerk struct {
	reference, digest keyfile.Key
}

// GenerateKeys makes the two keys of references and digests in the folder.
func GenerateKeys(dir string, now time.Time) error {
	for _, purpose := range []string{PurposeReference, PurposeDigest} {
		key, err := keyfile.New(purpose, 1, sha256.Size, now)
		if err != nil {
			return fmt.Errorf("make key %s: %w", purpose, err)
		}
		if _, err := keyfile.Write(dir, key); err != nil {
			return fmt.Errorf("write key %s: %w", purpose, err)
		}
	}
	return nil
}

// LoadClerk reads the two keys from the folder. References must stay the same
// for good, so there is exactly one generation of each.
func LoadClerk(dir string) (*Clerk, error) {
	var keys [2]keyfile.Key
	for i, purpose := range []string{PurposeReference, PurposeDigest} {
		found, err := keyfile.ReadFolder(dir, purpose)
		if err != nil {
			return nil, fmt.Errorf("read key %s: %w", purpose, err)
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("read key %s: found %d, one is needed", purpose, len(found))
		}
		keys[i] = found[0]
	}
	return &Clerk{reference: keys[0], digest: keys[1]}, nil
}

// References forms the references of a report. The reporter is part of all of
// them: a patient number means a person only together with its Melder_ID.
func (c *Clerk) References(r *report.Report) References {
	reporter, patient := string(r.Reporter), string(r.Patient)
	return References{
		Report:   pseudonym.NewRef[pseudonym.ReportRef](c.ref("report", reporter, string(r.ID))),
		Patient:  pseudonym.NewRef[pseudonym.PatientRef](c.ref("patient", reporter, patient)),
		Tumour:   pseudonym.NewRef[pseudonym.TumourRef](c.ref("tumour", reporter, patient, string(r.Event.Assignment.TumourID))),
		Reporter: pseudonym.NewRef[pseudonym.ReporterRef](c.ref("reporter", reporter)),
	}
}

// eventRef stands for the sender's own id of an operation or therapy, so that
// its begin and its end can be joined; "" when the sender gave none.
func (c *Clerk) eventRef(r *report.Report, id string) pseudonym.EventRef {
	if id == "" {
		return ""
	}
	return pseudonym.NewRef[pseudonym.EventRef](c.ref("event", string(r.Reporter), string(r.Patient), string(r.Event.Occasion()), id))
}

// ref is HMAC-SHA-256 over the class and the parts, each with its length in
// front, so that no two lists of parts can look alike.
func (c *Clerk) ref(class string, parts ...string) [32]byte {
	mac := hmac.New(sha256.New, c.reference.Secret())
	write := func(part string) {
		_ = binary.Write(mac, binary.BigEndian, uint32(len(part))) // a hash takes everything
		_, _ = mac.Write([]byte(part))
	}
	write(class)
	for _, part := range parts {
		write(part)
	}
	return [32]byte(mac.Sum(nil))
}

// Digests forms the keyed digests of a report's two halves.
func (c *Clerk) Digests(r *report.Report) (Digests, error) {
	rest := *r
	rest.Person = identity.Person{}
	person, err := c.PersonDigest(&r.Person)
	if err != nil {
		return Digests{}, err
	}
	content, err := c.mac("content", rest)
	if err != nil {
		return Digests{}, err
	}
	occasion, err := c.mac("occasion", []string{string(r.Reporter), string(r.ID), string(r.Event.Occasion())})
	return Digests{Person: person, Content: content, Occasion: occasion}, err
}

// PersonDigest forms the keyed digest of a person alone.
func (c *Clerk) PersonDigest(p *identity.Person) ([32]byte, error) { return c.mac("person", *p) }

func (c *Clerk) mac(half string, value any) ([32]byte, error) {
	canonical, err := json.Marshal(value)
	if err != nil {
		return [32]byte{}, fmt.Errorf("encode %s for its digest: %w", half, err)
	}
	mac := hmac.New(sha256.New, c.digest.Secret())
	_, _ = mac.Write([]byte(half + "\x00")) // a hash takes everything
	_, _ = mac.Write(canonical)
	return [32]byte(mac.Sum(nil)), nil
}
