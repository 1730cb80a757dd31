-- Rückfragen on reports that wait here. question and answer are sealed; both
-- are emptied some time after the query was closed, the facts stay. field is a
-- name in words of the office, never a value. unread: what lies in answer is
-- still what the portal gave, because nothing here could open or read it.
-- told_at is emptied when the portal has something new to learn.
CREATE TABLE query (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	dossier_id  TEXT NOT NULL REFERENCES dossier (id),
	field       TEXT NOT NULL CHECK (length(field) BETWEEN 1 AND 200),
	question    BYTEA,
	asked_by    TEXT NOT NULL CHECK (length(asked_by) BETWEEN 1 AND 64),
	asked_at    BIGINT NOT NULL CHECK (asked_at > 0),
	due_at      BIGINT NOT NULL CHECK (due_at >= asked_at),
	account     TEXT NOT NULL DEFAULT '' CHECK (length(account) <= 64),
	answered_at BIGINT CHECK (answered_at > 0),
	answer      BYTEA,
	unread      BOOLEAN NOT NULL DEFAULT FALSE CHECK (unread IN (TRUE, FALSE)),
	outcome     TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'corrected', 'settled', 'lapsed')),
	closed_by   TEXT NOT NULL DEFAULT '' CHECK (length(closed_by) <= 64),
	closed_at   BIGINT CHECK (closed_at > 0),
	told_at     BIGINT CHECK (told_at > 0),
	CHECK ((account = '') = (answered_at IS NULL)),
	CHECK (answered_at IS NOT NULL OR (answer IS NULL AND NOT unread)),
	CHECK ((outcome = '') = (closed_at IS NULL)),
	CHECK ((outcome = '') = (closed_by = '')),
	CHECK (outcome <> '' OR question IS NOT NULL)
);
CREATE UNIQUE INDEX query_of_field ON query (dossier_id, field) WHERE outcome = '';
CREATE INDEX query_of_dossier ON query (dossier_id, asked_at);
CREATE INDEX query_open ON query (due_at) WHERE outcome = '';
CREATE INDEX query_closed ON query (closed_at) WHERE outcome <> '';
CREATE INDEX query_untold ON query (asked_at) WHERE told_at IS NULL;
CREATE INDEX query_unread ON query (answered_at) WHERE unread;
