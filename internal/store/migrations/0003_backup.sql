-- Verified backups of this house's database. What was committed before a
-- backup began is contained in it.
CREATE TABLE backup (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 16 AND 64),
	began_at    BIGINT NOT NULL CHECK (began_at > 0),
	verified_at BIGINT NOT NULL CHECK (verified_at >= began_at)
);
CREATE INDEX backup_by_begin ON backup (began_at);
