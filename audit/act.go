// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"fmt"
	"regexp"
)

// Code names one kind of act; all of them stand in the table of codes.go.
type Code string

// Result tells how an act ended.
type Result string

// The two results. A refused act is written too: it is what an attack looks like.
const (
	Done    Result = "done"
	Refused Result = "refused"
)

// Act is one Protokolleintrag as the room that acts describes it: opaque
// references only.
type Act struct {
	Actor   string           // account id, or "system" for the machine itself
	Code    Code             // what was done
	Object  string           // reference of the thing it was done to, may be empty
	Purpose string           // key of the purpose where the law asks for one, may be empty
	Result  Result           // empty means Done
	Counts  map[string]int64 // figures of batch work, may be empty
	Before  []byte           // SHA-256 of the object before, may be empty
	After   []byte           // SHA-256 of the object after, may be empty
}

// System is the Actor of work that no person has asked for.
const System = "system"

// What a reference may look like. A space, an umlaut or an @ cannot pass, so
// that names, sentences and addresses are refused where they come in.
var (
	reference = regexp.MustCompile(`^[A-Za-z0-9._:/=+-]{1,200}$`)
	keyword   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)
)

const maxHash = 64 // bytes; room for SHA-512

// normal returns the act with its defaults written out.
func (a Act) normal() Act {
	if a.Result == "" {
		a.Result = Done
	}
	return a
}

// Validate says whether the act may be written. Its errors name the field,
// never the value.
func (a Act) Validate() error {
	a = a.normal()
	if !a.Code.Known() {
		return fmt.Errorf("audit: the code is not in the table of codes")
	}
	if !reference.MatchString(a.Actor) {
		return fmt.Errorf("audit: %s: the actor is no opaque reference", a.Code)
	}
	if a.Object != "" && !reference.MatchString(a.Object) {
		return fmt.Errorf("audit: %s: the object is no opaque reference", a.Code)
	}
	if a.Purpose != "" && !keyword.MatchString(a.Purpose) {
		return fmt.Errorf("audit: %s: the purpose is no key", a.Code)
	}
	if a.Result != Done && a.Result != Refused {
		return fmt.Errorf("audit: %s: the result is neither done nor refused", a.Code)
	}
	for name := range a.Counts {
		if !keyword.MatchString(name) {
			return fmt.Errorf("audit: %s: a count's name is no key", a.Code)
		}
	}
	if len(a.Before) > maxHash || len(a.After) > maxHash {
		return fmt.Errorf("audit: %s: before and after take hashes, not contents", a.Code)
	}
	return nil
}
