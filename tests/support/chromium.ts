import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { isProgram, requireProgram } from './requirement.ts';
import type { Requirement } from './requirement.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  // Behind a proxy or a filter QUIC only costs time-outs; the other flags keep the browser from calling its maker.
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of the machine: CHROMIUM from the environment, else `chromium` on the path. */
export function requireChromium(): Requirement {
  const given = process.env['CHROMIUM'];
  if (given) return isProgram(given) ? { path: given } : { missing: `CHROMIUM names ${given}, which is not a program` };
  const found = requireProgram('chromium');
  return 'path' in found ? found : requireProgram('chromium-browser');
}

/** Starts the browser, or says on stderr why there is none and returns undefined. Close it with `close()`. */
export async function launchChromium(): Promise<Browser | undefined> {
  const found = requireChromium();
  if ('missing' in found) {
    process.stderr.write(`no browser tests: ${found.missing}\n`);
    return undefined;
  }
  return chromium.launch({ executablePath: found.path, args: FLAGS, timeout: 60_000 });
}
