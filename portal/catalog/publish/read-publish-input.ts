import { findNul } from '#catalog-schema';
import { decodeBase64url, parseStatement } from '#crypto';
import { fieldError, requireList, requireObject } from '../../fields.ts';
import type { PublishInput } from './publish-manifest.ts';

const LIST_MAX = 500;

/** The body of a publication as the command takes it; `schema` with pointers, or the codes of statements and encodings, otherwise. */
export function readPublishInput(body: unknown, place: { dataset_id: string; version: number }): PublishInput {
  const fields = requireObject(body, ['manifest'], ['headers', 'deposits', 'recovery', 'contacts']);
  return {
    ...place,
    manifest: fields.manifest,
    headers: list(fields.headers, '/headers').map((entry, index) => {
      const { resource_id, header } = requireObject(entry, ['resource_id', 'header']);
      return { resource_id: text(resource_id, `/headers/${index}/resource_id`), header: bytes(header, `/headers/${index}/header`) };
    }),
    deposits: list(fields.deposits, '/deposits').map((entry, index) => {
      const { statement, deposit } = requireObject(entry, ['statement', 'deposit']);
      return { statement: parseStatement(statement), deposit: bytes(deposit, `/deposits/${index}/deposit`) };
    }),
    recovery: list(fields.recovery, '/recovery').map((entry, index) => {
      const { epoch, sealed } = requireObject(entry, ['epoch', 'sealed']);
      if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) throw fieldError(`/recovery/${index}/epoch`, 'Give the number of an epoch.');
      return { epoch, sealed: bytes(sealed, `/recovery/${index}/sealed`) };
    }),
    contacts: list(fields.contacts, '/contacts').map((entry, index) => {
      const { contact_id, salt, contact } = requireObject(entry, ['contact_id', 'salt', 'contact']);
      if (typeof contact !== 'object' || contact === null || Array.isArray(contact)) throw fieldError(`/contacts/${index}/contact`, 'Give the contact as an object.');
      const nul = findNul(contact, `/contacts/${index}/contact`);
      if (nul !== undefined) throw fieldError(nul, 'Remove the character U+0000: no text is stored with it.');
      return { contact_id: text(contact_id, `/contacts/${index}/contact_id`), salt: text(salt, `/contacts/${index}/salt`), contact };
    }),
  };
}

function list(value: unknown, pointer: string): unknown[] {
  return value === undefined ? [] : requireList(value, pointer, { max: LIST_MAX });
}

function text(value: unknown, pointer: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 200 || value.includes('\0')) throw fieldError(pointer, 'Give a short text.');
  return value;
}

function bytes(value: unknown, pointer: string): Uint8Array {
  if (typeof value !== 'string') throw fieldError(pointer, 'Give bytes as unpadded base64url.');
  return decodeBase64url(value);
}
