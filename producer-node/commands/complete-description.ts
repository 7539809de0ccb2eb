import { LICENCE_CODES, LICENCES, THEME_CODES, THEMES } from '#catalog-schema';
import { type DatasetDescription, descriptionOf } from '../datasets/dataset-description.ts';
import { type DataFacts, derivedFacts } from '../datasets/derived-facts.ts';
import { type DescribedFile, titleOfName } from '../datasets/describe-file.ts';
import type { DatasetHead } from '../datasets/read-head.ts';
import { refusal } from '../errors.ts';
import type { Ask } from './ask.ts';
import { readEmail, type SaidDescription } from './publish-options.ts';
import type { Screen } from './screen.ts';

/** What a description is put together from. */
export interface KnownSources {
  options: SaidDescription;
  files: readonly DescribedFile[];
  head: DatasetHead;
}

/** A description as far as it is known without asking; facts about the data are `publicFacts`, once it is settled who can open them. */
type KnownDescription = Partial<Omit<DatasetDescription, keyof DataFacts>>;

/**
 * What is known without asking: said by options, or as in the previous version, or a title from the name of the file; title and words
 * of a known dataset stay whatever the file is called now.
 */
function knownDescription({ options, files, head }: KnownSources): KnownDescription {
  const [first] = files;
  const { period: _, bbox: __, ...known } = {
    ...(first === undefined ? {} : { title: titleOfName(first.name) }),
    language: 'fr',
    keywords: [],
    gdpr_sensitive: false,
    ...before(head),
    ...options.said,
  };
  return known;
}

/**
 * The facts about the data that a manifest tells. Of open data: said, else read in the files, else as before. Of restricted data only
 * what people said, now or in a previous version that was restricted as well: what is read in a sealed file stays on this machine, and
 * what a previous open version says may have been read in its file.
 */
function publicFacts(access: DatasetDescription['access'], { options, files, head }: KnownSources): DataFacts {
  const { said, no_period, no_bbox } = options;
  const derived: Partial<DataFacts> = access === 'open' ? derivedFacts(files) : {};
  const { period, bbox } = access === 'open' || head.previous?.manifest.access === 'restricted' ? before(head) : {};
  return {
    period: no_period ? undefined : (said.period ?? derived.period ?? period),
    bbox: no_bbox ? undefined : (said.bbox ?? derived.bbox ?? bbox),
    records: derived.records,
    fields: derived.fields,
  };
}

function before({ previous }: DatasetHead): Partial<DatasetDescription> {
  return previous === undefined ? {} : descriptionOf(previous.manifest, previous.contacts);
}

/** Fills what is missing by asking; without a terminal (or with --yes) names the option instead: `missing_option`. */
export async function completeDescription(screen: Screen, ask: Ask | undefined, sources: KnownSources, producer_name: string): Promise<DatasetDescription> {
  const known = knownDescription(sources);
  const { said } = sources.options;
  const is_new = sources.head.previous === undefined;
  const { cli } = screen.words;
  const tag = screen.words.tag === 'en' ? 'en' : 'fr';
  const need = (option: string, what: string): never => {
    throw refusal('missing_option', { option, what });
  };
  const title = ask !== undefined && is_new && said.title === undefined ? await ask.text(cli.ask_title, known.title === undefined ? {} : { preset: known.title }) : (known.title ?? need('--title', cli.label_title));
  const summary = known.summary ?? (ask === undefined ? need('--summary', cli.label_summary) : await ask.text(cli.ask_summary));
  const theme = known.theme ?? (ask === undefined ? need('--theme', cli.label_theme) : await ask.choose(cli.ask_theme, THEME_CODES.map((value) => ({ value, label: `${THEMES[value][tag]} (${value})` }))));
  const { access, custody } = await whoCanOpen(screen, ask, known);
  const licence = known.licence ?? (ask === undefined ? need('--licence', cli.label_licence) : await ask.choose(cli.ask_licence, LICENCE_CODES.map((value) => ({ value, label: `${LICENCES[value][tag]} (${value})` })), 'etalab-2.0'));
  let contact = known.contact;
  if (contact === undefined && ask !== undefined && is_new) {
    const email = await ask.text(cli.ask_contact, { optional: true });
    if (email !== '') contact = { name: producer_name, email: readEmail('--contact-email', email) };
  }
  return {
    title,
    summary,
    synopsis: known.synopsis,
    theme,
    keywords: known.keywords ?? [],
    licence,
    access,
    custody,
    ...publicFacts(access, sources),
    language: known.language ?? 'fr',
    contact,
    gdpr_sensitive: known.gdpr_sensitive ?? false,
  };
}

/** One question for both: everyone, or whom we approve with or without the portal's help. Without a terminal the portal helps unless --custody says otherwise. */
async function whoCanOpen({ words: { cli } }: Screen, ask: Ask | undefined, known: KnownDescription): Promise<Pick<DatasetDescription, 'access' | 'custody'>> {
  const custody = known.custody ?? 'portal';
  if (known.access !== undefined) return { access: known.access, custody };
  if (ask === undefined) throw refusal('missing_option', { option: '--access', what: cli.label_access });
  const who = await ask.choose<'open' | 'portal' | 'producer'>(cli.ask_access, [
    { value: 'open', label: cli.access_open },
    { value: 'portal', label: `${cli.access_restricted}. ${cli.access_restricted_why}` },
    { value: 'producer', label: `${cli.access_producer}. ${cli.access_producer_why}` },
  ]);
  return who === 'open' ? { access: 'open', custody } : { access: 'restricted', custody: who };
}
