-- Consent per recipient, and what was handed over under it.

CREATE TABLE person.recipients (
    recipient text PRIMARY KEY CHECK (recipient ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    name text NOT NULL,
    public_key text,
    pepper_id text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO person.recipients (recipient, name) VALUES ('operator', 'The operator itself');
COMMENT ON TABLE person.recipients IS 'Who may receive identities; the operator itself is one.';
COMMENT ON COLUMN person.recipients.recipient IS 'Short name.';
COMMENT ON COLUMN person.recipients.name IS 'Name as a person is told.';
COMMENT ON COLUMN person.recipients.public_key IS 'ECDSA P-256 public key (PEM) that its receipts are checked with.';
COMMENT ON COLUMN person.recipients.pepper_id IS 'Id of the pepper its keys are made with, from its first hand-over on; no two recipients have the same.';
COMMENT ON COLUMN person.recipients.created_at IS 'When it was added.';

CREATE TABLE person.consents (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_key bytea NOT NULL CHECK (length(person_key) = 32),
    purpose text NOT NULL REFERENCES person.purposes,
    recipient text NOT NULL REFERENCES person.recipients,
    given boolean NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    evidence text NOT NULL CHECK (evidence <> ''),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX consents_person ON person.consents (person_key, purpose, recipient, at, id);
COMMENT ON TABLE person.consents IS 'Consents given and withdrawn, as history; rows are only added. The present state is person.consent_state.';
COMMENT ON COLUMN person.consents.id IS 'Order of recording.';
COMMENT ON COLUMN person.consents.person_key IS 'The person.';
COMMENT ON COLUMN person.consents.purpose IS 'For what.';
COMMENT ON COLUMN person.consents.recipient IS 'For whom.';
COMMENT ON COLUMN person.consents.given IS 'True: given. False: withdrawn.';
COMMENT ON COLUMN person.consents.at IS 'When the person said so.';
COMMENT ON COLUMN person.consents.actor IS 'Who recorded it.';
COMMENT ON COLUMN person.consents.evidence IS 'Reference of the form, text version or request; never an identity.';
COMMENT ON COLUMN person.consents.recorded_at IS 'When it was recorded, by the clock of the database.';

CREATE TABLE person.handovers (
    handover uuid PRIMARY KEY,
    recipient text NOT NULL REFERENCES person.recipients,
    purpose text NOT NULL REFERENCES person.purposes,
    event text NOT NULL REFERENCES person.events,
    end_of_life boolean NOT NULL,
    manifest_sha256 bytea NOT NULL UNIQUE CHECK (length(manifest_sha256) = 32),
    persons int8 NOT NULL,
    created_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    reason text NOT NULL CHECK (reason <> '')
);
COMMENT ON TABLE person.handovers IS 'Exports made for a recipient; rows are only added.';
COMMENT ON COLUMN person.handovers.handover IS 'Id, also in the manifest.';
COMMENT ON COLUMN person.handovers.recipient IS 'For whom.';
COMMENT ON COLUMN person.handovers.purpose IS 'Under which consent.';
COMMENT ON COLUMN person.handovers.event IS 'Event of the persons.';
COMMENT ON COLUMN person.handovers.end_of_life IS 'True when the source deletes what was handed over once it is received.';
COMMENT ON COLUMN person.handovers.manifest_sha256 IS 'SHA-256 of manifest.json as it was handed over.';
COMMENT ON COLUMN person.handovers.persons IS 'Persons in it.';
COMMENT ON COLUMN person.handovers.created_at IS 'When.';
COMMENT ON COLUMN person.handovers.actor IS 'Who exported.';
COMMENT ON COLUMN person.handovers.reason IS 'Why.';

CREATE TABLE person.handover_persons (
    handover uuid NOT NULL REFERENCES person.handovers,
    person_key bytea NOT NULL CHECK (length(person_key) = 32),
    PRIMARY KEY (handover, person_key)
);
CREATE INDEX handover_persons_person ON person.handover_persons (person_key);
COMMENT ON TABLE person.handover_persons IS 'Who was in a hand-over, by the key here; rows are only added. The key the recipient got is not stored.';
COMMENT ON COLUMN person.handover_persons.handover IS 'The hand-over.';
COMMENT ON COLUMN person.handover_persons.person_key IS 'The person.';

CREATE TABLE person.receipts (
    handover uuid PRIMARY KEY REFERENCES person.handovers,
    statement text NOT NULL,
    signature bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> '')
);
COMMENT ON TABLE person.receipts IS 'What recipients signed for; rows are only added.';
COMMENT ON COLUMN person.receipts.handover IS 'The hand-over.';
COMMENT ON COLUMN person.receipts.statement IS 'The text that was signed; it names the manifest by its SHA-256.';
COMMENT ON COLUMN person.receipts.signature IS 'ECDSA P-256 over SHA-256 of the statement, checked with the recipient''s public key.';
COMMENT ON COLUMN person.receipts.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN person.receipts.actor IS 'Who recorded it.';

CREATE TABLE person.source_deletions (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handover uuid NOT NULL REFERENCES person.handovers,
    statement text NOT NULL,
    signature bytea NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> '')
);
COMMENT ON TABLE person.source_deletions IS 'Proofs that what was handed over was deleted here; rows are only added.';
COMMENT ON COLUMN person.source_deletions.id IS 'Order.';
COMMENT ON COLUMN person.source_deletions.handover IS 'The hand-over.';
COMMENT ON COLUMN person.source_deletions.statement IS 'The text that was signed: counts, and the manifest by its SHA-256.';
COMMENT ON COLUMN person.source_deletions.signature IS 'ECDSA P-256 over SHA-256 of the statement, with the operator''s key.';
COMMENT ON COLUMN person.source_deletions.at IS 'When.';
COMMENT ON COLUMN person.source_deletions.actor IS 'Who deleted.';
