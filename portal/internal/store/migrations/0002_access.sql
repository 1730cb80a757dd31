-- Orders of trust centres about accounts, and applications for access.

-- An order that was carried out, with what became of it. The digest tells
-- another order under the same number: one of the houses has lost its memory.
CREATE TABLE access_order (
	owner      TEXT NOT NULL CHECK (length(owner) BETWEEN 1 AND 40),
	number     BIGINT NOT NULL CHECK (number > 0),
	act        TEXT NOT NULL CHECK (length(act) BETWEEN 1 AND 40),
	digest     BYTEA NOT NULL CHECK (length(digest) = 32),
	outcome    TEXT NOT NULL CHECK (outcome IN ('done', 'username-taken', 'other-lock', 'not-found', 'unfit')),
	carried_at BIGINT NOT NULL CHECK (carried_at > 0),
	PRIMARY KEY (owner, number)
);

-- One row: the last number given to an application.
CREATE TABLE application_sequence (
	one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
	last BIGINT NOT NULL CHECK (last >= 0)
);

INSERT INTO application_sequence (one, last) VALUES (1, 0);

-- An Antrag auf Zugang, sealed to the trust centre until that has it; then its
-- stage alone. source is a keyed value of the address it came from, kept for a
-- day.
CREATE TABLE application (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	recipient   TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 40),
	sequence    BIGINT NOT NULL UNIQUE CHECK (sequence > 0),
	number      TEXT NOT NULL UNIQUE CHECK (length(number) BETWEEN 10 AND 30),
	received_at BIGINT NOT NULL CHECK (received_at > 0),
	source      BYTEA CHECK (length(source) = 16),
	stage       TEXT NOT NULL CHECK (stage IN ('received', 'checking', 'granted', 'declined')),
	stage_at    BIGINT NOT NULL CHECK (stage_at > 0),
	reason      BYTEA,
	sealed      BYTEA CHECK (length(sealed) > 0),
	taken_at    BIGINT CHECK (taken_at > 0),
	CHECK ((sealed IS NULL) = (taken_at IS NOT NULL))
);

CREATE INDEX application_waiting ON application (recipient, sequence) WHERE taken_at IS NULL;
CREATE INDEX application_by_time ON application (received_at);

-- A draft of an application, sealed. The token is in the browser's cookie
-- alone. A submitted draft stays for the form to print until its day is over.
CREATE TABLE application_draft (
	id             TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
	token_hash     BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
	source         BYTEA NOT NULL CHECK (length(source) = 16),
	begun_at       BIGINT NOT NULL CHECK (begun_at > 0),
	changes        BIGINT NOT NULL DEFAULT 0 CHECK (changes >= 0),
	application_id TEXT REFERENCES application (id) ON DELETE CASCADE,
	content        BYTEA NOT NULL
);

CREATE INDEX application_draft_by_source ON application_draft (source);
CREATE INDEX application_draft_by_time ON application_draft (begun_at);
