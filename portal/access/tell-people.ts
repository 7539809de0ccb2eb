import { queueMail } from '../parties/queue-mail.ts';
import type { MailText } from '../parties/mail-texts.ts';
import type { Db, Portal } from '../portal.ts';
import type { MailSubject } from './access-mails.ts';
import type { ToldDataset } from './askable-dataset-store.ts';
import { listOfficers } from './officer-store.ts';
import type { StoredRequest } from './request-store.ts';

/** Puts a mail to whoever asked in the outbox, in their language. */
export async function tellAsker(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, text: (subject: MailSubject) => MailText): Promise<void> {
  await queueMail(trx, portal, { to_email: request.contact_email, ...text(subjectOf(request, dataset, request.language)) });
}

/** Puts a mail to every officer of the producer in the outbox, each in their language. */
export async function tellOfficers(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, text: (subject: MailSubject) => MailText): Promise<void> {
  for (const officer of await listOfficers(trx, request.producer_id)) {
    await queueMail(trx, portal, { to_email: officer.email, ...text(subjectOf(request, dataset, officer.language)) });
  }
}

function subjectOf({ request_id, dataset_id }: StoredRequest, { title, producer_name }: ToldDataset, language: string): MailSubject {
  return { language, request_id, dataset_id, title, producer_name };
}
