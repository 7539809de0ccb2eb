import { normaliseRudi } from '#catalog-schema';
import { decodeBase64url, type Statement } from '#crypto';
import { type Dataset, manifestOf, type StoredVersion, type VersionSummary } from '../catalog/dataset-store.ts';
import type { Evidence } from '../catalog/evidence-for.ts';
import type { StoredHeads } from '../catalog/heads/heads-store.ts';
import type { DatasetData } from './pages/dataset-data.ts';
import type { LangText } from './parts/text-in-language.tsx';

/** Everything that the page of one version is made of. */
interface Sources {
  head: Dataset;
  stored: StoredVersion;
  evidence: Evidence;
  versions: readonly VersionSummary[];
  heads: StoredHeads | undefined;
  asked: boolean;
  now: Date;
  log_origin: string;
}

/** One version of a dataset as its page shows it, read from its signed manifest. */
export function datasetData({ head, stored, evidence, versions, heads, asked, now, log_origin }: Sources): DatasetData {
  const manifest = manifestOf(stored.manifest);
  const { view } = normaliseRudi(manifest.metadata);
  const conditions = manifest.metadata.access_condition;
  return {
    dataset_id: head.dataset_id,
    version: stored.version,
    head_version: head.version,
    status: manifest.status,
    frozen: head.frozen,
    title: view.title,
    lang: view.lang,
    synopsis: view.synopsis,
    summary: view.summary,
    constraints: langTexts('access_constraint' in conditions ? conditions.access_constraint : undefined),
    theme: view.theme,
    keywords: view.keywords,
    producer: head.producer,
    access: manifest.access,
    custody: manifest.custody,
    gdpr_sensitive: view.gdpr_sensitive,
    licence: view.licence,
    licence_label: view.licence_label,
    licence_url: view.licence_url,
    languages: view.languages,
    period: view.period,
    contacts: contactsOf(manifest.metadata.contacts, evidence.contacts),
    resources: manifest.resources,
    closed_since: head.access === 'restricted' && manifest.access === 'open',
    versions,
    first_published_at: head.first_published_at,
    published_at: stored.published_at,
    updated_at: view.updated_at,
    proof: {
      manifest_sha256: stored.digest,
      signed_by: evidence.manifest.signatures.map(kidOf),
      log_origin,
      logged: evidence.act === null ? null : { index: evidence.act.proof.index, size: evidence.act.proof.size },
      confirmed: confirmedBy(heads, stored, now),
    },
    asked,
  };
}

/** Only heads that have not expired and name this very version count. */
function confirmedBy(heads: StoredHeads | undefined, stored: StoredVersion, now: Date): { at: string; until: string } | null {
  if (heads === undefined || heads.expires_at <= now) return null;
  const [, version, digest] = heads.entries.find(([dataset_id]) => dataset_id === stored.dataset_id) ?? [];
  return version === stored.version && digest === stored.digest ? { at: heads.issued_at.toISOString(), until: heads.expires_at.toISOString() } : null;
}

function kidOf(signature: Statement['signatures'][number]): string {
  const header: unknown = JSON.parse(Buffer.from(decodeBase64url(signature.protected)).toString('utf8'));
  return typeof header === 'object' && header !== null && 'kid' in header && typeof header.kid === 'string' ? header.kid : '';
}

/** Contacts in the clear: those of organisations from the manifest, those of people as far as they were not erased. */
function contactsOf(signed: readonly unknown[], opened: readonly { contact: unknown }[]): { name: string; email: string | undefined }[] {
  const contacts = [...signed, ...opened.map(({ contact }) => contact)].flatMap((contact) => {
    if (typeof contact !== 'object' || contact === null || !('contact_name' in contact) || typeof contact.contact_name !== 'string') return [];
    return [{ name: contact.contact_name, email: 'email' in contact && typeof contact.email === 'string' ? contact.email : undefined }];
  });
  return contacts.filter((one, index) => contacts.findIndex((other) => other.name === one.name && other.email === one.email) === index);
}

function langTexts(value: unknown): LangText[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'lang' in one && 'text' in one && typeof one.lang === 'string' && typeof one.text === 'string' ? [{ lang: one.lang, text: one.text }] : []));
}
