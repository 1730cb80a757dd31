// SPDX-License-Identifier: EUPL-1.2

package ui

// ReadAssets is readAssets, for builds with and without the fetched files.
func ReadAssets(files map[string]string) (map[string]string, error, error) {
	table, err := readAssets(mapFS(files))
	if err != nil {
		return nil, nil, err
	}
	served := map[string]string{}
	for name, a := range table.byName {
		served[name] = a.served + "\n" + string(a.plain)
	}
	return served, table.missing, nil
}
