// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const longestTry = 10 * time.Second

const seedSchema = `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:x" targetNamespace="urn:x" elementFormDefault="qualified" version="1.2.3">
<xs:simpleType name="S_Typ"><xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType>
<xs:simpleType name="D_Typ"><xs:restriction base="xs:date"><xs:minInclusive value="1900-01-01"/></xs:restriction></xs:simpleType>
<xs:complexType name="C_Typ"><xs:sequence><xs:element name="A" type="S_Typ" minOccurs="0"/><xs:choice><xs:element name="B" type="D_Typ"/>
<xs:element name="C" type="xs:string" maxOccurs="unbounded"/></xs:choice></xs:sequence><xs:attribute name="x" type="S_Typ" use="required"/></xs:complexType>
<xs:element name="R"><xs:complexType><xs:sequence><xs:element name="E" type="C_Typ" maxOccurs="3"/></xs:sequence>
<xs:attribute name="Schema_Version" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="1.2.3"/></xs:restriction></xs:simpleType></xs:attribute>
</xs:complexType></xs:element></xs:schema>`

// FuzzSchemaImport imports any file: no panic, no endless work, and a table
// that was made is the same when written and read again.
func FuzzSchemaImport(f *testing.F) {
	f.Add([]byte(seedSchema))
	f.Add([]byte("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"))
	f.Fuzz(func(t *testing.T, xsd []byte) {
		if len(xsd) > 1<<16 {
			return
		}
		begin := time.Now()
		table, err := Import(bytes.NewReader(xsd))
		if err != nil {
			return
		}
		_, _ = Compile(table) // may refuse, must not panic
		var text bytes.Buffer
		if _, err := table.WriteTo(&text); err != nil {
			return
		}
		if back, err := Parse(bytes.NewReader(text.Bytes())); err == nil {
			var again bytes.Buffer
			if _, err := back.WriteTo(&again); err != nil || again.String() != text.String() {
				t.Errorf("written and read again: %v\n%s", err, cmp.Diff(text.String(), again.String()))
			}
		}
		if took := time.Since(begin); took > longestTry {
			t.Errorf("%d bytes took %v", len(xsd), took)
		}
	})
}
