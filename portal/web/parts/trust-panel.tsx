import type { ComponentChildren, JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import type { DatasetData } from '../pages/dataset-data.ts';
import { evidencePath, manifestPath, shellWord } from '../resource-address.ts';
import { sayNumber } from '../say-amounts.ts';
import { CommandLines } from './command-lines.tsx';
import { Icon, type IconName } from './icon.tsx';
import { ProducerSeal } from './seal.tsx';
import { AgoText, DateText } from './time-text.tsx';

/** What stands behind a version, in plain words; every number and digest one click further. */
export function TrustPanel({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  const { proof } = data;
  const stored = data.resources.some((resource) => resource.kind === 'file');
  const newest = data.version === data.head_version;
  return (
    <section class="trust" id="trust" aria-labelledby="trust-title">
      <div class="trust-head">
        <ProducerSeal producer_id={data.producer.producer_id} name={data.producer.name} large />
        <h2 id="trust-title">{words.trust}</h2>
      </div>
      <ul class="trust-list">
        <Point title={words.trust_signed(data.producer.name)}>{words.trust_version(sayNumber(page.lang, data.version))}, {words.published_on} <DateText page={page} time={data.published_at} /></Point>
        {stored ? <Point title={words.trust_unchanged}>{words.trust_unchanged_text}</Point> : <Point title={words.trust_no_files}>{words.trust_no_files_text}</Point>}
        {proof.logged === null
          ? <Point title={words.trust_logging} icon="clock">{words.trust_logging_text}</Point>
          : <Point title={words.trust_logged}>{words.trust_logged_at(sayNumber(page.lang, proof.logged.index))}</Point>}
        <Freshness page={page} data={data} newest={newest} />
        {data.access === 'restricted' && stored
          ? <Point title={words.trust_sealed} icon="lock">{data.custody === 'producer' ? words.trust_sealed_producer : words.trust_sealed_portal}</Point>
          : null}
      </ul>
      <p class="trust-honest">{words.trust_honest} <a href={href(page, '/verify')}>{words.trust_yourself}</a>.</p>
      <details class="proof">
        <summary>{words.trust_proof}</summary>
        <ProofDetails page={page} data={data} />
      </details>
    </section>
  );
}

function Freshness({ page, data, newest }: { page: PageContext; data: DatasetData; newest: boolean }): JSX.Element {
  const { dataset: words } = page.words;
  if (!newest) {
    return <Point title={words.trust_not_current} icon="info"><a href={href(page, `/datasets/${data.dataset_id}`)}>{words.to_newest}</a></Point>;
  }
  const { confirmed } = data.proof;
  if (confirmed === null) return <Point title={words.trust_stale} icon="info">{words.trust_stale_text}</Point>;
  const [before = '', after = ''] = words.trust_current_text('\u0000').split('\u0000');
  return <Point title={words.trust_current}>{before}<AgoText page={page} time={confirmed.at} />{after}</Point>;
}

function Point({ title, icon = 'check', children }: { title: string; icon?: IconName; children: ComponentChildren }): JSX.Element {
  return (
    <li class={`trust-point trust-${icon}`}>
      <Icon name={icon} />
      <p><strong>{title}</strong><span>{children}</span></p>
    </li>
  );
}

function ProofDetails({ page, data }: { page: PageContext; data: DatasetData }): JSX.Element {
  const { dataset: words } = page.words;
  const { proof } = data;
  const line = (title: string, value: string) => <div><dt>{title}</dt><dd translate={false}><code>{value}</code></dd></div>;
  return (
    <>
      <dl class="proof-list">
        {line(words.proof_dataset, data.dataset_id)}
        {line(words.proof_manifest, proof.manifest_sha256)}
        {line(words.proof_producer, data.producer.producer_id)}
        {line(words.proof_keys, proof.signed_by.join(' '))}
        <div><dt>{words.proof_log}</dt><dd><code>{proof.log_origin}</code>{' '}{proof.logged === null ? words.proof_waiting : words.proof_log_text(sayNumber(page.lang, proof.logged.index), sayNumber(page.lang, proof.logged.size))}</dd></div>
        {data.resources.map((resource) => (resource.kind !== 'file' ? null : (
          <>
            {line(words.proof_tree(resource.name), resource.tree.root)}
            {'age' in resource ? line(words.proof_epoch(resource.name), `${resource.age.epoch} · ${resource.age.recipient}`) : line(words.proof_file(resource.name), resource.sha256)}
          </>
        )))}
      </dl>
      <ul class="proof-links">
        <li><a href={evidencePath(data.dataset_id, data.version)}>{words.proof_evidence}</a></li>
        <li><a href={manifestPath(data.dataset_id, data.version)}>{words.proof_statement}</a></li>
      </ul>
      <CommandLines title={words.proof_line} lines={`SCEAU_PORTAL=${shellWord(page.site.public_origin)} sceau verify ${data.dataset_id}`} />
    </>
  );
}
