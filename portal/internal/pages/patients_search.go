// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
)

// The search of an insurer without script. It is the same page as the search
// of a code.

// sectionInsurer is the section in which insurers stand; no other one of the
// patient has a code to search.
const sectionInsurer = "anschrift"

func (p *Pages) identityLookup(o *openRecord, name string) (lookup, error) {
	if o.section == nil {
		return lookup{}, drafting.ErrSealed
	}
	l, err := lookupIn(p.codes(), o.record.Identity, o.section, name)
	l.href, l.crumbs = o.href(), recordCrumbs(o.record.ID, o.section.Title)
	return l, err
}

// searchIdentity shows what fits to the words that stand in the field.
func (p *Pages) searchIdentity(r *web.Request) (web.Response, error) {
	name, err := searchedField(r)
	if err != nil {
		return nil, err
	}
	o, err := p.openIdentityAt(r, sectionInsurer)
	if err != nil {
		return nil, err
	}
	if o.section == nil {
		return web.Redirect(recordHref(o.record.ID)), nil
	}
	l, err := p.identityLookup(o, name)
	if err != nil {
		return nil, err
	}
	return l.show(l.text, nil), nil
}

// takeInsurer searches again, or puts the chosen number into its field and
// leads back; the other answers of the section were saved before.
func (p *Pages) takeInsurer(r *web.Request) (web.Response, error) {
	var posting found
	if err := r.Decode(&posting); err != nil {
		return nil, err
	}
	o, err := p.openIdentityAt(r, sectionInsurer)
	if err != nil {
		return nil, err
	}
	l, err := p.identityLookup(o, posting.Field)
	if err != nil {
		return nil, err
	}
	if again := l.again(posting); again != nil {
		return again, nil
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	values := o.section.Part(o.record.Identity)
	values.Put(l.field.key, posting.Code)
	_, err = p.rooms.Drafts.SaveIdentity(r.Context(), a, o.record.ID, o.section.Name, drafting.Token(o.record.Identity, o.section), values)
	if conflict, is := asConflict(err); is {
		return p.showIdentityConflict(o, conflict), nil
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(o.href()), nil
}
