-- The trust centre's own tables. What identifies a patient is sealed: in an
-- envelope until it is opened, then row by row until the report is completed.

-- Sealed parts as the portal gave them. sealed is emptied when all reports of
-- the part were taken over; the row stays so that a replay changes nothing.
-- trouble says why a part could not be opened: its keys are not here, or its
-- content is not what a portal writes.
CREATE TABLE envelope (
	id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	receipt      BIGINT NOT NULL CHECK (receipt > 0),
	part         BIGINT NOT NULL CHECK (part > 0),
	facts        TEXT NOT NULL CHECK (length(facts) > 1),
	state        TEXT NOT NULL CHECK (state IN ('stored', 'taken', 'unreadable', 'expired')),
	trouble      TEXT NOT NULL DEFAULT '' CHECK (trouble IN ('', 'keys', 'content')),
	sealed       BYTEA,
	received_at  BIGINT NOT NULL CHECK (received_at > 0),
	stored_at    BIGINT NOT NULL CHECK (stored_at >= received_at),
	backed_up_at BIGINT CHECK (backed_up_at > 0),
	CHECK ((state IN ('taken', 'expired')) = (sealed IS NULL)),
	CHECK ((state = 'unreadable') = (trouble <> ''))
);
CREATE INDEX envelope_waiting ON envelope (receipt, part) WHERE state = 'stored';
CREATE INDEX envelope_unreadable ON envelope (receipt, part) WHERE state = 'unreadable';
CREATE INDEX envelope_not_backed_up ON envelope (stored_at) WHERE backed_up_at IS NULL;

-- What is kept of every report for good: keyed references, the version, keyed
-- digests, and where the profile says so the Chiffrat. objected: this version
-- carries an objection after which the profile forms no Chiffrat.
CREATE TABLE reference (
	report_ref     TEXT NOT NULL PRIMARY KEY CHECK (length(report_ref) = 64),
	patient_ref    TEXT NOT NULL CHECK (length(patient_ref) = 64),
	tumour_ref     TEXT NOT NULL CHECK (length(tumour_ref) = 64),
	reporter_ref   TEXT NOT NULL CHECK (length(reporter_ref) = 64),
	version        BIGINT NOT NULL CHECK (version > 0),
	person_digest  BYTEA NOT NULL CHECK (length(person_digest) = 32),
	content_digest BYTEA NOT NULL CHECK (length(content_digest) = 32),
	channel        TEXT NOT NULL CHECK (channel IN ('package', 'form')),
	objected       BOOLEAN NOT NULL CHECK (objected IN (TRUE, FALSE)),
	chiffrat       BYTEA,
	created_at     BIGINT NOT NULL CHECK (created_at > 0),
	changed_at     BIGINT NOT NULL CHECK (changed_at >= created_at),
	CHECK (NOT objected OR chiffrat IS NULL)
);
CREATE INDEX reference_by_patient ON reference (patient_ref);

-- A Vorgang: one version of one report while the trust centre works on it.
-- content holds the report, view the reduced view, record what goes to the
-- registry; all sealed. content and view go on completion, record when the
-- registry has it safely.
CREATE TABLE dossier (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	receipt     BIGINT NOT NULL CHECK (receipt > 0),
	position    BIGINT NOT NULL CHECK (position > 0),
	report_ref  TEXT NOT NULL CHECK (length(report_ref) = 64),
	unit        TEXT NOT NULL CHECK (length(unit) BETWEEN 1 AND 64),
	state       TEXT NOT NULL CHECK (state IN ('held', 'ready', 'handed_over', 'completed', 'closed')),
	reason      TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'release', 'lastlook')),
	stops       TEXT NOT NULL DEFAULT '[]',
	unfit       BOOLEAN NOT NULL DEFAULT FALSE CHECK (unfit IN (TRUE, FALSE)),
	content     BYTEA,
	view        BYTEA,
	record      BYTEA,
	received_at BIGINT NOT NULL CHECK (received_at > 0),
	opened_at   BIGINT NOT NULL CHECK (opened_at > 0),
	handed_at   BIGINT CHECK (handed_at > 0),
	ended_at    BIGINT CHECK (ended_at > 0),
	UNIQUE (receipt, position),
	CHECK ((state = 'held') = (reason <> '')),
	CHECK (state NOT IN ('held', 'ready', 'handed_over') OR record IS NOT NULL),
	CHECK ((state IN ('completed', 'closed')) = (ended_at IS NOT NULL)),
	CHECK (state NOT IN ('completed', 'closed') OR (content IS NULL AND view IS NULL))
);
CREATE INDEX dossier_ready ON dossier (receipt, position) WHERE state = 'ready';
CREATE INDEX dossier_held ON dossier (received_at) WHERE state = 'held';
CREATE INDEX dossier_by_report ON dossier (report_ref, receipt);
CREATE INDEX dossier_open ON dossier (opened_at) WHERE content IS NOT NULL;
CREATE INDEX dossier_completed ON dossier (ended_at) WHERE state = 'completed';
CREATE INDEX dossier_kept ON dossier (ended_at) WHERE record IS NOT NULL;

-- The newest state of each report, to be told to the portal. remarks name
-- rules and places, never values.
CREATE TABLE progress (
	receipt  BIGINT NOT NULL CHECK (receipt > 0),
	position BIGINT NOT NULL CHECK (position > 0),
	state    TEXT NOT NULL CHECK (state IN ('in_review', 'forwarded', 'completed', 'duplicate', 'outdated', 'refused', 'test_only')),
	remarks  TEXT NOT NULL,
	at       BIGINT NOT NULL CHECK (at > 0),
	told_at  BIGINT CHECK (told_at > 0),
	PRIMARY KEY (receipt, position)
);
CREATE INDEX progress_untold ON progress (at) WHERE told_at IS NULL;

-- Finished reports on their way into the portal's Tumorhistorie; item is
-- emptied once the portal has it.
CREATE TABLE completion (
	notice_id TEXT NOT NULL PRIMARY KEY CHECK (length(notice_id) BETWEEN 1 AND 64),
	receipt   BIGINT NOT NULL CHECK (receipt > 0),
	position  BIGINT NOT NULL CHECK (position > 0),
	item      BYTEA,
	noted_at  BIGINT NOT NULL CHECK (noted_at > 0),
	told_at   BIGINT CHECK (told_at > 0),
	CHECK ((told_at IS NULL) = (item IS NOT NULL))
);
CREATE INDEX completion_untold ON completion (noted_at) WHERE told_at IS NULL;
