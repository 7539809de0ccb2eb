import type { Command } from 'commander';
import { formatLabel, inLanguage, isLicenceCode, isSealed, LICENCES, type Manifest, normaliseRudi, type Resource } from '#catalog-schema';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { printable, shellWord } from './printable.ts';
import type { Run } from './program.ts';
import { wholeNumber } from './search.ts';
import { type Session, sizeIn, timeIn } from './session.ts';
import { verdictJson, verdictLines } from './verdict-lines.ts';

/** `sceau show`: the card of a dataset out of its verified manifest, the verdict, and what to type next. */
export function addShow(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('show')
    .description(say('help.show'))
    .argument('<dataset>', say('help.dataset'))
    .option('--version <n>', say('help.version'));
  run.explain(command, ['sceau show "Communes de Rennes Métropole"', 'sceau show 4f8c… --json']).action((text: string, options: { version?: string }) =>
    run.inSession(async (session) => {
      const client = await session.client();
      const dataset_id = await findDatasetId(client, text);
      const found = await client.verify(dataset_id, versionOf(options.version));
      if (session.json) {
        session.result({ ...verdictJson(found.verdict), manifest: found.verdict.manifest });
        return;
      }
      for (const line of cardLines(session, found)) session.line(line);
      if (Math.abs(found.portal.clock_offset_seconds) > 300) session.note(`! ${session.say('verdict.clock', { seconds: Math.abs(found.portal.clock_offset_seconds) })}`);
    }),
  );
}

/** The option of a version as the library takes it. */
export function versionOf(text: string | undefined): { version?: number } {
  return text === undefined ? {} : { version: wholeNumber('--version', text, 1, 999_999_999) };
}

function cardLines(session: Session, { verdict }: VerifiedVersion): string[] {
  const { say, language } = session;
  const { manifest } = verdict;
  const { view } = normaliseRudi(manifest.metadata);
  const synopsis = inLanguage(view.synopsis, language)?.text ?? '';
  const lines = [view.title, ''];
  if (synopsis !== '') lines.push(...wrapped(printable(synopsis), 96).map((line) => `  ${line}`), '');
  if (manifest.status !== 'active') lines.push(`  ${say('show.withdrawn')}`, '');
  const licence = licenceName(view.licence, view.licence_label, language);
  const facts: [string, string][] = [
    [say('show.producer'), verdict.producer.name],
    [say('show.access'), `${say(`access.${manifest.access}`)} (${say(`custody.${manifest.custody}`)})`],
    ...(licence === '' ? [] : [[say('show.licence'), licence] satisfies [string, string]]),
    [say('show.version'), say('show.version_of', { version: verdict.version, date: timeIn(language, verdict.authentic.logged_at) })],
    [say('show.id'), verdict.dataset_id],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) lines.push(`  ${name.padEnd(width)}  ${value}`);
  lines.push('', say('show.files'));
  if (manifest.resources.length === 0) lines.push(`  ${say('show.no_file')}`);
  for (const resource of manifest.resources) lines.push(`  ${resourceLine(session, resource)}`);
  lines.push('', say('show.trust'), ...verdictLines(session, verdict).map((line) => `  ${line}`));
  const next = nextLines(manifest, view.title);
  if (next.length > 0) lines.push('', say('show.next'), ...next.map((line) => `  ${line}`));
  return lines;
}

function resourceLine({ say, language }: Session, resource: Resource): string {
  const name = resource.name ?? resource.resource_id;
  if (resource.kind === 'file') {
    return [name, formatLabel(resource.media_type), sizeIn(language, resource.body_size), ...(isSealed(resource) ? [say('show.sealed')] : [])].join(' · ');
  }
  if (resource.kind === 'link') return `${name} · ${formatLabel(resource.media_type)} · ${say('show.elsewhere', { url: resource.url })}`;
  return `${name} · ${say('show.service', { protocol: resource.kind === 'service' ? resource.protocol : resource.kind, url: resource.url ?? '' })}`;
}

function nextLines(manifest: Manifest, title: string): string[] {
  const id = manifest.dataset_id;
  if (manifest.status !== 'active' || manifest.resources.every((resource) => resource.kind !== 'file')) return [];
  const output = shellWord(manifest.resources.find((resource) => resource.kind === 'file')?.name ?? title);
  if (manifest.access === 'open') return [`sceau get ${id} -o ${output}`, `sceau verify ${id} --file ${output}`];
  return [`sceau ask ${id} --purpose "…" --name "…" --email …`, `sceau open ${id} -o ${output}`];
}

function licenceName(code: string | null, label: string | undefined, language: 'fr' | 'en'): string {
  if (code !== null && isLicenceCode(code)) return LICENCES[code][language];
  return label ?? '';
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
