-- Accounts, units and sessions: the same in every house.

-- A Meldestelle. The trust centre decides these facts.
CREATE TABLE unit (
	id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	any_reporter BOOLEAN NOT NULL CHECK (any_reporter IN (TRUE, FALSE)),
	released     BOOLEAN NOT NULL CHECK (released IN (TRUE, FALSE)),
	changed_at   BIGINT NOT NULL CHECK (changed_at > 0)
);

-- The Melder_IDs that a unit may send for.
CREATE TABLE unit_reporter (
	unit_id     TEXT NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
	reporter_id TEXT NOT NULL CHECK (length(reporter_id) BETWEEN 1 AND 64),
	PRIMARY KEY (unit_id, reporter_id)
);

-- A Zugang. tries counts pairs of name and password that are being compared or
-- were wrong, tries_wrong the latter alone (see account.Tries). A lock by wrong
-- codes has a number, so that an order to release it never frees a newer one.
CREATE TABLE account (
	id                   TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	username             TEXT NOT NULL UNIQUE CHECK (length(username) BETWEEN 3 AND 64 AND username = lower(username)),
	holder               TEXT NOT NULL CHECK (length(holder) <= 200),
	unit_id              TEXT REFERENCES unit (id),
	roles                TEXT NOT NULL CHECK (roles <> ''),
	state                TEXT NOT NULL CHECK (state IN ('pending', 'active', 'closed')),
	password             TEXT NOT NULL CHECK (password = '' OR password LIKE '$argon2id$%'),
	password_generated   BOOLEAN NOT NULL CHECK (password_generated IN (TRUE, FALSE)),
	password_must_change BOOLEAN NOT NULL CHECK (password_must_change IN (TRUE, FALSE)),
	password_expires_at  BIGINT CHECK (password_expires_at > 0),
	totp_secret          BYTEA,
	last_step            BIGINT NOT NULL DEFAULT 0 CHECK (last_step >= 0),
	tries                BIGINT NOT NULL DEFAULT 0 CHECK (tries BETWEEN tries_wrong AND 3),
	tries_wrong          BIGINT NOT NULL DEFAULT 0 CHECK (tries_wrong BETWEEN 0 AND 2),
	tried_at             BIGINT CHECK (tried_at > 0),
	locked_until         BIGINT CHECK (locked_until > 0),
	otp_tries            BIGINT NOT NULL DEFAULT 0 CHECK (otp_tries BETWEEN 0 AND 10),
	otp_locked           BOOLEAN NOT NULL DEFAULT FALSE CHECK (otp_locked IN (TRUE, FALSE)),
	otp_lock             BIGINT NOT NULL DEFAULT 0 CHECK (otp_lock >= 0),
	otp_locked_at        BIGINT CHECK (otp_locked_at > 0),
	created_at           BIGINT NOT NULL CHECK (created_at > 0),
	first_sign_in_at     BIGINT CHECK (first_sign_in_at > 0),
	last_sign_in_at      BIGINT CHECK (last_sign_in_at > 0)
);

-- Counters of names that do not exist, so that they behave like those that do.
-- The name itself is not kept: people type passwords into the wrong field.
CREATE TABLE unknown_name (
	name_mac     BYTEA NOT NULL PRIMARY KEY CHECK (length(name_mac) = 16),
	tries        BIGINT NOT NULL CHECK (tries BETWEEN tries_wrong AND 3),
	tries_wrong  BIGINT NOT NULL CHECK (tries_wrong BETWEEN 0 AND 2),
	tried_at     BIGINT NOT NULL CHECK (tried_at > 0),
	locked_until BIGINT CHECK (locked_until > 0)
);

-- A Sitzung. The token itself is in the browser alone. enrolment is the sealed
-- secret of a second factor that is shown but not yet confirmed.
CREATE TABLE session (
	id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	token_hash   BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
	account_id   TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	stage        TEXT NOT NULL CHECK (stage IN ('password', 'renewal', 'full')),
	opened_at    BIGINT NOT NULL CHECK (opened_at > 0),
	seen_at      BIGINT NOT NULL CHECK (seen_at > 0),
	ends_at      BIGINT NOT NULL CHECK (ends_at > opened_at),
	confirmed_at BIGINT CHECK (confirmed_at > 0),
	enrolment    BYTEA
);

CREATE INDEX session_by_account ON session (account_id);
CREATE INDEX session_by_end ON session (ends_at);
