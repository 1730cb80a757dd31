-- The registry's own tables: pseudonymous records, persons, tumours, notices.
-- Medical content is sealed at rest; no column can hold a name.

-- The numbers given out last. A number is never given out twice, though its
-- person may be gone.
CREATE TABLE number_sequence (
	name TEXT NOT NULL PRIMARY KEY CHECK (name = 'person'),
	last BIGINT NOT NULL CHECK (last >= 0)
);
INSERT INTO number_sequence (name, last) VALUES ('person', 0);

-- A person of the register: a number and nothing else.
CREATE TABLE person (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	number     BIGINT NOT NULL UNIQUE CHECK (number > 0),
	created_at BIGINT NOT NULL CHECK (created_at > 0),
	changed_at BIGINT NOT NULL CHECK (changed_at >= created_at)
);
CREATE INDEX person_by_change ON person (changed_at, number);

-- A tumour of a person. site is a keyed index of the three-character site.
CREATE TABLE tumour (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	person_id  TEXT NOT NULL REFERENCES person (id),
	number     BIGINT NOT NULL CHECK (number > 0),
	site       BYTEA NOT NULL CHECK (length(site) = 16),
	created_at BIGINT NOT NULL CHECK (created_at > 0),
	UNIQUE (person_id, number)
);
CREATE INDEX tumour_by_site ON tumour (person_id, site);

-- One version of one pseudonymised report. name_key is a keyed index of
-- surname, first names and full birth date, absent when one is missing.
-- forgotten: the wrong person was reported; numbers, Chiffrat and links are gone.
CREATE TABLE record (
	report_ref   TEXT NOT NULL CHECK (length(report_ref) = 64),
	version      BIGINT NOT NULL CHECK (version > 0),
	patient_ref  TEXT NOT NULL CHECK (length(patient_ref) = 64),
	tumour_ref   TEXT NOT NULL CHECK (length(tumour_ref) = 64),
	reporter_ref TEXT NOT NULL CHECK (length(reporter_ref) = 64),
	identity     TEXT NOT NULL CHECK (identity IN ('new', 'same', 'corrected', 'replaced')),
	state        TEXT NOT NULL CHECK (state IN ('stored', 'assigned', 'superseded', 'forgotten')),
	rule         TEXT NOT NULL DEFAULT '' CHECK (rule IN ('', 'new_person', 'kvnr', 'names_birth', 'reference', 'patient')),
	objection    BOOLEAN NOT NULL CHECK (objection IN (TRUE, FALSE)),
	name_key     BYTEA CHECK (length(name_key) = 16),
	person_id    TEXT REFERENCES person (id),
	tumour_id    TEXT REFERENCES tumour (id),
	content      BYTEA NOT NULL CHECK (length(content) > 0),
	chiffrat     BYTEA,
	stored_at    BIGINT NOT NULL CHECK (stored_at > 0),
	assigned_at  BIGINT CHECK (assigned_at > 0),
	PRIMARY KEY (report_ref, version),
	CHECK ((person_id IS NULL) = (tumour_id IS NULL)),
	CHECK (state <> 'assigned' OR (person_id IS NOT NULL AND assigned_at IS NOT NULL)),
	CHECK (state NOT IN ('stored', 'forgotten') OR person_id IS NULL),
	CHECK (state <> 'forgotten' OR (name_key IS NULL AND chiffrat IS NULL))
);
CREATE INDEX record_waiting ON record (version, report_ref) WHERE state = 'stored';
CREATE INDEX record_by_person ON record (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX record_by_patient ON record (patient_ref);
CREATE INDEX record_by_tumour_ref ON record (tumour_ref);
CREATE INDEX record_by_tumour ON record (tumour_id) WHERE tumour_id IS NOT NULL;
CREATE INDEX record_by_change ON record (assigned_at) WHERE assigned_at IS NOT NULL;
CREATE INDEX record_by_name_key ON record (name_key) WHERE name_key IS NOT NULL;

-- The control numbers of a record, as the trust centre wrote them.
CREATE TABLE record_number (
	report_ref TEXT NOT NULL,
	version    BIGINT NOT NULL,
	slot       BIGINT NOT NULL CHECK (slot BETWEEN 1 AND 23),
	number     BYTEA NOT NULL CHECK (length(number) = 16),
	PRIMARY KEY (report_ref, version, slot),
	FOREIGN KEY (report_ref, version) REFERENCES record (report_ref, version)
);
CREATE INDEX record_number_by_value ON record_number (number, slot);

-- A report that agrees with more than one person: a clerk looks at it.
CREATE TABLE ambiguity (
	report_ref TEXT NOT NULL,
	version    BIGINT NOT NULL,
	person_id  TEXT NOT NULL REFERENCES person (id),
	found_at   BIGINT NOT NULL CHECK (found_at > 0),
	PRIMARY KEY (report_ref, version, person_id),
	FOREIGN KEY (report_ref, version) REFERENCES record (report_ref, version)
);
CREATE INDEX ambiguity_by_person ON ambiguity (person_id);

-- Completion notices for the trust centre, kept until it has them.
CREATE TABLE notice (
	id              TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	report_ref      TEXT NOT NULL,
	version         BIGINT NOT NULL,
	outcome         TEXT NOT NULL CHECK (outcome IN ('completed', 'superseded')),
	content         BYTEA NOT NULL,
	created_at      BIGINT NOT NULL CHECK (created_at > 0),
	acknowledged_at BIGINT CHECK (acknowledged_at > 0),
	UNIQUE (report_ref, version),
	FOREIGN KEY (report_ref, version) REFERENCES record (report_ref, version)
);
CREATE INDEX notice_open ON notice (created_at, version) WHERE acknowledged_at IS NULL;
