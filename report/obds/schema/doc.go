// SPDX-License-Identifier: EUPL-1.2

// Package schema holds the schema tables of oBDS: which element may stand
// where, how often, and what its text may be, one table per version.
//
// It serves the verdict on a package (steps 3 and 6 of the way of a report).
// report/obds uses it; nobody else needs to. A table has three lives:
//
//   - the official XSD file, read once by Import (an operator's tool, on a
//     file the operator trusts);
//   - our own notation, a text file that a person can read and compare line
//     by line with the next version (Table.WriteTo, Parse). The tables of
//     oBDS 3.0.2 to 3.0.5 are built in; Load reads more that lie beside
//     the program, so that a new version needs no new build;
//   - the compiled Schema: flat tables that judge a stream of tags without
//     allocating.
//
// Verdicts follow libxml2 where it differs from the letter of the
// specification (blanks around dates, number of digits, time zones at the
// edge of a range), because the registries' own gate is libxml2; tests
// compare with it.
//
// # Notation
//
// One thing per line, two blanks per level, # begins a comment line.
//
//	schema oBDS 3.0.4
//	namespace http://…
//
//	element oBDS
//	  @Schema_Version : xs:string          a required attribute and its type
//	    enum 3.0.0 3.0.1                   the values it may have
//	  Absender : Absender_Typ              an element of a named type
//	  Menge_Patient                        an element with what follows inside it
//	    Patient+                           once or more; ? is optional, * any number,
//	      …                                {0,5} between zero and five times
//	    [choice]                           one of what follows inside it
//
//	unique ID_Patient Menge_Patient/Patient @Patient_ID
//	keyref Ref_Melder Menge_Patient/… @Melder_ID -> ID_Melder
//
//	type Freitext30_Typ : datatypeCtrimmed text of a named type, restricted
//	  minLength 1
//	type Modul_Mamma_patho_Typ restricts Modul_Mamma_Typ
//	  …
//
// The limits of a text are enum, pattern, length, minLength, maxLength, min,
// max (inclusive), above, below (exclusive), digits and fraction. Combining
// and invisible characters of a pattern are written \u{300}.
package schema
