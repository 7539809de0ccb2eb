import { Help, type HelpConfiguration } from 'commander';
import type { Language } from '../client.ts';

// What stands in angle and square brackets of a help text; a value that is typed as it is (fr|en) is no word.
const FRENCH: Readonly<Record<string, string>> = {
  access: 'accès', address: 'adresse', code: 'code', command: 'commande', count: 'nombre', dataset: 'jeu', dataset_id: 'jeu', digits: 'chiffres', domain: 'domaine',
  enrolment_id: 'inscription', file: 'fichier', files: 'fichiers', folder: 'dossier', format: 'format', grant: 'accès', grant_id: 'accès', id: 'identifiant',
  invitation_id: 'invitation', key: 'clé', language: 'langue', licence: 'licence', n: 'nombre', name: 'nom', options: 'options', order: 'ordre', party: 'partie', path: 'chemin',
  period: 'période', request: 'demande', request_id: 'demande', role: 'rôle', seconds: 'secondes', state: 'état', tag: 'code', target: 'cible', text: 'texte',
  theme: 'thème', url: 'adresse', 'w,s,e,n': 'o,s,e,n', word: 'mot', words: 'mots',
};

/** The name of an argument or of an option's value in the reader's language; as it is where there is no word for it. */
export function sayHelpTerm(language: Language, name: string): string {
  const [, bare = name, dots = ''] = /^(.*?)(\.\.\.)?$/.exec(name) ?? [];
  return language === 'fr' && Object.hasOwn(FRENCH, bare) ? `${FRENCH[bare] ?? bare}${dots}` : name;
}

/** What commander shows as help, its titles by `titles` (from its English ones) and its names of values in the reader's language. */
export function helpIn(language: Language, titles: Readonly<Record<string, string>>): HelpConfiguration {
  const plain = new Help();
  const said = (text: string) => text.replace(/([<[])([^<>[\]]+)([>\]])/g, (_whole, open: string, name: string, close: string) => `${open}${sayHelpTerm(language, name)}${close}`);
  return {
    styleTitle: (title) => titles[title] ?? title,
    commandUsage: (command) => said(plain.commandUsage(command)),
    subcommandTerm: (command) => said(plain.subcommandTerm(command)),
    optionTerm: (option) => said(plain.optionTerm(option)),
    argumentTerm: (argument) => sayHelpTerm(language, plain.argumentTerm(argument)),
    // Descriptions name the choices themselves; commander would add them in English.
    optionDescription: (option) => option.description,
    argumentDescription: (argument) => argument.description,
  };
}
