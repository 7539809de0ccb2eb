import { isThemeCode, THEMES } from '#catalog-schema';
import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { AccessBadge } from './access-badge.tsx';
import { langAttribute } from './text-in-language.tsx';
import { AgoText } from './time-text.tsx';

/** One dataset of a list, as the catalogue's search gives it. */
export interface CardData {
  dataset_id: string;
  title: string;
  lang: string;
  synopsis: string;
  theme: string | null;
  producer: { producer_id: string; name: string };
  access: 'open' | 'restricted';
  formats: readonly string[];
  updated_at: string;
}

/** A dataset in a list: title, who answers for it, two lines, formats, freshness, who can open it. */
export function DatasetCard({ page, dataset, heading = 'h2' }: { page: PageContext; dataset: CardData; heading?: 'h2' | 'h3' }): JSX.Element {
  const Heading = heading;
  const foreign = langAttribute(page.lang, dataset.lang);
  const { words } = page;
  return (
    <li class="card">
      <div class="card-main">
        <Heading class="card-title"><a href={href(page, `/datasets/${dataset.dataset_id}`)} lang={foreign}>{dataset.title}</a></Heading>
        <p class="card-producer">{dataset.producer.name}</p>
        {dataset.synopsis === '' ? null : <p class="card-text" lang={foreign}>{dataset.synopsis}</p>}
        <ul class="card-facts">
          {dataset.theme !== null && isThemeCode(dataset.theme) ? <li>{THEMES[dataset.theme][page.lang]}</li> : null}
          <li>{words.site.updated} <AgoText page={page} time={dataset.updated_at} /></li>
          {dataset.formats.length === 0 ? null : <li><span class="sr-only">{words.site.formats} </span>{dataset.formats.map((format, index) => <>{index === 0 ? null : ' '}<span class="format">{format}</span></>)}</li>}
        </ul>
      </div>
      <AccessBadge page={page} access={dataset.access} />
    </li>
  );
}
