-- Submissions, their protocol and their sealed parts.

-- The Quittungsfolge: one row, grows by one with every receipt.
CREATE TABLE receipt_sequence (
	one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
	last BIGINT NOT NULL CHECK (last >= 0)
);

INSERT INTO receipt_sequence (one, last) VALUES (1, 0);

-- A submission: a Meldungspaket, or one report of the Online-Erfassung. While
-- it is receiving it counts for nothing; head holds the file name and the
-- findings on the package as a whole, sealed.
CREATE TABLE package (
	id             TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	unit           TEXT NOT NULL CHECK (unit <> ''),
	account        TEXT NOT NULL CHECK (account <> ''),
	kind           TEXT NOT NULL CHECK (kind IN ('test', 'real')),
	channel        TEXT NOT NULL CHECK (channel IN ('package', 'form')),
	any_reporter   BOOLEAN NOT NULL CHECK (any_reporter IN (TRUE, FALSE)),
	reporters      TEXT NOT NULL CHECK (reporters <> ''),
	released       BOOLEAN NOT NULL CHECK (released IN (TRUE, FALSE)),
	state          TEXT NOT NULL CHECK (state IN ('receiving', 'received', 'unreadable')),
	begun_at       BIGINT NOT NULL CHECK (begun_at > 0),
	ended_at       BIGINT CHECK (ended_at >= begun_at),
	receipt        BIGINT UNIQUE CHECK (receipt > 0),
	number         TEXT UNIQUE CHECK (length(number) BETWEEN 10 AND 30),
	sha256         BYTEA CHECK (length(sha256) = 32),
	size           BIGINT NOT NULL DEFAULT 0 CHECK (size >= 0),
	schema_version TEXT NOT NULL DEFAULT '' CHECK (length(schema_version) <= 20),
	reports        BIGINT NOT NULL DEFAULT 0 CHECK (reports >= 0),
	accepted       BIGINT NOT NULL DEFAULT 0 CHECK (accepted >= 0),
	warned         BIGINT NOT NULL DEFAULT 0 CHECK (warned >= 0),
	rejected       BIGINT NOT NULL DEFAULT 0 CHECK (rejected >= 0),
	parts          BIGINT NOT NULL DEFAULT 0 CHECK (parts >= 0),
	head           BYTEA,
	CHECK (state <> 'received' OR (receipt IS NOT NULL AND number IS NOT NULL AND sha256 IS NOT NULL AND ended_at IS NOT NULL)),
	CHECK (state = 'received' OR receipt IS NULL),
	CHECK (reports = accepted + warned + rejected)
);

CREATE INDEX package_by_unit ON package (unit, begun_at);
CREATE INDEX package_by_hash ON package (sha256);
CREATE INDEX package_receiving ON package (begun_at) WHERE state = 'receiving';

-- The one upload that a unit may have under way. The package is its token:
-- whoever lost the row must not write to the package any more.
CREATE TABLE upload_lease (
	unit       TEXT NOT NULL PRIMARY KEY CHECK (unit <> ''),
	package_id TEXT NOT NULL UNIQUE REFERENCES package (id) ON DELETE CASCADE,
	ends_at    BIGINT NOT NULL CHECK (ends_at > 0)
);

-- The verdict on one report. content holds patient number, Meldungs-ID and
-- findings, sealed; the indexes are keyed.
CREATE TABLE report_result (
	package_id    TEXT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
	position      BIGINT NOT NULL CHECK (position > 0),
	occasion      TEXT NOT NULL CHECK (length(occasion) <= 20),
	verdict       TEXT NOT NULL CHECK (verdict IN ('accepted', 'warned', 'rejected')),
	patient_index BYTEA CHECK (length(patient_index) = 16),
	report_index  BYTEA CHECK (length(report_index) = 16),
	content       BYTEA NOT NULL,
	PRIMARY KEY (package_id, position)
);

CREATE INDEX report_result_by_patient ON report_result (patient_index);
CREATE INDEX report_result_by_report ON report_result (report_index);
CREATE INDEX report_result_rejected ON report_result (package_id, position) WHERE verdict = 'rejected';

-- A cause is a rule at a kind of place; many reports often have the same one.
CREATE TABLE package_cause (
	package_id TEXT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
	cause      BIGINT NOT NULL CHECK (cause > 0),
	rule       TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 60),
	severity   TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
	content    BYTEA NOT NULL,
	PRIMARY KEY (package_id, cause)
);

CREATE TABLE result_cause (
	package_id TEXT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
	cause      BIGINT NOT NULL CHECK (cause > 0),
	position   BIGINT NOT NULL CHECK (position > 0),
	PRIMARY KEY (package_id, cause, position)
);

-- One sealed part for one recipient. It counts once its package is received.
CREATE TABLE envelope (
	id              TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	package_id      TEXT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
	recipient       TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 40),
	part            BIGINT NOT NULL CHECK (part > 0),
	reports         BIGINT NOT NULL CHECK (reports > 0),
	first_position  BIGINT NOT NULL CHECK (first_position > 0),
	last_position   BIGINT NOT NULL CHECK (last_position >= first_position),
	withdrawn       TEXT NOT NULL DEFAULT '[]' CHECK (withdrawn <> ''),
	sha256          BYTEA NOT NULL CHECK (length(sha256) = 32),
	acknowledged_at BIGINT CHECK (acknowledged_at > 0),
	backed_up_at    BIGINT CHECK (backed_up_at > 0),
	deleted_at      BIGINT CHECK (deleted_at > 0),
	UNIQUE (package_id, recipient, part),
	CHECK (deleted_at IS NULL OR acknowledged_at IS NOT NULL)
);

CREATE INDEX envelope_waiting ON envelope (recipient) WHERE acknowledged_at IS NULL;
CREATE INDEX envelope_kept ON envelope (acknowledged_at) WHERE deleted_at IS NULL;

CREATE TABLE envelope_content (
	envelope_id TEXT NOT NULL PRIMARY KEY REFERENCES envelope (id) ON DELETE CASCADE,
	sealed      BYTEA NOT NULL CHECK (length(sealed) > 0)
);

-- What a trust centre says of one report. grade orders the states, so that
-- none is set back.
CREATE TABLE progress (
	package_id TEXT NOT NULL REFERENCES package (id) ON DELETE CASCADE,
	position   BIGINT NOT NULL CHECK (position > 0),
	recipient  TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 40),
	state      TEXT NOT NULL CHECK (state IN ('in_review', 'forwarded', 'completed', 'duplicate', 'outdated', 'refused', 'test_only')),
	grade      BIGINT NOT NULL CHECK (grade BETWEEN 1 AND 3),
	at         BIGINT NOT NULL CHECK (at > 0),
	remarks    BYTEA,
	PRIMARY KEY (package_id, position, recipient)
);

CREATE INDEX progress_refused ON progress (package_id) WHERE state = 'refused';

-- The Tumorhistorie: one finished report. content holds the reduced view of
-- the patient and the entry, sealed; found by the keyed index over unit and
-- patient number.
CREATE TABLE history_entry (
	recipient     TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 40),
	report_key    BYTEA NOT NULL CHECK (length(report_key) = 16),
	unit          TEXT NOT NULL CHECK (unit <> ''),
	patient_index BYTEA NOT NULL CHECK (length(patient_index) = 16),
	receipt       BIGINT NOT NULL CHECK (receipt > 0),
	position      BIGINT NOT NULL CHECK (position > 0),
	put_at        BIGINT NOT NULL CHECK (put_at > 0),
	content       BYTEA NOT NULL,
	PRIMARY KEY (recipient, report_key)
);

CREATE INDEX history_entry_by_patient ON history_entry (unit, patient_index);
