-- digest names what the portal gave as the answer: the same given again is no
-- second one. Unknown of answers that were taken before this column was there.
ALTER TABLE query ADD COLUMN digest BYTEA CHECK (length(digest) = 32);

-- Answers to a query that has one already: the portal was set back to a backup
-- in which it stood open. answer is sealed and goes with the first one's.
CREATE TABLE further_answer (
	query_id    TEXT NOT NULL REFERENCES query (id),
	digest      BYTEA NOT NULL CHECK (length(digest) = 32),
	account     TEXT NOT NULL CHECK (length(account) BETWEEN 1 AND 64),
	answered_at BIGINT NOT NULL CHECK (answered_at > 0),
	answer      BYTEA,
	unread      BOOLEAN NOT NULL DEFAULT FALSE CHECK (unread IN (TRUE, FALSE)),
	PRIMARY KEY (query_id, digest)
);
CREATE INDEX further_answer_unread ON further_answer (answered_at) WHERE unread;
