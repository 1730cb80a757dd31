// SPDX-License-Identifier: EUPL-1.2

package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Theme makes the browser ask for the "light" or the "dark" theme.
func Theme(name string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}})
}

// Becomes asks the page until the expression is true, across navigations. It
// says false when the time is over.
func Becomes(ctx context.Context, expression string, within time.Duration) bool {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var yes bool
		// An error is a page between two addresses, or one without the element.
		if err := chromedp.Run(limited, chromedp.Evaluate("!!("+expression+")", &yes)); err == nil && yes {
			return true
		}
		select {
		case <-limited.Done():
			return false
		case <-tick.C:
		}
	}
}

// awaitPromise lets an evaluation wait for its promise.
func awaitPromise(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams {
	return p.WithAwaitPromise(true)
}

// keepPicture writes the whole page as a picture if a folder for them is named.
func keepPicture(ctx context.Context, t *testing.T, name string) {
	dir := os.Getenv("MELDEWERK_SCREENSHOTS")
	if dir == "" {
		return
	}
	t.Helper()
	var picture []byte
	if err := chromedp.Run(ctx, chromedp.FullScreenshot(&picture, 100)); err != nil {
		t.Errorf("picture %s: %v", name, err)
		return
	}
	name = strings.NewReplacer(" ", "_", ",", "", "/", "-").Replace(name)
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		t.Error(err)
	}
}
