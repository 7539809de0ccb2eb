/** Languages in which the portal writes mails. */
export type MailLanguage = 'fr' | 'en';

/** A mail before it has an address. */
export interface MailText {
  subject: string;
  text_body: string;
}

/** The language to write in, from whatever is stored; French unless English is asked for. */
export function mailLanguage(language: string): MailLanguage {
  return language.toLowerCase().startsWith('en') ? 'en' : 'fr';
}

/** The mail with the link and the code to sign in. */
export function signInMail(language: MailLanguage, o: { portal_name: string; link: string; code: string; minutes: number }): MailText {
  return language === 'en'
    ? {
        subject: `Sign in to ${o.portal_name}`,
        text_body: `Hello,

somebody, you we hope, asked to sign in to ${o.portal_name} with this address.

Open this link in the same browser and press the button:
${o.link}

In another browser, or on another device, type this code instead:
${o.code}

Both work once, for ${o.minutes} minutes. If it was not you, there is nothing to do: without this mail nobody gets in.
`,
      }
    : {
        subject: `Se connecter à ${o.portal_name}`,
        text_body: `Bonjour,

quelqu’un, vous nous l’espérons, a demandé à se connecter à ${o.portal_name} avec cette adresse.

Ouvrez ce lien dans le même navigateur et appuyez sur le bouton :
${o.link}

Dans un autre navigateur, ou sur un autre appareil, tapez plutôt ce code :
${o.code}

Le lien et le code servent une seule fois, pendant ${o.minutes} minutes. Si ce n’était pas vous, il n’y a rien à faire : sans ce message, personne n’entre.
`,
      };
}

/** The mail that tells a future officer that their organisation is invited. */
export function invitationMail(language: MailLanguage, o: { portal_name: string; origin: string; producer_name: string }): MailText {
  return language === 'en'
    ? {
        subject: `${o.producer_name} is invited to publish on ${o.portal_name}`,
        text_body: `Hello,

${o.producer_name} is invited to publish data on ${o.portal_name} (${o.origin}). You will answer the requests for access to its data.

The person who runs your node receives a one-time code from the portal's operator and uses it with "sceau-node enrol". Both then compare a fingerprint of thirty digits, by telephone or side by side. As soon as they agree you can sign in with this address.
`,
      }
    : {
        subject: `${o.producer_name} est invité à publier sur ${o.portal_name}`,
        text_body: `Bonjour,

${o.producer_name} est invité à publier des données sur ${o.portal_name} (${o.origin}). Vous répondrez aux demandes d’accès à ces données.

La personne qui fait fonctionner votre nœud reçoit de l’opérateur du portail un code à usage unique, qu’elle donne à « sceau-node enrol ». Tous deux comparent ensuite une empreinte de trente chiffres, au téléphone ou côte à côte. Dès qu’elle concorde, vous pouvez vous connecter avec cette adresse.
`,
      };
}

/** The mail that tells an officer that the producer is enrolled. */
export function enrolledMail(language: MailLanguage, o: { portal_name: string; origin: string; producer_name: string }): MailText {
  return language === 'en'
    ? {
        subject: `${o.producer_name} can now publish on ${o.portal_name}`,
        text_body: `Hello,

the fingerprint of ${o.producer_name} was compared and confirmed: its node can publish from now on. You can sign in with this address and answer requests for access:
${o.origin}/en/sign-in

If you did not expect this, tell the portal's operator: somebody may have used your organisation's name.
`,
      }
    : {
        subject: `${o.producer_name} peut désormais publier sur ${o.portal_name}`,
        text_body: `Bonjour,

l’empreinte de ${o.producer_name} a été comparée et confirmée : son nœud peut publier dès maintenant. Vous pouvez vous connecter avec cette adresse et répondre aux demandes d’accès :
${o.origin}/fr/sign-in

Si vous ne vous y attendiez pas, prévenez l’opérateur du portail : quelqu’un a peut-être utilisé le nom de votre organisation.
`,
      };
}
