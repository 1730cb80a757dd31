// SPDX-License-Identifier: EUPL-1.2

package signin

import "meldewerk/internal/web"

// AskFresh is (*SignIn).AskFresh for pages that are made before the door is.
func AskFresh(r *web.Request) web.Response {
	if fresh(r) {
		return nil
	}
	return web.Redirect(withNext(PathCode, r.URL.Path))
}

// NeedFresh is (*SignIn).NeedFresh for pages that are made before the door is.
func NeedFresh(r *web.Request) error {
	if fresh(r) {
		return nil
	}
	return ErrNotFresh
}
