import { isThemeCode, THEMES } from '#catalog-schema';
import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { type CardData, DatasetCard } from '../parts/dataset-card.tsx';
import { Icon, isIconName } from '../parts/icon.tsx';
import { ProducerSeal } from '../parts/seal.tsx';
import { SearchForm } from '../parts/search-form.tsx';
import { sayNumber } from '../say-amounts.ts';

/** What the home page shows, all of it counted now. */
export interface HomeData {
  datasets: number;
  sealed: number;
  producers: number;
  acts: number;
  themes: readonly { value: string; count: number }[];
  newest: readonly CardData[];
  producer_list: readonly { producer_id: string; name: string; datasets: number }[];
}

/** Home: one sentence, one search field, what there is. */
export function HomePage({ page, data }: { page: PageContext; data: HomeData }): JSX.Element {
  const { words } = page;
  return (
    <PageLayout page={page} facts={{ title: words.site.home, description: words.home.lead, section: 'home' }}>
      <section class="hero">
        <div class="wrap hero-row">
          <h1>{words.home.headline}</h1>
          <p class="hero-lead">{words.home.lead}</p>
          <SearchForm page={page} large />
        </div>
      </section>
      <div class="wrap home">
        <Figures page={page} data={data} />
        <div class="doors">
          <section class="door">
            <h2>{words.home.find_title}</h2>
            <p>{words.home.find_text}</p>
            <a class="go" href={href(page, '/datasets')}>{words.home.find_link}<Icon name="arrow" /></a>
          </section>
          <section class="door">
            <h2>{words.home.publish_title}</h2>
            <p>{words.home.publish_text}</p>
            <a class="go" href={href(page, '/help#publish')}>{words.home.publish_link}<Icon name="arrow" /></a>
          </section>
          <section class="door">
            <h2>{words.home.develop_title}</h2>
            <p>{words.home.develop_text}</p>
            <a class="go" href={href(page, '/developers')}>{words.home.develop_link}<Icon name="arrow" /></a>
          </section>
        </div>
        {data.themes.length === 0 ? null : <Themes page={page} themes={data.themes} />}
        <section class="home-section">
          <h2>{words.home.newest}</h2>
          {data.newest.length === 0 ? <p class="empty">{words.home.nothing_yet}</p> : (
            <>
              <ul class="cards">{data.newest.map((dataset) => <DatasetCard page={page} dataset={dataset} heading="h3" />)}</ul>
              <a class="go" href={href(page, '/datasets?sort=updated')}>{words.home.all_datasets}<Icon name="arrow" /></a>
            </>
          )}
        </section>
        {data.producer_list.length === 0 ? null : (
          <section class="home-section">
            <h2>{words.home.producers}</h2>
            <ul class="producers">
              {data.producer_list.map((producer) => (
                <li>
                  <ProducerSeal producer_id={producer.producer_id} name={producer.name} />
                  <p><a href={href(page, `/producers/${producer.producer_id}`)}>{producer.name}</a><span>{words.site.datasets_count(producer.datasets, sayNumber(page.lang, producer.datasets))}</span></p>
                </li>
              ))}
            </ul>
            <a class="go" href={href(page, '/producers')}>{words.home.all_producers}<Icon name="arrow" /></a>
          </section>
        )}
      </div>
    </PageLayout>
  );
}

function Figures({ page, data }: { page: PageContext; data: HomeData }): JSX.Element {
  const { home } = page.words;
  const figures: readonly [number, string][] = [
    [data.datasets, home.figure_datasets(data.datasets)],
    [data.sealed, home.figure_sealed(data.sealed)],
    [data.producers, home.figure_producers(data.producers)],
    [data.acts, home.figure_acts(data.acts)],
  ];
  return (
    <section aria-label={home.figures}>
      <ul class="figures">
        {figures.map(([value, text]) => <li><strong>{sayNumber(page.lang, value)}</strong> <span>{text}</span></li>)}
      </ul>
    </section>
  );
}

function Themes({ page, themes }: { page: PageContext; themes: HomeData['themes'] }): JSX.Element {
  return (
    <section class="home-section">
      <h2>{page.words.home.themes}</h2>
      <ul class="themes">
        {themes.map(({ value, count }) => (isThemeCode(value) ? (
          <li>
            <a href={href(page, `/datasets?theme=${value}`)}>
              {isIconName(value) ? <Icon name={value} large /> : null}
              <span class="theme-name">{THEMES[value][page.lang]}</span>
              <span class="theme-count">{sayNumber(page.lang, count)}<span class="sr-only"> {page.words.site.datasets_count(count, '')}</span></span>
            </a>
          </li>
        ) : null))}
      </ul>
    </section>
  );
}
