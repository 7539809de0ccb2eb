// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { DatasetId, ProducerId, ResourceId } from '../ids.ts';
import type { AgeRecipient, ByteSize, Digest, Epoch, Instant, MediaType, WebAddress } from './primitives.ts';
import type { RudiMetadata } from './rudi-metadata.ts';

/**
 * the digest of the payload of the version before, or null at version 1
 */
export type PreviousDigest = null | Digest;

/**
 * the schema the metadata were written to: its address, and the digest of its canonical JSON
 */
export interface SchemaReference {
  id: WebAddress;
  sha256: Digest;
}

/**
 * an ODRL Offer as a JSON object, or null
 */
export type Policy = {
  [k: string]: unknown;
} | null;

/**
 * the Merkle tree over the body: leaves of 1 MiB, RFC 6962 hashing
 */
export interface Tree {
  /**
   * the text rfc6962-sha256-1MiB
   */
  alg: 'rfc6962-sha256-1MiB';
  root: Digest;
}

/**
 * how a body is sealed: epoch, recipient of the content key, and the age header
 */
export interface AgeSealing {
  epoch: Epoch;
  recipient: AgeRecipient;
  header_sha256: Digest;
  /**
   * the size of the header in bytes, at most 16384
   */
  header_size: number;
  /**
   * true when the recipient is post-quantum, else false
   */
  pq: boolean;
}

/**
 * a file name: 1 to 255 characters, no slash, backslash or control character, not starting with a dot
 */
export type ResourceName = string;

/**
 * a stored file that everyone may read: its body is the file itself
 */
export interface OpenFileResource {
  kind: 'file';
  resource_id: ResourceId;
  name: ResourceName;
  media_type: MediaType;
  body_size: ByteSize;
  tree: Tree;
  size: ByteSize;
  sha256: Digest;
}

/**
 * a stored file that only the content key opens: its body is nonce and STREAM, its plaintext size and hash are not told
 */
export interface SealedFileResource {
  kind: 'file';
  resource_id: ResourceId;
  name: ResourceName;
  media_type: MediaType;
  /**
   * the size of the sealed body in bytes: at least 32, a nonce and one tag
   */
  body_size: number;
  tree: Tree;
  age: AgeSealing;
}

/**
 * a stored file: sealed when it has `age`, else open
 */
export type FileResource = SealedFileResource | OpenFileResource;

/**
 * what somebody else says about bytes the signature does not cover
 */
export interface Claimed {
  size?: ByteSize;
  sha256?: Digest;
}

/**
 * bytes that live elsewhere and are not covered by the signature
 */
export interface LinkResource {
  kind: 'link';
  resource_id: ResourceId;
  name: ResourceName;
  media_type: MediaType;
  url: WebAddress;
  claimed?: Claimed;
}

/**
 * an interface that answers calls: an API, a map service
 */
export interface ServiceResource {
  kind: 'service';
  resource_id: ResourceId;
  name?: ResourceName;
  /**
   * a protocol name in lower case like http-api, wms, wfs or wmts
   */
  protocol: string;
  url?: WebAddress;
  /**
   * true when calls go through the gateway of the producer's node, else false
   */
  gateway: boolean;
  /**
   * parameters of the service: at most 50 names, each with a text, a number or a boolean
   */
  parameters?: {
    [k: string]: string | number | boolean;
  };
}

/**
 * data that keep arriving
 */
export interface SeriesResource {
  kind: 'series';
  resource_id: ResourceId;
  name?: ResourceName;
  url?: WebAddress;
  /**
   * true when calls go through the gateway of the producer's node, else false
   */
  gateway: boolean;
  /**
   * the seconds between two values, more than 0
   */
  period_seconds?: number;
}

/**
 * one thing of a dataset: a file, a link, a service or a series
 */
export type Resource = FileResource | LinkResource | ServiceResource | SeriesResource;

/**
 * What a producer signs about one version of a dataset: payload of a dataset-manifest+jws statement.
 */
export interface Manifest {
  /**
   * the number 1
   */
  v: 1;
  dataset_id: DatasetId;
  producer_id: ProducerId;
  /**
   * the version of the dataset: a whole number from 1
   */
  version: number;
  prev: PreviousDigest;
  issued_at: Instant;
  /**
   * active, withdrawn or erased
   */
  status: 'active' | 'withdrawn' | 'erased';
  schema: SchemaReference;
  metadata: RudiMetadata;
  policy: Policy;
  /**
   * open or restricted
   */
  access: 'open' | 'restricted';
  /**
   * who holds the content key: none, portal or producer
   */
  custody: 'none' | 'portal' | 'producer';
  /**
   * the resources of the dataset, at most 500
   *
   * @maxItems 500
   */
  resources: Resource[];
}
