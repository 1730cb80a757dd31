-- The Online-Erfassung: patients, their reports as drafts, and the versions
-- that were handed in. A submission of forms has a row in upload_lease of its
-- own, with its own id in the place of the unit's.

-- A Patientenakte: one patient of one unit, found by the same keyed index as
-- the Tumorhistorie. identity is what is typed of the patient, sealed behind a
-- padding, so that in SQLite what matters lies on pages of its own and goes
-- with them. content is the number, the Melder-ID and the reduced view, sealed.
--
-- Once a report was submitted the record is reduced; then there is an identity
-- again only as long as it is being corrected. touched_at is the last change
-- of the record or of one of its forms.
CREATE TABLE patient_record (
	id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	unit          TEXT NOT NULL CHECK (unit <> ''),
	patient_index BYTEA NOT NULL CHECK (length(patient_index) = 16),
	reduced       BOOLEAN NOT NULL CHECK (reduced IN (TRUE, FALSE)),
	submitted     BOOLEAN NOT NULL DEFAULT FALSE CHECK (submitted IN (TRUE, FALSE)),
	correction    TEXT NOT NULL DEFAULT '' CHECK (correction IN ('', 'spelling', 'person', 'missing')),
	version       BIGINT NOT NULL CHECK (version > 0),
	created_at    BIGINT NOT NULL CHECK (created_at > 0),
	changed_at    BIGINT NOT NULL CHECK (changed_at >= created_at),
	touched_at    BIGINT NOT NULL CHECK (touched_at >= created_at),
	content       BYTEA NOT NULL,
	identity      BYTEA,
	UNIQUE (unit, patient_index),
	UNIQUE (id, unit),
	CHECK (reduced OR NOT submitted),
	CHECK (reduced OR identity IS NOT NULL),
	CHECK (reduced OR correction = ''),
	CHECK (NOT reduced OR identity IS NULL OR correction <> '')
);

CREATE INDEX patient_record_by_unit ON patient_record (unit, touched_at);
CREATE INDEX patient_record_untouched ON patient_record (touched_at) WHERE (identity IS NOT NULL OR NOT submitted);

-- A Meldung of the Online-Erfassung. sent counts the versions handed in. sheet
-- is the medical content as typed, NULL while nothing is being edited; note is
-- the reporter's own and never sent. Both are padded like an identity. meta is
-- the Meldungs-ID and who changed it last, sealed.
CREATE TABLE form (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	record_id  TEXT NOT NULL,
	unit       TEXT NOT NULL CHECK (unit <> ''),
	occasion   TEXT NOT NULL CHECK (length(occasion) BETWEEN 1 AND 20),
	sent       BIGINT NOT NULL DEFAULT 0 CHECK (sent >= 0),
	locked     BOOLEAN NOT NULL CHECK (locked IN (TRUE, FALSE)),
	version    BIGINT NOT NULL CHECK (version > 0),
	created_at BIGINT NOT NULL CHECK (created_at > 0),
	changed_at BIGINT NOT NULL CHECK (changed_at >= created_at),
	meta       BYTEA NOT NULL,
	sheet      BYTEA,
	note       BYTEA,
	FOREIGN KEY (record_id, unit) REFERENCES patient_record (id, unit) ON DELETE CASCADE,
	CHECK (sent > 0 OR sheet IS NOT NULL)
);

CREATE INDEX form_by_unit ON form (unit, changed_at);
CREATE INDEX form_by_record ON form (record_id, unit);
CREATE INDEX form_untouched ON form (changed_at) WHERE sheet IS NOT NULL;

-- A version handed in. It stands on a verdict of its submission and keeps both
-- the form and the submission from being deleted. content is the sheet as it
-- was handed in, and by whom, sealed.
CREATE TABLE form_version (
	form_id    TEXT NOT NULL REFERENCES form (id),
	number     BIGINT NOT NULL CHECK (number > 0),
	package_id TEXT NOT NULL,
	position   BIGINT NOT NULL CHECK (position > 0),
	at         BIGINT NOT NULL CHECK (at > 0),
	content    BYTEA NOT NULL,
	PRIMARY KEY (form_id, number),
	UNIQUE (package_id, position),
	FOREIGN KEY (package_id, position) REFERENCES report_result (package_id, position)
);
