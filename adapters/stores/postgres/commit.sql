-- Writes a batch of changes in one statement, each whole or not at all, and says which were written.
--
-- Every connection that commits makes this function for itself, so a gateway always runs the one that came with
-- its code. The checks and the writing are one call because locks that a gateway holds between two calls would
-- make every other process wait for it whenever it is busy or stopped.
--
-- `batch` has a list per kind of row; a list that is empty is left out. `change` in a row says of which change it
-- is, counted from 1 in their order. A number beside a name that ends in `_at` is a place in `blobs`. No two
-- changes of a batch are about the same leerling, levering, taak, new leerling or answer.
CREATE FUNCTION pg_temp.commit_changes(batch jsonb, blobs bytea[])
RETURNS TABLE (
    written boolean, partij text, key_hash bytea, request_hash bytea, status integer, body bytea, at bigint,
    stamp bytea
)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    ok integer[];
    version integer;
    drawn jsonb;
BEGIN
    -- 1. Locks, in one order for everybody: the register (shared), leerlingen, leveringen, taken, zaken, each by id.
    -- The numbers of partijen come last, for everybody wants those. What is read after this cannot move.
    PERFORM pg_advisory_xact_lock_shared(:register);
    PERFORM FROM leerling WHERE id IN (SELECT jsonb_array_elements_text(batch -> 'leerlingen'))
    ORDER BY id FOR NO KEY UPDATE;
    IF batch ? 'versies' THEN
        PERFORM FROM levering
        WHERE id IN (SELECT id FROM jsonb_to_recordset(batch -> 'versies') AS x(id text))
        ORDER BY id FOR NO KEY UPDATE;
    END IF;
    IF batch ? 'taken' THEN
        PERFORM FROM taak
        WHERE (partij, sleutel) IN (
            SELECT partij, sleutel FROM jsonb_to_recordset(batch -> 'taken') AS x(partij text, sleutel text)
        )
        ORDER BY partij, sleutel FOR NO KEY UPDATE;
    END IF;
    IF batch ? 'zaken' THEN
        PERFORM FROM zaak
        WHERE id IN (SELECT id FROM jsonb_to_recordset(batch -> 'zaken') AS x(id text))
        ORDER BY id FOR NO KEY UPDATE;
    END IF;

    -- 2. Which changes hold (Change in schemas/storage says in which order; here one answer covers it).
    SELECT register_version INTO version FROM state;
    ok := ARRAY(
        SELECT c.change FROM jsonb_to_recordset(batch -> 'changes') AS c(
            change integer, register integer, answer_partij text, answer_at integer,
            owner text, index_at integer,
            leerling text, epoch integer, volgnummer integer, accepted integer
        )
        WHERE coalesce(c.register = version, true)
        AND (c.answer_at IS NULL OR NOT EXISTS (
            SELECT FROM answer a WHERE a.partij = c.answer_partij AND a.key_hash = blobs[c.answer_at]
        ))
        AND (c.index_at IS NULL OR NOT EXISTS (
            SELECT FROM leerling l WHERE l.owner = c.owner AND l.blind_index = blobs[c.index_at]
        ))
        AND (c.leerling IS NULL OR EXISTS (
            SELECT FROM leerling l WHERE l.id = c.leerling AND l.epoch = c.epoch
            AND coalesce(l.volgnummer = c.volgnummer, true) AND coalesce(l.accepted = c.accepted, true)
        ))
        ORDER BY c.change
    );
    IF batch ? 'versies' THEN
        ok := ARRAY(
            SELECT unnest(ok) EXCEPT
            SELECT x.change FROM jsonb_to_recordset(batch -> 'versies') AS x(change integer, id text, versie integer)
            LEFT JOIN levering l ON l.id = x.id WHERE l.versie IS DISTINCT FROM x.versie
        );
    END IF;
    IF batch ? 'taken' THEN
        ok := ARRAY(
            SELECT unnest(ok) EXCEPT
            SELECT x.change FROM jsonb_to_recordset(batch -> 'taken')
            AS x(change integer, partij text, sleutel text, expected integer)
            LEFT JOIN taak t ON t.partij = x.partij AND t.sleutel = x.sleutel
            WHERE (t.json::json ->> 'versie')::integer IS DISTINCT FROM x.expected
        );
    END IF;
    IF batch ? 'zaken' THEN
        ok := ARRAY(
            SELECT unnest(ok) EXCEPT
            SELECT x.change FROM jsonb_to_recordset(batch -> 'zaken') AS x(change integer, id text, expected integer)
            LEFT JOIN zaak z ON z.id = x.id WHERE z.versie IS DISTINCT FROM x.expected
        );
    END IF;

    -- 3. Write those.
    IF cardinality(ok) > 0 THEN
        IF batch ? 'nieuw' THEN
            INSERT INTO leerling (id, owner, blind_index, ref, key, identity_key, identity_content, epoch, volgnummer,
                feitenhash, stamp, lookalike)
            SELECT id, owner, blobs[index_at], ref, blobs[key_at], blobs[identity_key_at], blobs[identity_at], 0, 0,
                blobs[feitenhash_at], blobs[stamp_at], blobs[lookalike_at]
            FROM jsonb_to_recordset(batch -> 'nieuw') AS x(
                change integer, id text, owner text, ref text,
                index_at integer, key_at integer, identity_key_at integer, identity_at integer,
                feitenhash_at integer, stamp_at integer, lookalike_at integer
            ) WHERE change = ANY (ok);
            INSERT INTO koppeling (partij, ref, leerling)
            SELECT owner, ref, id
            FROM jsonb_to_recordset(batch -> 'nieuw') AS x(change integer, id text, owner text, ref text)
            WHERE change = ANY (ok);
        END IF;
        IF batch ? 'raised' THEN
            UPDATE leerling l SET epoch = l.epoch + x.epoch, volgnummer = l.volgnummer + x.volgnummer,
                accepted = l.accepted + x.accepted, kijk_op = coalesce(x.kijk_op, l.kijk_op),
                feitenhash = coalesce(blobs[x.feitenhash_at], l.feitenhash),
                stamp = coalesce(blobs[x.stamp_at], l.stamp)
            FROM jsonb_to_recordset(batch -> 'raised') AS x(
                change integer, id text, epoch integer, volgnummer integer, accepted integer, kijk_op integer,
                feitenhash_at integer, stamp_at integer
            ) WHERE l.id = x.id AND change = ANY (ok);
        END IF;
        IF batch ? 'koppelingen' THEN
            INSERT INTO koppeling (partij, ref, leerling, levering)
            SELECT partij, ref, leerling, levering FROM jsonb_to_recordset(batch -> 'koppelingen')
            AS x(change integer, partij text, ref text, leerling text, levering text)
            WHERE change = ANY (ok)
            ON CONFLICT (leerling, partij) DO NOTHING;
        END IF;
        IF batch ? 'facts' THEN
            INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, leaf)
            SELECT id, leerling, kind, recorded_by, recorded_at, blobs[key_at], blobs[content_at], leaf
            FROM jsonb_to_recordset(batch -> 'facts') AS x(
                change integer, ord integer, id text, leerling text, kind text, recorded_by text,
                recorded_at bigint, key_at integer, content_at integer, leaf text
            ) WHERE change = ANY (ok) ORDER BY ord;
        END IF;
        IF batch ? 'leaves' THEN
            INSERT INTO leaf_waiting (id, soort, canonical, detail)
            SELECT id, soort, blobs[canonical_at], blobs[detail_at] FROM jsonb_to_recordset(batch -> 'leaves')
            AS x(change integer, ord integer, id text, soort text, canonical_at integer, detail_at integer)
            WHERE change = ANY (ok) ORDER BY ord;
        END IF;
        IF batch ? 'answers' THEN
            INSERT INTO answer (partij, key_hash, request_hash, status, body, at, stamp)
            SELECT partij, blobs[key_at], blobs[request_at], status, blobs[body_at], at, blobs[stamp_at]
            FROM jsonb_to_recordset(batch -> 'answers') AS x(
                change integer, partij text, key_at integer, request_at integer, status integer,
                body_at integer, at bigint, stamp_at integer
            ) WHERE change = ANY (ok);
        END IF;
        IF batch ? 'ended' THEN
            DELETE FROM claim WHERE id IN (
                SELECT id FROM jsonb_to_recordset(batch -> 'ended') AS x(change integer, id text)
                WHERE change = ANY (ok)
            );
        END IF;
        IF batch ? 'numbers' THEN
            -- What is drawn for a change that does not hold is a gap, and a gap harms nobody.
            WITH raised AS (
                INSERT INTO nummer AS n (partij, soort, laatste)
                SELECT partij, soort, first + count - 1 FROM jsonb_to_recordset(batch -> 'numbers')
                AS x(partij text, soort text, first bigint, count integer)
                ORDER BY soort, partij
                ON CONFLICT (partij, soort) DO UPDATE SET laatste = n.laatste + (
                    SELECT count FROM jsonb_to_recordset(batch -> 'numbers')
                    AS x(partij text, soort text, count integer)
                    WHERE x.partij = n.partij AND x.soort = n.soort
                )
                RETURNING partij, soort, laatste
            )
            SELECT jsonb_object_agg(r.soort || ' ' || r.partij, r.laatste - x.count) INTO drawn
            FROM raised r JOIN jsonb_to_recordset(batch -> 'numbers')
            AS x(partij text, soort text, count integer) USING (partij, soort);
        END IF;
        IF batch ? 'uitwisselingen' THEN
            INSERT INTO uitwisseling (id, afzender, nummer, leaves, json)
            SELECT id, afzender, (drawn ->> ('uitwisseling ' || afzender))::bigint + rank, leaves, json
            FROM jsonb_to_recordset(batch -> 'uitwisselingen')
            AS x(change integer, id text, afzender text, rank integer, leaves text, json text)
            WHERE change = ANY (ok);
        END IF;
        IF batch ? 'taken' THEN
            INSERT INTO taak AS t (
                id, partij, sleutel, leerling, status, uiterlijk, geescaleerd, json, gesloten, nummer
            )
            SELECT id, partij, sleutel, leerling, status, uiterlijk, geescaleerd, json, gesloten,
                (drawn ->> ('taak ' || partij))::bigint + rank
            FROM jsonb_to_recordset(batch -> 'taken') AS x(
                change integer, ord integer, expected integer, rank integer, id text, partij text, sleutel text,
                leerling text, status text, uiterlijk bigint, geescaleerd integer, json text, gesloten bigint
            ) WHERE change = ANY (ok) AND expected IS NULL ORDER BY ord;
            UPDATE taak t SET status = x.status, uiterlijk = x.uiterlijk, geescaleerd = x.geescaleerd,
                json = x.json, gesloten = x.gesloten
            FROM jsonb_to_recordset(batch -> 'taken') AS x(
                change integer, expected integer, id text, status text, uiterlijk bigint, geescaleerd integer,
                json text, gesloten bigint
            ) WHERE t.id = x.id AND change = ANY (ok) AND expected IS NOT NULL;
        END IF;
        IF batch ? 'zaken' THEN
            INSERT INTO zaak AS z (id, soort, leerling, versie, key, content, stamp, vergeten_op)
            SELECT id, soort, leerling, versie, blobs[key_at], blobs[content_at], blobs[stamp_at], vergeten_op
            FROM jsonb_to_recordset(batch -> 'zaken') AS x(
                change integer, ord integer, id text, soort text, leerling text, expected integer, versie integer,
                key_at integer, content_at integer, stamp_at integer, vergeten_op bigint
            ) WHERE change = ANY (ok) AND expected IS NULL ORDER BY ord;
            UPDATE zaak z SET versie = x.versie, key = blobs[x.key_at], content = blobs[x.content_at],
                stamp = blobs[x.stamp_at], vergeten_op = x.vergeten_op
            FROM jsonb_to_recordset(batch -> 'zaken') AS x(
                change integer, id text, expected integer, versie integer, key_at integer, content_at integer,
                stamp_at integer, vergeten_op bigint
            ) WHERE z.id = x.id AND change = ANY (ok) AND expected IS NOT NULL;
        END IF;
        IF batch ? 'zaakpartijen' THEN
            INSERT INTO zaakpartij (partij, zaak, nummer)
            SELECT partij, zaak, (drawn ->> ('zaak ' || partij))::bigint + rank
            FROM jsonb_to_recordset(batch -> 'zaakpartijen')
            AS x(change integer, partij text, zaak text, rank integer)
            WHERE change = ANY (ok)
            ON CONFLICT (partij, zaak) DO NOTHING;
        END IF;
        IF batch ? 'leveringen' THEN
            INSERT INTO levering (id, uitwisseling, leerling, ontvanger, status, positie, vervalt_op, lease_tot,
                opgehaald, overgedragen, versie, json, decided_under, afzender, telt_op)
            SELECT id, uitwisseling, leerling, ontvanger, status,
                coalesce((drawn ->> ('postbus ' || ontvanger))::bigint + rank, positie),
                vervalt_op, lease_tot, opgehaald, overgedragen, versie, json, under, afzender, telt_op
            FROM jsonb_to_recordset(batch -> 'leveringen') AS x(
                change integer, ord integer, id text, uitwisseling text, leerling text, ontvanger text, status text,
                rank integer, positie bigint, vervalt_op bigint, lease_tot bigint, opgehaald integer,
                overgedragen integer, versie integer, json text, under text, afzender text, telt_op bigint
            ) WHERE change = ANY (ok) AND versie = 0 ORDER BY ord;
            UPDATE levering l SET status = x.status,
                positie = coalesce((drawn ->> ('postbus ' || x.ontvanger))::bigint + x.rank, x.positie),
                vervalt_op = x.vervalt_op, lease_tot = x.lease_tot, opgehaald = x.opgehaald,
                overgedragen = x.overgedragen, versie = x.versie, json = x.json,
                decided_under = coalesce(nullif(x.under, ''), l.decided_under),
                telt_op = CASE l.overgedragen WHEN 1 THEN l.telt_op ELSE x.telt_op END
            FROM jsonb_to_recordset(batch -> 'leveringen') AS x(
                change integer, id text, ontvanger text, status text, rank integer, positie bigint,
                vervalt_op bigint, lease_tot bigint, opgehaald integer, overgedragen integer, versie integer,
                json text, under text, telt_op bigint
            ) WHERE l.id = x.id AND change = ANY (ok) AND x.versie > 0;
            INSERT INTO event (levering, volgnummer, json)
            SELECT l.n, x.volgnummer, x.event FROM jsonb_to_recordset(batch -> 'leveringen')
            AS x(change integer, id text, volgnummer integer, event text)
            JOIN levering l ON l.id = x.id WHERE change = ANY (ok);
        END IF;
        IF batch ? 'contents' THEN
            INSERT INTO content (levering, key, content)
            SELECT l.n, blobs[x.key_at], blobs[x.content_at] FROM jsonb_to_recordset(batch -> 'contents')
            AS x(change integer, id text, key_at integer, content_at integer)
            JOIN levering l ON l.id = x.id WHERE change = ANY (ok) AND x.content_at IS NOT NULL
            ON CONFLICT (levering) DO UPDATE SET key = excluded.key, content = excluded.content;
            DELETE FROM content c USING jsonb_to_recordset(batch -> 'contents')
            AS x(change integer, id text, content_at integer), levering l
            WHERE l.id = x.id AND c.levering = l.n AND change = ANY (ok) AND x.content_at IS NULL;
        END IF;
        IF batch ? 'unchanged' THEN
            UPDATE levering l SET decided_under = x.under FROM jsonb_to_recordset(batch -> 'unchanged')
            AS x(change integer, id text, under text) WHERE l.id = x.id AND change = ANY (ok);
        END IF;
    END IF;

    -- 4. In the order of the changes; one that was not written because its key was used has the first answer.
    RETURN QUERY
    SELECT c.change = ANY (ok), a.partij, a.key_hash, a.request_hash, a.status, a.body, a.at, a.stamp
    FROM jsonb_to_recordset(batch -> 'changes') AS c(change integer, answer_partij text, answer_at integer)
    LEFT JOIN answer a
    ON c.change <> ALL (ok) AND a.partij = c.answer_partij AND a.key_hash = blobs[c.answer_at]
    ORDER BY c.change;
END
$function$
