import test from 'ava';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { launchChromium, requireChromium } from '../support/chromium.ts';
import { testWith } from '../support/test-with.ts';
import { SAMPLE_PAGES } from './sample-pages.ts';
import { startSampleServer } from './sample-server.ts';

const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 320] as const;

let server: Awaited<ReturnType<typeof startSampleServer>>;
let browser: Browser | undefined;

test.before(async () => {
  server = await startSampleServer();
  browser = await launchChromium();
});
test.after.always(async () => {
  await browser?.close();
  await server.close();
});

/** Opens every sample page in one tab, one after the other. */
async function onEveryPage(look: (page: Page, name: string) => Promise<void>, names: readonly string[] = SAMPLE_PAGES): Promise<void> {
  if (browser === undefined) throw new Error('no browser');
  // A colour on its way from one theme to the other is nobody's to judge.
  const context: BrowserContext = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  try {
    for (const name of names) {
      await page.goto(`${server.origin}/fr/${name}`);
      await look(page, name);
    }
  } finally {
    await context.close();
  }
}

for (const width of WIDTHS) {
  testWith(requireChromium(), `axe finds nothing on any page, light or dark, ${width} px wide`, async (t) => {
    t.timeout(300_000);
    const found: Record<string, unknown> = {};
    await onEveryPage(async (page, name) => {
      await page.setViewportSize({ width, height: 900 });
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        const violations = await axeViolations(page);
        if (violations.length > 0) found[`${name}, ${theme}`] = violations;
      }
    });
    t.deepEqual(found, {});
  });
}

testWith(requireChromium(), 'no page scrolls sideways at 320 px, nor at 640 px with text twice as large', async (t) => {
  const found: string[] = [];
  await onEveryPage(async (page, name) => {
    await page.setViewportSize({ width: 320, height: 800 });
    if ((await overflow(page)) > 0) found.push(`${name} at 320 px: ${await widest(page)}`);
    await page.setViewportSize({ width: 640, height: 800 });
    // Twice the text, as browsers' own setting does it: every size of the sheet hangs on the root's.
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    if ((await overflow(page)) > 0) found.push(`${name} with large text: ${await widest(page)}`);
  });
  t.deepEqual(found, []);
});

testWith(requireChromium(), 'under the policy of the portal every page gets all it needs, from the portal alone', async (t) => {
  if (browser === undefined) return t.fail();
  const complaints: string[] = [];
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => { if (!request.url().startsWith(server.origin)) complaints.push(request.url()); });
  page.on('response', (response) => { if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`); });
  for (const name of ['home', 'search', 'dataset', 'ask-wrong', 'decision']) {
    await page.goto(`${server.origin}/fr/${name}`, { waitUntil: 'networkidle' });
    t.true(await page.evaluate(() => document.fonts.check('16px "Atkinson Hyperlegible Next"')), name);
    t.not(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgba(0, 0, 0, 0)', name);
  }
  await context.close();
  t.deepEqual(complaints, []);
});

testWith(requireChromium(), 'every control shows where the focus is', async (t) => {
  await onEveryPage(async (page, name) => {
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return undefined;
        const style = getComputedStyle(at);
        return { outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, what: at.outerHTML.slice(0, 80) };
      });
      if (seen !== undefined) t.true(seen.outline, `${name}: ${seen.what}`);
    }
  }, ['home', 'search', 'dataset-sealed', 'ask', 'decision', 'operator']);
});

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The element that sticks out most, for the message. */
function widest(page: Page): Promise<string> {
  return page.evaluate(() => {
    const out = [...document.querySelectorAll('main *, header *, footer *')].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && one.closest('pre, .hero, .band') === null);
    return out.slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(' | ');
  });
}
