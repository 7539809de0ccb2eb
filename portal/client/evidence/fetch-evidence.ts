import { setTimeout as sleep } from 'node:timers/promises';
import type { Statement } from '#crypto';
import type { Client } from '../client.ts';
import { datasetInPath } from '../catalogue/dataset-path.ts';
import { ClientError } from '../errors.ts';
import { followLog } from '../trust/follow-log.ts';
import { type MetPortal, meetPortal } from '../trust/meet-portal.ts';
import type { Pins } from '../trust/pins.ts';
import { readStatement } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { versionsBetween } from './check-mark.ts';
import { type Evidence, EVIDENCE_MAX_BYTES, parseEvidence } from './evidence.ts';
import type { Verdict } from './verdict.ts';
import { type EvidencePolicy, verifyEvidence } from './verify-evidence.ts';

/** A verified dataset version with what proves it and the portal that showed it. */
export interface VerifiedVersion {
  verdict: Verdict;
  evidence: Evidence;
  portal: MetPortal;
}

const INTEGRATION_TRIES = 6;
const MOST_BETWEEN = 500;

/** The evidence of one version as the portal serves it, unverified; without `version`, of the newest. */
export async function getEvidence(client: Client, dataset_id: string, version?: number): Promise<Evidence> {
  const answer = await plainCall(client, { method: 'GET', path: `/api/v1/datasets/${datasetInPath(dataset_id)}/versions/${version ?? 'latest'}/evidence`, max_bytes: EVIDENCE_MAX_BYTES });
  return parseEvidence(answer.json());
}

/**
 * Fetches the evidence of one version, verifies all of it, follows the log, and only then remembers what was learned. Waits a few
 * seconds for a manifest that is not in the log yet. Refuses with every code of `verifyEvidence` and with `log_forked`.
 */
export async function verifyDataset(client: Client, dataset_id: string, o: { version?: number } = {}): Promise<VerifiedVersion> {
  const portal = await meetPortal(client);
  let evidence = await getEvidence(client, dataset_id, o.version);
  for (let attempt = 1; evidence.act === null && attempt < INTEGRATION_TRIES; attempt++) {
    await sleep(700);
    evidence = await getEvidence(client, dataset_id, o.version);
  }
  const pins = await client.pins.load();
  const policy: EvidencePolicy = {
    now: client.now(),
    portal_url: client.portal_url,
    portal_id: portal.portal_id,
    dataset_id,
    between: await manifestsBetween(client, evidence, pins),
    ...(o.version === undefined ? {} : { version: o.version }),
  };
  let verdict: Verdict;
  try {
    verdict = verifyEvidence(evidence, pins, policy);
  } catch (cause) {
    if (!(cause instanceof ClientError) || cause.code !== 'manifest_key_retired') throw cause;
    // What the heads say of a later version may speak for this one: then the versions after it belong to its evidence.
    evidence = await withLaterManifests(client, evidence);
    verdict = verifyEvidence(evidence, pins, policy);
  }
  await followLog(client, portal.portal_id, verdict.checkpoints);
  // followLog may have remembered a longer log, which learning from older pins must not undo: learn() merges.
  await client.pins.learn(verdict.pins);
  return { verdict, evidence, portal };
}

/** The manifest of one version as the portal serves it, unverified. */
export async function getManifest(client: Client, dataset_id: string, version: number): Promise<unknown> {
  return (await plainCall(client, { method: 'GET', path: `/api/v1/datasets/${datasetInPath(dataset_id)}/versions/${version}/manifest`, max_bytes: EVIDENCE_MAX_BYTES })).json();
}

async function manifestsBetween(client: Client, evidence: Evidence, pins: Pins): Promise<unknown[]> {
  const mark = pins.marks.find((candidate) => candidate.dataset_id === evidence.dataset_id);
  if (mark === undefined) return [];
  return manifestsTo(client, evidence, mark.version);
}

async function withLaterManifests(client: Client, evidence: Evidence): Promise<Evidence> {
  const named = evidence.heads?.entry[1] ?? 0;
  if (named <= evidence.version) return evidence;
  const later = await manifestsTo(client, evidence, named);
  return { ...evidence, later: later.map((manifest): Statement => readStatement(manifest, 'a manifest')) };
}

async function manifestsTo(client: Client, evidence: Evidence, other: number): Promise<unknown[]> {
  const versions = versionsBetween(evidence.version, other);
  if (versions.length > MOST_BETWEEN) {
    throw new ClientError('history_missing', `${versions.length} versions lie between version ${evidence.version} and version ${other}; at most ${MOST_BETWEEN} are joined at once.`, {
      facts: { version: other },
    });
  }
  const manifests: unknown[] = [];
  for (const version of versions) manifests.push(await getManifest(client, evidence.dataset_id, version));
  return manifests;
}
