-- The report whose person a record by reference means, as the trust centre has
-- found it; '' when the record gives the person itself.
ALTER TABLE record ADD COLUMN source_ref TEXT NOT NULL DEFAULT '' CHECK (length(source_ref) IN (0, 64));
