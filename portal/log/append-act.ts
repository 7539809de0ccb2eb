import { parseAct } from '#catalog-schema';
import { blindSubject, canonicalBytes, encodeBase64url } from '#crypto';
import type { Db, Portal } from '../portal.ts';
import { insertAct } from './log-store.ts';

/** What an act tells, before it becomes a leaf. */
export interface ActToAppend {
  type: string;
  /** Digest of the statement's payload, or an id where the act is about no statement. */
  subject_digest: string;
  /** Whether the statement is public: then the act names its digest, otherwise a blinded one. */
  public: boolean;
  dataset_id?: string;
  version?: number;
  /** Digest of the grant that a revocation or expiry ends. Stays in the database, beside the leaf: the broker asks for it. */
  about_digest?: string;
  /** Id of the member or key that acted; always blinded. */
  actor?: string;
}

/** The act's row, and the key that shows its parties what a blinded name stands for. */
export interface AppendedAct {
  act_id: string;
  blind_key?: string;
}

/**
 * Writes an act in the caller's transaction, so that it stands exactly if what it tells happened; the sequencer gives it its
 * index afterwards. One fresh key blinds subject and actor. Throws SchemaError for a type that the log does not know.
 */
export async function appendAct(trx: Db, portal: Pick<Portal, 'clock' | 'random'>, act: ActToAppend): Promise<AppendedAct> {
  const at = portal.clock.now();
  const blinded = !act.public || act.actor !== undefined;
  const blind_key = encodeBase64url(portal.random(32));
  const leaf = parseAct({
    v: 1,
    type: act.type,
    at: at.toISOString(),
    ...(act.dataset_id === undefined ? {} : { dataset_id: act.dataset_id }),
    ...(act.version === undefined ? {} : { version: act.version }),
    subject: act.public ? act.subject_digest : blindSubject(act.subject_digest, blind_key).subject,
    ...(act.actor === undefined ? {} : { actor: blindSubject(act.actor, blind_key).subject }),
  });
  const act_id = await insertAct(trx, {
    type: act.type,
    leaf: canonicalBytes(leaf),
    subject_digest: act.subject_digest,
    blind_key: blinded ? Buffer.from(blind_key, 'base64url') : null,
    about_digest: act.about_digest ?? null,
    created_at: at,
  });
  return { act_id, ...(blinded ? { blind_key } : {}) };
}
