// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"meldewerk/internal/web/browsertest"
	"meldewerk/portal"
)

// TestInsurerAndLastCodesAreChosenByKeyboard finds an insurer by its name, and
// a code that was saved before by the arrow key in an empty field.
func TestInsurerAndLastCodesAreChosenByKeyboard(t *testing.T) {
	t.Parallel()
	dir := lists(t)
	_, p := signedIn(t, func(c *portal.Config) { c.Terminology = dir })
	chosen := func(field, code, words string) {
		t.Helper()
		var value, said string
		p.run(chromedp.KeyEvent(kb.ArrowDown), chromedp.ActionFunc(takeWithEnter),
			chromedp.Evaluate(`document.getElementById("`+field+`").value`, &value), chromedp.Evaluate(`document.getElementById("`+field+`-said").textContent`, &said))
		if value != code || said != words {
			t.Errorf("%s: chosen %q, said %q", field, value, said)
		}
	}
	offered := func(expression string) {
		t.Helper()
		if !browsertest.Becomes(p.ctx, expression, 10*time.Second) {
			t.Fatalf("not so: %s", expression)
		}
	}
	p.write("patient_id", "2024-7714")
	p.enter("/patienten.*")
	p.newPatient()
	p.to(insurerField)
	p.run(chromedp.Evaluate(`document.getElementById("`+insurerField+`").value = ""`, nil), chromedp.KeyEvent("gezeitn nord"))
	offered(`document.querySelectorAll("#` + insurerField + `-list li").length === 1`)
	chosen(insurerField, "104212505", "Kasse der Gezeiten Nordmark")

	p.newReport()
	p.write("f-tumour-icd-code", "C50.7")
	p.enter("/meldungen/[A-Z2-7]{26}/diagnose")
	p.run(chromedp.NavigateBack())
	p.at("/meldungen/[A-Z2-7]{26}/tumor")
	p.settle()
	p.run(chromedp.Evaluate(`(() => { const f = document.getElementById("f-tumour-icd-code"); f.value = ""; f.focus(); })()`, nil), chromedp.KeyEvent(kb.ArrowDown))
	offered(`document.querySelector("#f-tumour-icd-code-list li")?.textContent.startsWith("C50.7")`)
	chosen("f-tumour-icd-code", "C50.7", "Brustdrüse Sattelzone")
}
