import type { ComponentChildren, JSX } from 'preact';
import type { LegalFacts } from '../../config.ts';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';

/** Names of the legal pages, as in their addresses. */
export const LEGAL_PAGES = ['notice', 'privacy', 'terms', 'accessibility'] as const;

/** Name of a legal page. */
export type LegalName = (typeof LEGAL_PAGES)[number];

/** One of the legal texts. */
export function LegalPage({ page, name }: { page: PageContext; name: LegalName }): JSX.Element {
  const { legal } = page.words;
  return (
    <PageLayout page={page} facts={{ title: legal[name].title }}>
      <div class="wrap narrow stack">
        <nav class="tabs" aria-label={legal.pages}>
          <ul>{LEGAL_PAGES.map((one) => <li><a href={href(page, `/legal/${one}`)} aria-current={one === name ? 'page' : undefined}>{legal[one].title}</a></li>)}</ul>
        </nav>
        <h1>{legal[name].title}</h1>
        <Body page={page} name={name} />
      </div>
    </PageLayout>
  );
}

function Body({ page, name }: { page: PageContext; name: LegalName }): JSX.Element {
  switch (name) {
    case 'notice':
      return <Notice page={page} />;
    case 'privacy':
      return <Privacy page={page} />;
    case 'terms':
      return <>{page.words.legal.terms.sections.map(([title, text]) => <Part title={title}><p>{text}</p></Part>)}</>;
    case 'accessibility':
      return <Accessibility page={page} />;
  }
}

function Part({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return <section class="guide"><h2>{title}</h2>{children}</section>;
}

function Contact({ page }: { page: PageContext }): JSX.Element {
  return <a href={`mailto:${page.site.mail_from}`}>{page.site.mail_from}</a>;
}

// What the operator has set, and plainly what not: nobody takes a gap for an answer.
function Facts({ page, facts }: { page: PageContext; facts: readonly (keyof LegalFacts)[] }): JSX.Element {
  const { facts: labels, missing } = page.words.legal;
  const { legal } = page.site;
  const known = facts.filter((fact) => legal[fact] !== undefined);
  const unset = facts.filter((fact) => legal[fact] === undefined);
  return (
    <>
      {known.length === 0 ? null : <dl class="summary">{known.map((fact) => <div><dt>{labels[fact]}</dt><dd>{fact === 'dpo_mail' ? <a href={`mailto:${legal[fact]}`}>{legal[fact]}</a> : legal[fact]}</dd></div>)}</dl>}
      {unset.length === 0 ? null : <p><strong>{missing(unset.map((fact) => labels[fact].toLowerCase()).join(', '))}</strong></p>}
    </>
  );
}

function Notice({ page }: { page: PageContext }): JSX.Element {
  const { notice: words } = page.words.legal;
  return (
    <>
      <Part title={words.publisher_title}><p>{words.publisher(page.site.name, page.site.public_origin)}</p><Facts page={page} facts={['name', 'address', 'director', 'host']} /></Part>
      <Part title={words.contact_title}><p><Contact page={page} /></p></Part>
      <Part title={words.content_title}><p>{words.content}</p></Part>
      <Part title={words.software_title}><p>{words.software}</p></Part>
    </>
  );
}

function Privacy({ page }: { page: PageContext }): JSX.Element {
  const { privacy: words } = page.words.legal;
  const columns = [words.column_what, words.column_why, words.column_long];
  return (
    <>
      <p class="lead">{words.lead}</p>
      <Part title={words.reading_title}><p>{words.reading}</p></Part>
      <Part title={words.table_title}>
        <table class="table">
          <caption class="sr-only">{words.table_title}</caption>
          <thead><tr>{columns.map((column) => <th scope="col">{column}</th>)}</tr></thead>
          <tbody>{words.rows.map(([what, ...others]) => <tr><th scope="row" data-label={columns[0]}>{what}</th>{others.map((cell, index) => <td data-label={columns[index + 1]}>{cell}</td>)}</tr>)}</tbody>
        </table>
      </Part>
      <Part title={words.who_title}><p>{words.who}</p></Part>
      <Part title={words.rights_title}><p>{words.rights}</p><p>{words.contact} <Contact page={page} />.</p><Facts page={page} facts={['name', 'address', 'dpo_mail']} /></Part>
    </>
  );
}

function Accessibility({ page }: { page: PageContext }): JSX.Element {
  const { accessibility: words } = page.words.legal;
  return (
    <>
      <p class="lead"><strong>{words.status}.</strong> {words.lead(page.site.name)}</p>
      <Part title={words.done_title}><ul class="plain-list">{words.done.map((line) => <li>{line}</li>)}</ul></Part>
      <Part title={words.not_title}><ul class="plain-list">{words.not.map((line) => <li>{line}</li>)}</ul></Part>
      <Part title={words.help_title}><p>{words.help} <Contact page={page} /></p></Part>
      <Part title={words.recourse_title}><p>{words.recourse}</p><p class="note">{words.made}</p></Part>
    </>
  );
}
