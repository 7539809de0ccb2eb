import { isCommitted, type Manifest } from '#catalog-schema';
import { checkCommitment, CryptoError } from '#crypto';
import type { ServedContact } from './evidence.ts';

/** What became of a contact that the manifest commits to. */
export interface ContactVerdict {
  contact_id: string;
  /** `verified`: the contact served is the one committed to; `erased`: none is served any more; `altered`: another one is. */
  state: 'verified' | 'erased' | 'altered';
}

/** Compares the contacts served beside a manifest with its commitments. An erased contact is no fault; an altered one is told, not refused. */
export function checkContacts(manifest: Manifest, served: readonly ServedContact[]): ContactVerdict[] {
  const contacts = [...manifest.metadata.contacts, ...(manifest.metadata.metadata_info.metadata_contacts ?? [])];
  return contacts.filter(isCommitted).map(({ contact_id, commitment }) => {
    const candidates = served.filter((candidate) => candidate.contact_id === contact_id);
    if (candidates.length === 0) return { contact_id, state: 'erased' };
    return { contact_id, state: candidates.some((candidate) => opens(candidate, commitment)) ? 'verified' : 'altered' };
  });
}

function opens(candidate: ServedContact, commitment: `sha256:${string}`): boolean {
  try {
    return checkCommitment(candidate.contact, candidate.salt, commitment);
  } catch (cause) {
    if (cause instanceof CryptoError) return false;
    throw cause;
  }
}
