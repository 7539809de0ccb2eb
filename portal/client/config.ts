import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Language } from './client.ts';
import { languageOf } from './words/words.ts';

/** What the command line is told by its environment; read once. */
export interface ClientConfig {
  /** Folder of keys and pins. */
  home: string;
  portal_url: string | undefined;
  language: Language;
}

/** Reads the environment: SCEAU_HOME (else XDG_CONFIG_HOME/sceau, else ~/.config/sceau), SCEAU_PORTAL, LC_ALL, LC_MESSAGES, LANG. */
export function readClientConfig(env: Readonly<Record<string, string | undefined>> = process.env): ClientConfig {
  const given = env['SCEAU_HOME'];
  const xdg = env['XDG_CONFIG_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.config');
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '');
  const portal = env['SCEAU_PORTAL'];
  return {
    home: given === undefined || given === '' ? join(base, 'sceau') : resolve(given),
    portal_url: portal === undefined || portal === '' ? undefined : portal,
    language: languageOf(locale) ?? 'fr',
  };
}
