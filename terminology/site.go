// SPDX-License-Identifier: EUPL-1.2

package terminology

// siteGroups are the organs that count as one in the rules for multiple
// primaries, each under the name of its first category.
// Spec: IARC/IACR/ENCR multiple primaries 2004, table 1
var siteGroups = map[string]string{
	"C02": "C01", "C03": "C00", "C04": "C00", "C05": "C00", "C06": "C00",
	"C10": "C09", "C12": "C09", "C13": "C09", "C14": "C09", "C20": "C19", "C24": "C23",
	"C34": "C33", "C41": "C40", "C66": "C65", "C67": "C65", "C68": "C65",
}

// SiteGroup is the organ of a topography in the rules for multiple primaries:
// the three-character category, or the first of those that count as one.
func SiteGroup(topography string) string {
	if len(topography) < 3 {
		return ""
	}
	category := topography[:3]
	if first, grouped := siteGroups[category]; grouped {
		return first
	}
	return category
}
