import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sayCause, sayRefusal } from '#client';
import { refusalsEn } from '../../portal/client/words/refusals/en.ts';
import { refusalsFr } from '../../portal/client/words/refusals/fr.ts';

const portal = fileURLToPath(new URL('../../../portal/', import.meta.url));

// What answers calls of nodes and of the command line `sceau`; forms and pages have words of their own.
const FOLDERS = ['catalog/publish', 'catalog/heads', 'catalog/uploads', 'catalog/resources', 'storage', 'problem.ts'];

async function sourcesBelow(place: string): Promise<string[]> {
  const full = path.join(portal, place);
  if (place.endsWith('.ts')) return [await readFile(full, 'utf8')];
  const names = (await readdir(full, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return Promise.all(names.map((name) => readFile(path.join(full, name), 'utf8')));
}

test('every code and every reason with which the portal refuses nodes has a sentence in both languages', async (t) => {
  const errors = await readFile(path.join(portal, 'errors.ts'), 'utf8');
  const codes = [...errors.slice(0, errors.indexOf('/** One place')).matchAll(/\| '([a-z_]+)'/g)].map(([, code]) => code ?? '');
  t.true(codes.length >= 18);
  const sources = (await Promise.all(FOLDERS.map(sourcesBelow))).flat();
  const reasons = sources.flatMap((source) => [...source.matchAll(/new PortalError\([^;]*?reason: '([a-z_]+)'/g)].map(([, reason]) => reason ?? ''));
  t.true(reasons.length > 30);
  for (const key of new Set([...codes, ...reasons])) {
    t.true(Object.hasOwn(refusalsFr, key), `add a French sentence for "${key}" to portal/client/words/refusals/`);
    t.true(Object.hasOwn(refusalsEn, key), `add an English sentence for "${key}" to portal/client/words/refusals/`);
  }
});

test('a refusal is said in the reader\'s language: by its reason, else its code, else in the portal\'s words', (t) => {
  const told = { code: 'conflict', reason: 'code_used', detail: 'This code has already been used. Ask the operator for a new one.' };
  t.is(sayRefusal('fr', told), 'Ce code a déjà servi. Demandez-en un nouveau à l\'opérateur.');
  t.is(sayRefusal('en', told), told.detail);
  t.is(sayRefusal('fr', { ...told, reason: 'unheard_of' }), refusalsFr.conflict);
  t.is(sayRefusal('en', { code: 'conflict', detail: '' }), refusalsEn.conflict);
  t.is(sayRefusal('fr', { code: 'http_502', detail: 'HTTP 502' }), 'HTTP 502');
  t.is(sayRefusal('fr', { code: 'constructor', detail: 'HTTP 502' }), 'HTTP 502');
});

test('why a portal cannot be reached is said in words, and what nobody foresaw as it is', (t) => {
  t.is(sayCause('fr', 'ECONNREFUSED'), 'personne n\'écoute à cette adresse, ECONNREFUSED');
  t.is(sayCause('en', 'ENOTFOUND'), 'the network does not know this name, ENOTFOUND');
  t.is(sayCause('fr', 'The operation was aborted due to timeout'), 'délai dépassé');
  t.is(sayCause('fr', 'E_STRANGE'), 'E_STRANGE');
});
