-- Envelopes that nobody can read and that a person has given up, or the
-- limit of what may lie here (ground late). They stand in
-- envelope as expired, so that one that comes again changes nothing. unit is
-- empty and reports 0 where the facts were damaged here. told_at: the portal
-- knows, and tells the reporters to send again; emptied when it gives the
-- envelope again.
CREATE TABLE given_up (
	envelope_id TEXT NOT NULL PRIMARY KEY REFERENCES envelope (id),
	reports     BIGINT NOT NULL CHECK (reports >= 0),
	unit        TEXT NOT NULL CHECK (length(unit) <= 64),
	ground      TEXT NOT NULL CHECK (ground IN ('lost', 'key', 'form', 'late')),
	given_by    TEXT NOT NULL CHECK (length(given_by) BETWEEN 1 AND 64),
	given_at    BIGINT NOT NULL CHECK (given_at > 0),
	told_at     BIGINT CHECK (told_at > 0)
);
CREATE INDEX given_up_untold ON given_up (given_at) WHERE told_at IS NULL;
CREATE INDEX given_up_lately ON given_up (given_at);
