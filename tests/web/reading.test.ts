import test from 'ava';
import { brotliDecompressSync } from 'node:zlib';
import { publishOpen, publishSealed } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';
import { attributes, structureFaults, textOf } from './page-facts.ts';

let portal: TestPortal;
let rennes: TestProducer;
let trees: { dataset_id: string };
let sealed: { dataset_id: string; resource_id: string };

test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  trees = await publishOpen(portal, rennes, { title: 'Platanes de la ville', bytes: Buffer.from('essence;hauteur\nchêne;12\n'), name: 'arbres.csv' });
  sealed = await publishSealed(portal, rennes, { title: 'Subventions aux associations' });
  await portal.logged();
});
test.after.always(() => portal.close());

const read = async (path: string) => {
  const answer = await portal.call('GET', path, { headers: { accept: 'text/html' } });
  return { ...answer, says: textOf(answer.text) };
};

test.serial('the root leads to the language the browser likes best, French when it likes neither', async (t) => {
  const asked = async (accept_language: string) => (await portal.call('GET', '/', { headers: { 'accept-language': accept_language } })).headers['location'];
  t.is(await asked('en-GB,en;q=0.9,fr;q=0.5'), '/en/');
  t.is(await asked('de,fr;q=0.4,en;q=0.3'), '/fr/');
  t.is(await asked('br'), '/fr/');
  t.is(await asked('en;q=0'), '/fr/');
});

test.serial('pages answer with their language, the strict policy, and no cookie', async (t) => {
  for (const path of ['/fr/', '/en/', '/fr/datasets', `/fr/datasets/${trees.dataset_id}`, '/fr/producers', '/en/help', '/fr/verify', '/fr/legal/privacy', '/fr/sign-in', `/fr/datasets/${sealed.dataset_id}/request-access`]) {
    const page = await read(path);
    t.is(page.status, 200, path);
    t.is(page.headers['content-type'], 'text/html; charset=utf-8');
    t.is(page.headers['content-language'], path.slice(1, 3));
    t.regex(page.headers['content-security-policy'] ?? '', /default-src 'self'/);
    t.is(page.headers['set-cookie'], undefined, path);
    t.deepEqual(structureFaults(page.text), [], path);
    for (const address of [...attributes(page.text, 'src'), ...attributes(page.text, 'action')]) t.regex(address, /^\//, path);
  }
});

test.serial('home counts what there is and lists the newest', async (t) => {
  const page = await read('/fr/');
  t.true(page.says.includes('2 jeux de données'));
  t.true(page.says.includes('1 scellé, sur demande'));
  t.true(page.says.includes('1 producteur'));
  t.true(page.text.includes(`href="/fr/datasets/${trees.dataset_id}"`));
  t.true(page.text.includes('href="/fr/datasets?theme=environment"'));
});

test.serial('search finds by word and filter, counts, and offers to take each filter off', async (t) => {
  const found = await read('/fr/datasets?q=platanes&access=open');
  t.true(found.says.includes('1 résultat pour'));
  t.true(found.text.includes(`/fr/datasets/${trees.dataset_id}`));
  t.false(found.text.includes(`/fr/datasets/${sealed.dataset_id}`));
  t.true(attributes(found.text, 'href').includes('/fr/datasets?q=platanes'), 'a chip without the filter');
  t.true(attributes(found.text, 'href').includes('/fr/datasets?access=open'), 'a chip without the words');
  t.true(found.text.includes('<meta name="robots" content="noindex"/>'));
  const all = await read('/en/datasets');
  t.true(all.says.includes('2 datasets'));
  t.true(all.says.includes('On request · sealed'));
});

test.serial('a search without result says which criterion to drop', async (t) => {
  const page = await read('/fr/datasets?q=platanes&access=restricted');
  t.true(page.says.includes('Aucun résultat'));
  t.true(page.says.includes('Sans « platanes »'));
  t.true(page.says.includes('Sans Sur demande, scellé'));
  t.true(attributes(page.text, 'href').includes('/fr/datasets?access=restricted'));
});

test.serial('parameters of other sites are no filter; a filter that does not exist is an error with a way on', async (t) => {
  t.is((await read('/fr/datasets?utm_source=lettre&q=platanes')).status, 200);
  const page = await read('/fr/datasets?theme=licornes');
  t.is(page.status, 400);
  t.true(page.text.includes('role="search"'));
});

test.serial('a cursor of another search leads to the first results', async (t) => {
  const answer = await read('/fr/datasets?q=platanes&cursor=xyz');
  t.is(answer.status, 303);
  t.is(answer.headers['location'], '/fr/datasets?q=platanes');
});

test.serial('the page of an open dataset offers the file, stable links, ready lines and what is guaranteed', async (t) => {
  const page = await read(`/fr/datasets/${trees.dataset_id}`);
  t.true(page.says.includes('Signé par Ville de Rennes'));
  t.true(page.says.includes('Inscrit au registre public'));
  t.true(page.says.includes('Licence Ouverte 2.0 (Etalab)'));
  t.true(page.says.includes('Maëlle Kerjean'));
  const link = attributes(page.text, 'href').find((href) => /\/versions\/1\/resources\/[^/]+\/body$/.test(href)) ?? '';
  const body = await portal.call('GET', link.replace(portal.origin, ''));
  t.is(Buffer.from(body.bytes).toString(), 'essence;hauteur\nchêne;12\n');
  t.true(page.text.includes('/versions/latest/resources/'));
  t.true(page.says.includes('curl -fL -o arbres.csv'));
  t.is(page.says.split('Position, essence et hauteur').length, 2, 'the summary is said once');
  t.true(page.says.includes('pd.read_csv('));
  const evidence = attributes(page.text, 'href').find((href) => href.endsWith('/evidence')) ?? '';
  t.is((await portal.call('GET', evidence)).status, 200);
  t.true(page.says.includes('Fraîcheur non confirmée'), 'nobody has signed heads yet');
});

test.serial('the page of a sealed dataset offers no file but the way to ask, and the exact lines to open it', async (t) => {
  const page = await read(`/fr/datasets/${sealed.dataset_id}`);
  t.true(page.text.includes(`href="/fr/datasets/${sealed.dataset_id}/request-access"`));
  t.false(attributes(page.text, 'href').some((href) => href.endsWith('/body')));
  t.true(page.says.includes(`sceau open ${sealed.dataset_id} -o `));
  t.regex(page.says, /\| age -d -i \S+\.content-key\.txt > /);
  t.true(page.says.includes('le portail aide à remettre l’accès'));
});

test.serial('older versions have a page that leads to the newest', async (t) => {
  const first = await publishOpen(portal, rennes, { title: 'Fontaines' });
  await publishOpen(portal, rennes, { dataset_id: first.dataset_id, title: 'Fontaines et bancs', version: 2, prev: first.publication.digest });
  const old = await read(`/fr/datasets/${first.dataset_id}/versions/1`);
  t.is(old.status, 200);
  t.true(old.says.includes('qui n’est plus la plus récente'));
  t.true(old.text.includes('>Fontaines</h1>'));
  const newest = await read(`/fr/datasets/${first.dataset_id}`);
  t.true(newest.text.includes('>Fontaines et bancs</h1>'));
  t.true(newest.text.includes(`href="/fr/datasets/${first.dataset_id}/versions/1"`));
  t.is((await read(`/fr/datasets/${first.dataset_id}/versions/3`)).status, 404);
});

test.serial('text of the metadata cannot become markup', async (t) => {
  const nasty = await publishOpen(portal, rennes, { title: '<script>alert(1)</script> & "x"', summary: '<img src=x onerror=alert(1)>' });
  const page = await read(`/fr/datasets/${nasty.dataset_id}`);
  t.false(page.text.includes('<script'));
  t.false(page.text.includes('<img'));
  t.true(page.says.includes('<script>alert(1)</script> & "x"'));
});

test.serial('producers have a list and a page each with their data', async (t) => {
  t.true((await read('/fr/producers')).text.includes(`href="/fr/producers/${rennes.producer_id}"`));
  const page = await read(`/fr/producers/${rennes.producer_id}`);
  t.true(page.says.includes('Ville de Rennes'));
  t.true(page.text.includes(`/fr/datasets/${sealed.dataset_id}`));
  t.is((await read('/fr/producers/nobody')).status, 404);
});

test.serial('the language switch stays on the page, with its query', async (t) => {
  t.true(attributes((await read('/fr/datasets?q=platanes')).text, 'href').includes('/en/datasets?q=platanes'));
  t.true(attributes((await read(`/en/datasets/${trees.dataset_id}`)).text, 'href').includes(`/fr/datasets/${trees.dataset_id}`));
});

test.serial('error pages speak the language of the address and say what to do', async (t) => {
  const french = await read('/fr/nowhere');
  t.is(french.status, 404);
  t.true(french.says.includes('Cette page n’existe pas'));
  const english = await read('/en/datasets/3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84');
  t.is(english.status, 404);
  t.true(english.says.includes('There is no such page'));
  t.deepEqual(structureFaults(english.text), []);
});

test.serial('static files are immutable under their hashed names, compressed where the browser can', async (t) => {
  const [style = ''] = attributes((await read('/fr/')).text, 'href').filter((href) => href.endsWith('.css'));
  const plain = await portal.call('GET', style);
  t.is(plain.headers['content-type'], 'text/css; charset=utf-8');
  t.is(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  const packed = await portal.call('GET', style, { headers: { 'accept-encoding': 'br' } });
  t.is(packed.headers['content-encoding'], 'br');
  t.is(brotliDecompressSync(packed.bytes).toString(), plain.text);
  t.is((await portal.call('GET', '/assets/sceau.css')).status, 404);
});

test.serial('pages of nobody in particular are compressed and may be gone back to', async (t) => {
  const page = await portal.call('GET', '/fr/', { headers: { 'accept-encoding': 'gzip, br', accept: 'text/html' } });
  t.is(page.headers['content-encoding'], 'br');
  t.is(page.headers['cache-control'], 'private, no-cache');
  t.regex(brotliDecompressSync(page.bytes).toString(), /^<!doctype html>/);
});

test.serial('the letter box of the demonstration does not exist elsewhere', async (t) => {
  t.is((await read('/demo/mails')).status, 404);
});
