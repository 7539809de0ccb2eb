import type { Portal } from '../../portal.ts';
import { mailLanguage, type MailText } from '../mail-texts.ts';

/** What happened to a member's passkeys. */
export type PasskeyChange = 'added' | 'removed' | 'reset' | 'copied';

/** To the member, whenever their passkeys change: what happened, and what to do if it was not them. */
export function passkeyMail({ config }: Pick<Portal, 'config'>, o: { language: string; change: PasskeyChange; name: string }): MailText {
  const language = mailLanguage(o.language);
  const page = `${config.public_origin}/${language}/me/passkeys`;
  if (language === 'en') {
    const said = {
      added: ['A passkey was added', `the passkey "${o.name}" was added to your account on ${config.name}.`],
      removed: ['A passkey was removed', `the passkey "${o.name}" was removed from your account on ${config.name}.`],
      reset: ['Your passkeys were removed', `the portal's operator removed every passkey of your account on ${config.name} and ended your sessions. Sign in by e-mail and register a new one before your next decision.`],
      copied: ['A passkey was refused', `the passkey "${o.name}" was refused on ${config.name}: it behaved like a copy of the one that you registered. Remove it and register another.`],
    }[o.change];
    return { subject: `${said[0] ?? ''}: ${config.name}`, text_body: `Hello,\n\n${said[1] ?? ''}\n\nYour passkeys:\n${page}\n\nIf it was not you, answer this mail or call the portal's operator at once: somebody may read your e-mail.\n` };
  }
  const said = {
    added: ['Une passkey a été ajoutée', `la passkey « ${o.name} » a été ajoutée à votre compte sur ${config.name}.`],
    removed: ['Une passkey a été retirée', `la passkey « ${o.name} » a été retirée de votre compte sur ${config.name}.`],
    reset: ['Vos passkeys ont été retirées', `l’opérateur du portail a retiré toutes les passkeys de votre compte sur ${config.name} et fermé vos sessions. Connectez-vous par courriel et enregistrez-en une nouvelle avant votre prochaine décision.`],
    copied: ['Une passkey a été refusée', `la passkey « ${o.name} » a été refusée sur ${config.name} : elle s’est comportée comme une copie de celle que vous avez enregistrée. Retirez-la et enregistrez-en une autre.`],
  }[o.change];
  return { subject: `${said[0] ?? ''} : ${config.name}`, text_body: `Bonjour,\n\n${said[1] ?? ''}\n\nVos passkeys :\n${page}\n\nSi ce n’était pas vous, répondez à ce courriel ou appelez l’opérateur du portail sans attendre : quelqu’un lit peut-être vos courriels.\n` };
}
