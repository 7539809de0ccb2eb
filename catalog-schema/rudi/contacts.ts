import type { CommittedContact, Contact, NamedContact, RudiMetadata } from '../generated/rudi-metadata.ts';

/** A contact taken out of the signed bytes, with the salt of its commitment; kept beside the manifest and deletable. */
export interface SeparatedContact {
  contact_id: string;
  salt: string;
  contact: NamedContact;
}

/** Salt and `SHA256(salt‖JCS(contact))`; made by `#crypto`'s `commitTo`, given in so that this stays pure. */
export type Commit = (contact: NamedContact) => { salt: string; commitment: `sha256:${string}` };

// Words of a mailbox that belongs to a function. A word that is also a first name or surname does not belong here.
const FUNCTION_WORDS = new Set(
  ('accueil admin administration archives bibliotheque cartographie catalogue commune communication contact contacts data dataset datasets ' +
    'direction documentation donnee donnees dpo dsi environnement geomatique hello info infos information informatique inspire mairie metadata ' +
    'metropole mobilite numerique office open opendata ouvertes press presse privacy rgpd secretariat secretary service services sig ' +
    'statistiques support technique territoire transport transports urbanisme ville voirie webmaster').split(' '),
);
const OWN_FIELDS = new Set(['contact_id', 'contact_name', 'email', 'organization_name', 'role']);

/**
 * Whether a contact is provably a function of the organisation and not a person. Three proofs are needed, all of them:
 * its name is the name of the organisation, which the metadata publish anyway; its mailbox, if any, is made of words for
 * functions, beside which only words of the organisation's name may stand; nothing else is said in it (a summary or a telephone number may be anybody's).
 * Whatever cannot be proved is treated as a person.
 */
export function isOrganisationsOwn(contact: NamedContact, organisationName: string): boolean {
  const organisation = words(organisationName);
  if (organisation.length === 0 || words(contact.contact_name).join(' ') !== organisation.join(' ')) return false;
  if (contact.organization_name !== undefined && words(contact.organization_name).join(' ') !== organisation.join(' ')) return false;
  if (Object.keys(contact).some((field) => !OWN_FIELDS.has(field))) return false;
  if (contact.role !== undefined && !isBareRole(contact.role, contact)) return false;
  if (contact.email === undefined) return true;
  const local = contact.email.slice(0, contact.email.lastIndexOf('@'));
  const mailbox = words(local);
  // A word for a function must be among them: a trader's firm bears his name, and so may his private mailbox.
  return mailbox.some((word) => FUNCTION_WORDS.has(word)) && mailbox.every((word) => FUNCTION_WORDS.has(word) || organisation.includes(word));
}

/**
 * The metadata with every contact that may be a person replaced by `{contact_id, role, commitment}`, in `contacts` and in
 * `metadata_info.metadata_contacts`, and the contacts taken out. Contacts already replaced stay as they are; a contact_id that
 * stands in several places is committed to once, as it stands first. Pure: the record given is not changed.
 */
export function withoutPeople(metadata: RudiMetadata, commit: Commit): { metadata: RudiMetadata; contacts: SeparatedContact[] } {
  const separated = new Map<string, { salt: string; commitment: `sha256:${string}`; contact: NamedContact }>();
  const replace = (contact: Contact, organisationName: string): Contact => {
    if (isCommitted(contact) || isOrganisationsOwn(contact, organisationName)) return contact;
    const entry = separated.get(contact.contact_id) ?? { ...commit(contact), contact };
    separated.set(contact.contact_id, entry);
    const role = contact.role !== undefined && isBareRole(contact.role, contact) ? { role: contact.role } : {};
    return { contact_id: contact.contact_id, ...role, commitment: entry.commitment };
  };
  const contacts = metadata.contacts.map((contact) => replace(contact, metadata.producer.organization_name));
  const info = metadata.metadata_info;
  const provider = info.metadata_provider?.organization_name ?? metadata.producer.organization_name;
  const metadata_info =
    info.metadata_contacts === undefined
      ? info
      : { ...info, metadata_contacts: info.metadata_contacts.map((contact) => replace(contact, provider)) };
  return {
    metadata: { ...metadata, contacts, metadata_info },
    contacts: [...separated].map(([contact_id, { salt, contact }]) => ({ contact_id, salt, contact })),
  };
}

/** JSON Pointers of the contacts that may name a person; empty when the metadata may be signed. */
export function namedPeople(metadata: RudiMetadata): string[] {
  const provider = metadata.metadata_info.metadata_provider?.organization_name ?? metadata.producer.organization_name;
  const lists: [string, readonly Contact[], string][] = [
    ['/contacts', metadata.contacts, metadata.producer.organization_name],
    ['/metadata_info/metadata_contacts', metadata.metadata_info.metadata_contacts ?? [], provider],
  ];
  return lists.flatMap(([pointer, contacts, name]) =>
    contacts.flatMap((contact, index) => (isCommitted(contact) || isOrganisationsOwn(contact, name) ? [] : [`${pointer}/${index}`])),
  );
}

/** Whether the contact was replaced by a commitment. */
export function isCommitted(contact: Contact): contact is CommittedContact {
  return 'commitment' in contact;
}

// A role such as "manager" may stay readable; one that holds a mail address, a number or a word of the name may not.
function isBareRole(role: string, contact: NamedContact): boolean {
  if (role.length > 80 || /[@0-9]/.test(role)) return false;
  const name = new Set(words(contact.contact_name));
  return !words(role).some((word) => word.length > 2 && name.has(word));
}

function words(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
