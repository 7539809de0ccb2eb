import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { type FileResource, isSealed } from '#catalog-schema';
import { hashBody, LEAF_SIZE, parseStrictJson } from '#crypto';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import { ClientError } from '../errors.ts';
import { type Evidence, EVIDENCE_MAX_BYTES, parseEvidence } from '../evidence/evidence.ts';
import type { Verdict } from '../evidence/verdict.ts';
import { verifyEvidence } from '../evidence/verify-evidence.ts';
import { pinsInHome } from '../home/pin-store.ts';
import { readError } from '../resources/file-error.ts';
import { readSmallFile, writeSmallFile } from '../resources/sealed-parcel.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';
import { versionOf } from './show.ts';
import { verdictJson, verdictLines } from './verdict-lines.ts';

interface VerifyOptions {
  version?: string;
  save?: string;
  file?: string;
  force?: boolean;
}

/** `sceau verify`: the verdict on a dataset, or on evidence saved earlier, and on a file one already has. */
export function addVerify(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('verify')
    .description(say('help.verify'))
    .argument('<target>', say('help.verify_target'))
    .option('--version <n>', say('help.version'))
    .option('--save <file>', say('help.verify_save'))
    .option('--file <file>', say('help.verify_file'))
    .option('--force', say('help.force'));
  run.explain(command, ['sceau verify 4f8c… --save evidence.json', 'sceau verify evidence.json --file communes.csv']).action((target: string, options: VerifyOptions) =>
    run.inSession(async (session) => {
      const saved = /\.json$/i.test(target) || target.includes('/') ? await readEvidence(target) : undefined;
      const { verdict, evidence } = saved === undefined ? await fromPortal(session, target, options) : await fromFile(session, saved);
      const file = options.file === undefined ? undefined : await matchFile(options.file, verdict);
      if (options.save !== undefined) await writeSmallFile(options.save, `${JSON.stringify(evidence, null, 1)}\n`, { mode: 0o666, force: options.force ?? false });
      if (session.json) {
        session.result({ ...verdictJson(verdict), ...(file === undefined ? {} : { file: { path: options.file, resource_id: file.resource_id, name: file.name } }) });
        return;
      }
      for (const line of verdictLines(session, verdict)) session.line(line);
      session.line(`  ${session.say('verify.digest')}  ${verdict.digest}`);
      if (file !== undefined) session.line(`✓ ${session.say('verify.file', { path: options.file ?? '', name: file.name })}`);
      if (options.save !== undefined) session.note(session.say('verify.saved', { path: options.save }));
    }),
  );
}

async function fromPortal(session: Session, target: string, options: VerifyOptions): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const client = await session.client();
  return client.verify(await findDatasetId(client, target), versionOf(options.version));
}

async function fromFile(session: Session, evidence: Evidence): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const pins = await pinsInHome(await session.home()).load();
  return { verdict: verifyEvidence(evidence, pins, { now: new Date(), saved: true }), evidence };
}

async function readEvidence(path: string): Promise<Evidence> {
  const bytes = await readSmallFile(path, EVIDENCE_MAX_BYTES * 2);
  if (bytes === undefined) throw new ClientError('file_unreadable', `${path} is missing.`, { facts: { path, why: 'ENOENT' } });
  let value: unknown;
  try {
    value = parseStrictJson(bytes, { maxBytes: bytes.length });
  } catch (cause) {
    throw new ClientError('evidence_malformed', `${path} is not JSON.`, { cause, reason: 'malformed_json' });
  }
  // What `sceau get` leaves beside a sealed file holds the evidence too.
  const inner = typeof value === 'object' && value !== null && 'evidence' in value ? value.evidence : value;
  return parseEvidence(inner);
}

async function matchFile(path: string, { manifest }: Verdict): Promise<FileResource> {
  let hashed: Awaited<ReturnType<typeof hashBody>>;
  try {
    hashed = await hashBody(createReadStream(path, { highWaterMark: LEAF_SIZE }));
  } catch (cause) {
    throw readError(cause, path);
  }
  const found = manifest.resources.find(
    (resource): resource is FileResource =>
      resource.kind === 'file' && resource.tree.root === hashed.root && resource.body_size === hashed.size && (isSealed(resource) || resource.sha256 === hashed.sha256),
  );
  if (found === undefined) throw new ClientError('content_refused', `${path} is none of the files that the manifest signs.`, { reason: 'no_such_file', facts: { path } });
  return found;
}
