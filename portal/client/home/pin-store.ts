import { digestBytes, type Digest, parseStrictJson, utf8 } from '#crypto';
import { ClientError } from '../errors.ts';
import { type DatasetMark, type KeySetPlace, mergePins, noPins, type PinOrigin, type Pins, type PortalPin, type ProducerPin } from '../trust/pins.ts';
import { type AnswerObject, readCount, readDigest, readList, readObject, readOptionalText, readText, readTexts, readWord } from '../wire/answer.ts';
import { withHomeLock } from './home-lock.ts';
import { type Home, readHomeFile, writeHomeFile } from './home-folder.ts';

/** Where pins are kept. `learn` adds what was seen and never forgets; `change` replaces after a person's decision. */
export interface PinStore {
  load(): Promise<Pins>;
  learn(pins: Pins): Promise<void>;
  change(change: (pins: Pins) => Pins): Promise<void>;
}

const FILE = 'pins.json';
const MAX_BYTES = 64 * 1024 * 1024;

/** Pins that last as long as the program. */
export function pinsInMemory(pins: Pins = noPins()): PinStore {
  let held = pins;
  return {
    load: () => Promise.resolve(held),
    learn: (learned) => {
      held = mergePins(held, learned);
      return Promise.resolve();
    },
    change: (change) => {
      held = change(held);
      return Promise.resolve();
    },
  };
}

/** Pins kept in the home; two programs at once lose nothing. Refuses with `home_damaged` a file that is not one. */
export function pinsInHome(home: Home): PinStore {
  const load = async (): Promise<Pins> => parsePins(await readHomeFile(home, FILE), home);
  const change = (change: (pins: Pins) => Pins): Promise<void> =>
    withHomeLock(home, async () => {
      const before = await load();
      const after = change(before);
      const text = JSON.stringify(after, null, 1);
      if (text !== JSON.stringify(before, null, 1)) await writeHomeFile(home, FILE, `${text}\n`);
    });
  return { load, change, learn: (learned) => change((pins) => mergePins(pins, learned)) };
}

function parsePins(text: string | undefined, home: Home): Pins {
  if (text === undefined) return noPins();
  try {
    const object = readObject(parseStrictJson(utf8(text), { maxBytes: MAX_BYTES }), 'a file of pins');
    return {
      v: 1,
      portals: readList(object, 'portals', readPortalPin, 100_000),
      producers: readList(object, 'producers', readProducerPin, 100_000),
      marks: readList(object, 'marks', readMark, 1_000_000),
    };
  } catch (cause) {
    throw new ClientError('home_damaged', `${home.path}/${FILE} is damaged: without it nothing seen before is known.`, {
      cause,
      facts: { path: `${home.path}/${FILE}`, why: cause instanceof Error ? cause.message : '' },
    });
  }
}

const ORIGINS: readonly PinOrigin[] = ['hand', 'domain', 'first_use'];

function readPortalPin(value: unknown): PortalPin {
  const object = readObject(value, 'the pin of a portal');
  const checkpoint = object.members['checkpoint'];
  const seen = checkpoint === null ? null : readObject(checkpoint, 'a checkpoint');
  return {
    portal_id: readText(object, 'portal_id'),
    portal_urls: readTexts(object, 'portal_urls'),
    name: readText(object, 'name'),
    key_sets: readDigests(object),
    confirmed_by: readWord(object, 'confirmed_by', ORIGINS),
    pinned_at: readText(object, 'pinned_at'),
    checkpoint: seen === null ? null : { size: readCount(seen, 'size'), root: readText(seen, 'root') },
  };
}

function readProducerPin(value: unknown): ProducerPin {
  const object = readObject(value, 'the pin of a producer');
  const domain = readOptionalText(object, 'domain');
  return {
    producer_id: readText(object, 'producer_id'),
    name: readText(object, 'name'),
    ...(domain === null ? {} : { domain }),
    key_sets: readDigests(object),
    confirmed_by: readWord(object, 'confirmed_by', ORIGINS),
    pinned_at: readText(object, 'pinned_at'),
    key_set_places: readList(object, 'key_set_places', readPlace, 100_000),
    heads_seq: readCount(object, 'heads_seq'),
  };
}

function readPlace(value: unknown): KeySetPlace {
  const object = readObject(value, 'the place of a key set');
  return { portal_id: readText(object, 'portal_id'), key_set: readDigest(object, 'key_set'), index: readCount(object, 'index') };
}

function readMark(value: unknown): DatasetMark {
  const object = readObject(value, 'the mark of a dataset');
  return {
    dataset_id: readText(object, 'dataset_id'),
    producer_id: readText(object, 'producer_id'),
    version: readCount(object, 'version'),
    digest: asDigest(readText(object, 'digest')),
    seen_at: readText(object, 'seen_at'),
    current_until: readOptionalText(object, 'current_until'),
  };
}

function readDigests(object: AnswerObject): Digest[] {
  return readTexts(object, 'key_sets', 2000).map(asDigest);
}

function asDigest(text: string): Digest {
  digestBytes(text as Digest);
  return text as Digest;
}
