import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { axeViolations } from './axe.ts';
import { launchChromium, requireChromium } from './chromium.ts';
import { testWith } from './test-with.ts';

testWith(requireChromium(), 'the browser shows a page under a strict policy and axe judges it', async (t) => {
  const pages: Record<string, string> = {
    '/good': '<!doctype html><html lang="en"><title>Good</title><main><h1>Good</h1><img alt="a seal" src="data:,"></main>',
    '/bad': '<!doctype html><html lang="en"><title>Bad</title><main><h1>Bad</h1><img src="data:,"></main>',
  };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', "default-src 'none'; require-trusted-types-for 'script'");
    response.end(pages[request.url ?? ''] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const browser = await launchChromium();
  if (browser === undefined) return t.fail('the browser is there and was not started');
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${origin}/good`);
  t.deepEqual(await axeViolations(page), []);
  await page.goto(`${origin}/bad`);
  t.deepEqual((await axeViolations(page)).map((found) => found.rule), ['image-alt']);
});
