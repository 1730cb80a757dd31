// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"slices"
	"strings"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// duties say in one sentence what a role may do.
var duties = map[account.Role]string{
	account.RoleAdviser:      "Legt Einrichtungen und Zugänge von Meldenden an, hebt Sperren auf, setzt zweite Faktoren zurück.",
	account.RoleInspector:    "Prüft Meldungen, stellt Rückfragen, entscheidet über angehaltene Datensätze.",
	account.RoleDiscloser:    "Beantragt die Entschlüsselung einer Identität und sieht eine genehmigte ein.",
	account.RoleApprover:     "Genehmigt Entschlüsselungen für das Fachministerium.",
	account.RoleKeyHolder:    "Verwahrt einen Anteil des privaten Schlüssels.",
	account.RoleBilling:      "Rechnet Meldevergütungen ab.",
	account.RoleHead:         "Verwaltet die Zugänge des Hauses und sieht alle Arbeitsvorräte.",
	account.RoleRegistrar:    "Ordnet Meldungen Personen und Tumoren zu.",
	account.RoleStatistician: "Wertet aus und gibt Zahlen heraus.",
	account.RoleAuditor:      "Liest das Protokoll und sieht, wer welche Rolle hat.",
	account.RoleOperator:     "Hält den Betrieb aufrecht, ohne Einblick in Daten.",
	account.RoleNewcomer:     "Kann sich anmelden und einen Passkey einrichten, sonst nichts.",
}

// titles are the German names of roles, joined for one line.
func titles(roles []account.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Title()
	}
	return strings.Join(names, ", ")
}

// offer lists the roles that may be chosen for an account: those that need a
// passkey only when there is one, and those that it has.
func (d *Desk) offer(passkeys int, has account.Roles) (may []ui.Option, later []account.Role) {
	for _, r := range account.RolesOf(d.house) {
		if account.NeedsPasskey(r) && passkeys == 0 {
			later = append(later, r)
			continue
		}
		hint := duties[r]
		if account.NeedsPasskey(r) {
			hint += " Anmeldung nur mit Passkey."
		}
		may = append(may, ui.Option{Value: string(r), Label: r.Title(), Hint: hint})
	}
	slices.SortStableFunc(may, func(x, y ui.Option) int { return strings.Compare(x.Label, y.Label) })
	return may, later
}

// rolesField asks for the roles.
func (d *Desk) rolesField(passkeys int, has account.Roles, chosen []string, problems ui.Problems) ui.Field {
	may, _ := d.offer(passkeys, has)
	return ui.Checks("rollen", "Rollen", ui.Choose(may, chosen...)).Check(problems)
}

// choose turns what was posted into roles, or says what is wrong with it.
func (d *Desk) choose(posted []string, passkeys int, has account.Roles) (account.Roles, ui.Problems) {
	var problems ui.Problems
	list := make([]account.Role, len(posted))
	for i, name := range posted {
		list[i] = account.Role(name)
	}
	roles, err := account.NewRoles(d.house, list...)
	switch {
	case len(posted) == 0:
		problems.Add("rollen", "Es ist keine Rolle gewählt. Wählen Sie mindestens eine.")
	case err != nil:
		problems.Add("rollen", "Eine der Rollen gibt es in diesem Haus nicht. Wählen Sie aus der Liste.")
	case roles.Has(account.RoleNewcomer) && len(roles) > 1:
		problems.Add("rollen", "„"+account.RoleNewcomer.Title()+"“ steht allein. Wählen Sie diese Rolle ab oder alle anderen.")
	case slices.ContainsFunc(roles, func(r account.Role) bool { return account.NeedsPasskey(r) && passkeys == 0 }):
		problems.Add("rollen", sentenceNeedsPasskey)
	}
	return roles, problems
}

const sentenceNeedsPasskey = "Eine der Rollen braucht einen Passkey. Die Person meldet sich zuerst an und richtet unter „Konto“ einen ein, danach geben Sie ihr die Rolle."

// laterNote names the roles that have to wait for a passkey, nil if none.
func laterNote(later []account.Role) *ui.Alert {
	if len(later) == 0 {
		return nil
	}
	return &ui.Alert{Kind: ui.Info, Title: "Erst mit Passkey: " + titles(later),
		Body: "Wer Identitäten einsehen, freigeben oder Schlüssel verwahren soll, meldet sich mit einem Passkey an. Die Person meldet sich zuerst an und richtet unter „Konto“ einen ein, danach stehen diese Rollen hier zur Wahl."}
}

// rolesPage is the page where roles are given and taken.
type rolesPage struct {
	Facts  ui.Details
	Roles  ui.Field
	Later  *ui.Alert
	Action string
	Back   string
}

func (d *Desk) rolesData(who store.Staff, chosen []string, problems ui.Problems) *rolesPage {
	_, later := d.offer(who.Passkeys, who.Roles)
	return &rolesPage{Facts: whose(who), Roles: d.rolesField(who.Passkeys, who.Roles, chosen, problems), Later: laterNote(later),
		Action: pathOf(who.ID) + "/rollen", Back: pathOf(who.ID)}
}

const titleRoles = "Rollen ändern"

func (d *Desk) showRoles(r *web.Request) (web.Response, error) {
	who, err := d.subject(r)
	if err != nil {
		return nil, err
	}
	if ask := signin.AskFresh(r); ask != nil {
		return ask, nil
	}
	var chosen []string
	for _, role := range who.Roles {
		chosen = append(chosen, string(role))
	}
	return web.Page("personnel-roles", titleRoles, d.rolesData(who, chosen, nil)), nil
}

func (d *Desk) setRoles(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	var form struct {
		Roles []string `form:"rollen,max=40"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	who, err := d.subject(r)
	if err != nil {
		return nil, err
	}
	roles, problems := d.choose(form.Roles, who.Passkeys, who.Roles)
	if len(problems) > 0 {
		return web.Page("personnel-roles", titleRoles, d.rolesData(who, form.Roles, problems)).Refused(problems), nil
	}
	if err := d.accounts.SetRoles(r.Context(), r.Principal.AccountID, who.ID, roles); err != nil {
		return nil, err
	}
	return web.Redirect(pathOf(who.ID)).Notice("personnel-roles"), nil
}

// matrixPage shows who has which role.
type matrixPage struct{ Table ui.Table }

func (d *Desk) matrix(r *web.Request) (web.Response, error) {
	all, err := d.accounts.List(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("personnel-matrix", "Rollen im Haus", newMatrix(d.house, all)).With(func(f *ui.Frame) { f.Wide = true }), nil
}

func newMatrix(house account.House, all []store.Staff) *matrixPage {
	roles := account.RolesOf(house)
	slices.SortFunc(roles, func(x, y account.Role) int { return strings.Compare(x.Title(), y.Title()) })
	table := ui.Table{Caption: "Wer welche Rolle hat", Columns: []ui.Column{ui.Col("Person")}, Small: true,
		Empty: ui.Empty{Title: "Noch keine Zugänge", Body: "Hier erscheint, wer in diesem Haus welche Rolle hat."}}
	for _, role := range roles {
		table.Columns = append(table.Columns, ui.Col(role.Title()))
	}
	for _, who := range all {
		if who.State == account.StateClosed {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: nameOf(who), Header: true}}}
		for _, role := range roles {
			text := "–"
			if who.Roles.Has(role) {
				text = "ja"
			}
			row.Cells = append(row.Cells, ui.Cell{Text: text})
		}
		table.Rows = append(table.Rows, row)
	}
	table.Count = ui.Count(int64(len(table.Rows)), "Zugang", "Zugänge")
	return &matrixPage{Table: table}
}
