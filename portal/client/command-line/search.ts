import type { Command } from 'commander';
import { ClientError } from '../errors.ts';
import type { DatasetCard } from '../catalogue/dataset-card.ts';
import type { SearchQuery } from '../catalogue/search-datasets.ts';
import { shellWord } from './printable.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';

interface SearchOptions {
  theme?: string;
  producer?: string;
  access?: string;
  format?: string;
  licence?: string;
  sort?: string;
  limit?: string;
  cursor?: string;
}

/** `sceau search`: looks into the catalogue. */
export function addSearch(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('search')
    .description(say('help.search'))
    .argument('[words...]', say('help.search_words'))
    .option('--theme <theme>', say('help.search_theme'))
    .option('--producer <id>', say('help.search_producer'))
    .option('--access <access>', say('help.search_access'))
    .option('--format <format>', say('help.search_format'))
    .option('--licence <licence>', say('help.search_licence'))
    .option('--sort <order>', say('help.search_sort'))
    .option('--limit <n>', say('help.search_limit'))
    .option('--cursor <text>', say('help.search_cursor'));
  run.explain(command, ['sceau search communes', 'sceau search --access restricted --sort updated', 'sceau search transport --format csv --json']).action((words: string[], options: SearchOptions) =>
    run.inSession(async (session) => {
      const client = await session.client();
      const found = await client.search(queryOf(words, options));
      if (session.json) {
        session.result(found);
        return;
      }
      if (found.total === 0) session.note(session.say('search.none'));
      for (const card of found.datasets) for (const line of cardLines(session, card)) session.line(line);
      if (found.total > 0) session.note(found.total === 1 ? session.say('search.total_one') : session.say('search.total', { total: found.total }));
      if (found.next !== null) session.note(session.say('search.next', { cursor: shellWord(found.next) }));
    }),
  );
}

function queryOf(words: readonly string[], options: SearchOptions): SearchQuery {
  const { theme, producer, access, format, licence, sort, limit, cursor } = options;
  return {
    q: words.join(' '),
    ...(theme === undefined ? {} : { theme }),
    ...(producer === undefined ? {} : { producer }),
    ...(access === undefined ? {} : { access: oneOf('--access', access, ['open', 'restricted']) }),
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined ? {} : { licence }),
    ...(sort === undefined ? {} : { sort: oneOf('--sort', sort, ['relevance', 'updated', 'title']) }),
    ...(cursor === undefined ? {} : { cursor }),
    limit: limit === undefined ? 20 : wholeNumber('--limit', limit, 1, 100),
  };
}

/** One of the words of an option, or `bad_input`. */
export function oneOf<const W extends string>(option: string, value: string, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new ClientError('bad_input', `${option}: one of ${words.join(', ')}`, { facts: { value: `${option} ${value} (${words.join(', ')})` } });
  return word;
}

/** A whole number of an option within bounds, or `bad_input`. */
export function wholeNumber(option: string, value: string, least: number, most: number): number {
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw new ClientError('bad_input', `${option}: ${least} to ${most}`, { facts: { value: `${option} ${value} (${least}–${most})` } });
  return number;
}

function cardLines(session: Session, card: DatasetCard): string[] {
  const about = [card.producer.name, session.say(`access.${card.access}`), card.formats.join(', ')].filter((part) => part !== '');
  return [card.title, `  ${card.dataset_id}`, `  ${about.join(' · ')}`, ''];
}
