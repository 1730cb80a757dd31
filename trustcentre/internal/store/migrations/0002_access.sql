-- The register of access: what the trust centre knows of institutions, people
-- and accounts, and what it has ordered of the portal. What stands in unit
-- (name, Melder_IDs, release) is not repeated here. Names, addresses and user
-- names are sealed.

-- Master data of a Meldestelle; detail is sealed.
CREATE TABLE unit_detail (
	unit_id    TEXT NOT NULL PRIMARY KEY REFERENCES unit (id),
	detail     BYTEA NOT NULL,
	changed_at BIGINT NOT NULL CHECK (changed_at > 0)
);

-- A Zugang of a reporter. holder is the sealed user name and person;
-- username_mac finds the name and keeps it unique for good, as at the portal.
-- standing is what the portal has told last, sealed; change_number orders it,
-- locked and lock_number are taken from it.
CREATE TABLE access_account (
	id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	username_mac  BYTEA NOT NULL UNIQUE CHECK (length(username_mac) = 16),
	holder        BYTEA NOT NULL,
	roles         TEXT NOT NULL CHECK (roles <> ''),
	state         TEXT NOT NULL CHECK (state IN ('ordered', 'known', 'refused', 'closed')),
	made_at       BIGINT NOT NULL CHECK (made_at > 0),
	standing      BYTEA,
	heard_at      BIGINT CHECK (heard_at > 0),
	change_number BIGINT NOT NULL DEFAULT 0 CHECK (change_number >= 0),
	locked        BOOLEAN NOT NULL DEFAULT FALSE CHECK (locked IN (TRUE, FALSE)),
	lock_number   BIGINT NOT NULL DEFAULT 0 CHECK (lock_number >= 0),
	CHECK ((standing IS NULL) = (heard_at IS NULL))
);

-- The units an account acts for, the first of them rank 0.
CREATE TABLE access_membership (
	account_id TEXT NOT NULL REFERENCES access_account (id),
	unit_id    TEXT NOT NULL REFERENCES unit (id),
	rank       BIGINT NOT NULL CHECK (rank BETWEEN 0 AND 99),
	PRIMARY KEY (account_id, unit_id),
	UNIQUE (account_id, rank)
);
CREATE INDEX access_membership_by_unit ON access_membership (unit_id);

-- A letter: bestellt, gedruckt, versandt, erste Anmeldung. Nothing of its text
-- and no password is kept. turn orders the letters of an account.
CREATE TABLE access_letter (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	account_id TEXT NOT NULL REFERENCES access_account (id),
	turn       BIGINT NOT NULL CHECK (turn > 0),
	kind       TEXT NOT NULL CHECK (kind IN ('password', 'reset')),
	state      TEXT NOT NULL CHECK (state IN ('ordered', 'printed', 'sent', 'used', 'superseded')),
	ordered_at BIGINT NOT NULL CHECK (ordered_at > 0),
	printed_at BIGINT CHECK (printed_at > 0),
	sent_at    BIGINT CHECK (sent_at > 0),
	used_at    BIGINT CHECK (used_at > 0),
	expires_at BIGINT CHECK (expires_at > printed_at),
	UNIQUE (account_id, turn),
	CHECK (state IN ('ordered', 'superseded') OR printed_at IS NOT NULL),
	CHECK (printed_at IS NULL OR (kind = 'password') = (expires_at IS NOT NULL))
);

-- Orders to the portal, numbered without a gap. content is the sealed order as
-- it travels; it is emptied some weeks after the answer, when no backup of the
-- portal can lack the order any more.
CREATE TABLE access_order (
	number      BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
	act         TEXT NOT NULL CHECK (act IN ('put-unit', 'create-account', 'issue-password', 'change-account', 'release-lock',
		'reset-factor', 'end-sessions', 'close-account', 'register-key', 'revoke-key', 'set-application')),
	object      TEXT NOT NULL CHECK (length(object) BETWEEN 1 AND 64),
	actor       TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
	lock_number BIGINT NOT NULL DEFAULT 0 CHECK (lock_number >= 0),
	recognised  TEXT NOT NULL DEFAULT '' CHECK (recognised IN ('', 'recognised.call-back', 'recognised.letter', 'recognised.in-person')),
	content     BYTEA,
	at          BIGINT NOT NULL CHECK (at > 0),
	answered_at BIGINT CHECK (answered_at > 0),
	outcome     TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'username-taken', 'other-lock', 'not-found', 'unfit')),
	CHECK ((outcome = '') = (answered_at IS NULL)),
	CHECK (answered_at IS NOT NULL OR content IS NOT NULL),
	CHECK ((act = 'release-lock') = (lock_number > 0)),
	CHECK ((act IN ('release-lock', 'reset-factor')) = (recognised <> ''))
);
CREATE INDEX access_order_unanswered ON access_order (number) WHERE answered_at IS NULL;
CREATE INDEX access_order_trouble ON access_order (object, number) WHERE outcome NOT IN ('', 'done');
CREATE INDEX access_order_by_object ON access_order (object, number);
CREATE INDEX access_order_kept ON access_order (answered_at) WHERE content IS NOT NULL;

-- The number given last; one row.
CREATE TABLE access_counter (
	name TEXT NOT NULL PRIMARY KEY CHECK (name = 'order'),
	last BIGINT NOT NULL CHECK (last >= 0)
);
INSERT INTO access_counter (name, last) VALUES ('order', 0);

-- An application for access. content is the form, sealed; raw is what the
-- portal gave when it could not be opened, sealed to this house. Both are
-- emptied a year after the decision.
CREATE TABLE access_application (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	number      TEXT NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 64),
	received_at BIGINT NOT NULL CHECK (received_at > 0),
	taken_at    BIGINT NOT NULL CHECK (taken_at > 0),
	stage       TEXT NOT NULL CHECK (stage IN ('received', 'checking', 'granted', 'declined')),
	content     BYTEA,
	raw         BYTEA,
	unit_id     TEXT REFERENCES unit (id),
	decided_at  BIGINT CHECK (decided_at > 0),
	CHECK ((stage IN ('granted', 'declined')) = (decided_at IS NOT NULL)),
	CHECK (decided_at IS NOT NULL OR (content IS NULL) <> (raw IS NULL)),
	CHECK ((stage = 'granted') = (unit_id IS NOT NULL))
);
CREATE INDEX access_application_open ON access_application (received_at) WHERE decided_at IS NULL;

-- Devices to lend, and their loans; content is borrower and lender, sealed.
CREATE TABLE access_device (
	id      TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	label   TEXT NOT NULL UNIQUE CHECK (length(label) BETWEEN 1 AND 60),
	kind    TEXT NOT NULL CHECK (kind IN ('phone', 'token')),
	gone    BOOLEAN NOT NULL DEFAULT FALSE CHECK (gone IN (TRUE, FALSE)),
	made_at BIGINT NOT NULL CHECK (made_at > 0)
);
CREATE TABLE access_loan (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	device_id   TEXT NOT NULL REFERENCES access_device (id),
	unit_id     TEXT NOT NULL REFERENCES unit (id),
	content     BYTEA NOT NULL,
	lent_at     BIGINT NOT NULL CHECK (lent_at > 0),
	due_at      BIGINT NOT NULL CHECK (due_at > lent_at),
	returned_at BIGINT CHECK (returned_at >= lent_at)
);
CREATE UNIQUE INDEX access_loan_running ON access_loan (device_id) WHERE returned_at IS NULL;
CREATE INDEX access_loan_by_device ON access_loan (device_id, lent_at);

-- Installation keys: the public half alone.
CREATE TABLE access_key (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	unit_id    TEXT NOT NULL REFERENCES unit (id),
	software   TEXT NOT NULL CHECK (length(software) BETWEEN 1 AND 100),
	label      TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
	public_key BYTEA NOT NULL UNIQUE CHECK (length(public_key) = 32),
	state      TEXT NOT NULL CHECK (state IN ('ordered', 'active', 'refused', 'revoking', 'revoked')),
	made_at    BIGINT NOT NULL CHECK (made_at > 0),
	ended_at   BIGINT CHECK (ended_at > 0),
	CHECK ((state IN ('revoking', 'revoked')) = (ended_at IS NOT NULL))
);
