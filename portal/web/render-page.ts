import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** The HTML text of a whole document. */
export function renderPage(document: JSX.Element): string {
  return `<!doctype html>\n${renderToString(document)}`;
}
