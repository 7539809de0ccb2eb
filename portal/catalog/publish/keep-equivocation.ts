import type { Manifest } from '#catalog-schema';
import type { Statement } from '#crypto';
import { PortalError } from '../../errors.ts';
import { listOfficers } from '../../access/officer-store.ts';
import { queueMail } from '../../parties/queue-mail.ts';
import { mailLanguage } from '../../parties/mail-texts.ts';
import type { Portal } from '../../portal.ts';
import { recordEquivocation } from './publish-store.ts';

/** Keeps the second content that a producer signed for one version, freezes the dataset, tells the officers, and gives the refusal to throw. */
export async function keepEquivocation(portal: Portal, manifest: Manifest, digest: string, statement: Statement): Promise<PortalError> {
  const { dataset_id, version, producer_id } = manifest;
  await portal.db.transaction().execute(async (trx) => {
    const frozen_now = await recordEquivocation(trx, { dataset_id, version, digest, statement, now: portal.clock.now() });
    if (!frozen_now) return;
    for (const officer of await listOfficers(trx, producer_id)) await queueMail(trx, portal, { to_email: officer.email, ...text(portal, officer.language, manifest) });
  });
  return new PortalError('equivocation', `Another content was published as version ${version} of this dataset. Both are kept and the dataset is frozen: look for a restored backup or a stolen key, then ask the operator.`, { reason: 'equivocation' });
}

function text(portal: Portal, language: string, { dataset_id, version, metadata }: Manifest): { subject: string; text_body: string } {
  const link = `${portal.config.public_origin}/${mailLanguage(language)}/datasets/${dataset_id}`;
  const title = metadata.resource_title;
  return mailLanguage(language) === 'en'
    ? {
        subject: `Two contents for version ${version} of "${title}"`,
        text_body: `Hello,

a key of your organisation signed two different contents for version ${version} of "${title}". Both are kept, and nothing further can be published for this dataset until the portal's operator has looked at it with you.

This happens when a node was restored from an old backup, or when somebody else has the key. ${link}
`,
      }
    : {
        subject: `Deux contenus pour la version ${version} de « ${title} »`,
        text_body: `Bonjour,

une clé de votre organisation a signé deux contenus différents pour la version ${version} de « ${title} ». Les deux sont conservés, et rien d’autre ne peut être publié pour ce jeu de données tant que l’opérateur du portail ne l’a pas examiné avec vous.

Cela arrive quand un nœud a été restauré d’une ancienne sauvegarde, ou quand quelqu’un d’autre possède la clé. ${link}
`,
      };
}
