-- Access for people who act for several units, passkeys, what happened to an
-- account, installation keys, and how accounts stand for the trust centre that
-- ordered them.

ALTER TABLE unit ADD COLUMN owner TEXT NOT NULL DEFAULT '' CHECK (length(owner) <= 64);
ALTER TABLE unit ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE CHECK (closed IN (TRUE, FALSE));

-- The units an account acts for; rank 0 is shown after the sign-in. It takes
-- the place of account.unit_id, which stays empty from here on.
CREATE TABLE account_unit (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	unit_id    TEXT NOT NULL REFERENCES unit (id),
	rank       BIGINT NOT NULL CHECK (rank BETWEEN 0 AND 99),
	PRIMARY KEY (account_id, unit_id),
	UNIQUE (account_id, rank)
);
CREATE INDEX account_unit_by_unit ON account_unit (unit_id);
INSERT INTO account_unit (account_id, unit_id, rank) SELECT id, unit_id, 0 FROM account WHERE unit_id IS NOT NULL;
UPDATE account SET unit_id = NULL WHERE unit_id IS NOT NULL;

-- owner is the trust centre whose order made the account, empty for one made
-- on the host. change_number grows with every change that its staff should
-- see, told_number is the last one they have stored. letter_expired is set
-- when the letter's password was not used in time. clock_offset is by how many
-- steps the codes of the last clock_streak sign-ins were off.
ALTER TABLE account ADD COLUMN owner TEXT NOT NULL DEFAULT '' CHECK (length(owner) <= 64);
ALTER TABLE account ADD COLUMN change_number BIGINT NOT NULL DEFAULT 1 CHECK (change_number > 0);
ALTER TABLE account ADD COLUMN told_number BIGINT NOT NULL DEFAULT 0 CHECK (told_number >= 0);
ALTER TABLE account ADD COLUMN letter_expired BOOLEAN NOT NULL DEFAULT FALSE CHECK (letter_expired IN (TRUE, FALSE));
ALTER TABLE account ADD COLUMN clock_offset BIGINT NOT NULL DEFAULT 0 CHECK (clock_offset BETWEEN -1 AND 1);
ALTER TABLE account ADD COLUMN clock_streak BIGINT NOT NULL DEFAULT 0 CHECK (clock_streak >= 0);
ALTER TABLE account ADD COLUMN notices_seen_at BIGINT CHECK (notices_seen_at > 0);
CREATE INDEX account_untold ON account (owner, id) WHERE change_number > told_number;

-- The unit that a session acts for, empty for the first one, and the sealed
-- challenge that waits for the answer of a passkey.
ALTER TABLE session ADD COLUMN unit_id TEXT REFERENCES unit (id);
ALTER TABLE session ADD COLUMN challenge BYTEA;

-- A passkey. The credential is sealed, so that nobody who can write here can
-- plant one.
CREATE TABLE passkey (
	id              TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	account_id      TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	credential_hash BYTEA NOT NULL UNIQUE CHECK (length(credential_hash) = 32),
	credential      BYTEA NOT NULL,
	label           TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
	added_at        BIGINT NOT NULL CHECK (added_at > 0),
	used_at         BIGINT CHECK (used_at > 0)
);
CREATE INDEX passkey_by_account ON passkey (account_id);

-- What happened to an account, for its holder. Refused sign-ins of one hour
-- share a row, so that strangers cannot fill the table.
CREATE TABLE account_event (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL CHECK (kind <> ''),
	at         BIGINT NOT NULL CHECK (at > 0),
	times      BIGINT NOT NULL CHECK (times > 0),
	notice     BOOLEAN NOT NULL CHECK (notice IN (TRUE, FALSE)),
	PRIMARY KEY (account_id, kind, at)
);
CREATE INDEX account_event_by_time ON account_event (account_id, at);
CREATE INDEX account_event_old ON account_event (at);

-- The last passwords of an account, so that none of them is chosen again.
CREATE TABLE former_password (
	account_id  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	replaced_at BIGINT NOT NULL CHECK (replaced_at > 0),
	password    TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
	generated   BOOLEAN NOT NULL CHECK (generated IN (TRUE, FALSE)),
	PRIMARY KEY (account_id, replaced_at)
);

-- An installation key: the way in of an upload program, bound to a unit and a
-- software.
CREATE TABLE installation_key (
	id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	owner        TEXT NOT NULL CHECK (length(owner) <= 64),
	unit_id      TEXT NOT NULL REFERENCES unit (id),
	software     TEXT NOT NULL CHECK (length(software) BETWEEN 1 AND 100),
	label        TEXT NOT NULL CHECK (length(label) <= 100),
	public_key   BYTEA NOT NULL UNIQUE CHECK (length(public_key) = 32),
	state        TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
	made_at      BIGINT NOT NULL CHECK (made_at > 0),
	last_used_at BIGINT CHECK (last_used_at > 0)
);

-- Requests that were signed with an installation key, each accepted once.
CREATE TABLE installation_nonce (
	key_id  TEXT NOT NULL REFERENCES installation_key (id) ON DELETE CASCADE,
	nonce   BYTEA NOT NULL CHECK (length(nonce) BETWEEN 16 AND 64),
	used_at BIGINT NOT NULL CHECK (used_at > 0),
	PRIMARY KEY (key_id, nonce)
);
CREATE INDEX installation_nonce_old ON installation_nonce (used_at);
