-- What was put since a moment: the reports that may be missing are looked for
-- among these, and not among all that a unit ever reported.
CREATE INDEX history_entry_by_put ON history_entry (unit, put_at, patient_index);
