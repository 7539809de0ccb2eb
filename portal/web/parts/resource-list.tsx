import { formatLabel, type Resource } from '#catalog-schema';
import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import type { DatasetData } from '../pages/dataset-data.ts';
import { bodyPath } from '../resource-address.ts';
import { saySize } from '../say-amounts.ts';
import { Icon } from './icon.tsx';
import { SealGlyph } from './seal.tsx';

/** The things of a dataset, each with its format, its size and the way to it. */
export function ResourceList({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  if (data.resources.length === 0) return <p>{page.words.dataset.described_only}</p>;
  return <ul class="resources">{data.resources.map((resource) => <li class="resource"><OneResource page={page} data={data} resource={resource} /></li>)}</ul>;
}

function OneResource({ page, data, resource }: { page: PageContext; data: DatasetData; resource: Resource }): JSX.Element {
  const { dataset: words } = page.words;
  switch (resource.kind) {
    case 'file': {
      const format = formatLabel(resource.media_type);
      if ('age' in resource) {
        return <Row icon={<SealGlyph />} name={resource.name} format={format} facts={words.sealed_size(saySize(page.lang, resource.body_size))} action={<span class="resource-sealed">{words.sealed_file}</span>} />;
      }
      const size = saySize(page.lang, resource.size);
      if (data.closed_since) return <Row icon={<Icon name="file" />} name={resource.name} format={format} facts={size} note={words.closed_since} action={null} />;
      const label = words.download_name(resource.name, format, size);
      const action = <a class="button button-quiet" href={bodyPath(data.dataset_id, data.version, resource.resource_id)} aria-label={label}><Icon name="down" />{words.download}</a>;
      return <Row icon={<Icon name="file" />} name={resource.name} format={format} facts={size} action={action} />;
    }
    case 'link': {
      const size = resource.claimed?.size;
      return (
        <Row
          icon={<Icon name="link" />} name={resource.name} format={formatLabel(resource.media_type)} facts={size === undefined ? undefined : saySize(page.lang, size)}
          note={words.elsewhere(new URL(resource.url).host)} action={<Visit page={page} url={resource.url} name={resource.name} />}
        />
      );
    }
    case 'service':
    case 'series': {
      const name = resource.name ?? (resource.kind === 'service' ? words.service(resource.protocol.toUpperCase()) : words.series);
      return (
        <Row
          icon={<Icon name={resource.kind} />} name={name} format={resource.kind === 'service' ? resource.protocol.toUpperCase() : undefined} facts={undefined}
          note={resource.gateway ? words.gateway : undefined} action={resource.url === undefined ? null : <Visit page={page} url={resource.url} name={name} />}
        />
      );
    }
  }
}

// Only addresses that browsers open as pages become links; the gate lets http and https through, this holds whatever the gate does.
function Visit({ page, url, name }: { page: PageContext; url: string; name: string }): JSX.Element | null {
  if (!/^https?:\/\//i.test(url)) return null;
  return <a class="button button-quiet" href={url} rel="noopener noreferrer nofollow" aria-label={`${page.words.dataset.visit} : ${name}`}>{page.words.dataset.visit}</a>;
}

function Row({ icon, name, format, facts, note, action }: { icon: JSX.Element; name: string; format: string | undefined; facts: string | undefined; note?: string | undefined; action: JSX.Element | null }): JSX.Element {
  return (
    <>
      <span class="resource-icon">{icon}</span>
      <div class="resource-say">
        <h3 class="resource-name">{name}</h3>
        <p class="resource-facts">{format === undefined ? null : <span class="format">{format}</span>} {facts}</p>
        {note === undefined ? null : <p class="note">{note}</p>}
      </div>
      {action}
    </>
  );
}
