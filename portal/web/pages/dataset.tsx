import { inLanguage, isSealed, isThemeCode, THEMES } from '#catalog-schema';
import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { AccessBadge } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { DatasetFacts } from '../parts/dataset-facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { ResourceList } from '../parts/resource-list.tsx';
import { ProducerSeal } from '../parts/seal.tsx';
import { langAttribute, type LangText, Prose } from '../parts/text-in-language.tsx';
import { DateText } from '../parts/time-text.tsx';
import { Trail } from '../parts/trail.tsx';
import { TrustPanel } from '../parts/trust-panel.tsx';
import { ageLines, bodyPath, newestBodyPath, pythonLines, sceauLines, shellWord } from '../resource-address.ts';
import { sayNumber } from '../say-amounts.ts';
import type { DatasetData } from './dataset-data.ts';

/** A dataset at its newest version, or at an older one when `data.version` is not the newest. */
export function DatasetPage({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { words } = page;
  const newest = data.version === data.head_version;
  const { lead, about } = leadAndAbout(page, data);
  const version = sayNumber(page.lang, data.version);
  return (
    <PageLayout page={page} facts={{ title: newest ? data.title : `${data.title}, ${words.dataset.version(version)}`, section: 'search', hidden: !newest || data.status !== 'active', ...(lead === undefined ? {} : { description: lead.text }) }}>
      <div class="wrap dataset">
        <header class="dataset-head">
          <Trail page={page} links={[{ path: '/datasets', text: words.site.datasets }, ...themeLink(page, data.theme)]} />
          <AccessBadge page={page} access={data.access} />
          <h1 lang={langAttribute(page.lang, data.lang)}>{data.title}</h1>
          {lead === undefined ? null : <p class="lead" lang={langAttribute(page.lang, lead.lang)}>{lead.text}</p>}
          <p class="dataset-producer">
            <ProducerSeal producer_id={data.producer.producer_id} name={data.producer.name} />
            <span><a href={href(page, `/producers/${data.producer.producer_id}`)}>{data.producer.name}</a><span class="dataset-signed">{words.dataset.version(version)}, {words.dataset.published_on} <DateText page={page} time={data.published_at} /> · <a href="#trust">{words.dataset.jump_trust}</a></span></span>
          </p>
          <Notices page={page} data={data} newest={newest} />
        </header>
        <div class="dataset-main">
          {data.access === 'restricted' && data.status === 'active' ? <GetAccess page={page} data={data} /> : null}
          {about.length === 0 ? null : (
            <section aria-labelledby="about">
              <h2 id="about">{words.dataset.about}</h2>
              <Prose page={page} texts={about} />
            </section>
          )}
          {data.status === 'active' ? (
            <section aria-labelledby="files">
              <h2 id="files">{words.dataset.files}</h2>
              <ResourceList page={page} data={data} />
              <ReadyLines page={page} data={data} />
            </section>
          ) : null}
          <Versions page={page} data={data} />
        </div>
        <div class="dataset-side">
          <TrustPanel page={page} data={data} />
          <DatasetFacts page={page} data={data} />
        </div>
      </div>
    </PageLayout>
  );
}

const LEAD_MAX = 360;

/**
 * What stands under the title, and what below under its own heading. Many synopses are but the beginning of the summary, cut off:
 * then the summary's first paragraph leads, and is not said twice.
 */
function leadAndAbout(page: PageContext, data: DatasetData): { lead: LangText | undefined; about: LangText[] } {
  const synopsis = inLanguage(data.synopsis, page.lang);
  const summary = inLanguage(data.summary, page.lang);
  if (synopsis === undefined || summary === undefined) return { lead: synopsis ?? summary, about: [] };
  const [first = '', ...rest] = summary.text.trim().split(/\n\s*\n/);
  const cut = synopsis.text.trim().replace(/(…|\.\.\.)$/, '').trim();
  if (!first.startsWith(cut) || first.length > LEAD_MAX) return { lead: synopsis, about: [summary] };
  return { lead: { ...summary, text: first }, about: rest.length === 0 ? [] : [{ ...summary, text: rest.join('\n\n') }] };
}

function themeLink(page: PageContext, theme: string | null): { path: string; text: string }[] {
  return theme !== null && isThemeCode(theme) ? [{ path: `/datasets?theme=${theme}`, text: THEMES[theme][page.lang] }] : [];
}

function Notices({ page, data, newest }: { page: PageContext; data: DatasetData; newest: boolean }): JSX.Element {
  const { dataset: words } = page.words;
  return (
    <>
      {data.frozen ? <Notice tone="care"><p>{words.frozen_notice}</p></Notice> : null}
      {newest ? null : <Notice tone="info"><p>{words.old_version(sayNumber(page.lang, data.version))} <a href={href(page, `/datasets/${data.dataset_id}`)}>{words.to_newest}</a></p></Notice>}
      {newest && data.status !== 'active' ? <Notice tone="info"><p>{words.withdrawn_notice}</p></Notice> : null}
    </>
  );
}

function GetAccess({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  const askable = data.custody !== 'none' && !data.frozen;
  return (
    <section class="access" aria-labelledby="get-access">
      <h2 id="get-access">{words.get_access}</h2>
      <h3>{words.why}</h3>
      <p>{words.why_text(data.producer.name)}{data.gdpr_sensitive ? ` ${words.why_gdpr}` : ''}</p>
      <Prose page={page} texts={data.constraints} />
      {askable ? <HowToAsk page={page} data={data} /> : <p>{words.not_here}</p>}
    </section>
  );
}

function HowToAsk({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  return (
    <>
      <h3>{words.who}</h3>
      <p>{words.who_text}</p>
      <h3>{words.next}</h3>
      <ol class="steps">{words.next_steps(data.producer.name).map((step) => <li>{step}</li>)}</ol>
      <p class="access-go">
        {data.asked
          ? <a class="button" href={href(page, '/me')}>{words.see_request}<Icon name="arrow" /></a>
          : <a class="button" href={href(page, `/datasets/${data.dataset_id}/request-access`)}>{words.ask_button}<Icon name="arrow" /></a>}
      </p>
    </>
  );
}

function ReadyLines({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element | null {
  const { dataset: words } = page.words;
  const file = data.resources.find((resource) => resource.kind === 'file');
  if (file === undefined || (data.closed_since && !isSealed(file))) return null;
  const origin = page.site.public_origin;
  if (isSealed(file)) {
    const names = data.resources.flatMap((resource) => (resource.kind === 'file' ? [resource.name] : []));
    return (
      <div class="ready">
        <h3>{words.open_later}</h3>
        <p>{words.open_later_text}</p>
        <CommandLines title={words.with_sceau} lines={sceauLines(origin, data.dataset_id, names)} />
        <CommandLines title={words.with_age} lines={ageLines(data.dataset_id, names)} />
      </div>
    );
  }
  const newest = `${origin}${newestBodyPath(data.dataset_id, file.resource_id)}`;
  const version = `${origin}${bodyPath(data.dataset_id, data.version, file.resource_id)}`;
  return (
    <div class="ready">
      <h3>{words.ready_lines}</h3>
      <CommandLines title={words.with_curl} lines={`curl -fL -o ${shellWord(file.name)} \\\n  ${shellWord(newest)}`} />
      <CommandLines title={words.with_python} lines={pythonLines(newest, file.name, file.media_type)} />
      <h3>{words.stable_links}</h3>
      <dl class="stable">
        <div><dt>{words.stable_newest}</dt><dd><a href={newest}>{newest}</a></dd></div>
        <div><dt>{words.stable_version(sayNumber(page.lang, data.version))}</dt><dd><a href={version}>{version}</a></dd></div>
      </dl>
    </div>
  );
}

function Versions({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{words.versions}</h2>
      <ol class="versions" reversed>
        {data.versions.map((one) => {
          const path = one.version === data.head_version ? `/datasets/${data.dataset_id}` : `/datasets/${data.dataset_id}/versions/${one.version}`;
          return (
            <li>
              <a href={href(page, path)} aria-current={one.version === data.version ? 'true' : undefined}>{words.version(sayNumber(page.lang, one.version))}</a>
              <span>
                {words.published_on} <DateText page={page} time={one.published_at} with_time />
                {one.version === data.head_version ? <> · {words.newest}</> : null}
                {one.status === 'withdrawn' ? <> · {words.withdrawn}</> : one.status === 'erased' ? <> · {words.erased}</> : null}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
