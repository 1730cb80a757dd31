// SPDX-License-Identifier: EUPL-1.2

// Package terminology puts short German words beside the codes of a report
// (ICD-10-GM, ICD-O-3, OPS, ATC, targets of radiotherapy) and knows what the
// codes are: whether and in which years they exist, whether the diagnosis is
// reportable, which organs are paired, to which group of the multiple-primary
// rules a morphology belongs, at which sites, ages and sex it occurs, what a
// T, N or M may be in an edition, which substances a protocol holds, in which
// Land a postal code lies, whose an Institutionskennzeichen is. Search finds
// codes by code, words or the abbreviations of the clinics for the forms.
//
// It is ground: every house may use it, at any step of the way of a report,
// and it uses nothing of ours. The tables are compact text files in our own
// notation; their labels are our own words, short enough for a table cell.
// Import makes tables of the official editions, which a register downloads
// itself, and Open lays them over ours: where an edition has a code, its words
// and its years count. A Book never changes, and nothing that an official file
// refers to is ever loaded. The package says what a code is; whether that fits
// the rest of a report is the business of report/check.
//
// Spec: ICD-10-GM 2024, ICD-O-3 second revision, OPS 2024, ATC 2024, UICC TNM
// 7th to 9th edition, families of the IARC tools for cancer registries. Codes,
// duties and groups agree with the code lists of the national cancer registry
// data set (Robert Koch-Institut, 2025-04-09), which the tests compare.
package terminology
