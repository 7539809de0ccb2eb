import { type Manifest, parseManifest } from '#catalog-schema';
import { parseStatement, readUnverifiedPayload, type Statement, verifyStatement } from '#crypto';
import { releaseNewEpochs } from '../../access/release-new-epochs.ts';
import { PortalError } from '../../errors.ts';
import { appendAct } from '../../log/append-act.ts';
import { findKeysInForce, holdKeysInForce } from '../../parties/key-store.ts';
import type { Caller, Db, Portal } from '../../portal.ts';
import { insertEpoch, listBodyEpochs, listEpochs } from '../../access/epoch-store.ts';
import { requireOwnProducer } from '../require-own-producer.ts';
import { checkContacts, type OpenedContact } from './check-contacts.ts';
import { type CheckedDeposit, checkDeposits, checkRecovery, epochRecipients, type SentDeposit, type SentRecovery } from './check-deposits.ts';
import { checkBodies, checkHeaders, sealedFilesOf, type SentHeader } from './check-files.ts';
import { datasetRow, searchTexts } from './dataset-row.ts';
import { epochRule } from './epoch-rule.ts';
import { keepEquivocation } from './keep-equivocation.ts';
import { findStanding, getProducerName, getPublishedAt, hadOpenFile, insertDeposit, insertRecovery, insertVersion, moveHead, wasOpen } from './publish-store.ts';
import { versionRule } from './version-rule.ts';

/** A manifest with everything that travels beside it. */
export interface PublishInput {
  dataset_id: string;
  version: number;
  manifest: unknown;
  headers: readonly SentHeader[];
  deposits: readonly SentDeposit[];
  recovery: readonly SentRecovery[];
  contacts: readonly OpenedContact[];
}

/** The answer to a published version; the same for the same digest sent again. */
export interface PublishedVersion {
  dataset_id: string;
  version: number;
  manifest_sha256: string;
  published_at: string;
  /**
   * `contact_missing:<contact_id>`: a contact that is committed to and was not sent. `earlier_versions_were_open`: this version
   * restricts a dataset whose files were open until now, so that whoever fetched them has them.
   */
  warnings?: string[];
}

const CLOCK_SKEW_MS = 10 * 60 * 1000;
const ATTEMPTS = 3;

/**
 * Accepts a version of a dataset, whole or not at all; a withdrawal is a version too. `created` is false when this very version was
 * published before. Refuses with the codes of each step below; two different contents signed for one version are both kept and
 * freeze the dataset (`equivocation`).
 */
export async function publishManifest(portal: Portal, caller: Caller, input: PublishInput): Promise<{ created: boolean; published: PublishedVersion }> {
  const now = portal.clock.now();
  const statement = parseStatement(input.manifest);
  // 1 the producer is active and the node its own; what the statement claims only chooses the keys it is verified with
  const producer_id = claimedProducer(statement);
  requireOwnProducer(caller, producer_id);
  // 2 signed by a manifest key in force
  const manifestKeys = await findKeysInForce(portal.db, 'producer', producer_id, 'manifest', now);
  const verified = verifyStatement(statement, { typ: 'dataset-manifest+jws', keyFor: (kid) => manifestKeys.get(kid) });
  // 3 exactly a manifest, for this place, and one that this portal serves
  const manifest = parseManifest(verified.payload);
  requireServed(manifest, input, now);

  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // 4 the version rule
    const standing = await findStanding(portal.db, manifest.dataset_id, manifest.version);
    const verdict = versionRule(standing, manifest, verified.digest);
    if (verdict === 'equivocation') throw await keepEquivocation(portal, manifest, verified.digest, statement);
    // 5 the same digest again gets the same answer
    if (verdict === 'again') {
      const published_at = await getPublishedAt(portal.db, manifest.dataset_id, manifest.version);
      return { created: false, published: answerOf(manifest, verified.digest, published_at, await closingWarnings(portal.db, manifest)) };
    }
    // 6 everything beside the manifest holds, then all of it in one transaction
    const { missing } = checkContacts(manifest.metadata, input.contacts);
    await checkBodies(portal.db, manifest);
    const headers = await checkHeaders(portal.db, manifest, input.headers);
    const releaseKeys = await findKeysInForce(portal.db, 'producer', producer_id, 'release', now);
    const known = new Set((await listEpochs(portal.db, manifest.dataset_id, now)).map((entry) => entry.epoch));
    const deposits = checkDeposits(manifest, input.deposits, { releaseKeys, known });
    checkRecovery(manifest, input.recovery);
    const stored = await portal.db.transaction().execute((trx) => store(trx, portal, { manifest, statement, digest: verified.digest, kids: verified.kids, headers, deposits, input, now }));
    // 7 the answer; the proof follows once the log has integrated the act
    if (stored) {
      const warnings = [...(await closingWarnings(portal.db, manifest)), ...missing.map((contact_id) => `contact_missing:${contact_id}`)];
      return { created: true, published: answerOf(manifest, verified.digest, now.toISOString(), warnings) };
    }
    // Somebody moved the head meanwhile: the version rule decides anew.
  }
  throw new PortalError('unavailable', 'Several versions of this dataset arrive at once. Send this one again.', { reason: 'publish_raced', retry_after: 1 });
}

function answerOf({ dataset_id, version }: Manifest, manifest_sha256: string, published_at: string, warnings: string[]): PublishedVersion {
  const published = { dataset_id, version, manifest_sha256, published_at };
  return warnings.length === 0 ? published : { ...published, warnings };
}

async function closingWarnings(db: Db, { dataset_id, version, access }: Manifest): Promise<string[]> {
  const closes = access === 'restricted' && (await wasOpen(db, dataset_id, version - 1)) && (await hadOpenFile(db, dataset_id, version));
  return closes ? ['earlier_versions_were_open'] : [];
}

function claimedProducer(statement: Statement): string {
  const claim = readUnverifiedPayload(statement);
  const producer_id = typeof claim === 'object' && claim !== null && 'producer_id' in claim ? claim.producer_id : undefined;
  if (typeof producer_id !== 'string') throw new PortalError('bad_request', 'The manifest names no producer.', { reason: 'no_producer' });
  return producer_id;
}

function requireServed(manifest: Manifest, input: PublishInput, now: Date): void {
  const refused = (reason: string, detail: string): PortalError => new PortalError('bad_request', detail, { reason });
  if (manifest.dataset_id !== input.dataset_id || manifest.version !== input.version) throw refused('path_mismatch', 'The manifest is for another dataset or version than this address.');
  if (manifest.status === 'erased') throw refused('erasure_not_supported', 'This portal cannot erase yet; withdraw the dataset.');
  if (manifest.status === 'withdrawn' && manifest.resources.length > 0) throw refused('withdrawn_with_resources', 'A withdrawn version names no resource.');
  if (Date.parse(manifest.issued_at) > now.getTime() + CLOCK_SKEW_MS) {
    throw new PortalError('bad_evidence', `The manifest was issued in the future (${manifest.issued_at}). Set the clock of the node.`, { reason: 'issued_in_future' });
  }
}

async function store(
  trx: Db,
  portal: Portal,
  o: { manifest: Manifest; statement: Statement; digest: string; kids: readonly string[]; headers: ReadonlyMap<string, Uint8Array>; deposits: readonly CheckedDeposit[]; input: PublishInput; now: Date },
): Promise<boolean> {
  const { manifest, digest, now } = o;
  const { dataset_id, producer_id, version } = manifest;
  const published_at = now.toISOString();
  // The keys again, now that nobody can replace them: a version signed by a retired key could never be verified.
  requireInForce(o.kids, await holdKeysInForce(trx, producer_id, 'manifest', now));
  requireInForce(o.deposits.flatMap((deposit) => deposit.kids), await findKeysInForce(trx, 'producer', producer_id, 'release', now));
  const producer_name = await getProducerName(trx, producer_id);
  const row = datasetRow(manifest, published_at);
  // The head first: its row is the lock under which grants and epochs are read.
  if (!(await moveHead(trx, { manifest, digest, row, search: searchTexts(row, manifest.resources, producer_name), producer_name, published_at }))) return false;

  const epochs = await listEpochs(trx, dataset_id, now);
  const fresh = o.deposits.filter((deposit) => !epochs.some((known) => known.epoch === deposit.epoch));
  epochRule({
    files: sealedFilesOf(manifest).map((file) => ({ name: file.name, root: file.tree.root, epoch: file.age.epoch, recipient: file.age.recipient })),
    custody: manifest.custody,
    epochs,
    earlier: await listBodyEpochs(trx, dataset_id),
    deposited: new Set(fresh.map((deposit) => deposit.epoch)),
  });

  const type = manifest.status === 'withdrawn' ? 'manifest.withdraw' : 'manifest.publish';
  const { act_id } = await appendAct(trx, portal, { type, subject_digest: digest, public: true, dataset_id, version });
  await insertVersion(trx, { manifest, statement: o.statement, digest, act_id, published_at, headers: o.headers, contacts: o.input.contacts });
  const begun = [...epochRecipients(manifest)].filter(([epoch]) => !epochs.some((known) => known.epoch === epoch));
  for (const [epoch, recipient] of begun) {
    if (manifest.custody !== 'none') await insertEpoch(trx, { dataset_id, producer_id, epoch, custody: manifest.custody, recipient, now });
  }
  for (const deposit of fresh) {
    const deposited = await appendAct(trx, portal, { type: 'key.deposit', subject_digest: deposit.statement_digest, public: true, dataset_id });
    await insertDeposit(trx, { dataset_id, producer_id, deposit, act_id: deposited.act_id, now });
  }
  await insertRecovery(trx, { dataset_id, producer_id, recovery: o.input.recovery, now });
  await releaseNewEpochs(trx, { dataset_id, epochs: fresh.map((deposit) => deposit.epoch), now });
  return true;
}

function requireInForce(kids: readonly string[], keys: ReadonlyMap<string, unknown>): void {
  if (kids.every((kid) => keys.has(kid))) return;
  throw new PortalError('bad_evidence', 'The key that signed this was replaced while it arrived. Sign it with the key now in force.', { reason: 'unknown_key' });
}
