import { parseDatasetId } from '#catalog-schema';
import type { Statement } from '#crypto';
import type { Client } from '../client.ts';
import { type BlindedLoggedAct, readBlindedLoggedAct } from '../evidence/logged-act.ts';
import { malformed, readId, readList, readObject, readStatement, readText, readWord } from '../wire/answer.ts';
import { listAll } from '../wire/list-all.ts';

/** A grant as the portal lists it; `verifyGrant` makes it more than the portal's word. */
export interface ListedGrant {
  statement: Statement;
  act: BlindedLoggedAct | null;
  /** `suspended`: closed until the producer has looked at it. */
  state: 'active' | 'suspended' | 'revoked' | 'expired';
  dataset_id: string;
  title: string;
  starts_at: string;
  ends_at: string;
  /** Epochs whose key packages are ready. */
  epochs: number[];
}

/** All of the consumer's grants, page by page, in the portal's order: live ones first, then newest first. */
export async function listGrants(client: Client): Promise<ListedGrant[]> {
  return listAll(client, { path: '/api/v1/grants', what: 'a list of grants', name: 'grants', read: readGrant });
}

function readGrant(value: unknown): ListedGrant {
  const object = readObject(value, 'a grant');
  const act = object.members['act'];
  return {
    statement: readStatement(object.members['grant'], 'a grant'),
    act: act === null || act === undefined ? null : readBlindedLoggedAct(act, 'the log entry of a grant'),
    state: readWord(object, 'state', ['active', 'suspended', 'revoked', 'expired']),
    dataset_id: readId(object, 'dataset_id', parseDatasetId),
    title: readText(object, 'title'),
    starts_at: readText(object, 'starts_at'),
    ends_at: readText(object, 'ends_at'),
    epochs: readList(object, 'epochs', (entry) => {
      if (typeof entry !== 'number') throw malformed(object.what, 'an epoch is not a number');
      return entry;
    }),
  };
}
