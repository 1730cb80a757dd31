// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/web"
)

// AskFresh is (*SignIn).AskFresh for pages that are made before the door is.
func AskFresh(r *web.Request) web.Response {
	if fresh(r) {
		return nil
	}
	return web.Redirect(withNext(PathCode, r.URL.Path))
}

// FormLife is how long a fresh proof counts for a long form that asked for it
// when it was opened: as long as staff sessions may stand idle, and no longer.
const FormLife = 15 * time.Minute

// NeedRecent is called first by the post of a form whose page began with
// AskFresh and takes minutes to fill in.
func NeedRecent(r *web.Request) error {
	if r.Principal == nil || r.Principal.Pending || !account.ProvenWithin(r.Principal.FreshAt, r.Now(), FormLife) {
		return ErrNotFresh
	}
	return nil
}

// NeedFresh is (*SignIn).NeedFresh for pages that are made before the door is.
func NeedFresh(r *web.Request) error {
	if fresh(r) {
		return nil
	}
	return ErrNotFresh
}
