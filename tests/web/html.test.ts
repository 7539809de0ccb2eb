import test from 'ava';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { loadAssets } from '../../portal/web/assets.ts';
import type { Words } from '../../portal/web/words/words.ts';
import { wordsOf } from '../../portal/web/words/words.ts';
import { structureFaults, textOf } from './page-facts.ts';
import { renderSample, SAMPLE_PAGES } from './sample-pages.ts';

const KIB = 1024;

for (const lang of ['fr', 'en'] as const) {
  test(`every page is well-formed, its references hold and nothing in it needs script or inline style: ${lang}`, (t) => {
    const faults = Object.fromEntries(SAMPLE_PAGES.flatMap((name) => {
      const found = structureFaults(renderSample(name, lang) ?? '');
      return found.length === 0 ? [] : [[name, found]];
    }));
    t.deepEqual(faults, {});
  });

  test(`every page says its language and offers the others for the same page: ${lang}`, (t) => {
    for (const name of SAMPLE_PAGES) {
      const html = renderSample(name, lang) ?? '';
      t.true(html.includes(`<html lang="${lang}">`), name);
      const other = lang === 'fr' ? 'en' : 'fr';
      t.regex(html, new RegExp(`<a href="/${other}/[^"]*" lang="${other}"`), name);
    }
  });
}

test('a link in a mail of the demonstration ends before the punctuation around it', (t) => {
  const html = renderSample('demo-mails', 'fr') ?? '';
  t.true(html.includes('<a href="http://localhost:8080/fr/sign-in/abc">http://localhost:8080/fr/sign-in/abc</a>'));
  t.true(html.includes('(<a href="http://localhost:8080">http://localhost:8080</a>).'));
});

test('titles differ between pages and lead with what the page is about', (t) => {
  const titles = SAMPLE_PAGES.map((name) => /<title>([^<]*)<\/title>/.exec(renderSample(name, 'fr') ?? '')?.[1] ?? '');
  t.true(titles.every((title) => title.includes('Sceau')));
  t.true((titles[SAMPLE_PAGES.indexOf('ask-wrong')] ?? '').startsWith('Erreur'));
  t.is(titles[SAMPLE_PAGES.indexOf('dataset')], 'Communes de Rennes Métropole – Sceau, démonstration de Rennes');
});

test('passages in another language than the page say so', (t) => {
  const html = renderSample('search', 'fr') ?? '';
  t.true(html.includes('lang="en">Bus stops of the night network</a>'));
  const english = renderSample('dataset', 'en') ?? '';
  t.true(english.includes('<h1 lang="fr">Communes de Rennes Métropole</h1>'));
  t.true(textOf(english).includes('This text exists in French only.'));
});

test('only pages that ask for a passkey load a script, of less than 2 KB', (t) => {
  const with_script = SAMPLE_PAGES.filter((name) => renderSample(name, 'fr')?.includes('<script'));
  for (const name of with_script) t.regex(renderSample(name, 'fr') ?? '', /<form[^>]* data-passkey="(confirm|register|sign_in)"|decided/, name);
  for (const name of ['home', 'search', 'dataset', 'dataset-sealed', 'ask', 'me', 'officer']) t.false(with_script.includes(name), name);
  const assets = loadAssets();
  const script = assets.find(assets.urlOf('passkey.js').slice('/assets/'.length));
  t.is(script?.media_type, 'text/javascript; charset=utf-8');
  t.true((script?.brotli?.length ?? 0) > 0 && (script?.brotli?.length ?? 0) < 2 * KIB, String(script?.brotli?.length));
});

test('search and dataset pages stay under 30 KB compressed, the style sheet under 20 KB', (t) => {
  for (const name of ['search', 'search-filtered', 'dataset', 'dataset-sealed']) {
    const size = gzipSync(renderSample(name, 'fr') ?? '').length;
    t.true(size < 30 * KIB, `${name}: ${size}`);
  }
  const assets = loadAssets();
  const css = assets.find(assets.urlOf('sceau.css').slice('/assets/'.length));
  t.true((css?.bytes.length ?? 0) > 0);
  t.true(gzipSync(css?.bytes ?? '').length < 20 * KIB);
  t.true(brotliCompressSync(css?.bytes ?? '').length < 20 * KIB);
});

/** Every sentence of the words, functions called with sample values. */
function sentences(words: unknown): string[] {
  if (typeof words === 'string') return [words];
  if (typeof words === 'function') return sentences((words as (...values: unknown[]) => unknown)(...Array<string>(words.length).fill('3')));
  return typeof words === 'object' && words !== null ? Object.values(words).flatMap(sentences) : [];
}

test('officers and citizens never read key, manifest, epoch or custody', (t) => {
  const hidden = (area: keyof Words, name: string) => area === 'dataset' && name.startsWith('proof_');
  for (const [lang, forbidden] of [['fr', /\b(clés?|manifestes?|époques?|séquestre)\b/i], ['en', /\b(keys?|manifests?|epochs?|custody)\b/i]] as const) {
    const words = wordsOf(lang);
    for (const area of ['site', 'alarm', 'home', 'search', 'dataset', 'access', 'follow', 'officer', 'sign_in', 'producers', 'help', 'errors'] as const) {
      for (const [name, value] of Object.entries(words[area])) {
        if (hidden(area, name)) continue;
        for (const sentence of sentences(value)) t.notRegex(sentence.replace(/mots-clés|keywords?/gi, ''), forbidden, `${lang} ${area}.${name}`);
      }
    }
  }
});

test('French sentences keep their blanks before high punctuation from breaking', (t) => {
  for (const [area, words] of Object.entries(wordsOf('fr'))) {
    for (const sentence of sentences(words)) t.notRegex(sentence, /[\p{L}\d] [;?!»]|« /u, area);
  }
});

test('no sentence was left untranslated', (t) => {
  const french = new Set(sentences(wordsOf('fr')).filter((sentence) => sentence.split(' ').length > 4));
  t.deepEqual(sentences(wordsOf('en')).filter((sentence) => french.has(sentence)), []);
});
