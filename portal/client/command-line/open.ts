import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { ownRequests } from '../access/own-requests.ts';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import { loadConsumerKeys } from '../home/consumer-keys.ts';
import { readSecretJwk } from '../home/delivery-file.ts';
import { pinsInHome } from '../home/pin-store.ts';
import { ClientError } from '../errors.ts';
import { chooseFiles } from '../resources/choose-files.ts';
import { openOffline, openParcel } from '../resources/open-parcel.ts';
import { parcelPaths, readParcel } from '../resources/sealed-parcel.ts';
import { outputPaths } from './output-path.ts';
import type { Run } from './program.ts';
import { progressLine } from './progress-line.ts';
import { type Session, sizeIn } from './session.ts';
import { versionOf } from './show.ts';
import { verdictJson, verdictLines } from './verdict-lines.ts';

interface OpenOptions {
  version?: string;
  resource?: string;
  output?: string;
  force?: boolean;
  stale?: boolean;
  jwk?: string;
}

/** `sceau open`: a file in the clear, from the portal or from what `sceau get` left. */
export function addOpen(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('open')
    .description(say('help.open'))
    .argument('<target>', say('help.open_target'))
    .option('--version <n>', say('help.version'))
    .option('--resource <file>', say('help.resource'))
    .option('-o, --output <path>', say('help.output'))
    .option('--force', say('help.force'))
    .option('--stale', say('help.stale'))
    .option('--jwk <file>', say('help.open_jwk'));
  run.explain(command, ['sceau open "Demandes de logement social par commune" -o logement.csv', 'sceau open logement.csv.age-body -o logement.csv']).action((target: string, options: OpenOptions) =>
    run.inSession(async (session) => {
      const base = await parcelBase(target);
      if (base === undefined) await openFromPortal(session, target, options);
      else await openFromFiles(session, base, options);
    }),
  );
}

async function openFromPortal(session: Session, text: string, options: OpenOptions): Promise<void> {
  const client = await session.client({ jwk: options.jwk });
  const version = await client.verify(await findDatasetId(client, text), versionOf(options.version));
  const files = chooseFiles(version.verdict.manifest, options.resource);
  const paths = await outputPaths(files.map((file) => file.name), options.output);
  const opened: Record<string, unknown>[] = [];
  for (const [index, file] of files.entries()) {
    const path = paths[index] ?? file.name;
    const meter = progressLine(session, file.name);
    try {
      const { size } = await client.open(version, file, { path, force: options.force ?? false, accept_stale: options.stale ?? false, progress: meter.progress, signal: session.signal });
      meter.end();
      opened.push({ path, resource_id: file.resource_id, name: file.name, size });
      if (!session.json) session.line(session.say('open.done', { path, size: sizeIn(session.language, size) }));
    } finally {
      meter.end();
    }
  }
  if (session.json) session.result({ ...verdictJson(version.verdict), files: opened });
  else for (const line of verdictLines(session, version.verdict)) if (!line.startsWith('✓')) session.note(line);
}

async function openFromFiles(session: Session, base: string, options: OpenOptions): Promise<void> {
  const paths = parcelPaths(base);
  const path = (await outputPaths([basename(base)], options.output))[0] ?? base;
  const output = { path, force: options.force ?? false, signal: session.signal };
  const parcel = await readParcel(paths.parcel);
  const home = await session.home();
  const keys = parcel === undefined ? undefined : await loadConsumerKeys(home);
  const opened =
    parcel === undefined || keys === undefined
      ? await openOffline({ header_path: paths.header, body_path: paths.body, content_key_path: paths.content_key, output })
      : await openParcel({ base, parcel, keys, ...(options.jwk === undefined ? {} : { secret: await readSecretJwk(options.jwk) }), own_requests: await ownRequests(home), pins: await pinsInHome(home).load(), now: new Date(), output });
  if (session.json) {
    session.result({ ...(opened.verdict === null ? { authentic: null } : verdictJson(opened.verdict)), files: [{ path, size: opened.size }] });
    return;
  }
  session.line(session.say('open.done', { path, size: sizeIn(session.language, opened.size) }));
  if (opened.verdict === null) session.note(`! ${session.say('open.unsigned')}`);
  else for (const line of verdictLines(session, opened.verdict)) if (!line.startsWith('✓')) session.note(line);
}

/** The common beginning of the files that `sceau get` left, when the target names one of them; undefined for a dataset. */
async function parcelBase(target: string): Promise<string | undefined> {
  const base = target.replace(/\.(?:age-body|age-header|sceau\.json|content-key\.txt)$/, '');
  if (await exists(parcelPaths(base).body)) return base;
  if (base !== target) throw new ClientError('file_unreadable', `${parcelPaths(base).body} is missing.`, { facts: { path: parcelPaths(base).body, why: 'ENOENT' } });
  return undefined;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
