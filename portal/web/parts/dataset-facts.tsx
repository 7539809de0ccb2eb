import { isLicenceCode, isThemeCode, LICENCES, THEMES } from '#catalog-schema';
import type { ComponentChildren, JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import type { DatasetData } from '../pages/dataset-data.ts';
import { sayDate } from '../say-amounts.ts';
import { languageName } from './text-in-language.tsx';
import { AgoText, DateText } from './time-text.tsx';

/** Licence, freshness, contact and the other facts that decide whether a dataset is of use, at a glance. */
export function DatasetFacts({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  const who = data.access === 'open' ? words.who_everyone : data.custody === 'producer' ? words.who_producer : words.who_portal;
  return (
    <section class="facts" aria-labelledby="facts">
      <h2 id="facts">{words.facts}</h2>
      <dl>
        <Fact title={words.fact_licence}><Licence page={page} data={data} /></Fact>
        {data.updated_at === null ? null : <Fact title={words.fact_updated}><AgoText page={page} time={data.updated_at} /> (<DateText page={page} time={data.updated_at} />)</Fact>}
        <Fact title={words.fact_who}>{who}</Fact>
        <Fact title={words.fact_producer}><a href={href(page, `/producers/${data.producer.producer_id}`)}>{data.producer.name}</a></Fact>
        {data.contacts.length === 0 ? null : <Fact title={words.fact_contact}>{data.contacts.map((contact, index) => <>{index === 0 ? null : <br />}{contact.email === undefined ? contact.name : <a href={`mailto:${contact.email}`}>{contact.name}</a>}</>)}</Fact>}
        {data.theme !== null && isThemeCode(data.theme) ? <Fact title={words.fact_theme}><a href={href(page, `/datasets?theme=${data.theme}`)}>{THEMES[data.theme][page.lang]}</a></Fact> : null}
        {data.period === null ? null : <Fact title={words.fact_period}>{periodText(page, data.period)}</Fact>}
        {data.languages.length === 0 ? null : <Fact title={words.fact_languages}>{[...new Set(data.languages.map((tag) => languageName(page, tag)))].join(', ')}</Fact>}
        {data.keywords.length === 0 ? null : <Fact title={words.fact_keywords}><span class="keywords">{data.keywords.map((word) => <><a href={href(page, `/datasets?${new URLSearchParams({ q: word }).toString()}`)}>{word}</a>{' '}</>)}</span></Fact>}
        <Fact title={words.fact_first}><DateText page={page} time={data.first_published_at} /></Fact>
      </dl>
    </section>
  );
}

function Fact({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return <div><dt>{title}</dt><dd>{children}</dd></div>;
}

function Licence({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  if (data.licence !== null && isLicenceCode(data.licence)) {
    const known = LICENCES[data.licence];
    return <><a href={known.url} rel="license noopener">{known[page.lang]}</a><span class="note">{known.open ? words.licence_open : words.licence_limited}</span></>;
  }
  const label = data.licence_label ?? words.no_licence;
  return data.licence_url !== undefined && /^https?:\/\//i.test(data.licence_url) ? <a href={data.licence_url} rel="license noopener nofollow">{label}</a> : <>{label}</>;
}

function periodText(page: PageContext, { start_at, end_at }: { start_at: string | null; end_at: string | null }): string {
  const { dataset: words } = page.words;
  if (start_at !== null && end_at !== null) return words.period(sayDate(page.lang, start_at), sayDate(page.lang, end_at));
  if (start_at !== null) return words.period_from(sayDate(page.lang, start_at));
  return end_at === null ? '' : words.period_to(sayDate(page.lang, end_at));
}
