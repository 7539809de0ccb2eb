import type { Resource } from '#catalog-schema';
import type { LangText } from '../parts/text-in-language.tsx';

/** One version in the list of versions. */
export interface VersionLine {
  version: number;
  status: string;
  published_at: string;
}

/** What proves a version, read from its evidence. */
export interface ProofData {
  manifest_sha256: string;
  signed_by: readonly string[];
  log_origin: string;
  /** Position in the log and size of the tree the proof leads to; null while the log has not taken it in yet. */
  logged: { index: number; size: number } | null;
  /** When the producer last confirmed its newest versions, and until when that counts; null without a fresh word. */
  confirmed: { at: string; until: string } | null;
}

/** All that the page of a dataset, at its newest or an older version, shows. */
export interface DatasetData {
  dataset_id: string;
  version: number;
  head_version: number;
  status: 'active' | 'withdrawn' | 'erased';
  frozen: boolean;
  title: string;
  lang: string;
  synopsis: readonly LangText[];
  summary: readonly LangText[];
  constraints: readonly LangText[];
  theme: string | null;
  keywords: readonly string[];
  producer: { producer_id: string; name: string };
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  gdpr_sensitive: boolean;
  licence: string | null;
  licence_label: string | undefined;
  licence_url: string | undefined;
  languages: readonly string[];
  period: { start_at: string | null; end_at: string | null } | null;
  contacts: readonly { name: string; email: string | undefined }[];
  resources: readonly Resource[];
  /** Whether open files of this version are no longer given out, because the newest version is restricted. */
  closed_since: boolean;
  versions: readonly VersionLine[];
  first_published_at: string;
  published_at: string;
  updated_at: string | null;
  proof: ProofData;
  /** Whether the reader, signed in, has asked already. */
  asked: boolean;
}
