-- What every house keeps: its audit log and its wrapped data keys.

-- The leaf of an entry, SHA-256(salt || entry). It stays for good.
CREATE TABLE audit_leaf (
	entry_id TEXT NOT NULL PRIMARY KEY CHECK (length(entry_id) = 32),
	leaf     BYTEA NOT NULL CHECK (length(leaf) = 32)
);

-- Entries without a place in the tree yet. The only audit table with DELETE.
CREATE TABLE audit_pending (
	entry_id TEXT NOT NULL PRIMARY KEY REFERENCES audit_leaf (entry_id)
);

-- The place of each entry in the tree, without gaps from 0.
CREATE TABLE audit_tree (
	tree_index BIGINT NOT NULL PRIMARY KEY CHECK (tree_index >= 0),
	entry_id   TEXT NOT NULL UNIQUE REFERENCES audit_leaf (entry_id)
);

-- The tree's hashes in the order of tlog.
CREATE TABLE audit_hash (
	position BIGINT NOT NULL PRIMARY KEY CHECK (position >= 0),
	hash     BYTEA NOT NULL CHECK (length(hash) = 32)
);

-- The readable entry; may expire. The body is the truth, the columns beside
-- it are for looking up, and the verifier compares them.
CREATE TABLE audit_entry (
	entry_id TEXT NOT NULL PRIMARY KEY REFERENCES audit_leaf (entry_id),
	salt     BYTEA NOT NULL CHECK (length(salt) = 32),
	body     TEXT NOT NULL CHECK (body <> ''),
	at       BIGINT NOT NULL CHECK (at > 0),
	actor    TEXT NOT NULL CHECK (actor <> ''),
	code     TEXT NOT NULL CHECK (code <> ''),
	object   TEXT NOT NULL,
	purpose  TEXT NOT NULL,
	result   TEXT NOT NULL CHECK (result IN ('done', 'refused'))
);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_object ON audit_entry (object, at);
CREATE INDEX audit_entry_actor ON audit_entry (actor, at);
CREATE INDEX audit_entry_code ON audit_entry (code, at);

-- The house's own signed checkpoints.
CREATE TABLE audit_checkpoint (
	size   BIGINT NOT NULL PRIMARY KEY CHECK (size >= 0),
	signed TEXT NOT NULL CHECK (signed <> '')
);

-- The house's own checkpoints with the signature of the house that keeps them.
CREATE TABLE audit_cosigned (
	house  TEXT NOT NULL CHECK (house <> ''),
	size   BIGINT NOT NULL CHECK (size >= 0),
	signed TEXT NOT NULL CHECK (signed <> ''),
	PRIMARY KEY (house, size)
);

-- Checkpoints of other houses that this house keeps for them.
CREATE TABLE audit_witness (
	house    TEXT NOT NULL CHECK (house <> ''),
	size     BIGINT NOT NULL CHECK (size >= 0),
	signed   TEXT NOT NULL CHECK (signed <> ''),
	received BIGINT NOT NULL CHECK (received > 0),
	PRIMARY KEY (house, size)
);

-- Data keys, one row per generation, wrapped by the master key.
CREATE TABLE data_key (
	table_name  TEXT NOT NULL CHECK (table_name <> ''),
	generation  BIGINT NOT NULL CHECK (generation > 0),
	wrapped     BYTEA NOT NULL CHECK (length(wrapped) BETWEEN 61 AND 200),
	created     BIGINT NOT NULL CHECK (created > 0),
	value_count BIGINT NOT NULL CHECK (value_count >= 0),
	PRIMARY KEY (table_name, generation)
);
