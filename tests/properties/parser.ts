import fc from 'fast-check';

/** A parser of foreign bytes under test: what it is given, what it may throw, and what its acceptance promises. */
export interface Parser {
  /** `path/of/file.ts#export`, as in the source tree. */
  readonly name: string;
  /** Sound and damaged inputs. */
  readonly inputs: fc.Arbitrary<unknown>;
  /** Runs it; the answer goes to `holds`. */
  readonly run: (input: never) => unknown;
  /** The one class of error it may throw; null: it answers whatever comes. */
  readonly refuses: (abstract new (...args: never) => Error) | null;
  /** What must hold of an accepted input: for most, that writing the answer down gives the input again. */
  readonly holds: (answer: never, input: never) => boolean;
  /** Texts as long as its door lets through, made to keep a careless parser busy. */
  readonly baits?: readonly string[];
  /** How many inputs; 150 unless told (a slow one has fewer). */
  readonly runs?: number;
}

/** Ties the types of a parser together; `inputs` are exactly what `run` takes. */
export function parser<I, O>(o: {
  name: string;
  inputs: fc.Arbitrary<I>;
  run: (input: I) => O | Promise<O>;
  refuses: Parser['refuses'];
  holds: (answer: Awaited<O>, input: I) => boolean;
  baits?: readonly string[];
  runs?: number;
}): Parser {
  return o as unknown as Parser;
}

/** True for an answer of which nothing is promised but that it came. */
export const answers = (): boolean => true;

const TOKENS = ['', ' ', '\n', '\r\n', '\0', '=', '==', '+', '/', '-', '_', '"', "'", '\\', ';', ',', ':', '.', '..', '{', '}', '[', ']', '0', '-0', '1e400', '%2f', '%00', 'é', 'e\u0301', '\ufeff', '\ud800', '\u202e', 'A', 'null', '__proto__', '9007199254740993', '<script>', '💧'];

/** A text, and texts near it: pieces cut out, doubled, moved, replaced, or something foreign put in. */
export function near(...examples: readonly string[]): fc.Arbitrary<string> {
  const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 4 }), fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'binary', maxLength: 4 })), fc.boolean());
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...examples) },
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...examples), fc.array(cut, { minLength: 1, maxLength: 3 })).map(([text, cuts]) => cuts.reduce(damaged, text)) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...TOKENS), { maxLength: 20 }).map((parts) => parts.join('')) },
  );
}

function damaged(text: string, [place, length, token, doubled]: [number, number, string, boolean]): string {
  const at = Math.floor(place * text.length);
  const piece = text.slice(at, at + length);
  return text.slice(0, at) + (doubled ? piece + piece : '') + token + text.slice(at + length);
}

/** Bytes, and bytes near them: a bit flipped, an end cut off or put on, a piece swapped. */
export function nearBytes(...examples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...examples).map((bytes) => bytes.slice()) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...examples), fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 7 }), fc.constantFrom('flip', 'cut', 'add', 'drop')).map(([bytes, place, bit, how]) => {
        const at = Math.floor(place * bytes.length);
        if (how === 'cut') return bytes.slice(0, at);
        if (how === 'add') return new Uint8Array([...bytes, bit]);
        if (how === 'drop') return new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
        const copy = bytes.slice();
        copy[at] = (copy[at] ?? 0) ^ (1 << bit);
        return copy;
      }),
    },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}

/** A JSON value, and values near it: a member replaced, taken out, added, at any depth. */
export function nearJson(...examples: readonly unknown[]): fc.Arbitrary<unknown> {
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(null, -1, 0.5, 1e21, '', '\0', {}, [], true), fc.string({ unit: 'binary', maxLength: 30 }));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...examples).map((value) => structuredClone(value)) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...examples), fc.nat(), odd, fc.constantFrom('replace', 'remove', 'add')).map(([value, seed, other, how]) => {
        const copy: unknown = structuredClone(value);
        const places = placesOf(copy);
        const place = places[seed % Math.max(1, places.length)];
        if (place === undefined) return other;
        const [holder, key] = place;
        // JSON has no holes in its lists.
        if (how === 'remove' && Array.isArray(holder)) holder.splice(Number(key), 1);
        else if (how === 'remove') Reflect.deleteProperty(holder, key);
        else if (how === 'add') Reflect.set(holder, Array.isArray(holder) ? String(holder.length) : 'unknown_member', other);
        else Reflect.set(holder, key, other);
        return copy;
      }),
    },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  );
}

function placesOf(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): [object, string][] => [[value, key], ...placesOf(member)]);
}

/** Long texts of one pattern, for parsers of texts. */
export function longTexts(length: number): string[] {
  return ['a', ' ', '"', '""', ',', '\\', '(', '[', '{"a":', 'a.', '-', '\n', '=', '%', 'é', '1', '0/', 'A\n', ';a=', ': ', '"\n', '💧'].map((piece) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length));
}

/** Whether two JSON values say the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
