import type { InclusionProof, Statement } from '#crypto';
import { proofForAct } from '../log/prove-act.ts';
import { listKeySets } from '../parties/key-store.ts';
import type { Caller, Portal } from '../portal.ts';
import { getVersion, listContacts } from './dataset-store.ts';
import { findNewestHeads, type HeadsEntry } from './heads/heads-store.ts';
import { headsPath } from './heads/heads-tree.ts';
import { statementOf } from './stored-statement.ts';

/** An act and the proof that the log holds it. */
export interface ActEvidence {
  leaf: string;
  proof: InclusionProof;
}

/** Everything with which anyone can check one version of a dataset offline. */
export interface Evidence {
  dataset_id: string;
  version: number;
  manifest: Statement;
  /** null as long as the log has not integrated it. */
  act: ActEvidence | null;
  /** The producer's chain, oldest first. */
  producer_key_sets: Statement[];
  /** The acts of these key sets in their order, without those that the log has not integrated. */
  producer_key_acts: ActEvidence[];
  portal_key_sets: readonly Statement[];
  /** The producer's newest heads with the path of this dataset's entry, which may name another version; null when there are none, or none with it. */
  heads: { statement: Statement; entry: HeadsEntry; entry_index: number; path: string[]; size: number } | null;
  contacts: { contact_id: string; salt: string; contact: unknown }[];
}

/** The evidence of one version (a number or `latest`) of a dataset that the viewer may see; `not_found` otherwise. */
export async function evidenceFor(portal: Portal, viewer: Caller, dataset_id: string, version: number | string): Promise<Evidence> {
  const found = await getVersion(portal.db, viewer, dataset_id, version);
  const key_sets = await listKeySets(portal.db, 'producer', found.producer_id);
  const key_acts = await Promise.all(key_sets.map((set) => publicProof(portal, set.act_id)));
  return {
    dataset_id,
    version: found.version,
    manifest: statementOf(found.manifest),
    act: await publicProof(portal, found.act_id),
    producer_key_sets: key_sets.map((set) => set.statement),
    producer_key_acts: key_acts.filter((act) => act !== null),
    portal_key_sets: portal.keys.key_sets,
    heads: await headsEvidence(portal, found.producer_id, dataset_id),
    contacts: await listContacts(portal.db, dataset_id, found.version),
  };
}

async function publicProof(portal: Portal, act_id: string | null): Promise<ActEvidence | null> {
  const proved = act_id === null ? undefined : await proofForAct(portal.db, act_id);
  // The blinding key of an act is for its parties; evidence is for everyone.
  return proved === undefined ? null : { leaf: proved.leaf, proof: proved.proof };
}

async function headsEvidence(portal: Portal, producer_id: string, dataset_id: string): Promise<Evidence['heads']> {
  const heads = await findNewestHeads(portal.db, producer_id);
  const entry_index = heads?.entries.findIndex(([id]) => id === dataset_id) ?? -1;
  const entry = heads?.entries[entry_index];
  if (heads === undefined || entry === undefined) return null;
  return { statement: heads.statement, entry, entry_index, path: await headsPath(heads.entries, entry_index), size: heads.entries.length };
}
