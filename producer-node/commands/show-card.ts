import { formatLabel, LICENCES, THEMES } from '#catalog-schema';
import type { DatasetDescription } from '../datasets/dataset-description.ts';
import { derivedFacts, publishedMediaType } from '../datasets/derived-facts.ts';
import type { DescribedFile } from '../datasets/describe-file.ts';
import type { Period } from '../datasets/find-period.ts';
import type { BoundingBox } from '../datasets/json-shape.ts';
import type { DatasetHead } from '../datasets/read-head.ts';
import { dateText, numberText, sizeText } from './command.ts';
import type { Screen } from './screen.ts';

const COLUMNS_SHOWN = 12;

/**
 * Shows what is about to be published, as people will read it, with what deserves a second look. What was read in files that will be
 * sealed stands apart: only this terminal tells it.
 */
export function showCard(screen: Screen, o: { description: DatasetDescription; files: readonly DescribedFile[]; head: DatasetHead; producer_name: string }): void {
  const { words } = screen;
  const { cli } = words;
  const { description, files } = o;
  const tag = words.tag === 'en' ? 'en' : 'fr';
  const licence = typeof description.licence === 'string' ? LICENCES[description.licence][tag] : (description.licence.label[0]?.text ?? description.licence.url);
  screen.say(`\n${cli.card_title({ version: o.head.head.version + 1 })} · ${o.producer_name}`);
  const pairs: [string, string][] = [
    [cli.label_title, description.title],
    [cli.label_summary, description.summary],
    [cli.label_theme, THEMES[description.theme][tag]],
  ];
  if (description.keywords.length > 0) pairs.push([cli.label_keywords, description.keywords.join(', ')]);
  pairs.push([cli.label_licence, licence], [cli.label_access, description.access === 'open' ? cli.access_open : description.custody === 'producer' ? cli.access_producer : cli.access_restricted]);
  if (description.period !== undefined) pairs.push([cli.label_period, periodText(screen, description.period)]);
  if (description.bbox !== undefined) pairs.push([cli.label_place, placeText(screen, description.bbox)]);
  if (description.contact !== undefined) pairs.push([cli.label_contact, `${description.contact.name} <${description.contact.email}>`]);
  const restricted = description.access === 'restricted';
  pairs.push([cli.label_files, files.map((file) => (restricted ? sealedFileText(screen, file) : fileText(screen, file))).join('\n')]);
  if (restricted) pairs.push([cli.label_local, localText(screen, files)]);
  screen.card(pairs);
  screen.say();
  for (const line of remarks(screen, o)) screen.note(`${cli.note}${cli.colon}${line}`);
}

function fileText(screen: Screen, file: DescribedFile): string {
  return `${file.name}  ${[formatLabel(file.media_type), sizeText(file.size, screen.words), ...readFacts(screen, file)].join(' · ')}${columnsText(screen, file)}`;
}

function sealedFileText({ words }: Screen, file: DescribedFile): string {
  return `${file.name}  ${formatLabel(publishedMediaType(file, 'restricted'))} · ${sizeText(file.size, words)}`;
}

/** What was read in files that will be sealed. */
function localText(screen: Screen, files: readonly DescribedFile[]): string {
  const { cli } = screen.words;
  const { period, bbox } = derivedFacts(files);
  return [
    ...files.map((file) => `${file.name}  ${[formatLabel(file.media_type), ...readFacts(screen, file)].join(' · ')}${columnsText(screen, file)}`),
    ...(period === undefined ? [] : [`${cli.label_period}${cli.colon}${periodText(screen, period)}`]),
    ...(bbox === undefined ? [] : [`${cli.label_place}${cli.colon}${placeText(screen, bbox)}`]),
  ].join('\n');
}

function readFacts({ words }: Screen, file: DescribedFile): string[] {
  const facts: string[] = [];
  if (file.records !== undefined) facts.push((file.delimiter === undefined ? words.cli.objects : words.cli.rows)({ count: numberText(file.records, words) }));
  if (file.encoding !== undefined) facts.push(file.encoding);
  if (file.delimiter !== undefined) facts.push(file.delimiter === '\t' ? 'TAB' : `“${file.delimiter}”`);
  return facts;
}

function columnsText({ words }: Screen, file: DescribedFile): string {
  const columns = file.columns.slice(0, COLUMNS_SHOWN).join(', ') + (file.columns.length > COLUMNS_SHOWN ? ', …' : '');
  return columns === '' ? '' : `\n  ${words.cli.columns({ names: columns })}`;
}

function periodText({ words }: Screen, period: Period): string {
  return `${dateText(period.start_at, words)} – ${dateText(period.end_at, words)}`;
}

function placeText({ words }: Screen, bbox: BoundingBox): string {
  return bbox.map((degrees) => numberText(degrees, words)).join(' · ');
}

function remarks(screen: Screen, o: { description: DatasetDescription; files: readonly DescribedFile[]; head: DatasetHead }): string[] {
  const { cli, tag } = screen.words;
  const restricted = o.description.access === 'restricted';
  const lines: string[] = restricted ? [cli.local_note] : [];
  for (const file of o.files) {
    if (file.encoding === 'ISO-8859-1' || file.encoding === 'Windows-1252' || file.encoding === 'UTF-16') lines.push(cli.encoding_note({ file: file.name, encoding: file.encoding }));
    // GeoJSON under the name .json is no contradiction.
    if (file.named_type !== file.media_type && file.named_type !== 'application/octet-stream' && !(file.media_type === 'application/geo+json' && file.named_type === 'application/json')) {
      lines.push((restricted ? cli.bytes_differ_sealed_note : cli.bytes_differ_note)({ file: file.name, by_name: formatLabel(file.named_type), by_bytes: formatLabel(file.media_type) }));
    }
  }
  const { licence } = o.description;
  if (o.description.access === 'open' && (typeof licence !== 'string' || !LICENCES[licence].recommended)) {
    lines.push(cli.licence_note({ licence: typeof licence === 'string' ? LICENCES[licence][tag === 'en' ? 'en' : 'fr'] : (licence.label[0]?.text ?? licence.url) }));
  }
  const names = new Set(o.files.map((file) => file.name));
  const dropped = (o.head.previous?.manifest.resources ?? []).flatMap((resource) => (resource.name !== undefined && !names.has(resource.name) ? [resource.name] : []));
  if (dropped.length > 0) lines.push(cli.dropped_files({ names: dropped.join(', ') }));
  return lines;
}
