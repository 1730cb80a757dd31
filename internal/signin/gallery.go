// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/ui"
)

// Gallery are the states of the pages of this package with canned data. The
// set must have been made with Pages.
func Gallery(set *ui.Set, house ui.House) []ui.State {
	now := time.Date(2026, 11, 21, 13, 32, 13, 0, time.UTC)
	frame := func(title string) ui.Frame {
		return ui.Frame{House: house, Instance: "Krebsregister Musterland", Title: title, Now: now}
	}
	with := func(f ui.Frame, touch func(*ui.Frame)) ui.Frame { touch(&f); return f }
	refused := func(title string, problems ui.Problems) ui.Frame {
		return with(frame(title), func(f *ui.Frame) { f.Errors = problems })
	}
	states := galleryPassword(set, now, frame, refused)
	states = append(states, galleryCode(set, now, frame, refused)...)
	states = append(states, galleryEnrol(set, now, frame, refused)...)
	states = append(states, galleryChange(set, frame, refused)...)
	states = append(states, galleryAccount(set, now, frame)...)
	return append(states, set.State("signin-locked", "gesperrt", frame("Zugang gesperrt"), &lockedPage{Helpdesk: "die Vertrauensstelle"}))
}

type (
	framed  = func(title string) ui.Frame
	refuser = func(title string, problems ui.Problems) ui.Frame
)

func galleryPassword(set *ui.Set, now time.Time, frame framed, refused refuser) []ui.State {
	page := func(username string, problems ui.Problems) *passwordPage {
		return &passwordPage{
			Apply:    "/zugang",
			Username: ui.Text("username", "Benutzername", username).WithAutocomplete("username").Check(problems),
			Password: ui.Password("password", "Passwort", "current-password").Check(problems),
			Next:     ui.Hidden("weiter", "/"),
		}
	}
	var missing ui.Problems
	missing.Add("username", "Der Benutzername fehlt. Er steht im Schreiben zu Ihrem Zugang.")
	missing.Add("password", "Das Passwort fehlt. Geben Sie es ein oder fügen Sie es ein.")
	empty, enrolled := page("", nil), page("", nil)
	empty.Username.Focus = true
	enrolled.Countdown = countTo(account.StepAt(now).End(), now)
	after := frame(titlePassword)
	notice(ui.Success, "Der zweite Faktor ist eingerichtet", "Melden Sie sich jetzt noch einmal an, zuerst mit Benutzername und Passwort, dann mit dem nächsten Code aus Ihrer App. Der eben bestätigte ist verbraucht.")(&after)
	lost := frame(titlePassword)
	lostNotice(&lost)
	return []ui.State{
		set.State("signin-password", "leer", frame(titlePassword), empty),
		set.State("signin-password", "Eingabe verloren", lost, page("", nil)),
		set.State("signin-password", "nicht ausgefüllt", refused(titlePassword, missing), page("", missing)),
		set.State("signin-password", "falsch", refused(titlePassword, whole(sentenceWrong)), page("dok.nord", nil)),
		set.State("signin-password", "eine Minute gesperrt", refused(titlePassword, tooManyTries(now.Add(47*time.Second))), page("dok.nord", nil)),
		set.State("signin-password", "nach dem Einrichten", after, enrolled),
	}
}

func galleryCode(set *ui.Set, now time.Time, frame framed, refused refuser) []ui.State {
	const title = "Einmalkennwort eingeben"
	page := func(used int, problems ui.Problems) *codePage {
		p := &codePage{
			Code: ui.OneTimeCode("otp", "Einmalkennwort").Check(problems), Next: ui.Hidden("weiter", "/"), Now: now,
			Left: account.CodesLeft(used), ShowLeft: used > 0, Skew: used >= skewHintFrom, Helpdesk: "die Vertrauensstelle",
		}
		p.Code.Hint = "Sechs Ziffern aus Ihrer Authenticator-App"
		return p
	}
	empty, waiting, stepUp := page(0, nil), page(0, nil), page(0, nil)
	empty.Code.Focus, stepUp.Code.Focus = true, true
	waiting.Countdown = countTo(account.StepAt(now).End(), now)
	stepUp.StepUp = true
	signedIn := frame("Noch einmal bestätigen")
	signedIn.User, signedIn.Facility, signedIn.Role = "M. Muster", "Klinikum Nord", "Dokumentation"
	wrong := codeProblem(sentenceWrongCode)
	either, only, deaf := page(0, nil), page(0, nil), page(1, nil)
	either.Passkey = true
	only.Passkey, only.NoCode = true, true
	deaf.Passkey, deaf.NoCode = true, true
	bare := page(0, nil)
	bare.NoCode, bare.NoKey = true, true
	return []ui.State{
		set.State("signin-code", "leer", frame(title), empty),
		set.State("signin-code", "einmal falsch", refused(title, wrong), page(1, wrong)),
		set.State("signin-code", "zweimal falsch", refused(title, wrong), page(2, wrong)),
		set.State("signin-code", "Code schon verbraucht", frame(title), waiting),
		set.State("signin-code", "Bestätigung in der Sitzung", signedIn, stepUp),
		set.State("signin-code", "Passkey oder Einmalkennwort", frame(either.title()), either),
		set.State("signin-code", "nur Passkey", frame(only.title()), only),
		set.State("signin-code", "Rolle verlangt Passkey, keiner da", frame(bare.title()), bare),
		set.State("signin-code", "Passkey nicht angenommen", refused(only.title(), whole(sentenceWrongPasskey)), deaf),
	}
}

func galleryEnrol(set *ui.Set, now time.Time, frame framed, refused refuser) []ui.State {
	secret, err := account.SecretOf([]byte("01234567890123456789"))
	if err != nil {
		panic("signin: canned secret: " + err.Error()) // cannot be: the value is constant
	}
	image, err := account.NewQR(secret.URI("Krebsregister Musterland", "dok.nord"))
	if err != nil {
		panic("signin: canned code: " + err.Error()) // cannot be: the value is constant
	}
	page := func(used int, problems ui.Problems) *enrolPage {
		p := &enrolPage{
			Shown: true, QR: image, Grouped: secret.Grouped(), Now: now,
			Code: ui.OneTimeCode("otp", "Einmalkennwort").Check(problems), Next: ui.Hidden("weiter", "/"),
			Left: account.CodesLeft(used), ShowLeft: used > 0, Skew: used >= skewHintFrom, Helpdesk: "die Vertrauensstelle",
		}
		p.Code.Hint = "Sechs Ziffern, die Ihre App jetzt zeigt"
		return p
	}
	wrong := codeProblem(sentenceWrongFirst)
	return []ui.State{
		set.State("signin-enrol", "QR-Code", frame(titleEnrol), page(0, nil)),
		set.State("signin-enrol", "zweimal falsch", refused(titleEnrol, wrong), page(2, wrong)),
		set.State("signin-enrol", "schon gezeigt", frame(titleEnrol), &enrolPage{Before: true, Next: ui.Hidden("weiter", "/")}),
	}
}

func galleryChange(set *ui.Set, frame framed, refused refuser) []ui.State {
	state := func(name, title string, stage account.Stage, problems ui.Problems) ui.State {
		data, _ := changeData(&account.Session{Stage: stage}, "/", problems)
		f := frame(title)
		if len(problems) > 0 {
			f = refused(title, problems)
		}
		return set.State("signin-change", name, f, data)
	}
	var short ui.Problems
	short.Add("new_password", account.ErrPasswordShort.Sentence)
	return []ui.State{
		state("erstes eigenes", titleChoose, account.StageRenewal, nil),
		state("zu kurz", titleChoose, account.StageRenewal, short),
		state("in der Sitzung", titleChange, account.StageFull, nil),
	}
}
