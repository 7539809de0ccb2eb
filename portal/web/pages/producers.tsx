import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { type CardData, DatasetCard } from '../parts/dataset-card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { ProducerSeal } from '../parts/seal.tsx';
import { Trail } from '../parts/trail.tsx';
import { sayNumber } from '../say-amounts.ts';

/** A producer as everybody may see it. */
export interface ProducerData {
  producer_id: string;
  name: string;
  domain: string | null;
  state: 'active' | 'suspended';
  datasets: number;
}

/** Who publishes here. */
export function ProducersPage({ page, producers }: { page: PageContext; producers: readonly ProducerData[] }): JSX.Element {
  const { producers: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.title, description: words.lead, section: 'producers' }}>
      <div class="wrap stack">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        {producers.length === 0 ? <p class="empty">{words.none}</p> : (
          <ul class="producers producers-list">
            {producers.map((one) => (
              <li>
                <ProducerSeal producer_id={one.producer_id} name={one.name} />
                <p><a href={href(page, `/producers/${one.producer_id}`)}>{one.name}</a><span>{site.datasets_count(one.datasets, sayNumber(page.lang, one.datasets))}</span></p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </PageLayout>
  );
}

/** One producer: what it publishes, and the identity that programs pin. */
export function ProducerPage({ page, producer, datasets }: { page: PageContext; producer: ProducerData; datasets: readonly CardData[] }): JSX.Element {
  const { producers: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: producer.name, section: 'producers' }}>
      <div class="wrap stack">
        <Trail page={page} links={[{ path: '/producers', text: site.producers }]} />
        <div class="producer-head">
          <ProducerSeal producer_id={producer.producer_id} name={producer.name} large />
          <div>
            <h1>{producer.name}</h1>
            <p class="lead">{site.datasets_count(producer.datasets, sayNumber(page.lang, producer.datasets))}{producer.domain === null ? null : <> · <a href={`https://${producer.domain}`} rel="noopener">{producer.domain}</a></>}</p>
          </div>
        </div>
        {producer.state === 'suspended' ? <Notice tone="care"><p>{words.suspended}</p></Notice> : null}
        <section class="home-section" aria-labelledby="datasets">
          <h2 id="datasets">{words.datasets_of(producer.name)}</h2>
          {datasets.length === 0 ? <p class="empty">{words.no_datasets}</p> : (
            <>
              <ul class="cards">{datasets.map((dataset) => <DatasetCard page={page} dataset={dataset} heading="h3" />)}</ul>
              {producer.datasets > datasets.length ? <a class="go" href={href(page, `/datasets?producer=${producer.producer_id}`)}>{words.all_of}<Icon name="arrow" /></a> : null}
            </>
          )}
        </section>
        <section class="home-section prose" aria-labelledby="identity">
          <h2 id="identity">{words.identity}</h2>
          <p>{words.identity_text}</p>
          <p>{words.identity_asserted}</p>
          <p class="identity"><code translate={false}>{producer.producer_id}</code></p>
          <details class="proof">
            <summary>{words.identity_more}</summary>
            <p><a href={`/api/v1/producers/${producer.producer_id}`}>{`/api/v1/producers/${producer.producer_id}`}</a></p>
          </details>
        </section>
      </div>
    </PageLayout>
  );
}
