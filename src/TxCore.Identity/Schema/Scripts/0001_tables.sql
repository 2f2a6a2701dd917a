-- The identity store: who a person key is, what that person allowed, who looked. A database of its own, that transactions never join.

CREATE TABLE person.store (
    schema_version int4 NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX store_is_one ON person.store ((true));
COMMENT ON TABLE person.store IS 'What this database is; one row.';
COMMENT ON COLUMN person.store.schema_version IS 'Number of the newest schema script applied; an older one than the program needs is refused.';
COMMENT ON COLUMN person.store.created_at IS 'When the store was set up.';

CREATE TABLE person.events (
    event text PRIMARY KEY CHECK (length(event) BETWEEN 1 AND 64),
    pepper_id text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE person.events IS 'Events whose persons are here, each with the one pepper its keys are made with.';
COMMENT ON COLUMN person.events.event IS 'Name of the event.';
COMMENT ON COLUMN person.events.pepper_id IS 'Id of its pepper; a registration under another one is refused. It says nothing of the pepper.';
COMMENT ON COLUMN person.events.created_at IS 'When its first person was registered.';

CREATE TABLE person.identity (
    person_key bytea PRIMARY KEY CHECK (length(person_key) = 32),
    event text NOT NULL REFERENCES person.events,
    fields text[] NOT NULL,
    nonce bytea NOT NULL CHECK (length(nonce) = 12),
    ciphertext bytea NOT NULL,
    wrapped_key bytea NOT NULL CHECK (length(wrapped_key) = 60),
    master_key_id text NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    last_contact_at timestamptz NOT NULL,
    closed_at timestamptz
);
COMMENT ON TABLE person.identity IS 'One row a person, unreadable without the master key, which is not in any database.';
COMMENT ON COLUMN person.identity.person_key IS 'HMAC-SHA-256 of the canonical identity under the pepper of the event; what sales and draws know the person by.';
COMMENT ON COLUMN person.identity.event IS 'Event of the person.';
COMMENT ON COLUMN person.identity.fields IS 'Names of the fields held, without their values.';
COMMENT ON COLUMN person.identity.nonce IS 'Nonce of the fields (AES-256-GCM).';
COMMENT ON COLUMN person.identity.ciphertext IS 'The fields as JSON, padded and encrypted under the data key, with the tag; bound to person_key and event.';
COMMENT ON COLUMN person.identity.wrapped_key IS 'The data key of this person, wrapped by the master key; bound to person_key and event.';
COMMENT ON COLUMN person.identity.master_key_id IS 'Id of the master key that wraps the data key.';
COMMENT ON COLUMN person.identity.created_at IS 'When the person was registered.';
COMMENT ON COLUMN person.identity.changed_at IS 'When the fields were last written.';
COMMENT ON COLUMN person.identity.last_contact_at IS 'When the person was last heard of; periods of inactivity start here.';
COMMENT ON COLUMN person.identity.closed_at IS 'When the account was closed; null while it is open.';

CREATE TABLE person.identity_reads (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_key bytea NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    db_role name NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    found boolean NOT NULL
);
CREATE INDEX identity_reads_person ON person.identity_reads (person_key, id);
COMMENT ON TABLE person.identity_reads IS 'Every read of an identity, written by the function that is the only way to read one; rows are only added.';
COMMENT ON COLUMN person.identity_reads.id IS 'Order of the reads.';
COMMENT ON COLUMN person.identity_reads.person_key IS 'Whose identity.';
COMMENT ON COLUMN person.identity_reads.actor IS 'Who read, as the program knows him.';
COMMENT ON COLUMN person.identity_reads.reason IS 'Why.';
COMMENT ON COLUMN person.identity_reads.db_role IS 'Database role of the connection.';
COMMENT ON COLUMN person.identity_reads.read_at IS 'When, by the clock of the database.';
COMMENT ON COLUMN person.identity_reads.found IS 'Whether there was anything to read.';

CREATE TABLE person.erasures (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_key bytea NOT NULL,
    event text NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    db_role name NOT NULL,
    erased_at timestamptz NOT NULL
);
CREATE INDEX erasures_person ON person.erasures (person_key);
COMMENT ON TABLE person.erasures IS 'Persons whose fields and data key were destroyed; rows are only added, none holds an identity.';
COMMENT ON COLUMN person.erasures.id IS 'Order of the erasures.';
COMMENT ON COLUMN person.erasures.person_key IS 'Key of the person; sales, draw proof and hash chain keep it.';
COMMENT ON COLUMN person.erasures.event IS 'Event of the person.';
COMMENT ON COLUMN person.erasures.actor IS 'Who erased.';
COMMENT ON COLUMN person.erasures.reason IS 'Why: a request, a period that ended, a hand-over.';
COMMENT ON COLUMN person.erasures.db_role IS 'Database role of the connection.';
COMMENT ON COLUMN person.erasures.erased_at IS 'When.';

CREATE TABLE person.purposes (
    purpose text PRIMARY KEY CHECK (length(purpose) BETWEEN 1 AND 64),
    legal_basis text NOT NULL CHECK (legal_basis IN ('consent', 'contract', 'legal_obligation', 'legitimate_interest')),
    retention_days int4 NOT NULL CHECK (retention_days >= 0),
    retention_from text NOT NULL CHECK (retention_from IN ('last_contact', 'purpose_end', 'account_closure')),
    fields text[] NOT NULL,
    marketing boolean NOT NULL,
    description text NOT NULL,
    source text NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE person.purposes IS 'What identities may be kept for, and for how long.';
COMMENT ON COLUMN person.purposes.purpose IS 'Name of the purpose.';
COMMENT ON COLUMN person.purposes.legal_basis IS 'consent, contract, legal_obligation or legitimate_interest.';
COMMENT ON COLUMN person.purposes.retention_days IS 'Days the fields may stay after the event named by retention_from.';
COMMENT ON COLUMN person.purposes.retention_from IS 'last_contact, purpose_end or account_closure.';
COMMENT ON COLUMN person.purposes.fields IS 'Fields the purpose needs; what no purpose of a person needs any more is removed.';
COMMENT ON COLUMN person.purposes.marketing IS 'True when opposition to marketing stops it, whatever was consented.';
COMMENT ON COLUMN person.purposes.description IS 'The purpose in words a person can be told.';
COMMENT ON COLUMN person.purposes.source IS 'Text or reference the period comes from.';
COMMENT ON COLUMN person.purposes.changed_at IS 'When it was last loaded.';

CREATE TABLE person.purpose_ends (
    purpose text NOT NULL REFERENCES person.purposes,
    event text NOT NULL REFERENCES person.events,
    ended_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (purpose, event)
);
COMMENT ON TABLE person.purpose_ends IS 'Purposes that ended for an event: the draw is over, the games are; rows are only added.';
COMMENT ON COLUMN person.purpose_ends.purpose IS 'The purpose.';
COMMENT ON COLUMN person.purpose_ends.event IS 'The event it ended for.';
COMMENT ON COLUMN person.purpose_ends.ended_at IS 'When; periods of purpose_end start here.';
COMMENT ON COLUMN person.purpose_ends.actor IS 'Who said so.';
COMMENT ON COLUMN person.purpose_ends.reason IS 'Why.';

CREATE TABLE person.person_purposes (
    person_key bytea NOT NULL CHECK (length(person_key) = 32),
    purpose text NOT NULL REFERENCES person.purposes,
    since timestamptz NOT NULL,
    expired_at timestamptz,
    PRIMARY KEY (person_key, purpose)
);
COMMENT ON TABLE person.person_purposes IS 'What each person is kept for.';
COMMENT ON COLUMN person.person_purposes.person_key IS 'The person.';
COMMENT ON COLUMN person.person_purposes.purpose IS 'The purpose.';
COMMENT ON COLUMN person.person_purposes.since IS 'Since when.';
COMMENT ON COLUMN person.person_purposes.expired_at IS 'When it no longer held: its period ended, consent was withdrawn, the person erased; null while it holds.';

CREATE TABLE person.oppositions (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_key bytea NOT NULL CHECK (length(person_key) = 32),
    opposed boolean NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    evidence text NOT NULL
);
CREATE INDEX oppositions_person ON person.oppositions (person_key, at, id);
COMMENT ON TABLE person.oppositions IS 'Opposition to marketing and its withdrawal, as history; rows are only added.';
COMMENT ON COLUMN person.oppositions.id IS 'Order.';
COMMENT ON COLUMN person.oppositions.person_key IS 'The person.';
COMMENT ON COLUMN person.oppositions.opposed IS 'True: no marketing. False: the opposition was taken back.';
COMMENT ON COLUMN person.oppositions.at IS 'When the person said so.';
COMMENT ON COLUMN person.oppositions.actor IS 'Who recorded it.';
COMMENT ON COLUMN person.oppositions.evidence IS 'Reference of the request; never an identity.';
