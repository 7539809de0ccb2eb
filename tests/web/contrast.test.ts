import test from 'ava';
import { loadAssets } from '../../portal/web/assets.ts';

type Tokens = Readonly<Record<string, string>>;

/** The colours of both themes, read from the style sheet that is served. */
function themes(): Readonly<Record<'light' | 'dark', Tokens>> {
  const assets = loadAssets();
  const css = assets.find(assets.urlOf('sceau.css').slice('/assets/'.length))?.bytes.toString() ?? '';
  const blocks = [...css.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, block = '']) => Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour])));
  const [light = {}, dark = {}] = blocks;
  return { light, dark: { ...light, ...dark } };
}

/** Contrast ratio of two colours (WCAG 2.2, relative luminance). */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const TEXT: readonly (readonly [text: string, ground: string])[] = [
  ...['ink', 'ink-soft', 'accent', 'danger'].flatMap((text) => ['paper', 'surface', 'sunken'].map((ground) => [text, ground] as const)),
  ['on-accent', 'accent'], ['accent-deep', 'accent-soft'], ['ink', 'accent-soft'], ['ink-soft', 'accent-soft'], ['accent', 'accent-soft'],
  ['danger', 'danger-soft'], ['care', 'care-soft'], ['band-ink', 'band'], ['band-soft', 'band'],
];
const SHAPES: readonly (readonly [shape: string, ground: string])[] = [['line-strong', 'paper'], ['line-strong', 'surface'], ['accent', 'paper'], ['danger', 'surface'], ['ink', 'paper']];

for (const theme of ['light', 'dark'] as const) {
  test(`text stands out 4.5 to 1 from every ground it may have, borders of fields 3 to 1: ${theme}`, (t) => {
    const tokens = themes()[theme];
    const ratio = ([one, other]: readonly [string, string]) => contrast(tokens[one] ?? '', tokens[other] ?? '');
    for (const pair of TEXT) t.true(ratio(pair) >= 4.5, `${pair.join(' on ')}: ${ratio(pair).toFixed(2)}`);
    for (const pair of SHAPES) t.true(ratio(pair) >= 3, `${pair.join(' on ')}: ${ratio(pair).toFixed(2)}`);
  });
}

test('the measure is WCAG’s', (t) => {
  t.is(contrast('#000000', '#ffffff'), 21);
  t.is(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});
