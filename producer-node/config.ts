import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { refusal } from './errors.ts';

/** Everything a process of the node is told by its environment; read once by `readConfig`. */
export interface NodeConfig {
  /** Folder of the node: keys, spool. */
  home: string;
  /** URL of the node's own PostgreSQL. */
  database_url: string;
  /** Where `run` answers /health; always on loopback. Port 0: any free one. */
  health: { host: string; port: number };
  log_level: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process; the only place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Reads the node's settings. Throws `database_unset`, `secret_file_unreadable`, `bad_option`. */
export function readConfig(env: Environment): NodeConfig {
  const database_url = secret(env, 'DATABASE_URL');
  if (database_url === undefined) throw refusal('database_unset', {});
  return { home: homeFolder(env), database_url, health: { host: '127.0.0.1', port: port(env) }, log_level: env['SCEAU_LOG_LEVEL'] || 'info' };
}

/** The language asked for by option or environment: French unless English. */
export function languageOf(env: Environment, option: string | undefined): 'fr' | 'en' {
  const wish = option ?? (env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '');
  return /^en/i.test(wish) ? 'en' : 'fr';
}

function homeFolder(env: Environment): string {
  const given = env['SCEAU_NODE_HOME'];
  if (given) return path.resolve(given);
  return path.join(env['XDG_DATA_HOME'] || path.join(os.homedir(), '.local', 'share'), 'sceau-node');
}

function port(env: Environment): number {
  const text = env['SCEAU_NODE_PORT'] || '8790';
  const value = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || value > 65535) throw refusal('bad_option', { option: 'SCEAU_NODE_PORT', value: text, expected: '0-65535' });
  return value;
}

// A secret may stand in a file of its own (NAME_FILE), as container platforms give it.
function secret(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw refusal('secret_file_unreadable', { variable: `${name}_FILE`, path: file }, { cause });
  }
}
