// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"maps"
	"slices"
)

// The codes. They are stable: logs, documents and statistics refer to them. A
// new act gets a constant here and its sentence in the table below.
const (
	// Accounts and sessions, all houses.
	AccountCreated       Code = "account.created"
	AccountChanged       Code = "account.changed"
	AccountLocked        Code = "account.locked"
	AccountUnlocked      Code = "account.unlocked"
	AccountClosed        Code = "account.closed"
	RoleGranted          Code = "account.role_granted"
	RoleWithdrawn        Code = "account.role_withdrawn"
	LetterIssued         Code = "account.letter_issued"
	PasswordChanged      Code = "account.password_changed"
	PasswordReset        Code = "account.password_reset"
	SecondFactorEnrolled Code = "account.second_factor_enrolled"
	SecondFactorReset    Code = "account.second_factor_reset"
	PasskeyAdded         Code = "account.passkey_added"
	PasskeyRemoved       Code = "account.passkey_removed"
	UnitSwitched         Code = "session.unit_switched"
	SessionOpened        Code = "session.opened"
	SessionClosed        Code = "session.closed"
	SignInRefused        Code = "session.refused"
	AccessRefused        Code = "access.refused"
	CrossOriginRefused   Code = "access.cross_origin_refused"
	TooManyRequests      Code = "access.too_many_requests"

	// Portal.
	PatientCreated   Code = "patient.created"
	PatientCorrected Code = "patient.corrected"
	CorrectionBegun  Code = "patient.correction_begun"
	CorrectionEnded  Code = "patient.correction_given_up"
	PatientDeleted   Code = "patient.deleted"
	DraftBegun       Code = "draft.begun"
	DraftLocked      Code = "draft.locked"
	DraftUnlocked    Code = "draft.unlocked"
	DraftExpired     Code = "draft.expired"
	DraftSaved       Code = "draft.saved"
	DraftDeleted     Code = "draft.deleted"
	PackageReceived  Code = "package.received"
	PackageRefused   Code = "package.refused"
	ReportSubmitted  Code = "report.submitted"
	ReportReduced    Code = "report.reduced"
	EnvelopeStaged   Code = "envelope.staged"
	EnvelopeFetched  Code = "envelope.fetched"
	EnvelopeDeleted  Code = "envelope.deleted"
	HistoryShown     Code = "history.shown"
	HistoryTaken     Code = "history.taken"
	ProgressTaken    Code = "report.progress_taken"
	QueriesTaken     Code = "query.taken"
	QueryAnswered    Code = "query.answered"
	AnswersFetched   Code = "query.answers_fetched"

	OrderRefused        Code = "order.refused"
	ApplicationReceived Code = "application.received"
	ApplicationFetched  Code = "application.fetched"
	ApplicationTold     Code = "application.told"
	UploadKeyRegistered Code = "key.upload_registered"
	UploadKeyRevoked    Code = "key.upload_revoked"

	// Trust centre.
	EnvelopeOpened     Code = "envelope.opened"
	ReportInspected    Code = "report.inspected"
	ReportAccepted     Code = "report.accepted"
	ReportRejected     Code = "report.rejected"
	ReportCorrected    Code = "report.corrected"
	ReportDeleted      Code = "report.deleted"
	QueryAsked         Code = "query.asked"
	QueryShown         Code = "query.shown"
	QueryClosed        Code = "query.closed"
	QueriesTold        Code = "query.told"
	AnswersTaken       Code = "query.answers_taken"
	ReporterReleased   Code = "reporter.released"
	ReporterChanged    Code = "reporter.changed"
	ReportSplit        Code = "report.split"
	LastLookStopped    Code = "lastlook.stopped"
	LastLookReleased   Code = "lastlook.released"
	RecordHandedOver   Code = "record.handed_over"
	RecordRefused      Code = "record.refused"
	RecordDeleted      Code = "record.deleted"
	HistoryHandedOver  Code = "history.handed_over"
	ProgressTold       Code = "report.progress_told"
	EnvelopeRetried    Code = "envelope.retried"
	EnvelopeGivenUp    Code = "envelope.given_up"
	BackupTold         Code = "envelope.backup_told"
	DisclosureAsked    Code = "disclosure.asked"
	DisclosureApproved Code = "disclosure.approved"
	DisclosureRefused  Code = "disclosure.refused"
	IdentityOpened     Code = "identity.opened"
	ObjectionEntered   Code = "objection.entered"
	ObjectionEffected  Code = "objection.effected"
	FeeSettled         Code = "fee.settled"

	// Register of access, trust centre.
	ReporterSuspended   Code = "reporter.suspended"
	LetterOrdered       Code = "account.letter_ordered"
	LetterSent          Code = "account.letter_sent"
	SessionsEnded       Code = "account.sessions_ended"
	OrdersAnswered      Code = "order.answered"
	StandingsTaken      Code = "account.standings_taken"
	PortalSetBack       Code = "portal.set_back"
	ApplicationsTaken   Code = "application.collected"
	ApplicationChecked  Code = "application.checked"
	ApplicationGranted  Code = "application.granted"
	ApplicationDeclined Code = "application.declined"
	DeviceEntered       Code = "device.entered"
	DeviceLent          Code = "device.lent"
	DeviceReturned      Code = "device.returned"
	DeviceGone          Code = "device.gone"

	// Registry.
	RecordTaken   Code = "record.taken"
	PersonLinked  Code = "person.linked"
	PersonSplit   Code = "person.split"
	PersonMerged  Code = "person.merged"
	ReviewDecided Code = "review.decided"
	CaseCompleted Code = "case.completed"
	CaseShown     Code = "case.shown"
	NoticeGiven   Code = "notice.given"
	StatisticsRun Code = "statistics.run"
	DataExported  Code = "data.exported"

	// Keys, audit and operation, all houses.
	KeyCreated        Code = "key.created"
	KeyRotated        Code = "key.rotated"
	KeyDeleted        Code = "key.deleted"
	KeyRewrapped      Code = "key.rewrapped"
	RowsResealed      Code = "key.rows_resealed"
	AuditExpired      Code = "audit.expired"
	AuditRead         Code = "audit.read"
	CheckpointForeign Code = "audit.checkpoint_witnessed"
	CheckpointRefused Code = "audit.checkpoint_refused"
	HouseInitialised  Code = "house.initialised"
	ConfigurationRead Code = "house.started"
	BackupMade        Code = "house.backup_made"
	RecordsExpired    Code = "house.records_expired"
)

// sentences says of every code what happened.
var sentences = map[Code]string{
	AccountCreated:       "An account was created.",
	AccountChanged:       "An account's master data were changed.",
	AccountLocked:        "An account was locked.",
	AccountUnlocked:      "An account was unlocked.",
	AccountClosed:        "An account was closed for good.",
	RoleGranted:          "An account was given a role.",
	RoleWithdrawn:        "A role was taken from an account.",
	LetterIssued:         "A letter with an initial password was issued.",
	PasswordChanged:      "The owner of an account changed its password.",
	PasswordReset:        "The password of an account was reset by somebody entitled to.",
	SecondFactorEnrolled: "A second factor was enrolled.",
	SecondFactorReset:    "A second factor was reset by somebody entitled to.",
	PasskeyAdded:         "The owner of an account registered a passkey.",
	PasskeyRemoved:       "The owner of an account removed a passkey.",
	UnitSwitched:         "Somebody switched to another unit of his account.",
	SessionOpened:        "Somebody signed in.",
	SessionClosed:        "A session was ended.",
	SignInRefused:        "A sign-in was refused.",
	AccessRefused:        "A request was refused because the role does not allow it.",
	CrossOriginRefused:   "A request from a foreign page was refused.",
	TooManyRequests:      "A request was refused because there were too many.",

	PatientCreated:   "A record of a patient was made in the portal.",
	PatientCorrected: "The correction of an identity was submitted.",
	CorrectionBegun:  "The correction of a patient's identity was begun in the portal.",
	CorrectionEnded:  "The correction of a patient's identity was given up.",
	PatientDeleted:   "A record of a patient of whom nothing was submitted was deleted.",
	DraftBegun:       "A draft of a report was begun.",
	DraftLocked:      "A draft was locked against submission.",
	DraftUnlocked:    "A draft was released for submission.",
	DraftExpired:     "Drafts that nobody touched any more were deleted.",
	DraftSaved:       "A draft of a report was saved.",
	DraftDeleted:     "A draft of a report was deleted.",
	PackageReceived:  "A package of reports was received and its receipt written.",
	PackageRefused:   "A package of reports was refused as a whole.",
	ReportSubmitted:  "A report was sealed and put into the outbox.",
	ReportReduced:    "The portal's own copy of a report was reduced.",
	EnvelopeStaged:   "A sealed part of a package was staged.",
	EnvelopeFetched:  "Sealed envelopes were fetched and acknowledged.",
	EnvelopeDeleted:  "Sealed envelopes were deleted after their safe arrival.",
	HistoryShown:     "A tumour history was shown to a reporter.",
	HistoryTaken:     "Finished reports were put into the tumour history.",
	ProgressTaken:    "The states of submitted reports were taken from a trust centre.",
	QueriesTaken:     "Queries of the trust centre on reports were taken.",
	QueryAnswered:    "A reporter answered a query.",
	AnswersFetched:   "The trust centre has taken answers to its queries; their content was deleted here.",

	OrderRefused:        "An order of the trust centre about an account could not be carried out.",
	ApplicationReceived: "An application for access was received and sealed to the trust centre.",
	ApplicationFetched:  "The trust centre has taken applications for access; their content was deleted here.",
	ApplicationTold:     "The stage of an application for access was told to its status page.",
	UploadKeyRegistered: "The key of an upload program was registered.",
	UploadKeyRevoked:    "The key of an upload program was revoked.",

	EnvelopeOpened:     "Sealed envelopes were opened for inspection.",
	ReportInspected:    "A report was inspected.",
	ReportAccepted:     "A report was accepted.",
	ReportRejected:     "A report was rejected.",
	ReportCorrected:    "A report was corrected by the trust centre.",
	ReportDeleted:      "A report and the identity in it were deleted after completion.",
	QueryAsked:         "The trust centre put a query to a reporter.",
	QueryShown:         "A query with its answer was shown to a person of the trust centre.",
	QueryClosed:        "A query to a reporter was closed.",
	QueriesTold:        "Queries to reporters were told to the portal.",
	AnswersTaken:       "Answers of reporters to queries were taken from the portal and opened.",
	ReporterReleased:   "A reporter was released for real data.",
	ReporterChanged:    "A reporter's standing was changed.",
	ReportSplit:        "A report was taken apart into pseudonym and medical part.",
	LastLookStopped:    "The last look stopped a record before it left.",
	LastLookReleased:   "A record stopped by the last look was released by a person.",
	RecordHandedOver:   "Pseudonymised records were handed over to the registry.",
	RecordRefused:      "The registry refused a record; it waits for a person.",
	RecordDeleted:      "Copies of records that the registry has safely were deleted.",
	HistoryHandedOver:  "Finished reports were put into the portal's tumour history and emptied here.",
	ProgressTold:       "The states of reports were told to the portal.",
	EnvelopeGivenUp:    "An envelope that nobody can read was given up; its reporters are told to send again.",
	EnvelopeRetried:    "Envelopes that could not be opened were put back for another try.",
	BackupTold:         "The portal was told which envelopes a backup contains.",
	DisclosureAsked:    "The opening of an identity was asked for.",
	DisclosureApproved: "The opening of an identity was approved by one holder.",
	DisclosureRefused:  "The opening of an identity was refused.",
	IdentityOpened:     "An identity was opened for a granted purpose.",
	ObjectionEntered:   "An objection was entered.",
	ObjectionEffected:  "An objection took effect.",
	FeeSettled:         "Fees of reporters were settled.",

	ReporterSuspended:   "The release of a reporter for real data was suspended.",
	LetterOrdered:       "A letter to the holder of an account was ordered.",
	LetterSent:          "A letter to the holder of an account went to the post.",
	SessionsEnded:       "All sessions of an account were ended by somebody entitled to.",
	OrdersAnswered:      "The portal answered orders of the trust centre.",
	PortalSetBack:       "The portal lacks orders that it had answered; it was set back to a backup.",
	StandingsTaken:      "The standings of accounts were taken from the portal.",
	ApplicationsTaken:   "Applications for access were collected from the portal and opened.",
	ApplicationChecked:  "The signed form of an application arrived and its check began.",
	ApplicationGranted:  "An application for access was granted.",
	ApplicationDeclined: "An application for access was declined.",
	DeviceEntered:       "A device to lend was entered.",
	DeviceLent:          "A device was lent.",
	DeviceReturned:      "A lent device came back.",
	DeviceGone:          "A device to lend was taken off the list.",

	RecordTaken:   "Pseudonymised records were taken into the registry.",
	PersonLinked:  "A record was linked to a person.",
	PersonSplit:   "A wrong link was undone.",
	PersonMerged:  "Two persons were found to be one.",
	ReviewDecided: "A clerk decided a doubtful link.",
	CaseCompleted: "A case was completed and the notice written.",
	CaseShown:     "A case was shown to a clerk.",
	NoticeGiven:   "The trust centre has acknowledged completion notices.",
	StatisticsRun: "A statistical evaluation was run.",
	DataExported:  "Data were exported.",

	KeyCreated:        "A key was created.",
	KeyRotated:        "A new generation of a key was begun.",
	KeyDeleted:        "An unused generation of a key was deleted.",
	KeyRewrapped:      "Data keys were wrapped by a new master key.",
	RowsResealed:      "Rows were sealed anew with the present generation of their key.",
	AuditExpired:      "Readable audit entries were deleted after their time; their leaves stay.",
	AuditRead:         "The audit log was read by a person.",
	CheckpointForeign: "A checkpoint of another house was checked and kept.",
	CheckpointRefused: "A checkpoint of another house was refused.",
	HouseInitialised:  "The house was set up.",
	ConfigurationRead: "The house was started.",
	BackupMade:        "A backup was made and checked.",
	RecordsExpired:    "Records were deleted at the end of their time.",
}

// Known says whether the code stands in the table.
func (c Code) Known() bool { return sentences[c] != "" }

// Sentence says in English what the code stands for, "" for an unknown one.
func (c Code) Sentence() string { return sentences[c] }

// Codes gives all codes in alphabetical order, for the documents.
func Codes() []Code { return slices.Sorted(maps.Keys(sentences)) }
