-- Rückfragen of trust centres on reports, and what reporters explain.

-- A query. words holds the field's name and the question, answered_by the name
-- of the colleague who answered, both sealed. outcome is empty while the query
-- is open; what is closed stays closed. Some time after that words is emptied;
-- the row goes with the report it is about.
CREATE TABLE query (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 100),
	recipient   TEXT NOT NULL CHECK (length(recipient) BETWEEN 1 AND 40),
	package_id  TEXT NOT NULL,
	position    BIGINT NOT NULL CHECK (position > 0),
	unit        TEXT NOT NULL CHECK (unit <> ''),
	asked_at    BIGINT NOT NULL CHECK (asked_at > 0),
	due         BIGINT NOT NULL CHECK (due >= asked_at),
	words       BYTEA,
	outcome     TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'corrected', 'settled', 'lapsed')),
	closed_at   BIGINT CHECK (closed_at > 0),
	answered_at BIGINT CHECK (answered_at > 0),
	account     TEXT CHECK (account <> ''),
	answered_by BYTEA,
	taken_at    BIGINT CHECK (taken_at > 0),
	FOREIGN KEY (package_id, position) REFERENCES report_result (package_id, position) ON DELETE CASCADE,
	CHECK ((outcome = '') = (closed_at IS NULL)),
	CHECK (words IS NOT NULL OR closed_at IS NOT NULL),
	CHECK ((answered_at IS NULL) = (account IS NULL)),
	CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
	CHECK (taken_at IS NULL OR answered_at IS NOT NULL)
);

CREATE INDEX query_by_report ON query (package_id, position);
CREATE INDEX query_by_unit ON query (unit);
CREATE INDEX query_open ON query (unit, due) WHERE outcome = '' AND answered_at IS NULL;
CREATE INDEX query_closed ON query (closed_at) WHERE words IS NOT NULL;
CREATE INDEX query_untaken ON query (recipient, answered_at, id) WHERE answered_at IS NOT NULL AND taken_at IS NULL;

-- The text of an answer, sealed to the trust centre that asked, behind a
-- padding, so that in SQLite it lies on pages of its own and goes with them. It
-- is here only until the trust centre has it.
CREATE TABLE query_answer (
	query_id TEXT NOT NULL PRIMARY KEY REFERENCES query (id) ON DELETE CASCADE,
	sha256   BYTEA NOT NULL CHECK (length(sha256) = 32),
	sealed   BYTEA NOT NULL CHECK (length(sealed) > 4096)
);
