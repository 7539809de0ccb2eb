import { isCommitted, type CommittedContact, type RudiMetadata } from '#catalog-schema';
import { checkCommitment } from '#crypto';
import { PortalError } from '../../errors.ts';

/** A contact that was taken out of the signed bytes, with the salt that opens its commitment. */
export interface OpenedContact {
  contact_id: string;
  salt: string;
  contact: unknown;
}

/**
 * Compares each contact sent beside a manifest with a commitment of its id in the metadata (one person may stand in two places,
 * each with its own salt), and gives the ids of commitments that none opened. Refuses with `bad_evidence` (`contact_unknown`,
 * `commitment_mismatch`) and `bad_request` (`contact_repeated`).
 */
export function checkContacts(metadata: RudiMetadata, contacts: readonly OpenedContact[]): { missing: string[] } {
  const waiting = new Set([...metadata.contacts, ...(metadata.metadata_info.metadata_contacts ?? [])].filter(isCommitted));
  const known = new Set([...waiting].map((entry) => entry.contact_id));
  const seen = new Set<string>();
  for (const [index, { contact_id, salt, contact }] of contacts.entries()) {
    const pointer = `/contacts/${index}`;
    if (seen.has(`${contact_id} ${salt}`)) throw refused('bad_request', 'contact_repeated', 'A contact was sent twice.', pointer);
    seen.add(`${contact_id} ${salt}`);
    if (!known.has(contact_id)) throw refused('bad_evidence', 'contact_unknown', 'A contact was sent that the signed metadata do not name.', pointer);
    const opened = findOpened(waiting, { contact_id, salt, contact });
    if (opened === undefined) throw refused('bad_evidence', 'commitment_mismatch', 'A contact differs from what was committed to in the signed metadata.', pointer);
    waiting.delete(opened);
  }
  return { missing: [...new Set([...waiting].map((entry) => entry.contact_id))] };
}

function findOpened(waiting: ReadonlySet<CommittedContact>, opened: OpenedContact): CommittedContact | undefined {
  return [...waiting].find((entry) => entry.contact_id === opened.contact_id && checkCommitment(opened.contact, opened.salt, entry.commitment));
}

function refused(code: 'bad_request' | 'bad_evidence', reason: string, detail: string, pointer: string): PortalError {
  return new PortalError(code, detail, { reason, issues: [{ pointer, message: detail }] });
}
