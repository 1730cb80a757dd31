-- The keyed digest of a report's Meldeanlass: one Meldungs-ID stands for one.
-- NULL for references kept before.
ALTER TABLE reference ADD COLUMN occasion_digest BYTEA CHECK (length(occasion_digest) = 32);
