// SPDX-License-Identifier: EUPL-1.2

package house

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Passkeys are taken from pages of the house's own address alone.
func TestA14OriginsAreTheHousesOwn(t *testing.T) {
	t.Parallel()
	hosts := []string{"portal.example", "localhost"}
	for name, c := range map[string]struct {
		front Front
		want  []string
	}{
		"no listener":    {Front{Hosts: hosts}, []string{"https://portal.example"}},
		"own port":       {Front{Hosts: hosts, Address: "127.0.0.1:8443"}, []string{"https://portal.example", "https://portal.example:8443"}},
		"usual port":     {Front{Hosts: hosts, Address: ":443"}, []string{"https://portal.example"}},
		"port by chance": {Front{Hosts: hosts, Address: "127.0.0.1:0"}, []string{"https://portal.example"}},
		"as configured":  {Front{Hosts: hosts, Address: ":8443", Origins: []string{"https://portal.example:9443"}}, []string{"https://portal.example:9443"}},
	} {
		if diff := cmp.Diff(c.want, c.front.origins()); diff != "" {
			t.Errorf("%s\n%s", name, diff)
		}
	}
}
