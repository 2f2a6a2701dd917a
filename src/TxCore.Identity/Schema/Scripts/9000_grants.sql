-- Run at every migration. Nobody but the owner sees a ciphertext except through person.read_identities, and nobody but the owner can remove
-- a person except through person.erase_person. Histories are only added to.

REVOKE ALL ON ALL TABLES IN SCHEMA person FROM PUBLIC, $writer$, $reader$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA person FROM PUBLIC, $writer$, $reader$;
GRANT USAGE ON SCHEMA person TO $writer$, $reader$;
GRANT SELECT ON person.store, person.events, person.identity_reads, person.erasures, person.purposes, person.purpose_ends,
    person.person_purposes, person.oppositions, person.recipients, person.consents, person.handovers, person.handover_persons, person.receipts,
    person.source_deletions, person.consent_state, person.opposition_state, person.purpose_due, person.handover_scope TO $writer$, $reader$;
GRANT SELECT (person_key, event, fields, master_key_id, created_at, changed_at, last_contact_at, closed_at) ON person.identity TO $writer$, $reader$;
GRANT EXECUTE ON FUNCTION person.read_identities(bytea[], text, text) TO $writer$, $reader$;

GRANT INSERT ON person.events, person.identity, person.purposes, person.purpose_ends, person.person_purposes, person.oppositions,
    person.recipients, person.consents, person.handovers, person.handover_persons, person.receipts, person.source_deletions TO $writer$;
GRANT UPDATE (fields, nonce, ciphertext, wrapped_key, master_key_id, changed_at, last_contact_at, closed_at) ON person.identity TO $writer$;
GRANT UPDATE (legal_basis, retention_days, retention_from, fields, marketing, description, source, changed_at) ON person.purposes TO $writer$;
GRANT UPDATE (since, expired_at) ON person.person_purposes TO $writer$;
GRANT UPDATE (name, public_key, pepper_id) ON person.recipients TO $writer$;
GRANT EXECUTE ON FUNCTION person.erase_person(bytea, text, text, timestamptz) TO $writer$;
