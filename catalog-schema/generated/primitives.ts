// Generated from the JSON Schemas by generate-types; change the schema and run it again.

export type { DatasetId } from '../ids.ts';

export type { ResourceId } from '../ids.ts';

export type { GrantId } from '../ids.ts';

export type { RequestId } from '../ids.ts';

export type { ProducerId } from '../ids.ts';

export type { ConsumerId } from '../ids.ts';

/**
 * the RFC 7638 thumbprint of a key, 43 characters of unpadded base64url
 */
export type Kid = string;

/** a SHA-256 digest: `sha256:` and 43 characters of unpadded base64url */
export type Digest = `sha256:${string}`;

/**
 * a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z
 */
export type Instant = string;

/**
 * an epoch: a whole number from 1
 */
export type Epoch = number;

/**
 * a size in bytes: a whole number from 0
 */
export type ByteSize = number;

/**
 * one line of text, 1 to 200 characters, without control or direction-changing characters
 */
export type Line = string;

/**
 * a web address starting with https://, http:// or ftp://, without a user name or password
 */
export type WebAddress = string;

/**
 * a media type in lower case without parameters, like text/csv
 */
export type MediaType = string;

/**
 * an age recipient: `age1…`, or `age1pq1…` for a post-quantum one
 */
export type AgeRecipient = string;

/**
 * a fingerprint: six groups of five digits with one space between them
 */
export type Fingerprint = string;

/**
 * a public Ed25519 key (RFC 8037)
 */
export interface Ed25519Jwk {
  kty: 'OKP';
  crv: 'Ed25519';
  /**
   * the key, 43 characters of unpadded base64url
   */
  x: string;
}

/**
 * a public P-256 key (RFC 7518 §6.2)
 */
export interface P256Jwk {
  kty: 'EC';
  crv: 'P-256';
  /**
   * the x coordinate, 43 characters of unpadded base64url
   */
  x: string;
  /**
   * the y coordinate, 43 characters of unpadded base64url
   */
  y: string;
}

/**
 * a public X25519 key (RFC 8037)
 */
export interface X25519Jwk {
  kty: 'OKP';
  crv: 'X25519';
  /**
   * the key, 43 characters of unpadded base64url
   */
  x: string;
}

/**
 * a public signing key: Ed25519, or P-256 where the key lives in a hardware module
 */
export type SigningJwk = P256Jwk | Ed25519Jwk;

/**
 * a public key for JWE delivery: X25519 or P-256
 */
export type DeliveryJwk = P256Jwk | X25519Jwk;
