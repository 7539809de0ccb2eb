import type { Command } from 'commander';
import { type FileResource, isSealed } from '#catalog-schema';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import type { ConsumerClient } from '../create-client.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { chooseFiles } from '../resources/choose-files.ts';
import { getSealed } from '../resources/get-sealed.ts';
import { parcelPaths } from '../resources/sealed-parcel.ts';
import { outputPaths } from './output-path.ts';
import { shellWord } from './printable.ts';
import type { Run } from './program.ts';
import { progressLine } from './progress-line.ts';
import { type Session, sizeIn } from './session.ts';
import { versionOf } from './show.ts';
import { verdictJson, verdictLines } from './verdict-lines.ts';

interface GetOptions {
  version?: string;
  resource?: string;
  output?: string;
  force?: boolean;
  stale?: boolean;
  keep?: boolean;
  jwk?: string;
}

/** `sceau get`: brings files here, verified; sealed ones still sealed. */
export function addGet(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('get')
    .description(say('help.get'))
    .argument('<dataset>', say('help.dataset'))
    .option('--version <n>', say('help.version'))
    .option('--resource <file>', say('help.resource'))
    .option('-o, --output <path>', say('help.output'))
    .option('--force', say('help.force'))
    .option('--stale', say('help.stale'))
    .option('--keep', say('help.get_keep'))
    .option('--jwk <file>', say('help.open_jwk'));
  run.explain(command, [
    'sceau get "Communes de Rennes Métropole" -o communes.csv',
    'sceau get 4f8c… --keep -o logement.csv',
    'cat logement.csv.age-header logement.csv.age-body | age -d -i logement.csv.content-key.txt > logement.csv',
  ]).action((text: string, options: GetOptions) =>
    run.inSession(async (session) => {
      const client = await session.client({ jwk: options.jwk });
      const version = await client.verify(await findDatasetId(client, text), versionOf(options.version));
      const files = chooseFiles(version.verdict.manifest, options.resource);
      const paths = await outputPaths(files.map((file) => file.name), options.output);
      const written: Record<string, unknown>[] = [];
      for (const [index, file] of files.entries()) {
        written.push(await getOne(session, client, version, file, paths[index] ?? file.name, options));
      }
      if (session.json) session.result({ ...verdictJson(version.verdict), files: written });
      else for (const line of verdictLines(session, version.verdict)) if (!line.startsWith('✓')) session.note(line);
    }),
  );
}

async function getOne(session: Session, client: ConsumerClient, version: VerifiedVersion, file: FileResource, path: string, options: GetOptions): Promise<Record<string, unknown>> {
  const { say, language } = session;
  const meter = progressLine(session, file.name);
  const output = { path, force: options.force ?? false, accept_stale: options.stale ?? false, progress: meter.progress, signal: session.signal };
  try {
    if (!isSealed(file)) {
      const got = await client.get(version, file, output);
      meter.end();
      if (got.resumed_from > 0) session.note(say('get.resumed', { size: sizeIn(language, got.resumed_from) }));
      if (!session.json) session.line(say('get.done', { path, size: sizeIn(language, got.body_size) }));
      return { path, resource_id: file.resource_id, name: file.name, size: got.body_size, sha256: file.sha256, resumed_from: got.resumed_from };
    }
    const got = await getSealed(client, version, file, { ...output, keep: options.keep ?? false });
    meter.end();
    if (got.resumed_from > 0) session.note(say('get.resumed', { size: sizeIn(language, got.resumed_from) }));
    if (!session.json) sealedLines(session, got.path, path, file, options.keep ?? false);
    if (!session.json) for (const package_path of got.packages) session.note(say('packages.written', { path: package_path, form: package_path.endsWith('.asc') ? 'openpgp' : package_path.endsWith('.json') ? 'jwe' : 'age' }));
    return { path: got.path, resource_id: file.resource_id, name: file.name, size: got.body_size, sealed: true, epoch: file.age.epoch, files: got.files, packages: got.packages, resumed_from: got.resumed_from };
  } finally {
    meter.end();
  }
}

function sealedLines(session: Session, body: string, base: string, file: FileResource, keep: boolean): void {
  const { say, language } = session;
  session.line(say('get.sealed', { path: body, size: sizeIn(language, file.body_size) }));
  const output = shellWord(base === file.name ? `opened-${file.name}` : file.name);
  session.note(say('get.how_to_open', { base: shellWord(base), output }));
  if (!keep) return;
  const paths = parcelPaths(base);
  session.note(say('get.how_to_age', { header: shellWord(paths.header), body: shellWord(paths.body), key: shellWord(paths.content_key), output }));
  session.note(say('get.key_warning', { key: paths.content_key }));
}
