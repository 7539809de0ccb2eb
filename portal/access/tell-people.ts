import { PortalError } from '../errors.ts';
import { queueMail } from '../parties/queue-mail.ts';
import { mailLanguage, type MailText } from '../parties/mail-texts.ts';
import type { Db, Portal } from '../portal.ts';
import type { MailSubject } from './access-mails.ts';
import type { ToldDataset } from './askable-dataset-store.ts';
import { listOfficers, type Officer } from './officer-store.ts';
import { holdRequest, type StoredRequest } from './request-store.ts';

type TextFor = (subject: MailSubject, member: Officer) => MailText | Promise<MailText>;

const ERASED = { fr: 'quelqu’un qui a effacé son nom', en: 'somebody who had their name erased' } as const;

/** Puts a mail to whoever asked in the outbox, in their language; none once they had their address erased. */
export async function tellAsker(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, text: (subject: MailSubject) => MailText): Promise<void> {
  const held = await holdForMail(trx, request);
  if (held.erased_at !== null) return;
  await queueMail(trx, portal, { to_email: held.contact_email, request_id: held.request_id, ...text(subjectOf(held, dataset, held.language)) });
}

/** Puts a mail to every officer of the producer in the outbox, each in their language. */
export async function tellOfficers(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, text: TextFor): Promise<void> {
  await tellMembers(trx, portal, request, dataset, await listOfficers(trx, request.producer_id), text);
}

/** Puts a mail about a request to each of these members in the outbox, in their language; whoever comes twice gets one. */
export async function tellMembers(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, members: readonly Officer[], text: TextFor): Promise<void> {
  const held = await holdForMail(trx, request);
  for (const member of new Map(members.map((one) => [one.member_id, one])).values()) {
    await queueMail(trx, portal, { to_email: member.email, request_id: held.request_id, ...(await text(subjectOf(held, dataset, member.language), member)) });
  }
}

/** Whoever asked, as others read them in this language: words that say so once the name was erased. */
export function askerName({ contact_name, erased_at }: { contact_name: string; erased_at: Date | null }, language: string): string {
  return erased_at !== null ? ERASED[mailLanguage(language)] : contact_name;
}

// As the request is now, and nobody erases it until the transaction ends: a mail written meanwhile would keep the name.
async function holdForMail(trx: Db, { request_id }: StoredRequest): Promise<StoredRequest> {
  const held = await holdRequest(trx, request_id);
  if (held === undefined) throw new PortalError('conflict', 'Whoever asked had this request erased meanwhile.', { reason: 'request_erased' });
  return held;
}

function subjectOf(request: StoredRequest, { title, producer_name }: ToldDataset, language: string): MailSubject {
  const { request_id, dataset_id, organisation, created_at } = request;
  return { language, request_id, dataset_id, title, producer_name, contact_name: askerName(request, language), organisation, asked_at: created_at.toISOString() };
}
