import type { JSX } from 'preact';

/** Path of a disc with a scalloped edge, as wax leaves around a seal: `lobes` arcs around (c, c), radius `r`. */
function scallopedDisc(c: number, r: number, lobes: number): string {
  const point = (index: number) => {
    const angle = (index / lobes) * 2 * Math.PI - Math.PI / 2;
    return `${(c + r * Math.cos(angle)).toFixed(2)} ${(c + r * Math.sin(angle)).toFixed(2)}`;
  };
  const bulge = (r * Math.sin(Math.PI / lobes) * 1.08).toFixed(2);
  const arcs = Array.from({ length: lobes }, (_, index) => `A${bulge} ${bulge} 0 0 1 ${point(index + 1)}`);
  return `M${point(0)}${arcs.join('')}z`;
}

const MARK_EDGE = scallopedDisc(24, 20.5, 18);
const SMALL_EDGE = scallopedDisc(12, 9.6, 12);

/** The portal's own mark: an S pressed into a seal. Decorative; its name stands beside it. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <path class="mark-disc" d={MARK_EDGE} />
      <circle class="mark-line" cx="24" cy="24" r="15.8" />
      <path class="mark-letter" d="M29.2 19.2c-.9-1.9-2.8-3-5.2-3-3 0-5.2 1.6-5.2 4 0 5.4 10.8 2.5 10.8 8 0 2.5-2.4 4.2-5.5 4.2-2.7 0-4.8-1.2-5.7-3.2" />
    </svg>
  );
}

/** A small closed seal, for what is sealed. Decorative. */
export function SealGlyph(): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="glyph-fill" d={SMALL_EDGE} />
      <circle class="glyph-line" cx="12" cy="12" r="5.2" />
    </svg>
  );
}

/** Numbers from 0 to 1 drawn from an identifier, always the same ones for the same identifier (FNV-1a, then xorshift); nothing secret. */
function drawFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 0xffffffff;
  };
}

function initialsOf(name: string): string {
  const words = name.replace(/\(.*?\)/g, '').split(/[\s'’-]+/).filter((word) => /^\p{L}/u.test(word) && !/^(de|du|des|la|le|les|et|d|l|of|the|and)$/i.test(word));
  return words.slice(0, 2).map((word) => word[0]?.toUpperCase() ?? '').join('') || '·';
}

/**
 * The seal of a producer: guilloche rings drawn from its identifier, initials in the middle. The same producer has the same seal on
 * every page. A recognition aid, never a proof, and decorative: the name stands beside it.
 */
export function ProducerSeal({ producer_id, name, large = false }: { producer_id: string; name: string; large?: boolean }): JSX.Element {
  const draw = drawFrom(producer_id);
  const petals = 8 + Math.floor(draw() * 7);
  const width = 16 + Math.floor(draw() * 15);
  const inner = 6 + Math.floor(draw() * 6);
  const tilt = Math.floor(draw() * 30);
  const round = (value: number) => Number(value.toFixed(1));
  const ring = (count: number, rx: number, ry: number, turn: number) =>
    Array.from({ length: count }, (_, index) => <ellipse rx={rx} ry={ry} transform={`rotate(${round((index * 180) / count + turn)})`} />);
  const initials = initialsOf(name);
  return (
    <svg class={large ? 'producer-seal producer-seal-large' : 'producer-seal'} viewBox="-50 -50 100 100" aria-hidden="true" focusable="false">
      <g class="seal-lines">
        {ring(petals, 48, width, 0)}
        {large ? ring(inner, 38, 26, tilt) : null}
      </g>
      <circle class="seal-heart" r="21" />
      <text class="seal-initials" y="7" text-anchor="middle" font-size={initials.length > 1 ? 19 : 22}>{initials}</text>
    </svg>
  );
}
