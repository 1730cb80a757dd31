-- Envelopes that the portal gives without their content, because it is not the
-- one that was sealed. They stay at the portal; the row goes when one comes
-- whole.
CREATE TABLE damaged_envelope (
	id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	receipt     BIGINT NOT NULL CHECK (receipt > 0),
	part        BIGINT NOT NULL CHECK (part > 0),
	unit        TEXT NOT NULL CHECK (length(unit) BETWEEN 1 AND 64),
	reports     BIGINT NOT NULL CHECK (reports > 0),
	received_at BIGINT NOT NULL CHECK (received_at > 0),
	noted_at    BIGINT NOT NULL CHECK (noted_at >= received_at)
);
