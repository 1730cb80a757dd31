-- The start page counts what is being filled in and what goes soon.
CREATE INDEX form_filled_in ON form (unit, changed_at) WHERE sheet IS NOT NULL;
