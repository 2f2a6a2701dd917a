-- The only ways to read and to erase an identity, and the states that follow from the histories.

CREATE FUNCTION person.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of person.% are only added', TG_TABLE_NAME;
END $$;
COMMENT ON FUNCTION person.refuse_change() IS 'Keeps a history from being changed, by its owner too.';

DO $$
DECLARE history text;
BEGIN
    FOREACH history IN ARRAY ARRAY['identity_reads', 'erasures', 'purpose_ends', 'oppositions', 'consents', 'handovers', 'handover_persons',
                                   'receipts', 'source_deletions'] LOOP
        EXECUTE format('CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON person.%I FOR EACH STATEMENT EXECUTE FUNCTION person.refuse_change()', history);
    END LOOP;
END $$;

CREATE FUNCTION person.read_identities(p_keys bytea[], p_actor text, p_reason text)
RETURNS TABLE (person_key bytea, event text, fields text[], nonce bytea, ciphertext bytea, wrapped_key bytea, master_key_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO person.identity_reads (person_key, actor, reason, db_role, found)
    SELECT asked.k, p_actor, p_reason, session_user, EXISTS (SELECT FROM person.identity i WHERE i.person_key = asked.k)
      FROM (SELECT DISTINCT k FROM unnest(p_keys) AS k) asked;
    RETURN QUERY SELECT i.person_key, i.event, i.fields, i.nonce, i.ciphertext, i.wrapped_key, i.master_key_id
                   FROM person.identity i WHERE i.person_key = ANY (p_keys);
END $$;
COMMENT ON FUNCTION person.read_identities(bytea[], text, text) IS 'Reads identities and leaves one row in person.identity_reads for each key asked.';

CREATE FUNCTION person.erase_person(p_key bytea, p_actor text, p_reason text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_event text;
BEGIN
    DELETE FROM person.identity WHERE person_key = p_key RETURNING event INTO v_event;
    IF v_event IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO person.erasures (person_key, event, actor, reason, db_role, erased_at) VALUES (p_key, v_event, p_actor, p_reason, session_user, p_at);
    UPDATE person.person_purposes SET expired_at = p_at WHERE person_key = p_key AND expired_at IS NULL;
    RETURN true;
END $$;
COMMENT ON FUNCTION person.erase_person(bytea, text, text, timestamptz) IS 'Destroys the fields and the wrapped data key of a person and says so in person.erasures; false when there was nobody.';

CREATE VIEW person.consent_state AS
SELECT DISTINCT ON (person_key, purpose, recipient) person_key, purpose, recipient, given, at AS since, evidence
  FROM person.consents ORDER BY person_key, purpose, recipient, at DESC, id DESC;
COMMENT ON VIEW person.consent_state IS 'The present state of each consent: the last that was said.';
COMMENT ON COLUMN person.consent_state.person_key IS 'The person.';
COMMENT ON COLUMN person.consent_state.purpose IS 'For what.';
COMMENT ON COLUMN person.consent_state.recipient IS 'For whom.';
COMMENT ON COLUMN person.consent_state.given IS 'Whether it is given.';
COMMENT ON COLUMN person.consent_state.since IS 'Since when.';
COMMENT ON COLUMN person.consent_state.evidence IS 'Reference of the evidence.';

CREATE VIEW person.opposition_state AS
SELECT DISTINCT ON (person_key) person_key, opposed, at AS since FROM person.oppositions ORDER BY person_key, at DESC, id DESC;
COMMENT ON VIEW person.opposition_state IS 'Whether each person who ever said so opposes marketing now.';
COMMENT ON COLUMN person.opposition_state.person_key IS 'The person.';
COMMENT ON COLUMN person.opposition_state.opposed IS 'True: no marketing.';
COMMENT ON COLUMN person.opposition_state.since IS 'Since when.';

CREATE VIEW person.purpose_due AS
SELECT i.person_key, i.event, pp.purpose,
       CASE p.retention_from WHEN 'last_contact' THEN i.last_contact_at WHEN 'account_closure' THEN i.closed_at ELSE e.ended_at END
           + make_interval(days => p.retention_days) AS due_at
  FROM person.identity i
  JOIN person.person_purposes pp ON pp.person_key = i.person_key AND pp.expired_at IS NULL
  JOIN person.purposes p ON p.purpose = pp.purpose
  LEFT JOIN person.purpose_ends e ON e.purpose = pp.purpose AND e.event = i.event;
COMMENT ON VIEW person.purpose_due IS 'When each purpose of each person ends.';
COMMENT ON COLUMN person.purpose_due.person_key IS 'The person.';
COMMENT ON COLUMN person.purpose_due.event IS 'Event of the person.';
COMMENT ON COLUMN person.purpose_due.purpose IS 'The purpose.';
COMMENT ON COLUMN person.purpose_due.due_at IS 'End of its period; null while the period has not begun.';

CREATE VIEW person.handover_scope AS
SELECT i.person_key, i.event, c.purpose, c.recipient, p.marketing AND coalesce(o.opposed, false) AS opposed
  FROM person.identity i
  JOIN person.consent_state c ON c.person_key = i.person_key AND c.given
  JOIN person.purposes p ON p.purpose = c.purpose
  LEFT JOIN person.opposition_state o ON o.person_key = i.person_key;
COMMENT ON VIEW person.handover_scope IS 'Who consents to be handed over to whom and for what.';
COMMENT ON COLUMN person.handover_scope.person_key IS 'The person.';
COMMENT ON COLUMN person.handover_scope.event IS 'Event of the person.';
COMMENT ON COLUMN person.handover_scope.purpose IS 'For what.';
COMMENT ON COLUMN person.handover_scope.recipient IS 'To whom.';
COMMENT ON COLUMN person.handover_scope.opposed IS 'True when the purpose is marketing and the person opposes it: not handed over.';

COMMENT ON TABLE person.schema_script IS 'Schema scripts that have been run.';
COMMENT ON COLUMN person.schema_script.schemaversionsid IS 'Order in which they ran.';
COMMENT ON COLUMN person.schema_script.scriptname IS 'Name of the script.';
COMMENT ON COLUMN person.schema_script.applied IS 'When it ran.';
