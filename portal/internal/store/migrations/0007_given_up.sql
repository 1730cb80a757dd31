-- When a trust centre gave an envelope up that nobody can read. The same
-- package may be received again then.
ALTER TABLE envelope ADD COLUMN given_up_at BIGINT CHECK (given_up_at > 0);
